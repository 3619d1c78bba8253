"""reasoning-gym: the data set, made by its own factory."""

import asyncio
import csv
from pathlib import Path

import pytest
from plugged import ANSWERS, REFERENCE, UNREADABLE, expected, need

need("reasoning_gym", "reasoning-gym")

import reasoning_gym  # noqa: E402
from reasoning_gym.composite import DatasetSpec  # noqa: E402
from reasoning_gym.dataset import ReseedingDataset  # noqa: E402

from alignment import judging  # noqa: E402
from alignment.plugins.reasoning_gym_dataset import NAME  # noqa: E402


def test_the_factory_makes_it_by_name() -> None:
    rows = reasoning_gym.create_dataset(NAME, size=5, seed=3)
    assert len(rows) == len(list(rows)) == 5 and rows.category == "logic"
    assert rows[0] == reasoning_gym.create_dataset(NAME, size=5, seed=3)[0]
    assert rows[0] != reasoning_gym.create_dataset(NAME, size=5, seed=4)[0]
    assert set(rows[0]) == {"question", "answer", "metadata"}
    assert rows[0]["metadata"]["source_dataset"] == NAME
    assert all(rows.score_answer(f"FOL: {row['answer']}", row) == 1.0 for row in rows)
    with pytest.raises(IndexError):
        rows[5]


def test_scores_are_those_of_the_judge() -> None:
    score_answer = reasoning_gym.get_score_answer_fn(NAME)
    entry = {"question": "?", "answer": REFERENCE, "metadata": {}}
    assert [score_answer(answer=answer, entry=entry) for answer in ANSWERS] == expected()
    assert score_answer(answer=None, entry=entry) == 0.0
    judging.unjudged.clear()
    assert score_answer(answer="Cat(tom)", entry=entry | {"answer": UNREADABLE}) == 0.0
    assert sum(judging.unjudged.values()) == 1


def test_a_users_file_begins_again_where_it_ends(tmp_path: Path) -> None:
    place = tmp_path / "mine.csv"
    with place.open("w", newline="") as file:
        csv.writer(file).writerows([("sentence", "formula"), ("Tom is a cat.", "Cat(tom)")])
    rows = reasoning_gym.create_dataset(NAME, data="csv", path=str(place), split="all", size=3)
    assert [row["answer"] for row in rows] == ["Cat(tom)"] * 3


def test_it_goes_into_a_composite_and_reseeds() -> None:
    parts = [DatasetSpec(name=NAME, weight=1, config={"split": "test"})]
    mixed = reasoning_gym.create_dataset("composite", datasets=parts, size=2, seed=1)
    assert mixed.score_answer(mixed[0]["answer"], mixed[0]) == 1.0
    endless = iter(ReseedingDataset(reasoning_gym.create_dataset(NAME, size=2, seed=1), 2))
    assert len({next(endless)["answer"] for _ in range(4)}) > 2


@pytest.mark.parametrize("setting", [{"size": 0}, {"names": "any"}])
def test_what_cannot_be_is_refused(setting: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        reasoning_gym.create_dataset(NAME, **setting)


def test_nothing_of_it_needs_an_event_loop() -> None:
    async def inside() -> float:
        rows = reasoning_gym.create_dataset(NAME, size=1, seed=0)
        return rows.score_answer(rows[0]["answer"], rows[0])

    assert asyncio.run(inside()) == 1.0
