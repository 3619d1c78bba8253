"""Z3 on plain formulas: quantified over one sort, or grounded over small universes of every size in turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import z3

from logic import syntax as S
from logic.deciding.ladder import Limits
from logic.deciding.provers.cases import Case
from logic.deciding.provers.z3_cases import CaseLowering
from logic.deciding.structure import Structure
from logic.deciding.verdict import Reason, Status
from logic.deciding.z3_lowering import Grounding, Lowering
from logic.errors import UnsupportedError
from logic.signatures.signature import Signature

MAX_MEGABYTES = 500
"""Memory that Z3 may hold while it searches."""
MAX_INSTANCES = 4_000
"""Instances of quantifiers that Z3 may make for one case.

Matching terms is work that Z3 does not count, and with many instances it takes nearly all of the
time: some seconds where the work limit allows for one.
"""
_MAX_NODES = 20_000
"""Nodes of formulas, as `expanded_size` counts them, up to which Z3 is asked."""


def is_too_large(formulas: Sequence[S.Formula]) -> bool:
    """Whether Z3 is not asked, as what it does before its search, under no limit, would take too long."""
    return sum(map(expanded_size, formulas)) > _MAX_NODES


def expanded_size(formula: S.Formula) -> int:
    """The number of nodes once definitions are written out, as Z3 does before it searches.

    ∃! has what it binds twice. `A ↔ B` and `A ⊕ B` have both of their sides twice where a quantifier stands
    in one, as it is universal in one place and existential in the other, so that chains of them
    double with every link.
    """
    return _expanded(formula)[0]


def _expanded(node: S.Node) -> tuple[int, bool]:
    """The number of nodes, and whether a quantifier is among them."""
    parts = [_expanded(child) for child in node.children()]
    is_quantified = any([has_quantifier for _, has_quantifier in parts])
    is_doubled = is_quantified and isinstance(node, S.Iff | S.Xor)
    size = 0
    for place, (below, _) in enumerate(parts):
        size += below
        if is_doubled and place > 0:  # A ⊕ B ⊕ C is (A ⊕ B) ⊕ C
            size *= 2
    if isinstance(node, S.ExistsUnique):
        size *= 2
    return size + 1, is_quantified or isinstance(node, S.Quantified)


def ask_z3(against: S.Formula, signature: Signature, rlimit: int, limits: Limits) -> Status:
    """ "proved" where Z3 finds that the formula has no model, "refuted" where it finds one."""
    if is_too_large([against]):
        limits.reached.append("nodes")
        return "unknown"
    context = z3.Context()
    solver = new_solver(context, rlimit)
    solver.add(Lowering(signature, context).formula(against))
    return status_of(solver, limits)


class CasesAnswer(NamedTuple):
    """What Z3 finds of some cases: their status, and those that it did not show to be impossible."""

    status: Status
    left: list[Case]


def ask_cases(
    cases: Sequence[Case], rlimit: int, limits: Limits, options: Mapping[str, bool | int]
) -> CasesAnswer:
    """ "proved" where no case has a model, "refuted" where one has.

    Each case gets an even share of what is left of the work limit, so that none starves those behind
    it. Raises `UnsupportedError` for a case that is too large.
    """
    left: list[Case] = []
    for index, case in enumerate(cases):
        if limits.ended():
            return CasesAnswer("unknown", [*left, *cases[index:]])
        context = z3.Context()
        solver = new_solver(context, max(1, rlimit // (len(cases) - index)))
        solver.set("qi.max_instances", MAX_INSTANCES)
        for name, value in options.items():
            solver.set(name, value)
        solver.add(*CaseLowering(context).case(case))
        answer = check(solver, limits)
        if answer == z3.sat:
            return CasesAnswer("refuted", [*left, *cases[index:]])
        if answer == z3.unknown:
            left.append(case)
        rlimit -= _spent(solver)
    return CasesAnswer("unknown" if left else "proved", left)


def _spent(solver: z3.Solver) -> int:
    """The resource units that a solver has used."""
    statistics = solver.statistics()
    return int(statistics.get_key_value("rlimit count"))


class SmallSearch(NamedTuple):
    """A model that was found, or the largest size up to which there is none."""

    model: Structure | None
    ruled_out: int


def small_model(
    against: S.Formula, signature: Signature, largest: int, limits: Limits
) -> SmallSearch:
    """A model of the formula with at most so many elements, each size searched completely.

    All sizes share one work limit, the small ones first.
    """
    budget = limits.budget
    rlimit = budget.rlimit
    ruled_out = 0
    for size in range(1, largest + 1):
        if limits.ended():
            break
        if rlimit < 1:
            limits.reached.append("rlimit")
            break
        context = z3.Context()
        solver = new_solver(context, rlimit)
        grounding = Grounding(signature, size, context, budget.max_nodes)
        try:
            solver.add(grounding.formula(against))
        except UnsupportedError:
            limits.reached.append("nodes")
            break  # larger universes ground to more: the next step of the ladder goes on
        solver.add(*grounding.axioms())
        answer = check(solver, limits)
        if answer == z3.sat:
            return SmallSearch(grounding.structure(solver.model()), ruled_out)
        if answer == z3.unsat and ruled_out == size - 1:
            ruled_out = size
        rlimit -= _spent(solver)
    return SmallSearch(None, ruled_out)


def check(solver: z3.Solver, limits: Limits) -> z3.CheckSatResult:
    """Whether the assertions have a model: sat, unsat, or unknown where a limit ends the search.

    Memory is not counted as work, so that it has a limit of its own. The time is what is left of it
    now: to write a question out for Z3 may have taken some.
    """
    solver.set("timeout", limits.milliseconds_left())
    z3.set_param("memory_high_watermark_mb", MAX_MEGABYTES)
    try:
        answer = solver.check()
        if answer == z3.unknown:
            limits.reached.append(_reason(solver.reason_unknown(), limits))
        return answer
    except z3.Z3Exception as error:  # some parts of Z3 answer unknown at that limit, others raise
        if "out of memory" not in str(error):
            raise
        limits.reached.append("memory")
        return z3.unknown
    finally:
        # It is one limit for all of the process, where others may use Z3 too.
        z3.set_param("memory_high_watermark_mb", 0)


def _reason(said: str, limits: Limits) -> Reason:
    """Which limit ended a search; Z3 says the same of its work limit and of its time limit."""
    if limits.is_over():
        return "wall"
    if "mem" in said:
        return "memory"
    return "rlimit" if "cancel" in said or "resource" in said else "incomplete"


def new_solver(context: z3.Context, rlimit: int, *, numbers: bool = False) -> z3.Solver:
    """A solver under that work limit; `check` sets the one of time.

    With `numbers` it is the full one, which eliminates quantifiers over numbers; without any, the simple one is
    quicker.
    """
    solver = z3.Solver(ctx=context) if numbers else z3.SimpleSolver(ctx=context)
    solver.set("rlimit", rlimit)
    solver.set("random_seed", 0)
    return solver


def status_of(solver: z3.Solver, limits: Limits) -> Status:
    """ "proved" where the assertions contradict each other, "refuted" where they do not."""
    answer = check(solver, limits)
    if answer == z3.unsat:
        return "proved"
    return "refuted" if answer == z3.sat else "unknown"


def contradiction(
    formulas: Sequence[S.Formula], signature: Signature, limits: Limits
) -> list[int] | None:
    """The places of formulas that Z3 finds to contradict each other; None where it finds none."""
    if is_too_large(formulas):
        return None
    context = z3.Context()
    lowering = Lowering(signature, context)
    return contradicting(
        [lowering.formula(formula) for formula in formulas],
        new_solver(context, limits.budget.rlimit),
        limits,
    )


def contradicting(
    assertions: Sequence[z3.BoolRef], solver: z3.Solver, limits: Limits
) -> list[int] | None:
    """The places of assertions that contradict each other, as Z3's own core has them."""
    for place, assertion in enumerate(assertions):
        solver.assert_and_track(assertion, z3.Bool(f"place {place}", assertion.ctx))
    if check(solver, limits) != z3.unsat:
        return None
    marks = [str(mark) for mark in solver.unsat_core()]
    return sorted([int(mark.removeprefix("place ")) for mark in marks])
