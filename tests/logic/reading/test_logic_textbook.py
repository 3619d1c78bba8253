"""`dialect="textbook"`: letters side by side, `(x)` for ∀x, `·` and `v`; what may mean two things is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from strategies import formulas

import logic
from logic import syntax as S


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("∀x(Fx → Gx)", "∀x (F(x) → G(x))"),
        ("(x)(Fx ⊃ Gx)", "∀x (F(x) → G(x))"),
        ("(x)(y)(Rxy ≡ Ryx)", "∀x ∀y (R(x, y) ↔ R(y, x))"),
        ("(∃x)(Fx · ~Gxa)", "∃x (F(x) ∧ ¬G(x, a))"),
        ("Fa · Gb", "F(a) ∧ G(b)"),
        ("(x)Fx v (x)Gx", "∀x F(x) ∨ ∀x G(x)"),
        ("[(P ⊃ Q) · P] ⊃ Q", "(P → Q) ∧ P → Q"),
        ("(x)(Fx ⊃ x = a)", "∀x (F(x) → x = a)"),
        ("∀v Fv v P", "∀v F(v) ∨ P"),
        ("all v Fv", "∀v F(v)"),
        ("All v (Fv v Gv)", "∀v (F(v) ∨ G(v))"),
        ("a = b v Fa", "a = b ∨ F(a)"),
        ("R(a, f(b)) ∨ P", "R(a, f(b)) ∨ P"),
        ("'Cat'(a) ∧ Fa", "Cat(a) ∧ F(a)"),
        ("(x)F(x)", "∀x F(x)"),
    ],
)
def test_textbook_conventions(text: str, meant: str) -> None:
    formula = logic.parse(text, dialect="textbook")
    assert formula == logic.parse(meant)
    assert logic.parse(logic.to_text(formula, "textbook"), dialect="textbook") == formula


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Raf(b)", "'Raf' may be a name or letters"),
        ("Cat(tom) ∧ Fa", "'Cat' may be a name or letters"),
        ("Sunshine", "'Sunshine' may be a name or letters"),
        ("∀x Fx ⊃ Gx", "free variable 'x'"),
        ("Fx", "free variable 'x'"),
        ("v = a", "free variable 'v'"),
    ],
)
def test_what_may_mean_two_things_is_refused(text: str, reason: str) -> None:
    with pytest.raises(logic.ParseError, match=reason):
        logic.parse(text, dialect="textbook")


def test_it_holds_where_it_is_named_alone() -> None:
    assert logic.parse("Fa ∧ Gb") == S.And((S.Atom("Fa"), S.Atom("Gb")))
    assert logic.compare("(x)(Fx ⊃ Gx)", "∀x (F(x) → G(x))", dialect="textbook").score == 1.0


def test_letters_are_written_side_by_side() -> None:
    assert logic.to_text(logic.parse("∀x (F(x) → R(x, a))"), "textbook") == "∀x (Fx → Rxa)"
    text = logic.to_text(logic.parse("∀x (Cat(x) → Rains)"), "textbook")
    assert text == "∀x ('Cat'(x) → 'Rains')"


@settings(max_examples=150, deadline=None)
@given(formulas(names=["F", "Rab", "Cat", "tom", "b2", "Raining", "f1"]))
def test_what_is_written_is_read_again(formula: S.Formula) -> None:
    text = logic.to_text(formula, "textbook")
    assert logic.parse(text, dialect="textbook") == formula
