"""A domain's formulas as first-order formulas with sorts, its own symbols with names to show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from logic import syntax as S
from logic.domains.kit.domain import Domain
from logic.domains.meaning.shown import printable
from logic.domains.meaning.sorts import Sorts
from logic.domains.meaning.structures import (
    Interpretation,
    SortedStructure,
    SortNames,
    Values,
    free_symbols,
    sorts_in,
)
from logic.nodes import NUMBERS, UNIVERSE, shown_name
from logic.proving.first_order import FirstOrder, SortsOf, Tables, plain
from logic.substitution import bound_variables, names_in, rename_symbols, rename_variable
from logic.symbols import Symbol


def first_order(domain: Domain, formulas: Sequence[S.Formula]) -> FirstOrder:
    """What formulas mean in the domain. Raises `SortError` where two sorts meet."""
    lowered = [domain.lower(formula) for formula in formulas]
    theory = domain.theory(lowered)
    closed = plain([*lowered, *theory]).formulas
    renaming = _shown_names(closed)
    shown = [_with_shown_variables(rename_symbols(formula, renaming)) for formula in closed]
    declared = {
        (kind, renaming.get((kind, name, arity), name), arity): sorts
        for (kind, name, arity), sorts in domain.symbols.items()
    }
    sorts = Sorts(declared, shown)
    names = sorts_in(sorts) | {UNIVERSE}
    symbols = free_symbols(*sorts.formulas)
    for symbol in symbols:
        names.update(set(sorts.of_symbol(*symbol)).intersection(NUMBERS))
    names.update(sorts.quantified())
    return FirstOrder(
        sorts.formulas[: len(formulas)],
        sorts.formulas[len(formulas) :],
        sorts.of_symbol,
        tuple(sorted(names)),
        symbols,
        printable,
        _sorted_structure,
    )


def _sorted_structure(tables: Tables, sorts_of: SortsOf) -> SortedStructure:
    """Tables as a structure to show, the elements of each sort called after it."""

    def fill(symbol: Symbol, sorts: SortNames, args: Values) -> Any:
        return tables.rows[symbol][args]

    meant = Interpretation(dict(tables.sizes), fill)
    for symbol, rows in tables.rows.items():
        for row in rows:
            meant.value(
                symbol,
                sorts_of(*symbol),
                row,
            )
    return meant.shown(sorts_of)


def _shown_names(formulas: Sequence[S.Formula]) -> dict[Symbol, str]:
    """A name for each symbol that the domain hides, that no other symbol has."""
    symbols = free_symbols(*formulas)
    taken = {name for _, name, _ in symbols}
    renaming = {}
    for symbol in symbols:
        name = shown_name(symbol[1])
        if name == symbol[1]:
            continue
        while name in taken:
            name += "_"
        taken.add(name)
        renaming[symbol] = name
    return renaming


def _with_shown_variables(formula: S.Formula) -> S.Formula:
    """The formula with the domain's own variables called what nothing else is."""
    for variable in sorted(bound_variables(formula)):
        name = shown_name(variable)
        if name == variable:
            continue
        while name in names_in(formula):
            name += "'"
        formula = rename_variable(
            formula,
            variable,
            name,
        )
    return formula
