"""Truth in a finite structure with sorts, by the definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from logic import syntax as S
from logic.errors import StructureError, UnsupportedError
from logic.nodes import NUMBERS, UNIVERSE, Count, sort_of
from logic.proving.first_order import Tables
from logic.proving.truth import connective, parts_of
from logic.symbols import Symbol

MAX_STEPS = 2_000_000
"""Formulas and terms that one evaluation may look at: some seconds."""

Scope = Mapping[str, Any]
"""What each variable in scope denotes."""


def check_work(formula: S.Formula, tables: Tables, most: int = MAX_STEPS) -> None:
    """Raises `UnsupportedError` for a formula that takes too long, or ranges over all numbers."""
    steps = _steps(formula, tables)
    if steps > most:
        raise UnsupportedError(f"evaluating the formula takes {steps} steps; {most} are allowed")


def _steps(node: S.Node, tables: Tables) -> int:
    below = sum([_steps(child, tables) for child in node.children()])
    return 1 + below * (_size(node, tables) if isinstance(node, S.Quantified) else 1)


def _size(quantifier: S.Quantified, tables: Tables) -> int:
    sort = sort_of(quantifier) or UNIVERSE
    if sort in NUMBERS:
        name = quantifier.variable.name
        raise UnsupportedError(
            f"{name!r} ranges over all numbers ({sort}): no finite structure decides that"
        )
    if sort not in tables.sizes:
        raise StructureError(f"the structure has no elements of the sort {sort}")
    return tables.sizes[sort]


def holds(formula: S.Formula, tables: Tables, scope: Scope | None = None) -> bool:
    """Whether a closed formula is true. Raises `StructureError` for a symbol that has no meaning."""
    scope = scope or {}
    match formula:
        case S.Truth(value):
            return value
        case S.Atom(name, args):
            values = tuple(
                [
                    _denotes(
                        arg,
                        tables,
                        scope,
                    )
                    for arg in args
                ]
            )
            if isinstance(formula, S.Construct) and formula.operation:
                return bool(formula.operation.evaluate(*values))
            return bool(
                _looked_up(
                    ("predicate", name, len(args)),
                    values,
                    tables,
                )
            )
        case S.Equality(left, right):
            return bool(
                _denotes(
                    left,
                    tables,
                    scope,
                )
                == _denotes(
                    right,
                    tables,
                    scope,
                )
            )
        case S.Quantified():
            return _quantified(
                formula,
                tables,
                scope,
            )
    if isinstance(formula, S.Construct):
        raise UnsupportedError(f"{type(formula).__name__} cannot be evaluated")
    values_of_parts = [
        holds(
            part,
            tables,
            scope,
        )
        for part in parts_of(formula)
    ]
    return connective(values_of_parts, formula) is True


def _quantified(formula: S.Quantified, tables: Tables, scope: Scope) -> bool:
    size = _size(formula, tables)
    count = 0
    for element in range(size):
        count += holds(
            formula.body,
            tables,
            {**scope, formula.variable.name: element},
        )
    match formula:
        case Count(least):
            return count >= least
        case S.Forall():
            return count == size
        case S.ExistsUnique():
            return count == 1
    return count > 0


def _denotes(term: S.Node, tables: Tables, scope: Scope) -> Any:
    if isinstance(term, S.Variable) and term.name in scope:
        return scope[term.name]
    values = tuple(
        [
            _denotes(
                child,
                tables,
                scope,
            )
            for child in term.children()
        ]
    )
    if isinstance(term, S.Construct) and term.operation:
        return term.operation.evaluate(*values)
    match term:
        case S.Constant(name) | S.Variable(name):
            return _looked_up(
                ("constant", name, 0),
                (),
                tables,
            )
        case S.Function(name, args):
            return _looked_up(
                ("function", name, len(args)),
                values,
                tables,
            )
    raise UnsupportedError(f"{type(term).__name__} cannot be evaluated")


def _looked_up(symbol: Symbol, values: tuple[Any, ...], tables: Tables) -> Any:
    rows = tables.rows[symbol]
    if values not in rows:
        kind, name, _ = symbol
        listed = ", ".join(map(str, values))
        raise StructureError(f"the structure says nothing of the {kind} {name} for ({listed})")
    return rows[values]
