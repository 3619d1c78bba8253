"""The normal form: equal only for equivalent formulas, and equal for the usual rewritings."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import formulas

import logic
from data.perturb import rewrite
from logic.deciding.keys import normal_key
from logic.deciding.samples import agreement
from logic.symbols import signature

NAMES = ["P", "Q", "R", "a", "b"]
VARIABLES = ["x", "y", "z"]


def test_rewritings_share_a_normal_form() -> None:
    for left, right in [
        ("¬(A ∧ B)", "¬A ∨ ¬B"),
        ("∀x (P(x) → Q(x))", "∀y (¬Q(y) → ¬P(y))"),
        ("∀x ∀y (R(x, y) ∨ P(x))", "∀y ∀x (P(x) ∨ R(x, y))"),
        ("∀x ∀y (A(x, y) ∨ B(x) ∨ C(y))", "∀y (C(y) ∨ ∀x (A(x, y) ∨ B(x)))"),
        ("A ⊕ B ⊕ C", "C ⊕ (B ⊕ A)"),
        ("¬(A ↔ B)", "A ⊕ B"),
        ("∃!x P(x)", "∃x (P(x) ∧ ∀y (P(y) → x = y))"),
        ("∀x (A(x) → B)", "∃x A(x) → B"),
        ("∃x P(x) ⊕ A", "¬∀x ¬P(x) ⊕ A"),
    ]:
        assert normal_key(logic.parse(left)) == normal_key(logic.parse(right)), (left, right)


def test_names_with_odd_characters_do_not_run_together() -> None:
    assert normal_key(logic.parse("P('a,b')")) != normal_key(logic.parse("P(a, b)"))
    assert normal_key(logic.parse("'P(a)'")) != normal_key(logic.parse("P(a)"))


@settings(max_examples=300, deadline=None)
@given(formulas(names=NAMES, variables=VARIABLES, depth=3), st.integers(0, 1 << 30))
def test_a_rewritten_formula_is_proved_equivalent(formula: logic.Formula, seed: int) -> None:
    other = rewrite(formula, random.Random(seed), steps=3)
    assert logic.equivalent(candidate=other, reference=formula).status == "proved"


@settings(max_examples=400, deadline=None)
@given(
    formulas(names=NAMES, variables=VARIABLES, depth=3),
    formulas(names=NAMES, variables=VARIABLES, depth=3),
)
def test_equal_normal_forms_are_never_told_apart_by_a_structure(
    left: logic.Formula, right: logic.Formula
) -> None:
    if normal_key(left) == normal_key(right):
        assert agreement(left, right, signature(left, right)).difference is None
