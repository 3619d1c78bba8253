"""Structures with several sorts and numbers.

Tables are filled as they are looked up, so a symbol may take numbers as arguments: whatever the
finitely many values that an evaluation asked for, some structure has them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Any

from logic import syntax as S
from logic.deciding.structure import Structure
from logic.domains.meaning.sorts import Sorts, operation_of
from logic.errors import UnsupportedError
from logic.nodes import NUMBERS, UNIVERSE, shown_name
from logic.signatures.signature import signature
from logic.symbols import Symbol, subnodes

SortNames = tuple[str, ...]
Values = tuple[Any, ...]
Fill = Callable[[Symbol, SortNames, Values], Any]
"""Gives what a symbol means for such values of these sorts, the sort of its own value last."""
_MAX_ROWS = 1_000
"""Rows up to which a function is given a value everywhere."""
_NO_NUMBERS: Mapping[str, Sequence[Any]] = {"Int": (), "Real": ()}


@dataclass(frozen=True)
class SortedStructure(Structure):
    """A structure with several sorts.

    `size` counts the universe's elements, 0, 1, …; `sizes` those of all sorts. Elements of another
    sort are written by its first letter and a number (`w0`), numbers as they are.
    """

    sizes: dict[str, int] = field(default_factory=dict)

    def holds(self, formula: S.Formula) -> bool:
        """Not to be asked: only what a judgement looked up is kept. Raises `UnsupportedError`."""
        raise UnsupportedError(
            "a domain's structure holds only what was looked up to refute; it decides nothing else"
        )

    def elements(self) -> list[Any]:
        """Those of the universe, then those of the other sorts as they are written."""
        elements: list[Any] = list(range(self.size))
        for sort in sorted(self.sizes):
            if sort != UNIVERSE:
                elements += [label(number, sort) for number in range(self.sizes[sort])]
        return elements

    def __str__(self) -> str:
        lines = [self._elements(sort) for sort in sorted(self.sizes)]
        for line in super().__str__().split("\n"):
            if not line.startswith("universe"):
                lines.append(line)
        return "\n".join(lines)

    def _elements(self, sort: str) -> str:
        names = [label(element, sort) for element in range(self.sizes[sort])]
        heading = "universe" if sort == UNIVERSE else sort
        return f"{heading}: {{{', '.join(names)}}}"


def label(value: Any, sort: str) -> str:
    """An element as it is shown."""
    if sort == UNIVERSE or sort in NUMBERS:
        return str(value)
    return f"{sort[0].lower()}{value}"


class Interpretation:
    """What each symbol means: looked up, and filled where it is not yet known."""

    def __init__(self, sizes: dict[str, int], fill: Fill) -> None:
        self.sizes = sizes
        self.numbers: Mapping[str, Sequence[Any]] = _NO_NUMBERS
        self._tables: dict[Symbol, dict[Values, Any]] = {}
        self._fill = fill

    def elements(self, sort: str) -> Sequence[Any]:
        if sort in NUMBERS:
            return self.numbers[sort]
        return range(self.sizes[sort])

    def value(self, symbol: Symbol, sorts: SortNames, args: Values) -> Any:
        table = self._tables.setdefault(symbol, {})
        if args not in table:
            table[args] = self._fill(symbol, sorts, args)
        return table[args]

    def structure(self, sorts: Sorts) -> SortedStructure:
        """What was looked up, to show, and something of every other symbol of the formulas.

        Evaluation ends where the rest cannot matter, so that nothing may have been asked of one.
        """
        for symbol in free_symbols(*sorts.formulas):
            self._complete(symbol, sorts.of_symbol(*symbol))
        return self.shown(sorts.of_symbol)

    def _complete(self, symbol: Symbol, places: SortNames) -> None:
        """Give a symbol a table: a function's or constant's has a value everywhere, where that is not much."""
        self._tables.setdefault(symbol, {})
        args = places[:-1]
        if symbol[0] == "predicate" or any(sort in NUMBERS for sort in args):
            return
        counts = [len(self.elements(sort)) for sort in args]
        if prod(counts) > _MAX_ROWS:
            return
        for row in product(*map(range, counts)):
            self.value(symbol, places, row)

    def shown(self, sorts_of: Callable[[str, str, int], SortNames]) -> SortedStructure:
        """The same, with the sorts of every symbol given.

        A domain's own symbols are shown without the mark that hides them.
        """
        structure = SortedStructure(
            self.sizes.get(UNIVERSE, 0),
            sizes=dict(self.sizes),
        )
        for symbol, table in self._tables.items():
            kind, hidden_name, arity = symbol
            name = shown_name(hidden_name)
            places = sorts_of(*symbol)
            if kind == "predicate":
                rows = [_shown_row(args, places) for args, true in table.items() if true]
                structure.predicates[name, arity] = frozenset(rows)
            elif kind == "function":
                structure.functions[name, arity] = _shown_table(table, places)
            else:
                structure.constants[name] = _shown_table(table, places)[()]
        return structure


def _shown_table(table: Mapping[Values, Any], sorts: SortNames) -> dict[Values, Any]:
    """A function's table with elements as they are shown; the sort of its value comes last."""
    shown = {}
    for args, value in table.items():
        shown[_shown_row(args, sorts)] = _shown(value, sorts[-1])
    return shown


def _shown_row(args: Values, sorts: SortNames) -> Values:
    return tuple(map(_shown, args, sorts))


def _shown(value: Any, sort: str) -> Any:
    """An element as it stands in a structure that is shown.

    Those of the universe stay as they are; numbers are texts, since an element is a number too.
    """
    return value if sort == UNIVERSE else label(value, sort)


def free_symbols(*formulas: S.Formula) -> list[Symbol]:
    """The symbols of formulas, sorted, without those whose meaning is fixed."""
    fixed = set()
    for formula in formulas:
        for node in subnodes(formula):
            if operation_of(node):
                fixed.add(_symbol(node))
    joint = signature(*formulas)
    symbols: list[Symbol] = []
    for name, arity in joint.predicates:
        symbols.append(("predicate", name, arity))
    for name, arity in joint.functions:
        symbols.append(("function", name, arity))
    for name in joint.constants:
        symbols.append(("constant", name, 0))
    return [symbol for symbol in symbols if symbol not in fixed]


def _symbol(node: S.Node) -> Symbol | None:
    match node:
        case S.Atom(name, args):
            return ("predicate", name, len(args))
        case S.Function(name, args):
            return ("function", name, len(args))
        case S.Constant(name):
            return ("constant", name, 0)
    return None


def sorts_in(sorts: Sorts) -> set[str]:
    """The sorts, other than of numbers, that the formulas speak of."""
    names = sorts.quantified()
    for symbol in free_symbols(*sorts.formulas):
        names.update(sorts.of_symbol(*symbol))
    return names.difference(NUMBERS)
