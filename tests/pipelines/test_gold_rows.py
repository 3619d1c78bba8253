"""`gold_rows`: of whole stories some keep their formulas, and of the others the label alone is known."""

import pytest

pytest.importorskip("trl")

from pipelines.config.arguments import SFTArguments
from pipelines.config.corpus import load_rows
from pipelines.errors import UsageError
from pipelines.stages.sft import answered


def rows(task: str = "story", gold: int | None = 2, gold_split: str | None = None, size: int = 5):
    return load_rows(
        SFTArguments(dataset="proof-synthetic", task=task),
        split="train" if gold_split is None else "validation",
        size=size,
        seed=0,
        gold=gold,
        gold_split=gold_split,
        quiet=True,
    )


def test_the_first_rows_keep_their_formulas_and_all_their_labels() -> None:
    mixed, whole = rows(), rows(gold=None)
    assert [bool(formulas) for formulas in mixed["formulas"]] == [True, True, False, False, False]
    assert mixed["completion"][:2] == whole["completion"][:2] and all(whole["completion"])
    assert mixed["label"] == whole["label"] and mixed["prompt"] == whole["prompt"]
    assert len(answered(mixed, "sft")) == 2


def test_those_with_formulas_come_from_a_split_of_their_own() -> None:
    mixed = rows(gold=2, gold_split="train")
    assert mixed["completion"][:2] == rows(gold=None)["completion"][:2]
    assert [bool(formulas) for formulas in mixed["formulas"]] == [True, True, False, False, False]
    assert not set(mixed["prompt"][2:]) & set(rows()["prompt"])


@pytest.mark.parametrize(
    ("gold", "size", "said"),
    [(None, 5, "gold_rows says how many"), (5, 5, "gold_rows is 5; allowed: less than train_size")],
)
def test_a_split_of_their_own_needs_a_number(gold: int | None, size: int, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        rows(gold=gold, gold_split="train", size=size)


@pytest.mark.parametrize(
    ("task", "gold", "said"),
    [
        ("entail", 1, "gold_rows applies to the task story, not to entail"),
        ("story", -1, "0 or more"),
    ],
)
def test_what_makes_no_sense_is_refused(task: str, gold: int, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        rows(task, gold)
