"""Verdicts against an evaluator of truth by the definition, which shares no code with the judge."""

from __future__ import annotations

import random
from typing import Any

import brute
import pytest

import logic
from data.perturb import edit, rewrite
from logic import syntax as S

BUDGET = logic.Budget(rlimit=300_000)
PREDICATES = (("P", 1), ("Q", 1), ("R", 2), ("A", 0))
PAIRS = 2_500
VARIABLES = ("x", "y", "z")


def formula(source: random.Random, levels: int, bound: tuple[str, ...] = ()) -> S.Formula:
    """A closed formula over a small signature."""
    kind = source.randrange(10) if levels else 0
    if kind <= 2:
        return _atom(source, bound)
    if kind <= 5:
        variable = source.choice(VARIABLES)
        node = source.choice((S.Forall, S.Exists, S.Forall, S.Exists, S.ExistsUnique))
        return node(S.Variable(variable), formula(source, levels - 1, (*bound, variable)))
    if kind == 6:
        return S.Not(formula(source, levels - 1, bound))
    parts = (formula(source, levels - 1, bound), formula(source, levels - 1, bound))
    if kind == 7:
        return source.choice((S.Implies, S.Iff))(*parts)
    return source.choice((S.And, S.Or, S.Xor))(parts)


def _atom(source: random.Random, bound: tuple[str, ...]) -> S.Formula:
    if source.random() < 0.15:
        return S.Equality(_term(source, bound), _term(source, bound))
    name, arity = source.choice(PREDICATES)
    return S.Atom(name, tuple([_term(source, bound) for _ in range(arity)]))


def _term(source: random.Random, bound: tuple[str, ...]) -> S.Term:
    kind = source.random()
    if bound and kind < 0.75:
        return S.Variable(source.choice(bound))
    if kind < 0.9:
        return S.Constant(source.choice("ab"))
    return S.Function("f", (_term(source, bound),))


def pair(source: random.Random) -> tuple[S.Formula, S.Formula]:
    """A formula and another one, one that says the same, or one with a mistake."""
    one = formula(source, source.randint(1, 4))
    kind = source.randrange(4)
    if kind == 0:
        return one, formula(source, 3)
    if kind == 1:
        return one, rewrite(one, source, steps=3)
    wrong, _ = edit(one, source)
    return wrong, one if kind == 2 else rewrite(one, source, steps=2)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_no_false_proof_and_no_wrong_countermodel(part: int) -> None:
    verdicts = {"proved": 0, "refuted": 0, "unknown": 0}
    for number in range(PAIRS):
        source = random.Random(f"{part}/{number}")
        left, right = pair(source)
        verdict = logic.equivalent(candidate=left, reference=right, budget=BUDGET)
        verdicts[verdict.status] += 1
        world = brute.difference(left, right, source, most=300)
        if verdict.status == "proved":
            assert world is None, f"{left} and {right} differ in {world}"
        if verdict.countermodel is not None:
            _differs(verdict.countermodel, left, right)
        mirror = logic.equivalent(candidate=right, reference=left, budget=BUDGET)
        assert mirror.status == verdict.status, f"{left} and {right}"
    assert min(verdicts["proved"], verdicts["refuted"]) >= PAIRS // 6, verdicts
    assert verdicts["unknown"] <= PAIRS // 25, verdicts


def _differs(structure: Any, left: S.Formula, right: S.Formula) -> None:
    world = brute.world_of(structure, left, right)
    assert world.true(left) != world.true(right), f"{left} and {right} in {structure}"


@pytest.mark.slow
def test_no_false_entailment() -> None:
    statuses = {"proved": 0, "refuted": 0, "unknown": 0}
    for number in range(300):
        source = random.Random(f"entails {number}")
        premises = [formula(source, 2) for _ in range(source.randint(1, 3))]
        conclusion = source.choice((formula(source, 2), rewrite(premises[0], source, steps=2)))
        verdict = logic.entails(premises=premises, conclusion=conclusion, budget=BUDGET)
        statuses[verdict.status] += 1
        whole = S.Implies(S.And((*premises, S.Truth(True))), conclusion)
        if verdict.status == "proved":
            assert brute.difference(whole, S.Truth(True), source, most=300) is None
        if verdict.countermodel is not None:
            assert not brute.world_of(verdict.countermodel, whole).true(whole)
    assert min(statuses["proved"], statuses["refuted"]) >= 40, statuses
