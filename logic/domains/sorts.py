"""The sort of every symbol and variable, inferred from what is known of some: one sort for each place of a symbol."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from logic import syntax as S
from logic.domains.domain import Domain
from logic.domains.nodes import (
    NUMBERS,
    UNIVERSE,
    Count,
    ExistsOf,
    ExistsUniqueOf,
    ForallOf,
    Operation,
)
from logic.errors import DomainError

Place = tuple[Any, ...]
_SORTED = {S.Forall: ForallOf, S.Exists: ExistsOf, S.ExistsUnique: ExistsUniqueOf}


class SortError(DomainError):
    """Two sorts meet in one place."""


class Sorts:
    """The sorts of several lowered formulas read as one theory, and these formulas with all quantifiers sorted.

    A place is a variable, a constant's or function's value or an argument. Places that an equation, a shared symbol
    or an operation ties together have one sort: the one that some of them is known to have, or else the universe.
    Raises `SortError` where two sorts meet, and names the symbol.
    """

    def __init__(self, domain: Domain, formulas: Sequence[S.Formula]) -> None:
        self._parent: dict[Place, Place] = {}
        self._label: dict[Place, str] = {}
        self._count = 0
        for (kind, name, arity), sorts in domain.symbols.items():
            for index, sort in enumerate(sorts):
                self._mark(self._at(kind, name, arity, index), sort)
        found = [list(self._scan(formula, {})) for formula in formulas]
        self.formulas = [
            self._sorted(formula, iter(order))
            for formula, order in zip(formulas, found, strict=True)
        ]

    def of_symbol(self, kind: str, name: str, arity: int) -> tuple[str, ...]:
        """The sorts of the arguments, and for a function or constant that of its value last."""
        length = arity if kind == "predicate" else arity + 1
        return tuple([self._sort(self._at(kind, name, arity, index)) for index in range(length)])

    @staticmethod
    def _at(kind: str, name: str, arity: int, index: int) -> Place:
        return ("constant", name) if kind == "constant" else (kind, name, arity, index)

    def _find(self, place: Place) -> Place:
        while (above := self._parent.get(place, place)) != place:
            place = above
        return place

    def _sort(self, place: Place) -> str:
        sort = self._label.get(self._find(place), UNIVERSE)
        return "Int" if sort == "Number" else sort

    def _mark(self, place: Place, sort: str) -> None:
        root = self._find(place)
        known = self._label.get(root)
        if known is None or (known == "Number" and sort in NUMBERS):
            self._label[root] = sort
        elif sort != known and not (sort == "Number" and known in NUMBERS):
            raise self._clash(place, known, sort)

    def _join(self, left: Place, right: Place) -> None:
        a, b = self._find(left), self._find(right)
        if a == b:
            return
        mine = self._label.pop(b, None)
        self._parent[b] = a
        if mine is not None:
            try:
                self._mark(a, mine)
            except SortError:
                raise self._clash(
                    right if right[0] != "value" else left, self._label[a], mine
                ) from None

    @staticmethod
    def _clash(place: Place, one: str, other: str) -> SortError:
        name = (
            str(place[1]) if place[0] in ("constant", "function", "predicate", "variable") else None
        )
        what = f"{name!r} " if name else "an operation "
        return SortError(
            f"{what}is of the sort {one} in one place and of {other} in another", name=name
        )

    def _new(self, kind: str, name: str) -> Place:
        self._count += 1
        return (kind, name, self._count)

    def _scan(self, node: S.Node, scope: dict[str, Place]) -> Iterator[Place]:
        """Ties the places of a formula together; the variables of its quantifiers, in order."""
        if isinstance(node, S.Quantified):
            place = self._new("variable", node.variable.name)
            if (
                isinstance(node, (ForallOf, ExistsOf, ExistsUniqueOf, Count))
                and node.sort != UNIVERSE
            ):
                self._mark(place, node.sort)
            yield place
            yield from self._scan(node.body, {**scope, node.variable.name: place})
        elif operation := operation_of(node):
            self._applied(operation, node, scope)
        elif isinstance(node, S.Atom):
            for index, arg in enumerate(node.args):
                self._join(
                    ("predicate", node.predicate, len(node.args), index), self._value(arg, scope)
                )
        elif isinstance(node, S.Equality):
            self._join(self._value(node.left, scope), self._value(node.right, scope))
        else:
            for child in node.children():
                yield from self._scan(child, scope)

    def _value(self, term: S.Node, scope: dict[str, Place]) -> Place:
        if operation := operation_of(term):
            return self._applied(operation, term, scope)
        match term:
            case S.Variable(name):
                return scope.get(name, ("constant", name))
            case S.Constant(name):
                return ("constant", name)
            case S.Function(name, args):
                for index, arg in enumerate(args):
                    self._join(("function", name, len(args), index), self._value(arg, scope))
                return ("function", name, len(args), len(args))
        raise DomainError(
            f"{type(term).__name__} has no meaning in the domain: it is neither lowered nor translated"
        )

    def _applied(self, operation: Operation, node: S.Node, scope: dict[str, Place]) -> Place:
        """An operation's value. Its numbers are of one sort, and so is its value where that is a number."""
        number: Place | None = None
        result = self._new("value", "")
        sorts = [*operation.arguments, operation.result]
        places = [*[self._value(arg, scope) for arg in node.children()], result]
        for sort, place in zip(sorts, places, strict=True):
            if sort != "Bool":
                self._mark(place, sort)
            if sort == "Number":
                if number is not None:
                    self._join(number, place)
                number = place
        return result

    def _sorted(self, node: S.Node, order: Iterator[Place]) -> Any:
        if isinstance(node, S.Quantified):
            sort = self._sort(next(order))
            body = self._sorted(node.body, order)
            if isinstance(node, Count):
                return Count(node.count, node.variable, body, sort)
            kind = next(made for base, made in _SORTED.items() if isinstance(node, base))
            return kind(node.variable, body, sort)
        children = node.children()
        if not children or isinstance(node, (S.Term, S.Atom, S.Equality)):
            return node
        return node.rebuild([self._sorted(child, order) for child in children])


def operation_of(node: S.Node) -> Operation | None:
    """The fixed meaning of a node, if it has one."""
    return node.operation if isinstance(node, S.Construct) else None
