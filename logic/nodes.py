"""What domains lower to, beside core formulas.

Quantifiers over a sort, counting, and operations with a fixed meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from logic import syntax as S
from logic.substitution import substitute
from logic.symbols import subnodes

UNIVERSE = "U"
"""The sort of all that no domain says more of."""
NUMBERS = ("Number", "Int", "Real")
"""Sorts whose elements are numbers: Number is Int where nothing asks for Real."""
HIDDEN = "\0"
"""First character of the names that a domain gives to symbols of its own.

No name in a text may begin with it.
"""


def shown_name(name: str) -> str:
    """A symbol's name as it is shown: of one that a domain hides, without the mark, and one word."""
    return name.lstrip(HIDDEN).replace(" ", "_") if name.startswith(HIDDEN) else name


@dataclass(frozen=True, slots=True)
class Operation:
    """A function or relation with a fixed meaning.

    `arguments` and `result` are sorts (`result` "Bool" for a relation); `z3` makes a Z3 expression
    of the arguments' ones (or gives a plain number), `evaluate` a value of the arguments' values
    (int or Fraction for numbers).
    """

    arguments: tuple[str, ...]
    result: str
    z3: Callable[..., Any]
    evaluate: Callable[..., Any]


# ---- quantifiers over a sort ----


@dataclass(frozen=True, slots=True)
class ForallOf(S.Forall):
    """Every element of a sort satisfies the body."""

    sort: str = UNIVERSE

    def rebuild(self, children: Sequence[Any]) -> Self:
        return type(self)(self.variable, children[0], self.sort)


@dataclass(frozen=True, slots=True)
class ExistsOf(S.Exists):
    """At least one element of a sort satisfies the body."""

    sort: str = UNIVERSE

    def rebuild(self, children: Sequence[Any]) -> Self:
        return type(self)(self.variable, children[0], self.sort)


@dataclass(frozen=True, slots=True)
class ExistsUniqueOf(S.ExistsUnique):
    """Exactly one element of a sort satisfies the body."""

    sort: str = UNIVERSE

    def rebuild(self, children: Sequence[Any]) -> Self:
        return type(self)(self.variable, children[0], self.sort)


@dataclass(frozen=True, slots=True)
class Count(S.Quantified):
    """At least `count` elements of a sort satisfy the body."""

    count: int
    variable: S.Variable
    body: S.Formula
    sort: str = UNIVERSE

    def rebuild(self, children: Sequence[Any]) -> Self:
        return type(self)(
            self.count,
            self.variable,
            children[0],
            self.sort,
        )


SORTED = (ForallOf, ExistsOf, ExistsUniqueOf, Count)
"""The quantifiers that say what they range over."""


def sort_of(node: S.Node) -> str | None:
    """The sort that a quantifier ranges over; None for another node."""
    return node.sort if isinstance(node, SORTED) else None


def quantified_sort(quantifier: S.Quantified) -> str:
    """The sort of a quantifier of a sorted formula. Raises `TypeError` for one that has none."""
    sort = sort_of(quantifier)
    if sort is None:
        kind = type(quantifier).__name__
        raise TypeError(f"{kind} has no sort: the formula is not sorted")
    return sort


# ---- counting ----


def at_least(count: int, variable: S.Variable, body: S.Formula) -> S.Formula:
    """The simplest node that says that at least so many elements satisfy the body."""
    if count == 0:
        return S.Truth(True)
    if count == 1:
        return S.Exists(variable, body)
    return Count(count, variable, body)


def largest_count(formula: S.Formula) -> int:
    """The most that a quantifier of the formula counts to; 0 where none counts."""
    counts = [node.count for node in subnodes(formula) if isinstance(node, Count)]
    return max(counts, default=0)


def counted_variables(formula: S.Node) -> int:
    """The variables of all counting quantifiers once they are written out, one for each element.

    What such a quantifier binds is written out as often as it counts.
    """
    below = sum([counted_variables(part) for part in formula.children()])
    return formula.count * (1 + below) if isinstance(formula, Count) else below


def spelled_out(node: Count) -> S.Formula:
    """A `Count` over the universe said with ∃ and ≠.

    There is one variable for each element, and all are different.
    """
    fresh = fresh_names(node)
    variables = [S.Variable(fresh()) for _ in range(node.count)]
    formula: S.Formula | None = None
    for index in reversed(range(node.count)):
        variable = variables[index]
        parts: list[S.Formula] = []
        for other in variables[:index]:
            parts.append(S.Not(S.Equality(variable, other)))
        parts.append(substitute(node.body, {node.variable.name: variable}))
        if formula is not None:
            parts.append(formula)
        body = S.And(tuple(parts)) if len(parts) > 1 else parts[0]
        formula = S.Exists(variable, body)
    return formula or S.Truth(True)


# ---- names ----


def fresh_names(*nodes: S.Node) -> Callable[[], str]:
    """Gives variable names that none of the nodes has: v1, v2, …"""
    occurring = {name for node in nodes for name in _names(node)}
    number = 0

    def fresh() -> str:
        nonlocal number
        number += 1
        while f"v{number}" in occurring:
            number += 1
        return f"v{number}"

    return fresh


def _names(node: S.Node) -> Iterator[str]:
    """The names of variables, constants and functions, bound variables too."""
    for part in subnodes(node):
        if isinstance(part, S.Variable | S.Constant | S.Function):
            yield part.name
        elif isinstance(part, S.Quantified):
            yield part.variable.name


def fresh_variable(node: S.Node) -> S.Variable:
    """A variable that does not occur in the node.

    That is what `lower` should bind where it binds one of its own.
    """
    return S.Variable(fresh_names(node)())


# ---- standard translations ----


def indexed(
    node: S.Formula,
    index: S.Term,
    inside: Callable[[S.Formula], S.Formula],
) -> S.Formula:
    """One step of a standard translation.

    An atom gets a further argument, and a formula's parts go through `inside`.
    """
    if isinstance(node, S.Construct) and node.operation is not None:
        return node
    if isinstance(node, S.Atom):
        return S.Atom(node.predicate, (*node.args, index))
    if isinstance(node, S.Equality):
        return node
    children: list[Any] = list(node.children())
    return node.rebuild([inside(child) for child in children])
