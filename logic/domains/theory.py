"""Equivalence and entailment in a domain: lowered, sorted, and decided by normal form, samples, Z3 and finite search.

The order is the core's, cheap to dear. Equal normal forms prove; a sampled structure that satisfies the domain's
theory refutes, as long as nothing in the formulas ranges over all numbers; Z3 proves or refutes over its own sorts
and arithmetic; a search of small universes, every other sort grounded, refutes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from logic import syntax as S
from logic.domains.domain import Domain
from logic.domains.keys import grading_form, proof_key
from logic.domains.nodes import NUMBERS, UNIVERSE, Count
from logic.domains.sorts import SortError, Sorts
from logic.domains.structures import Compiled, Interpretation, samples, sorts_of, symbols_of
from logic.domains.to_z3 import SortedLowering
from logic.errors import UnsupportedError
from logic.normal import key, normalise
from logic.samples import Agreement, agreement
from logic.solver import Budget, Verdict, core_entails, decide
from logic.walk import signature, subnodes

__all__ = ["check_sorts", "consistent", "entailed", "grading_form", "judge"]
_MAX_ELEMENTS = 7
"""Elements of all sorts together in a universe that is searched."""
_SAMPLES, _MOST_SAMPLES = 64, 512
"""Structures that are compared, and how many are drawn at most to find so many that satisfy the axioms."""


def judge(
    domain: Domain, candidate: S.Formula, reference: S.Formula, budget: Budget | None = None
) -> tuple[Verdict, Agreement]:
    """Whether two formulas are equivalent in the domain, and how far their models and countermodels overlap."""
    budget, start = budget or Budget(), time.perf_counter()
    left, right = domain.lower(candidate), domain.lower(reference)
    theory = domain.theory([left, right])
    if not theory and _is_core(left) and _is_core(right):
        truth = agreement(left, right, signature(left, right))
        if key(normalise(left)) == key(normalise(right)):
            return Verdict("proved", "canonical", seconds=time.perf_counter() - start), truth
        return decide(left, right, truth.difference, budget, start), truth
    try:
        sorts = Sorts(domain, [left, right, *theory])
    except SortError:
        # Each has sorts of its own, or it could not have been read; a symbol of two sorts is two symbols.
        return Verdict("refuted", "sorts", seconds=time.perf_counter() - start), Agreement(
            0.0, 0.0, False, None
        )
    first, second, *axioms = sorts.formulas
    if proof_key(first, sorts) == proof_key(second, sorts):
        verdict = Verdict("proved", "canonical", seconds=time.perf_counter() - start)
        return _as_read(domain, sorts, (left, right), theory, verdict), Agreement(
            1.0, 1.0, False, None
        )
    truth, sampled = _sampled(domain, sorts, first, second, axioms)
    if sampled:
        return Verdict(
            "refuted", "structures", truth.difference, time.perf_counter() - start
        ), truth
    question = S.Not(S.Iff(first, second))
    verdict = _decide(domain, sorts, [*axioms, question], budget, start)
    return _as_read(domain, sorts, (left, right), theory, verdict), truth


def _as_read(
    domain: Domain,
    joint: Sorts,
    pair: tuple[S.Formula, S.Formula],
    theory: Sequence[S.Formula],
    verdict: Verdict,
) -> Verdict:
    """The verdict, unless it proves two formulas of which one lends the other sorts that it has not by itself.

    Else a candidate could make numbers of a reference's individuals, and so make it say something else.
    """
    if verdict.status != "proved":
        return verdict
    for place, formula in enumerate(pair):
        alone = Sorts(domain, [formula, *theory])
        if alone.formulas[0] != joint.formulas[place] or any(
            alone.of_symbol(*symbol) != joint.of_symbol(*symbol) for symbol in symbols_of(formula)
        ):
            return Verdict("refuted", "sorts", seconds=verdict.seconds)
    return verdict


def entailed(
    domain: Domain,
    premises: Sequence[S.Formula],
    conclusion: S.Formula,
    budget: Budget | None = None,
) -> Verdict:
    """Whether the conclusion holds wherever the domain's theory and all premises do."""
    budget, start = budget or Budget(), time.perf_counter()
    lowered = [domain.lower(formula) for formula in (*premises, S.Not(conclusion))]
    theory = domain.theory(lowered)
    if not theory and all(map(_is_core, lowered)):
        return core_entails(lowered[:-1], domain.lower(conclusion), budget, start)
    try:
        sorts = Sorts(domain, [*lowered, *theory])
    except SortError:
        return Verdict("unknown", "sorts", seconds=time.perf_counter() - start)
    parts, axioms = sorts.formulas[: len(lowered)], sorts.formulas[len(lowered) :]
    against = S.And(tuple(parts)) if len(parts) > 1 else parts[0]
    truth, sampled = _sampled(domain, sorts, against, S.Truth(False), axioms)
    if sampled:
        return Verdict("refuted", "structures", truth.difference, time.perf_counter() - start)
    return _decide(domain, sorts, [*axioms, against], budget, start)


