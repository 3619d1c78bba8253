"""Rewards that are begun before they are called: the same numbers, from workers, whatever happens to these."""

from __future__ import annotations

import dataclasses
import logging
import os
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl")

from alignment_tiny import build_tiny, config, dataset

from alignment import judging, rewards
from alignment.rewards import fol
from alignment.trainers.sgrpo import SGRPOTrainer
from logic.judging.workers.lost import Lost

REFERENCES = ["∀x (Cat(x) → Calm(x))"] * 20 + ["∃x (Dog(x) ∧ Calm(x))"] * 20
ANSWERS = [
    text.format(number)
    for number in range(10)
    for text in (
        "all x (Cat(x) -> Calm(x))",
        "∀x (Cat(x) ∧ Calm{}(x))",
        "no formula {}",
        "exists x (Calm(x) & Dog(x))",
    )
]


@pytest.fixture(autouse=True)
def workers() -> Any:
    fol._last_scores.cache_clear()
    fol._begun.clear()
    yield
    judging.close()


def called(name: str, **columns: Any) -> list[float | None]:
    fol._last_scores.cache_clear()
    return rewards.get(name)([""] * len(ANSWERS), ANSWERS, **columns)


@pytest.mark.parametrize("name", ["logic", "equivalence"])
def test_a_begun_batch_gets_the_scores_that_a_call_gives(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = called(name, reference=REFERENCES)
    fol._last_scores.cache_clear()
    rewards.get(name).begin(ANSWERS, reference=REFERENCES)
    monkeypatch.setattr(
        fol.logic, "score", None
    )  # the call waits for the workers and judges nothing
    assert rewards.get(name)([""] * len(ANSWERS), ANSWERS, reference=REFERENCES) == expected
    assert set(expected) > {0.0, 1.0} or name == "equivalence"


def test_messages_and_missing_references_are_as_in_the_call() -> None:
    references = [None, *REFERENCES[1:]]
    answers = [[{"role": "assistant", "content": text}] for text in ANSWERS]
    expected = called("logic", reference=references)
    fol._last_scores.cache_clear()
    reward = rewards.combine([rewards.get("logic"), rewards.get("readable")])
    reward.begin(answers, reference=references)
    assert len(fol._begun) == 1
    found = reward([""] * len(answers), answers, reference=references)
    assert not fol._begun and found[0] is None
    assert rewards.get("logic")([""] * len(answers), answers, reference=references) == expected


def test_what_was_begun_and_never_asked_for_is_let_go() -> None:
    reward = rewards.get("logic")
    reward.begin(ANSWERS, reference=REFERENCES)
    reward.begin(ANSWERS[::-1], reference=REFERENCES)
    assert len(fol._begun) == 1
    assert called("logic", reference=REFERENCES)[0] == 1.0


def test_few_completions_start_no_workers() -> None:
    rewards.get("logic").begin(ANSWERS[:31], reference=REFERENCES[:31])
    rewards.get("length", maximum=9).begin(ANSWERS)
    assert not fol._begun and not judging._pools


def test_a_group_that_cost_its_worker_is_judged_one_by_one() -> None:
    judge = judging.Judge()
    begun = judge.begin(ANSWERS, REFERENCES)
    (group, future), *others = begun.groups
    future.result()

    class Hung:
        def result(self) -> Lost:
            return Lost("hung")

    groups: Any = [(group, Hung()), *others]
    found = dataclasses.replace(begun, groups=groups).result()
    assert found == judge.scores(ANSWERS, REFERENCES)


def test_scores_are_there_though_their_workers_were_stopped_or_are_anothers() -> None:
    expected = called("logic", reference=REFERENCES)
    fol._last_scores.cache_clear()
    reward = rewards.get("logic")
    reward.begin(ANSWERS, reference=REFERENCES)
    fol._begun[next(iter(fol._begun))].cancel()
    judging.close()
    reward.begin(ANSWERS, reference=REFERENCES)  # the same batch, which counts as begun
    assert reward([""] * len(ANSWERS), ANSWERS, reference=REFERENCES) == expected
    begun = judging.Judge().begin(ANSWERS, REFERENCES)
    groups: Any = [(begun.tasks, Future())]  # which nobody fills there
    forked = dataclasses.replace(begun, groups=groups, process=os.getppid())
    assert forked.result() == expected


def test_a_begin_that_fails_is_told_and_leaves_the_call_as_it_is(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*words: Any) -> Any:
        raise OSError("no processes left")

    monkeypatch.setattr(judging.Judge, "begin", broken)
    with caplog.at_level(logging.ERROR):
        rewards.get("logic").begin(ANSWERS, reference=REFERENCES)
    assert "no processes left" in caplog.text
    assert called("logic", reference=REFERENCES)[0] == 1.0


def test_processes_of_one_machine_share_its_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FOLALIGN_WORKERS", raising=False)
    monkeypatch.setattr(judging.os, "cpu_count", lambda: 16)
    assert judging._workers() == 8
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "4")
    assert judging._workers() == 4
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "64")
    assert judging._workers() == 1


def test_a_trainer_begins_a_reward_before_it_calls_it(tmp_path: Path) -> None:
    told: list[tuple[str, list[str], list[str]]] = []

    class Told:
        __name__ = "told"

        def begin(self, completions: list[str], **columns: Any) -> None:
            told.append(("begin", list(completions), columns["reference"]))

        def __call__(self, prompts: Any, completions: list[str], **columns: Any) -> list[float]:
            told.append(("call", list(completions), columns["reference"]))
            return [float(len(text)) for text in completions]

    model = str(build_tiny(tmp_path / "model"))
    args = config(tmp_path / "run", max_steps=2)
    trainer = SGRPOTrainer(model, Told(), args=args, train_dataset=dataset())
    trainer.train()
    trainer.close()
    assert [what for what, *_ in told] == ["begin", "call"] * 2
    assert all(begun[1:] == call[1:] for begun, call in zip(told[::2], told[1::2], strict=True))


def test_a_step_that_breaks_off_leaves_no_worker_at_what_it_began(tmp_path: Path) -> None:
    class Broken:
        __name__ = "broken"

        def begin(self, completions: list[str], **columns: Any) -> None:
            judging.Judge().score("A(a)", "A(a)")

        def __call__(self, prompts: Any, completions: list[str], **columns: Any) -> list[float]:
            assert judging._pools
            raise KeyboardInterrupt

    model = str(build_tiny(tmp_path / "model"))
    args = config(tmp_path / "run", max_steps=1)
    trainer = SGRPOTrainer(model, Broken(), args=args, train_dataset=dataset())
    with pytest.raises(KeyboardInterrupt):
        trainer.train()
    assert not judging._pools
