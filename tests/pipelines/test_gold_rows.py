"""`gold_rows`: of whole stories some keep their formulas, and of the others the label alone is known."""

import pytest

pytest.importorskip("trl")

from pipelines.config.arguments import SFTArguments
from pipelines.config.corpus import load_rows
from pipelines.errors import UsageError
from pipelines.stages.sft import answered


def rows(task: str = "story", gold: int | None = 2):
    return load_rows(
        SFTArguments(dataset="proof-synthetic", task=task),
        split="train",
        size=5,
        seed=0,
        gold=gold,
        quiet=True,
    )


def test_the_first_rows_keep_their_formulas_and_all_their_labels() -> None:
    mixed, whole = rows(), rows(gold=None)
    assert [bool(formulas) for formulas in mixed["formulas"]] == [True, True, False, False, False]
    assert mixed["completion"][:2] == whole["completion"][:2] and all(whole["completion"])
    assert mixed["label"] == whole["label"] and mixed["prompt"] == whole["prompt"]
    assert len(answered(mixed, "sft")) == 2


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
