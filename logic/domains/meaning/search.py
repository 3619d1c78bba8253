"""Z3 on sorted formulas: over its own sorts and numbers, or with every other sort a finite enumeration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import z3

from logic import syntax as S
from logic.deciding.ladder import Limits
from logic.deciding.search import check, contradicting, is_too_large, new_solver, status_of
from logic.deciding.verdict import Status
from logic.domains.meaning.evaluation import Compiled
from logic.domains.meaning.sorts import Sorts
from logic.domains.meaning.structures import Interpretation, SortedStructure, sorts_in
from logic.domains.meaning.z3_lowering import SortedLowering
from logic.errors import UnsupportedError
from logic.nodes import NUMBERS, UNIVERSE, counted_variables, largest_count, sort_of
from logic.symbols import subnodes

_MAX_ELEMENTS = 7
"""Elements of all sorts together in a universe that is searched."""
_LARGEST = 8
"""The largest universe of which all combinations with other sorts are searched."""
_MAX_COUNTED = 240
"""Variables of counting quantifiers, once written out, up to which Z3 is asked.

It prepares patterns over all variables of such a quantifier at once, under no limit of time or work:
beyond this that takes from seconds to many minutes.
"""

Universe = dict[str, int]
"""The number of elements of each sort."""


def ask_z3(sorts: Sorts, formulas: Sequence[S.Formula], rlimit: int, limits: Limits) -> Status:
    """ "proved" where Z3 finds that the formulas have no common model, "refuted" where it finds one."""
    if _is_too_large(formulas):
        limits.reached.append("nodes")
        return "unknown"
    context = z3.Context()
    solver = new_solver(context, rlimit, numbers=_over_numbers(formulas))
    lowering = SortedLowering(sorts, context)
    try:
        for formula in formulas:
            solver.add(lowering.formula(formula))
    except UnsupportedError:  # too large: nothing is decided here
        limits.reached.append("nodes")
        return "unknown"
    return status_of(solver, limits)


def contradiction(sorts: Sorts, formulas: Sequence[S.Formula], limits: Limits) -> list[int] | None:
    """The places of formulas that Z3 finds to contradict each other; None where it finds none."""
    if _is_too_large(formulas):
        return None
    context = z3.Context()
    solver = new_solver(context, limits.budget.rlimit, numbers=_over_numbers(formulas))
    lowering = SortedLowering(sorts, context)
    try:
        assertions = [lowering.formula(formula) for formula in formulas]
    except UnsupportedError:  # too large
        return None
    return contradicting(assertions, solver, limits)


def _is_too_large(formulas: Sequence[S.Formula]) -> bool:
    """Whether Z3 is not asked, as what it does under no limit would take too long."""
    return is_too_large(formulas) or sum(map(counted_variables, formulas)) > _MAX_COUNTED


def _over_numbers(formulas: Sequence[S.Formula]) -> bool:
    """Whether a quantifier ranges over all numbers."""
    nodes = (node for formula in formulas for node in subnodes(formula))
    return any(sort_of(node) in NUMBERS for node in nodes)


def small_model(
    sorts: Sorts, formulas: Sequence[S.Formula], limits: Limits
) -> SortedStructure | None:
    """A small structure in which all the formulas hold, checked by evaluation; None where none is found."""
    compiled = [Compiled(formula, sorts) for formula in formulas]
    if not all(formula.exact for formula in compiled):
        return None
    budget = limits.budget
    counts = [largest_count(formula) for formula in formulas]
    most = max(counts, default=0)
    small = max(budget.max_size, min(most + 1, _LARGEST))
    nodes_left = budget.max_nodes  # for all universes together
    names = sorted(sorts_in(sorts) | {UNIVERSE})
    for universe in _universes(names, small, 2 * most + 1):
        if limits.ended():
            return None
        context = z3.Context()
        solver = new_solver(context, budget.rlimit)
        lowering = SortedLowering(
            sorts,
            context,
            universe,
            nodes_left,
        )
        try:
            for formula in formulas:
                solver.add(lowering.formula(formula))
        except UnsupportedError:  # larger universes ground to more still
            limits.reached.append("nodes")
            return None
        nodes_left = lowering.nodes_left
        if check(solver, limits) == z3.sat:
            structure = Interpretation(universe, lowering.filler(solver.model()))
            return _checked(structure, compiled, sorts)
    return None


def _checked(
    structure: Interpretation, formulas: Sequence[Compiled], sorts: Sorts
) -> SortedStructure | None:
    """A model is shown only after plain evaluation agrees that it is one."""
    try:
        # Every formula is evaluated, so that the structure shows what each of them speaks of.
        holds = all([formula.holds(structure) for formula in formulas])
    except UnsupportedError:  # a number that is no fraction: nothing to show
        return None
    if not holds:
        raise AssertionError(f"not a model:\n{structure.structure(sorts)}")
    return structure.structure(sorts)


def _universes(names: list[str], small: int, largest: int) -> Iterator[Universe]:
    """All small universes, then larger ones in which each other sort has at most two elements."""
    choices = product(range(1, small + 1), repeat=len(names))
    for sizes in sorted(choices, key=lambda sizes: (sum(sizes), sizes)):
        if sum(sizes) <= max(_MAX_ELEMENTS, small):
            yield dict(zip(names, sizes, strict=True))
    for size in range(small + 1, largest + 1):
        for others in (1, 2)[: len(names)]:
            yield {name: size if name == UNIVERSE else others for name in names}
