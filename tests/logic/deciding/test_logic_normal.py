"""The normal form: equal only for equivalent formulas, and equal for the usual rewritings."""

import itertools
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import formulas

import logic
from data.perturb import rewrite
from logic.deciding.keys import normal_key
from logic.deciding.samples import compared
from logic.signatures.signature import signature

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


@pytest.mark.parametrize(
    "matrix",
    [
        "∃ (P(x) ∨ P(y)) ∧ (P(y) ∨ P(z)) ∧ (P(x) ∨ P(z))",
        "∀ (Red(x) ↔ Red(y)) ∧ (Red(y) ↔ Red(z)) → (Red(x) ↔ Red(z))",
        "∀ (R(x, y) ∧ R(y, z)) ∨ (R(y, z) ∧ R(z, x)) ∨ (R(z, x) ∧ R(x, y))",
        "∃ (P(x) ⊕ P(y)) ∧ (P(y) ⊕ P(z)) ∧ (P(z) ⊕ P(x))",
    ],
)
def test_a_block_over_parts_that_share_variables_has_a_normal_form(matrix: str) -> None:
    quantifier, body = matrix[0], matrix[2:]
    orders = []
    for order in itertools.permutations("xyz"):
        binders = "".join([f"{quantifier}{name} " for name in order])
        orders.append(logic.parse(f"{binders}({body})"))
    for formula in orders:
        assert normal_key(formula)
        assert logic.equivalent(candidate=formula, reference=orders[0]).status == "proved"


def test_blocks_over_symmetric_matrices_end_soundly() -> None:
    by_key: dict[str, logic.Formula] = {}
    for seed in range(400):
        formula = _symmetric(random.Random(f"{seed}"))
        other = by_key.setdefault(normal_key(formula), formula)
        assert compared(formula, other, signature(formula, other)).difference is None


def _symmetric(source: random.Random) -> logic.Formula:
    """Three or four variables of one block over pairs of them."""
    names = ["x", "y", "z", "w"][: source.choice((3, 3, 4))]
    sign, joint = source.choice("∧∨⊕↔"), source.choice("∧∨⊕")
    pairs = list(itertools.combinations(names, 2))
    source.shuffle(pairs)
    parts = [f"(P({one}) {sign} P({other}))" for one, other in pairs[: source.choice((2, 3, 6))]]
    parts.append(source.choice(["Q(x)", "¬R(x, y)", "R(y, z)", "∀u R(u, z)", "∃u R(x, u)"]))
    quantifiers = [source.choice(("∃", "∀"))] * len(names)
    if source.random() < 0.2:
        quantifiers[0] = "∃"
    binders = "".join([f"{q}{name} " for q, name in zip(quantifiers, names, strict=True)])
    return logic.parse(f"{binders}({f' {joint} '.join(parts)})")


def test_orders_of_variables_are_tried_only_so_often() -> None:
    blocks = [[f"{letter}{place}" for place in range(4)] for letter in "xyzuvw"]
    rows = [f"R({', '.join(row)})" for row in zip(*blocks, strict=True)]
    binders = "".join([f"{'∃∀'[n % 2]}{', '.join(block)} " for n, block in enumerate(blocks)])
    start = time.process_time()
    assert normal_key(logic.parse(f"{binders}({' ↔ '.join(rows)})"))
    assert time.process_time() - start < 2


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
        assert compared(left, right, signature(left, right)).difference is None
