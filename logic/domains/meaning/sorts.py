"""The sort of every symbol and variable, inferred from what is known of some.

There is one sort for each place of a symbol.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from logic import syntax as S
from logic.errors import DomainError
from logic.nodes import (
    NUMBERS,
    UNIVERSE,
    Count,
    ExistsOf,
    ExistsUniqueOf,
    ForallOf,
    Operation,
    sort_of,
)
from logic.symbols import Symbol, subnodes

Place = tuple[str | int, ...]
"""What has a sort.

("constant", name), (kind, name, arity, index of the argument, or arity for the value), or a
variable or an operation's value with a number of its own.
"""
_NAMED = ("constant", "function", "predicate", "variable")
"""The kinds of places that have a name of the formula's; an operation's value has none."""
Scope = dict[str, Place]
"""The place of each variable in scope."""


class SortError(DomainError):
    """Two sorts meet in one place."""


class Sorts:
    """The sorts of several lowered formulas read as one theory.

    `formulas` are these formulas with all quantifiers sorted. A place is a variable, a constant's
    or function's value or an argument. Places that an equation, a shared symbol or an operation
    ties together have one sort: the one that some of them is known to have (`declared`, or by an
    operation or a sorted quantifier), or else the universe. Raises `SortError` where two sorts
    meet, and names the symbol.
    """

    def __init__(
        self, declared: Mapping[Symbol, tuple[str, ...]], formulas: Sequence[S.Formula]
    ) -> None:
        # Places that are tied form a tree (union-find), and the root bears the sort.
        self._parent: dict[Place, Place] = {}
        self._sort_of_root: dict[Place, str] = {}
        self._count = 0
        for (kind, name, arity), sorts in declared.items():
            for index, sort in enumerate(sorts):
                self._mark(_place(kind, name, arity, index), sort)
        # All are tied before any is sorted: a later one may tell the sort of an earlier variable.
        variables = [list(self._tie(formula, {})) for formula in formulas]
        self.formulas: list[S.Formula] = []
        for formula, places in zip(formulas, variables, strict=True):
            self.formulas.append(self._sorted(formula, iter(places)))

    def of_symbol(self, kind: str, name: str, arity: int) -> tuple[str, ...]:
        """The sorts of the arguments, and for a function or constant that of its value last."""
        length = arity if kind == "predicate" else arity + 1
        sorts = []
        for index in range(length):
            place = _place(kind, name, arity, index)
            sorts.append(self._sort(place))
        return tuple(sorts)

    def quantified(self) -> set[str]:
        """The sorts that the formulas' quantifiers range over."""
        sorts: set[str | None] = set()
        for formula in self.formulas:
            sorts.update(map(sort_of, subnodes(formula)))
        return {sort for sort in sorts if sort is not None}

    def _root(self, place: Place) -> Place:
        while (above := self._parent.get(place, place)) != place:
            place = above
        return place

    def _sort(self, place: Place) -> str:
        sort = self._sort_of_root.get(self._root(place), UNIVERSE)
        return "Int" if sort == "Number" else sort

    def _mark(self, place: Place, sort: str) -> None:
        """The place has that sort; `Number` is any sort of numbers."""
        root = self._root(place)
        current = self._sort_of_root.get(root)
        if current is None or _is_narrower(sort, current):
            self._sort_of_root[root] = sort
        elif sort != current and not _is_narrower(current, sort):
            raise _clash(place, current, sort)

    def _join(self, left: Place, right: Place) -> None:
        """The places have one sort."""
        root, other = self._root(left), self._root(right)
        if root == other:
            return
        sort = self._sort_of_root.pop(other, None)
        self._parent[other] = root
        if sort is None:
            return
        try:
            self._mark(root, sort)
        except SortError:
            named = left if right[0] == "value" else right
            raise _clash(named, self._sort_of_root[root], sort) from None

    def _new(self, kind: str, name: str) -> Place:
        self._count += 1
        return (kind, name, self._count)

    def _tie(self, node: S.Node, scope: Scope) -> Iterator[Place]:
        """Ties the places of a formula together; gives the variables of its quantifiers, in order."""
        operation = operation_of(node)
        match node:
            case S.Quantified():
                place = self._variable(node)
                yield place
                yield from self._tie(node.body, {**scope, node.variable.name: place})
            case _ if operation is not None:
                self._applied(operation, node, scope)
            case S.Atom(predicate, args):
                self._arguments("predicate", predicate, args, scope)
            case S.Equality(left, right):
                self._join(self._value(left, scope), self._value(right, scope))
            case _:
                for child in node.children():
                    yield from self._tie(child, scope)

    def _variable(self, quantifier: S.Quantified) -> Place:
        place = self._new("variable", quantifier.variable.name)
        sort = sort_of(quantifier)
        if sort is not None and sort != UNIVERSE:
            self._mark(place, sort)
        return place

    def _arguments(self, kind: str, name: str, args: Sequence[S.Term], scope: Scope) -> None:
        for index, arg in enumerate(args):
            place = (kind, name, len(args), index)
            self._join(place, self._value(arg, scope))

    def _value(self, term: S.Node, scope: Scope) -> Place:
        """The place of what a term denotes."""
        operation = operation_of(term)
        if operation is not None:
            return self._applied(operation, term, scope)
        match term:
            case S.Variable(name):
                return scope.get(name, ("constant", name))
            case S.Constant(name):
                return ("constant", name)
            case S.Function(name, args):
                self._arguments("function", name, args, scope)
                return ("function", name, len(args), len(args))
        raise DomainError(
            f"{type(term).__name__} has no meaning in the domain: "
            "it is neither lowered nor translated"
        )

    def _applied(self, operation: Operation, node: S.Node, scope: Scope) -> Place:
        """An operation's value.

        Its numbers are of one sort, and so is its value where that is a number.
        """
        result = self._new("value", "")
        places = [self._value(arg, scope) for arg in node.children()]
        places.append(result)
        sorts = [*operation.arguments, operation.result]
        number: Place | None = None
        for sort, place in zip(sorts, places, strict=True):
            if sort != "Bool":
                self._mark(place, sort)
            if sort == "Number":
                if number is not None:
                    self._join(number, place)
                number = place
        return result

    def _sorted(self, node: S.Formula, variables: Iterator[Place]) -> S.Formula:
        """The formula with each quantifier over the sort of its variable."""
        if isinstance(node, S.Quantified):
            sort = self._sort(next(variables))
            return _over(node, sort, self._sorted(node.body, variables))
        if isinstance(node, S.Atom | S.Equality):
            return node
        parts: list[Any] = list(node.children())
        for index, part in enumerate(parts):
            if isinstance(part, S.Formula):
                parts[index] = self._sorted(part, variables)
        return node.rebuild(parts)


def operation_of(node: S.Node) -> Operation | None:
    """The fixed meaning of a node, if it has one."""
    return node.operation if isinstance(node, S.Construct) else None


def _is_narrower(sort: str, wider: str) -> bool:
    """Whether `Number` is the wider of two sorts of numbers."""
    return wider == "Number" and sort in NUMBERS


def _place(kind: str, name: str, arity: int, index: int) -> Place:
    if kind == "constant":
        return ("constant", name)
    return (kind, name, arity, index)


def _over(quantifier: S.Quantified, sort: str, body: S.Formula) -> S.Formula:
    """The quantifier over a sort."""
    variable = quantifier.variable
    match quantifier:
        case Count(count):
            return Count(count, variable, body, sort)
        case S.Forall():
            return ForallOf(variable, body, sort)
        case S.ExistsUnique():
            return ExistsUniqueOf(variable, body, sort)
    return ExistsOf(variable, body, sort)


def _clash(place: Place, one: str, other: str) -> SortError:
    name = str(place[1]) if place[0] in _NAMED else None
    subject = repr(name) if name else "an operation"
    return SortError(
        f"{subject} is of the sort {one} in one place and of {other} in another",
        name=name,
    )