def check_sorts(domain: Domain, formula: S.Formula) -> None:
    """Raises `SortError` for a formula in which two sorts meet."""
    lowered = domain.lower(formula)
    theory = domain.theory([lowered])
    if theory or not _is_core(lowered):
        Sorts(domain, [lowered, *theory])


def consistent(domain: Domain, formulas: Sequence[S.Formula]) -> bool:
    """Whether the theory of these formulas has a model, found or known to Z3."""
    lowered = [domain.lower(formula) for formula in formulas]
    theory = domain.theory(lowered)
    if not theory:
        return True
    axioms = Sorts(domain, [*lowered, *theory]).formulas[len(lowered) :]
    return (
        _decide(domain, Sorts(domain, axioms), list(axioms), Budget(), time.perf_counter()).status
        == "refuted"
    )


def _is_core(formula: S.Formula) -> bool:
    return not any(
        isinstance(item, (S.Construct, Count)) or hasattr(item, "sort")
        for item in subnodes(formula)
    )


def _sampled(
    domain: Domain, sorts: Sorts, left: S.Formula, right: S.Formula, axioms: Sequence[S.Formula]
) -> tuple[Agreement, bool]:
    """The overlap over sampled structures, and whether a difference among them refutes."""
    compiled = [Compiled(formula, sorts) for formula in (left, right, *axioms)]
    exact = all(formula.exact for formula in compiled)
    most = max(
        [item.count for f in sorts.formulas for item in subnodes(f) if isinstance(item, Count)],
        default=2,
    )
    both = either = left_true = right_true = total = 0
    found: Interpretation | None = None
    count = _MOST_SAMPLES if axioms else _SAMPLES
    for structure in samples(sorts, domain.interpretation, count, sizes=range(1, min(most, 8) + 2)):
        if total == _SAMPLES:
            break
        try:
            if not all([axiom.holds(structure) for axiom in compiled[2:]]):
                continue
            x, y = compiled[0].holds(structure), compiled[1].holds(structure)
        except UnsupportedError:
            continue
        total += 1
        both, either = both + (x and y), either + (x or y)
        left_true, right_true = left_true + x, right_true + y
        if x != y and found is None:
            found = structure
    difference = found.structure(sorts) if found is not None and exact else None
    seeming = [
        (f, true) for f, true in ((left, left_true), (right, right_true)) if true in (0, total)
    ]
    return Agreement(
        models=both / either if either else 1.0,
        countermodels=(total - either) / (total - both) if total > both else 1.0,
        constant=total > 0
        and len(seeming) == 1
        and _is_constant(sorts, seeming[0][0], seeming[0][1] > 0, axioms),
        difference=difference,
    ), difference is not None


