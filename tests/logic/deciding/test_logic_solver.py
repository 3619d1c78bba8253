"""Equivalence and entailment: verdicts, methods, countermodels, budgets."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import formulas

import logic
from data.perturb import edit
from logic import syntax as S
from logic.core import CORE
from logic.deciding.plain import Equivalence
from logic.deciding.side import Side

SMALL = {"names": ["P", "Q", "R", "a", "f"], "variables": ["x", "y"], "depth": 3}


@pytest.mark.parametrize(
    ("premises", "conclusion", "status"),
    [
        (["∀x (Man(x) → Mortal(x))", "Man(socrates)"], "Mortal(socrates)", "proved"),
        (["∀x (Man(x) → Mortal(x))", "Mortal(socrates)"], "Man(socrates)", "refuted"),
        (["P(a)", "¬P(a)"], "Q(b)", "proved"),
        ([], "∃x (P(x) → ∀y P(y))", "proved"),
        ([], "P(a)", "refuted"),
        (["∃y ∀x Likes(x, y)"], "∀x ∃y Likes(x, y)", "proved"),
        (["∀x ∃y Likes(x, y)"], "∃y ∀x Likes(x, y)", "refuted"),
        (["f(a) = b", "f(b) = a"], "f(f(a)) = a", "proved"),
    ],
)
def test_entailment(premises: list[str], conclusion: str, status: str) -> None:
    verdict = logic.entails(premises=premises, conclusion=conclusion)
    assert verdict.status == status
    if status == "refuted":
        assert verdict.countermodel is not None
        goal = (
            S.And((*map(logic.parse, premises), S.Not(logic.parse(conclusion))))
            if premises
            else None
        )
        assert goal is None or verdict.countermodel.holds(goal)


def test_only_infinite_structures_tell_apart_is_never_called_equal() -> None:
    successor = "∀x ∀y (f(x) = f(y) → x = y) ∧ ¬∃x f(x) = a"
    assert logic.equivalent(candidate=successor, reference="⊥").status != "proved"


def test_a_spent_budget_is_unknown_and_the_score_none() -> None:
    left = "∀x ∀y ∀z (R(x, y) ∧ R(y, z) → R(x, z)) ∧ ∀x ∃y R(x, y) ∧ ∀x ¬R(x, x)"
    budget = logic.Budget(rlimit=1000, max_size=2)
    assert logic.equivalent(candidate=left, reference="⊥", budget=budget).status == "unknown"
    assert logic.compare(candidate=left, reference="P ∧ ¬P", budget=budget).score is None


def test_a_verdict_is_not_a_truth_value() -> None:
    with pytest.raises(TypeError, match="status"):
        bool(logic.equivalent(candidate="P", reference="P"))


def test_bad_input_is_an_error() -> None:
    with pytest.raises(logic.ParseError, match="column 6"):
        logic.equivalent(candidate="P(a) Q(b)", reference="P(a)")
    with pytest.raises(ValueError, match=r"Budget\.rlimit must be above 0, got 0"):
        logic.Budget(rlimit=0)


@settings(max_examples=100, deadline=None)
@given(formulas(**SMALL), st.integers(0, 1 << 30))
def test_equivalence_is_symmetric_and_sound(formula: logic.Formula, seed: int) -> None:
    try:
        other, _ = edit(formula, random.Random(seed))
    except ValueError:
        return
    budget = logic.Budget(rlimit=100_000)
    verdict = logic.equivalent(candidate=other, reference=formula, budget=budget)
    back = logic.equivalent(candidate=formula, reference=other, budget=budget)
    assert {verdict.status, back.status} != {"proved", "refuted"}
    if verdict.countermodel is not None:
        assert verdict.countermodel.holds(other) is not verdict.countermodel.holds(formula)


def test_a_model_that_only_z3_finds_refutes() -> None:
    """No sampled structure tells these apart: forty properties must all be had by one element."""
    names = [f"P{i}" for i in range(40)]
    everything = " ∧ ".join(f"{name}(x)" for name in names)
    verdict = logic.entails(premises=[f"∃x ({everything})"], conclusion="⊥")
    assert verdict.status == "refuted"
    assert verdict.method in ("z3", "search")
    assert verdict.countermodel is not None


def test_z3_is_asked_the_same_question_whichever_side_is_the_candidate() -> None:
    one, other = (Side(logic.parse(text), CORE) for text in ("∃x P(x)", "∃x ∃y R(x, y)"))
    assert Equivalence(one, other).against == Equivalence(other, one).against
    four, five = "∃!x ∃!x ∃!x ∃!x P(x)", "∃!x ∃!x ∃!x ∃!x ∃!x P(x)"
    assert logic.equivalent(candidate=four, reference=five).status == "proved"
    assert logic.equivalent(candidate=five, reference=four).status == "proved"
