"""Formulas of any language as first-order formulas with sorts, and what holds of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from logic import syntax as S
from logic.deciding.structure import Structure
from logic.nodes import UNIVERSE, Count, ExistsOf, spelled_out
from logic.signatures.signature import signature
from logic.substitution import free_variables, substitute
from logic.symbols import Symbol

SortsOf = Callable[[str, str, int], tuple[str, ...]]
"""The sorts of a symbol's arguments, and for a function or constant that of its value last."""


def all_universe(kind: str, name: str, arity: int) -> tuple[str, ...]:
    """The sorts of a symbol in the core: there is one."""
    return (UNIVERSE,) * (arity if kind == "predicate" else arity + 1)


class Tables(NamedTuple):
    """A finite structure: how many elements each sort has, and what each symbol means.

    Elements are numbered from 0 in each sort. A row of arguments has a truth value, an element or,
    where the sort is one of numbers, a number.
    """

    sizes: Mapping[str, int]
    rows: Mapping[Symbol, Mapping[tuple[Any, ...], Any]]


def plain_structure(tables: Tables, sorts_of: SortsOf) -> Structure:
    """Tables of one sort as a structure to show."""
    structure = Structure(tables.sizes[UNIVERSE])
    for (kind, name, arity), rows in tables.rows.items():
        if kind == "predicate":
            true = [row for row, value in rows.items() if value]
            structure.predicates[name, arity] = frozenset(true)
        elif kind == "function":
            structure.functions[name, arity] = dict(rows)
        else:
            structure.constants[name] = rows[()]
    return structure


@dataclass(frozen=True)
class FirstOrder:
    """What formulas of a language mean.

    `formulas` are they in turn, said without the language's constructs; `axioms` hold of every
    structure of the language. Symbols that the language adds have names that can be shown.
    """

    formulas: Sequence[S.Formula]
    axioms: Sequence[S.Formula] = ()
    sorts_of: SortsOf = all_universe
    sorts: tuple[str, ...] = (UNIVERSE,)
    """All sorts, those of numbers too."""
    symbols: Sequence[Symbol] = ()
    """The symbols whose meaning is open, sorted."""
    shown: Callable[[S.Formula], S.Formula] = lambda formula: formula
    """A formula as one that can be printed."""
    structure: Callable[[Tables, SortsOf], Structure] = plain_structure
    """Tables as a structure to show."""

    def sort_of(self, term: S.Term) -> str:
        """The sort of a ground term."""
        match term:
            case S.Constant(name):
                return self.sorts_of(
                    "constant",
                    name,
                    0,
                )[-1]
            case S.Function(name, args):
                return self.sorts_of(
                    "function",
                    name,
                    len(args),
                )[-1]
        raise TypeError(f"{type(term).__name__} is no ground term")


def plain(formulas: Sequence[S.Formula]) -> FirstOrder:
    """Formulas of the core, which mean what they say; free variables are constants."""
    closed = [_closed(formula) for formula in formulas]
    joint = signature(*closed)
    symbols: list[Symbol] = [("predicate", name, arity) for name, arity in joint.predicates]
    symbols += [("function", name, arity) for name, arity in joint.functions]
    symbols += [("constant", name, 0) for name in joint.constants]
    return FirstOrder(closed, symbols=symbols)


def _closed(formula: S.Formula) -> S.Formula:
    """The formula with a constant for each free variable, which says the same."""
    free = free_variables(formula)
    return substitute(formula, {name: S.Constant(name) for name in free}) if free else formula


def without_counting(formula: S.Formula) -> S.Formula:
    """The formula with what counts said by ∃ and ≠."""
    written: S.Formula = _without_counting(formula)
    return written


def _without_counting(node: S.Node) -> Any:
    children = [_without_counting(child) for child in node.children()]
    node = node.rebuild(children) if children else node
    return _over_sort(spelled_out(node), node.sort) if isinstance(node, Count) else node


def _over_sort(node: S.Node, sort: str) -> Any:
    """What was spelled out, with its own quantifiers over a sort."""
    children = [_over_sort(child, sort) for child in node.children()]
    node = node.rebuild(children) if children else node
    if type(node) is S.Exists and sort != UNIVERSE:
        return ExistsOf(
            node.variable,
            node.body,
            sort,
        )
    return node
