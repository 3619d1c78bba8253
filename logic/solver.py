"""Equivalence and entailment: proved, refuted or unknown, with a countermodel where one is finite and small.

The order is cheap to dear: equal normal forms prove; a sampled finite structure that tells the formulas apart refutes;
Z3 under a work limit proves or refutes; a search of the universes of 1 to `Budget.max_size` elements, complete for
each size, refutes; Z3 once more with the whole limit. Only a proof or a countermodel decides, a sample never proves.
Work is counted (Z3's `rlimit`), not timed, and every query gets a Z3 context of its own, so that a verdict does not
depend on the machine, the load or what was asked before. The wall-clock limit is a safety net far above the work limit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from logic import syntax as S
from logic.errors import UnsupportedError
from logic.normal import FALSE, join, key, negate, normalise
from logic.walk import Signature, signature, subnodes

if TYPE_CHECKING:
    import z3

    from logic.finite import Structure

Status = Literal["proved", "refuted", "unknown"]


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of a question: Z3 resource units, largest universe searched, terms of a grounding, wall-clock seconds."""

    rlimit: int = 4_000_000
    max_size: int = 4
    max_nodes: int = 20_000
    seconds: float = 20.0

    def __post_init__(self) -> None:
        for name in ("rlimit", "max_size", "max_nodes", "seconds"):
            if getattr(self, name) <= 0:
                raise ValueError(f"Budget.{name} must be above 0, got {getattr(self, name)}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one question.

    `status` is "proved", "refuted" or "unknown" (budget spent); `countermodel` a finite structure that refutes, where
    one was found (checked by plain evaluation); `method` the step that decided: "canonical", "structures", "z3" or
    "search", or "budget"; `seconds` the time it took.
    """

    status: Status
    method: str
    countermodel: Structure | None = None
    seconds: float = 0.0

    def __bool__(self) -> bool:
        raise TypeError("a Verdict is not a truth value; compare .status with 'proved'")


def equivalent(
    *,
    candidate: S.Formula | str,
    reference: S.Formula | str,
    domain: str = "fol",
    budget: Budget | None = None,
) -> Verdict:
    """Whether two formulas are true in the same structures (names as they stand).

    Formulas with constructs of a domain are judged in that domain, whether it is named or not. Raises `ParseError` on
    bad text and `ValueError` for an unknown domain.
    """
    start = time.perf_counter()
    left, right = _formula(candidate, domain), _formula(reference, domain)
    if (domain := domain_of(domain, candidate, reference)) != "fol":
        from logic.domains.registry import get
        from logic.domains.theory import judge

        return judge(get(domain), left, right, budget)[0]
    if key(normalise(left)) == key(normalise(right)):
        return Verdict("proved", "canonical", seconds=time.perf_counter() - start)
    from logic.samples import (
        agreement,
    )  # here and below: it loads numpy, and reading formulas does not need it

    return decide(
        left,
        right,
        agreement(left, right, signature(left, right)).difference,
        budget or Budget(),
        start,
    )


def decide(
    left: S.Formula, right: S.Formula, difference: Structure | None, budget: Budget, start: float
) -> Verdict:
    """`equivalent` for formulas whose normal forms differ, given a structure that tells them apart, if one is known."""
    if difference is not None:
        _check(difference, left, right)
        return Verdict("refuted", "structures", difference, time.perf_counter() - start)
    return _prove(S.Not(S.Iff(left, right)), signature(left, right), budget, start)


def entails(
    *,
    premises: Iterable[S.Formula | str],
    conclusion: S.Formula | str,
    domain: str = "fol",
    budget: Budget | None = None,
) -> Verdict:
    """Whether the conclusion holds wherever all premises do. Raises `ParseError` on bad text."""
    start = time.perf_counter()
    premises = list(premises)
    given = [_formula(premise, domain) for premise in premises]
    goal = _formula(conclusion, domain)
    if (domain := domain_of(domain, *premises, conclusion)) != "fol":
        from logic.domains.registry import get
        from logic.domains.theory import entailed

        return entailed(get(domain), given, goal, budget)
    return core_entails(given, goal, budget, start)


def core_entails(
    given: list[S.Formula], goal: S.Formula, budget: Budget | None, start: float
) -> Verdict:
    """`entails` for formulas of the core."""
    against: S.Formula = S.And((*given, S.Not(goal))) if given else S.Not(goal)
    if key(
        join("and", [*[normalise(premise) for premise in given], negate(normalise(goal))])
    ) == key(FALSE):
        return Verdict("proved", "canonical", seconds=time.perf_counter() - start)
    from logic.finite import first_bit
    from logic.samples import sampled_batches

    joint = signature(against)
    for batch in sampled_batches(joint):
        try:
            index = first_bit(batch.truth(against))
        except UnsupportedError:
            break
        if index is not None:
            countermodel = batch.structure(index)
            _check(countermodel, against, S.Truth(False))
            return Verdict("refuted", "structures", countermodel, time.perf_counter() - start)
    return _prove(against, joint, budget or Budget(), start)


def domain_of(domain: str, *given: S.Formula | str) -> str:
    """The domain named, or where none is, that of the formulas given as such."""
    built = [item for item in given if isinstance(item, S.Formula)] if domain == "fol" else []
    if not built or not any(
        isinstance(node, S.Construct) for item in built for node in subnodes(item)
    ):
        return domain
    from logic.domains.registry import of

    return of(*built)


def _formula(given: S.Formula | str, domain: str) -> S.Formula:
    if isinstance(given, S.Formula):
        return given
    from logic.parser import parse

    return parse(given, domain=domain)


def _prove(against: S.Formula, joint: Signature, budget: Budget, start: float) -> Verdict:
    """Proved where `against` has no model at all."""
    deadline = start + budget.seconds
    steps: tuple[Callable[[], Verdict | None], ...] = (
        lambda: _ask_z3(against, joint, budget.rlimit // 8, budget, deadline),
        lambda: _search(against, joint, budget, deadline),
        lambda: _ask_z3(against, joint, budget.rlimit, budget, deadline),
    )
    for step in steps:
        verdict = step()
        if verdict is not None:
            return Verdict(
                verdict.status, verdict.method, verdict.countermodel, time.perf_counter() - start
            )
    return Verdict("unknown", "budget", seconds=time.perf_counter() - start)


def _ask_z3(
    against: S.Formula, joint: Signature, rlimit: int, budget: Budget, deadline: float
) -> Verdict | None:
    import z3  # here and below: loading it takes 0.2 s, and most questions are decided without it

    from logic.to_z3 import Lowering

    context = z3.Context()
    solver = _solver(context, rlimit, deadline)
    solver.add(Lowering(joint, context).formula(against))
    answer = solver.check()
    if answer == z3.unsat:
        return Verdict("proved", "z3")
    if answer == z3.sat:
        small = _search(against, joint, budget, deadline)
        return Verdict("refuted", "z3", None if small is None else small.countermodel)
    return None


def _search(
    against: S.Formula, joint: Signature, budget: Budget, deadline: float
) -> Verdict | None:
    """A model of `against` with at most `max_size` elements, each size searched completely."""
    import z3

    from logic.to_z3 import Grounding

    for size in range(1, budget.max_size + 1):
        context = z3.Context()
        solver = _solver(context, budget.rlimit, deadline)
        grounding = Grounding(joint, size, context, budget.max_nodes)
        try:
            solver.add(grounding.formula(against))
        except UnsupportedError:
            return None  # larger universes ground to more: nothing is decided here, the next step goes on
        solver.add(*grounding.axioms())
        if solver.check() == z3.sat:
            countermodel = grounding.structure(solver.model())
            _check(countermodel, against, S.Truth(False))
            return Verdict("refuted", "search", countermodel)
    return None


def _solver(context: z3.Context, rlimit: int, deadline: float) -> z3.Solver:
    import z3

    solver = z3.SimpleSolver(context)
    solver.set("rlimit", rlimit)
    solver.set("random_seed", 0)
    solver.set("timeout", max(1, int(1000 * (deadline - time.perf_counter()))))
    return solver


def _check(structure: Structure, left: S.Formula, right: S.Formula) -> None:
    """A countermodel is shown only after plain evaluation agrees that it is one."""
    if structure.holds(left) == structure.holds(right):
        raise AssertionError(f"not a countermodel for {left} and {right}:\n{structure}")
