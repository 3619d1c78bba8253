"""Votes by logical equivalence."""

from __future__ import annotations

import logic
from logic.judging.vote import equivalence_classes


def _classes(*texts: str | None) -> list[tuple[str, tuple[int, ...]]]:
    found = equivalence_classes([None if text is None else logic.parse(text) for text in texts])
    return [(str(one.formula), one.members) for one in found]


def test_the_largest_class_wins_whatever_its_wordings() -> None:
    assert _classes(
        "∃x (Cat(x) ∧ Dog(x))", "∀x (Cat(x) → Dog(x))", "∃x (Cat(x) ∧ Dog(x))", "∀y (¬Dog(y) → ¬Cat(y))",
        "¬∃x (Cat(x) ∧ ¬Dog(x))",
    ) == [("∀x (Cat(x) → Dog(x))", (1, 3, 4)), ("∃x (Cat(x) ∧ Dog(x))", (0, 2))]  # fmt: skip


def test_equivalence_that_no_normal_form_shows_is_proved() -> None:
    assert _classes("P(a) ∧ (P(a) → Q(a))", "P(a) ∧ Q(a)", "P(a)")[0][1] == (0, 1)


def test_ties_go_to_the_first_and_the_unreadable_does_not_vote() -> None:
    assert _classes(None, "P(a)", None, "Q(a)") == [("P(a)", (1,)), ("Q(a)", (3,))]
    assert _classes(None) == []


def test_the_commonest_wording_speaks_for_a_class() -> None:
    assert _classes("¬¬P(a)", "P(a)", "P(a)")[0][0] == "P(a)"
