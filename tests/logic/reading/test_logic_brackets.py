"""One bracket that is lost or too many, and commas: mended where one formula can be meant."""

from __future__ import annotations

import pytest

import logic


@pytest.mark.parametrize(
    "text",
    [
        "∀x (¬(P(x) ∧ Q(x) → R(x))", "(P(a) ∨ Q(a) ∧ R(a)", "¬(P(a) → Q(a) ∧ R(a)", "∃x (P(x) ∧ ¬(Q(x) ∨ R(x) ∧ S(x))",
        "∀x ((P(x) ∨ Q(x) ∧ S(x) → R(x))", "P(a) ∧ Q(a) → R(a))", "∃x P(x) → Q(a))", "FOL: (P(a) | Q(a) & R(a)",
        "P(a) → Q(a), R(a)", "P(a) ∨ Q(a), R(a)", "P(a) ↔ Q(a), R(a)", "∀x (P(x) → Q(x), R(x))",
        "¬(A(a) ⊕ B(a) → (C(a) ⊕ D(a))", "(P(a) or Q(a) and R(a)", "\\neg (P(a) \\to Q(a) \\land R(a)",
    ],
)  # fmt: skip
def test_what_could_be_mended_in_two_ways_is_refused(text: str) -> None:
    assert logic.read_answer(text).formula is None


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("∀x (P(x) → Q(x)", "∀x (P(x) → Q(x))"),
        ("∀x (P(x) → (Q(x) ∨ R(x))", "∀x (P(x) → Q(x) ∨ R(x))"),
        ("∀x ((P(x) ∧ Q(x)) → (R(x) ⊕ S(x))", "∀x (P(x) ∧ Q(x) → R(x) ⊕ S(x))"),
        ("P(a) ∧ (Q(a) ∧ R(a)", "P(a) ∧ (Q(a) ∧ R(a))"),
        ("¬(¬P(a) ∨ ¬Q(a)", "¬(¬P(a) ∨ ¬Q(a))"),
        ("∃x (P(x) ∧ Q(a)", "∃x (P(x) ∧ Q(a))"),
        ("∀x (P(x) → Q(x)))", "∀x (P(x) → Q(x))"),
        ("P(a) ∧ Q(a))", "P(a) ∧ Q(a)"),
        ("(P(x) ∧ Q(a)", "P(x) ∧ Q(a)"),
        ("P(a), Q(a)", "P(a) ∧ Q(a)"),
        ("(P(a) → Q(a)), R(a)", "(P(a) → Q(a)) ∧ R(a)"),
    ],
)
def test_what_can_be_mended_in_one_way_is_read(text: str, formula: str) -> None:
    answer = logic.read_answer(text)
    assert str(answer.formula) == formula
    assert answer.repairs


@pytest.mark.parametrize(
    "text",
    [
        "¬P(a) ∧ Q(a))", "P(a) → ¬Q(a) ∧ R(a))", "¬∃x P(x) ∧ Q(a))", "not P(a) and Q(a))",
        "S(a) ∨ (P(a) ∧ Q(a) → R(a)))", "∀x (S(x) → (P(x) ∧ Q(x) → R(x))))",
    ],
)  # fmt: skip
def test_a_surplus_bracket_at_the_end_that_could_be_opened_in_two_places(text: str) -> None:
    assert logic.read_answer(text).formula is None
    assert logic.read_answer(f"FOL: {text}").formula is None


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("¬P(a) ∧ ¬Q(a))", "¬P(a) ∧ ¬Q(a)"), ("¬(P(a) ∧ Q(a)))", "¬(P(a) ∧ Q(a))"),
        ("∀x (P(x) → ¬Q(x)))", "∀x (P(x) → ¬Q(x))"), ("a ≠ b ∧ P(a))", "a ≠ b ∧ P(a)"),
        ("∀x (P(x) → Q(x) ∧ R(x)))", "∀x (P(x) → Q(x) ∧ R(x))"),
        ("∀x (P(x) ∧ Q(x) → R(x)))", "∀x (P(x) ∧ Q(x) → R(x))"),
    ],
)  # fmt: skip
def test_a_surplus_bracket_at_the_end_that_changes_nothing(text: str, formula: str) -> None:
    answer = logic.read_answer(text)
    assert str(answer.formula) == formula and answer.repairs == ("closing bracket removed",)
