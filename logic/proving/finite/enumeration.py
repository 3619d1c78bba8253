"""The models of a formula over a universe of fixed size, one of each kind.

Two structures are of one kind (isomorphic) where a renaming of the elements turns one into the
other. Each model found excludes all its renamings, so that the next is of another kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations, product
from math import factorial
from typing import Any

import z3

from logic.deciding.ladder import Limits
from logic.deciding.search import check, new_solver
from logic.errors import UnsupportedError
from logic.nodes import NUMBERS
from logic.proving.finite.evaluation import holds
from logic.proving.finite.grounding import Cells, Row
from logic.proving.first_order import FirstOrder, Tables
from logic.symbols import Symbol

MAX_RENAMINGS = 1_000
"""Renamings of the elements of all sorts: 6! are allowed."""

Renaming = Mapping[str, tuple[int, ...]]
"""For each sort, the element that each one is renamed to."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Models, one of each kind; `is_complete` says that there are no others of that size."""

    tables: tuple[Tables, ...]
    is_complete: bool


def _largest(sorts: int) -> int:
    """The most elements that each of so many sorts may have."""
    return max(size for size in range(1, 8) if factorial(size) ** sorts <= MAX_RENAMINGS)


def models_of(meaning: FirstOrder, sizes: Mapping[str, int], limit: int, limits: Limits) -> Listing:
    """At most `limit` models of the formulas and the axioms, one of each kind.

    Raises `UnsupportedError` where the structures are too large, or numbers have a part in them.
    """
    sizes = {sort: size for sort, size in sizes.items() if sort not in NUMBERS}
    count = 1
    for size in sizes.values():
        count *= factorial(size)
    if count > MAX_RENAMINGS:
        raise UnsupportedError(
            f"{max(sizes.values())} elements are too many to list the structures; "
            f"up to {_largest(len(sizes))} are listed"
        )
    cells = Cells(meaning, sizes)
    solver = new_solver(cells.context, limits.budget.rlimit)
    solver.add(*cells.functional())
    for formula in (*meaning.formulas, *meaning.axioms):
        solver.add(cells.formula(formula))
    renamings = list(_renamings(sizes))
    found: list[Tables] = []
    while True:
        if limits.ended():
            return Listing(tuple(found), False)
        answer = check(solver, limits)
        if answer != z3.sat or len(found) == limit:
            return Listing(tuple(found), answer == z3.unsat)
        tables = cells.tables(solver.model())
        _check(meaning, tables)
        found.append(tables)
        for renaming in renamings:
            solver.add(
                _other_than(
                    cells,
                    meaning,
                    tables,
                    renaming,
                )
            )


def _check(meaning: FirstOrder, tables: Tables) -> None:
    """A model is shown only after plain evaluation agrees that it is one."""
    for formula in (*meaning.formulas, *meaning.axioms):
        if not holds(formula, tables):
            raise AssertionError(f"not a model of {formula}: {tables}")


def _renamings(sizes: Mapping[str, int]) -> Iterator[Renaming]:
    orders = [permutations(range(size)) for size in sizes.values()]
    for chosen in product(*orders):
        yield dict(
            zip(
                sizes,
                chosen,
                strict=True,
            )
        )


def _other_than(cells: Cells, meaning: FirstOrder, tables: Tables, renaming: Renaming) -> Any:
    """That a structure is not the renamed one."""
    differences = []
    for symbol, rows in tables.rows.items():
        for row, value in rows.items():
            differences.append(
                _differs(
                    cells,
                    meaning,
                    symbol,
                    row,
                    value,
                    renaming,
                )
            )
    return z3.Or(*differences, z3.BoolVal(False, cells.context))


def _differs(
    cells: Cells, meaning: FirstOrder, symbol: Symbol, row: Row, value: Any, renaming: Renaming
) -> Any:
    """That a row, renamed, has another value."""
    sorts = meaning.sorts_of(*symbol)
    renamed = tuple(
        [
            renaming[sort][element]
            for sort, element in zip(
                sorts,
                row,
                strict=False,
            )
        ]
    )
    propositions = cells.cells[symbol, renamed]
    if symbol[0] == "predicate":
        return z3.Not(propositions[0]) if value else propositions[0]
    return z3.Not(propositions[renaming[sorts[-1]][value]])
