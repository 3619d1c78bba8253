"""What a solver can say of an answer without a reference."""

from __future__ import annotations

import pytest

import logic
from logic.stories.remarks import remarks

NAMES = logic.read_signature(
    "Predicates:\nChases(x, y) ::: x chases y\nCat(x) ::: x is a cat\nConstants: tom"
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("∀x (Cat(x) →", "this is no formula: line 1, column 13"),
        ("I do not know.", "this is no formula"),
        ("∀x (Cat(x) → Chase(x, tom))", "unknown name: predicate Chase; did you mean Chases(x, y) (x chases y)?"),
        ("Cat(tom, tom)", "wrong arity: predicate Cat"),
        ("Cat(tom) ∨ ¬Cat(tom)", "it is true whatever the facts are"),
        ("Cat(tom) ∧ ¬Cat(tom)", "it is false whatever the facts are"),
        ("¬∃x Chases(x, tom)", "this contradicts what holds beside it:\n  Chases(tom, tom)"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(text: str, said: str) -> None:
    beside = [logic.parse("∀x Cat(x)"), logic.parse("Chases(tom, tom)")]
    found = remarks(text, signature=NAMES, premises=beside)
    assert len(found.told) == 1 and said in str(found)


def test_the_caret_shows_the_place() -> None:
    assert "\n  ∀x (Cat(x) →\n              ^" in str(remarks("∀x (Cat(x) →"))


def test_nothing_is_said_of_what_may_be_right() -> None:
    for text in ("∀x (Cat(x) → Chases(x, tom))", "Formula: Cat(tom)", "¬Cat(tom)"):
        found = remarks(text, signature=NAMES)
        assert found.told == () and str(found) == "" and found.formula is not None
    assert remarks("Unheard(of)").told == ()  # where any name may be used
