"""Z3 on plain formulas: quantified over one sort, or grounded over small universes of every size in turn."""

from __future__ import annotations

from collections.abc import Sequence

import z3

from logic import syntax as S
from logic.deciding.ladder import Limits
from logic.deciding.structure import Structure
from logic.deciding.verdict import Reason, Status
from logic.deciding.z3_lowering import Grounding, Lowering
from logic.errors import UnsupportedError
from logic.symbols import Signature, written_out

MAX_MEGABYTES = 500
"""Memory that Z3 may hold while it searches."""
_MAX_NODES = 20_000
"""Nodes of a formula, with what ∃! binds counted twice, up to which Z3 is asked.

No formula that was read has so many; one that is built may.
"""


def ask_z3(against: S.Formula, signature: Signature, rlimit: int, limits: Limits) -> Status:
    """ "proved" where Z3 finds that the formula has no model, "refuted" where it finds one."""
    if written_out(against) > _MAX_NODES:
        limits.reached.append("nodes")
        return "unknown"
    context = z3.Context()
    solver = new_solver(context, rlimit, limits)
    solver.add(Lowering(signature, context).formula(against))
    return status_of(solver, limits)


def small_model(against: S.Formula, signature: Signature, limits: Limits) -> Structure | None:
    """A model of the formula with at most `Budget.max_size` elements, each size searched completely."""
    budget = limits.budget
    for size in range(1, budget.max_size + 1):
        context = z3.Context()
        solver = new_solver(context, budget.rlimit, limits)
        grounding = Grounding(signature, size, context, budget.max_nodes)
        try:
            solver.add(grounding.formula(against))
        except UnsupportedError:
            limits.reached.append("nodes")
            return None  # larger universes ground to more: the next step of the ladder goes on
        solver.add(*grounding.axioms())
        if check(solver, limits) == z3.sat:
            return grounding.structure(solver.model())
    return None


def check(solver: z3.Solver, limits: Limits) -> z3.CheckSatResult:
    """Whether the assertions have a model: sat, unsat, or unknown where a limit ends the search.

    Memory is not counted as work, so that it has a limit of its own.
    """
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


def new_solver(
    context: z3.Context, rlimit: int, limits: Limits, *, numbers: bool = False
) -> z3.Solver:
    """A solver under these limits.

    With `numbers` it is the full one, which eliminates quantifiers over numbers; without any, the simple one is
    quicker.
    """
    solver = z3.Solver(ctx=context) if numbers else z3.SimpleSolver(ctx=context)
    solver.set("rlimit", rlimit)
    solver.set("random_seed", 0)
    solver.set("timeout", limits.milliseconds_left())
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
    if sum(map(written_out, formulas)) > _MAX_NODES:
        return None
    context = z3.Context()
    lowering = Lowering(signature, context)
    return contradicting(
        [lowering.formula(formula) for formula in formulas],
        new_solver(context, limits.budget.rlimit, limits),
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
