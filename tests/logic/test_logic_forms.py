"""Normal forms are equivalent to what they come from and have the form they are called after; trees show the build."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from strategies import formulas

import logic
from logic import syntax as S
from logic.substitution import apart
from logic.symbols import subnodes

SMALL = {"names": ["P", "Q", "a"], "variables": ["x", "y", "x'"], "depth": 3}


def is_literal(formula: S.Formula) -> bool:
    inner = formula.operand if isinstance(formula, S.Not) else formula
    return isinstance(inner, S.Atom | S.Equality)


def is_nnf(formula: S.Formula) -> bool:
    if is_literal(formula) or isinstance(formula, S.Truth):
        return True
    parts = [part for part in formula.children() if isinstance(part, S.Formula)]
    return isinstance(formula, S.And | S.Or | S.Forall | S.Exists) and all(map(is_nnf, parts))


def matrix(formula: S.Formula) -> S.Formula:
    while isinstance(formula, S.Forall | S.Exists):
        formula = formula.body
    assert not any(isinstance(node, S.Quantified) for node in subnodes(formula))
    return formula


def parts(formula: S.Formula, kind: type) -> tuple[S.Formula, ...]:
    return formula.operands if isinstance(formula, kind) else (formula,)


@settings(max_examples=60, deadline=None)
@given(formulas(**SMALL))
def test_forms_are_equivalent_and_as_they_are_called(formula: S.Formula) -> None:
    negative = logic.nnf(formula)
    assert is_nnf(negative)
    prefixed = logic.prenex(formula)
    assert is_nnf(matrix(prefixed))
    for form in (negative, prefixed):
        assert logic.equivalent(form, formula).status != "refuted", form


@settings(max_examples=40, deadline=None)
@given(formulas(names=["P", "Q", "a"], variables=["x", "y"], depth=2))
def test_conjunctive_normal_forms(formula: S.Formula) -> None:
    form = logic.cnf(formula)
    for clause in parts(matrix(form), S.And):
        assert all(is_literal(one) or isinstance(one, S.Truth) for one in parts(clause, S.Or))
    assert logic.equivalent(form, formula).status != "refuted", form


def test_forms_of_texts() -> None:
    assert str(logic.nnf("¬∀x (Cat(x) → ∃y Owns(y, x))")) == "∃x (Cat(x) ∧ ∀y ¬Owns(y, x))"
    assert str(logic.prenex("∀x P(x) → ∃y Q(y)")) == "∃x ∃y (¬P(x) ∨ Q(y))"
    assert str(logic.prenex("∀x P(x) ∧ ∃x Q(x)")) == "∀x ∃x' (P(x) ∧ Q(x'))"
    assert str(logic.cnf("∃x (P(x) ∨ Q(x) ∧ R(x))")) == "∃x ((P(x) ∨ Q(x)) ∧ (P(x) ∨ R(x)))"
    assert str(logic.cnf("P(a) ∨ ¬P(a)")) == "⊤"
    assert str(logic.nnf("all x.(cat(x) -> animal(x))", dialect="nltk")) == (
        "∀x (¬cat(x) ∨ animal(x))"
    )


def test_what_has_no_normal_form_is_told() -> None:
    with pytest.raises(logic.UnsupportedError, match="has no normal form in plain first-order"):
        logic.nnf("¬Forbidden Lies(anna)", domain="deontic")
    with pytest.raises(logic.UnsupportedError, match="more than 5000 parts"):
        logic.nnf(" ↔ ".join(f"P{number}(a)" for number in range(20)))
    with pytest.raises(logic.UnsupportedError, match="more than 5000 clauses"):
        logic.cnf(" ∨ ".join(f"(P{number}(a) ∧ Q{number}(a))" for number in range(20)))


def test_a_new_name_is_none_that_a_quantifier_inside_binds() -> None:
    formula = logic.parse("∀x P(x) ∧ ∀x ∃x' R(x, x')")
    told = apart(formula, set())
    assert logic.equivalent(told, formula).status == "proved", told
    assert logic.equivalent(logic.prenex(formula), formula).status == "proved"


def test_trees_show_what_brackets_mean() -> None:
    assert str(logic.tree("¬P(a) ∧ Q(a) → ∃x R(x, a)")).splitlines() == [
        "→",
        "├─ ∧",
        "│  ├─ ¬",
        "│  │  └─ P(a)",
        "│  └─ Q(a)",
        "└─ ∃x",
        "   └─ R(x, a)",
    ]
    assert "<pre>∀x" in logic.tree("∀x P(x)")._repr_html_()
    assert str(logic.tree("∃≥2x Cat(x)", domain="counting")).splitlines()[0] == "∃≥2 x"