def _is_constant(
    sorts: Sorts, formula: S.Formula, value: bool, axioms: Sequence[S.Formula]
) -> bool:
    """Whether a formula has that value in every structure, and not only in the few that were sampled."""
    against = S.Not(formula) if value else formula
    budget = Budget()
    deadline = time.perf_counter() + budget.seconds
    return (
        isinstance(formula, S.Truth)
        or _ask(sorts, [*axioms, against], budget.rlimit // 8, deadline) == "unsat"
    )


def _decide(
    domain: Domain, sorts: Sorts, against: list[S.Formula], budget: Budget, start: float
) -> Verdict:
    """Proved where the formulas have no common model."""
    deadline = start + budget.seconds

    def verdict(status: Any, method: str, countermodel: Any = None) -> Verdict:
        return Verdict(status, method, countermodel, time.perf_counter() - start)

    for rlimit in (budget.rlimit // 8, budget.rlimit):
        answer = _ask(sorts, against, rlimit, deadline)
        if answer == "unsat":
            return verdict("proved", "z3")
        found = (
            _search(domain, sorts, against, budget, deadline)
            if answer == "sat" or rlimit < budget.rlimit
            else None
        )
        if answer == "sat":
            return verdict("refuted", "z3", found)
        if found is not None:
            return verdict("refuted", "search", found)
    return verdict("unknown", "budget")


def _ask(sorts: Sorts, against: list[S.Formula], rlimit: int, deadline: float) -> str:
    import z3

    context = z3.Context()
    solver = _solver(context, rlimit, deadline, numbers=_over_numbers(against))
    lowering = SortedLowering(sorts, context)
    try:
        solver.add(*[lowering.formula(formula, {}) for formula in against])
    except UnsupportedError:  # too large: nothing is decided here
        return "unknown"
    return str(solver.check())


def _over_numbers(formulas: Sequence[S.Formula]) -> bool:
    """Whether a quantifier ranges over all numbers."""
    return any(getattr(item, "sort", None) in NUMBERS for f in formulas for item in subnodes(f))


def _solver(context: Any, rlimit: int, deadline: float, *, numbers: bool = False) -> Any:
    import z3

    # The full solver eliminates quantifiers over numbers; without any, the simple one is quicker.
    solver = z3.Solver(ctx=context) if numbers else z3.SimpleSolver(ctx=context)
    solver.set("rlimit", rlimit)
    solver.set("random_seed", 0)
    solver.set("timeout", max(1, int(1000 * (deadline - time.perf_counter()))))
    return solver


def _universes(names: list[str], small: int, largest: int) -> Iterator[dict[str, int]]:
    """All small universes, then larger ones in which each other sort has at most two elements."""
    choices = product(range(1, small + 1), repeat=len(names))
    for choice in sorted(choices, key=lambda c: (sum(c), c)):
        if sum(choice) <= max(_MAX_ELEMENTS, small):
            yield dict(zip(names, choice, strict=True))
    for size in range(small + 1, largest + 1):
        for others in (1, 2)[: len(names)]:
            yield {name: size if name == UNIVERSE else others for name in names}


def _search(
    domain: Domain, sorts: Sorts, against: list[S.Formula], budget: Budget, deadline: float
) -> Any:
    """A small structure in which all the formulas hold, checked by evaluation; None where none is found."""
    import z3

    compiled = [Compiled(formula, sorts) for formula in against]
    if not all(formula.exact for formula in compiled):
        return None
    most = max(
        [item.count for f in against for item in subnodes(f) if isinstance(item, Count)], default=0
    )
    small = max(budget.max_size, min(most + 1, 8))
    for sizes in _universes(sorted(sorts_of(sorts) | {UNIVERSE}), small, 2 * most + 1):
        if time.perf_counter() > deadline:
            return None
        context = z3.Context()
        solver = _solver(context, budget.rlimit, deadline)
        lowering = SortedLowering(sorts, context, sizes, budget.max_nodes)
        try:
            solver.add(*[lowering.formula(formula, {}) for formula in against])
        except UnsupportedError:
            return None
        if solver.check() == z3.sat:
            structure = Interpretation(sizes, lowering.filler(solver.model()))
            try:
                holds = all([formula.holds(structure) for formula in compiled])
            except UnsupportedError:  # a number that is no fraction: nothing to show
                return None
            if not holds:
                raise AssertionError(f"not a model:\n{structure.structure(sorts)}")
            return structure.structure(sorts)
    return None
