"""Structures with several sorts and numbers.

Tables are filled as they are looked up, so a symbol may take numbers as arguments: whatever the finitely many values
that an evaluation asked for, some structure has them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from logic import syntax as S
from logic.deciding.finite import Structure
from logic.domains.meaning.sorts import Sorts, operation_of
from logic.errors import UnsupportedError
from logic.nodes import HIDDEN, NUMBERS, UNIVERSE
from logic.symbols import Symbol, signature, subnodes

SortNames = tuple[str, ...]
Values = tuple[Any, ...]
Fill = Callable[[Symbol, SortNames, Values], Any]
"""Gives what a symbol means for such values of these sorts, the sort of its own value last."""


@dataclass(frozen=True)
class SortedStructure(Structure):
    """A structure with several sorts. `size` counts the universe's elements, 0, 1, …; `sizes` those of all sorts.

    Elements of another sort are written by its first letter and a number (`w0`), numbers as they are.
    """

    sizes: dict[str, int] = field(default_factory=dict)

    def holds(self, formula: S.Formula) -> bool:
        """Not to be asked: only what a judgement looked up is kept. Raises `UnsupportedError`."""
        raise UnsupportedError(
            "a domain's structure holds only what was looked up to refute; it decides nothing else"
        )

    def __str__(self) -> str:
        lines = []
        for sort, size in sorted(self.sizes.items()):
            elements = ", ".join([label(element, sort) for element in range(size)])
            lines.append(f"{'universe' if sort == UNIVERSE else sort}: {{{elements}}}")
        tables = super().__str__().split("\n")
        lines += [line for line in tables if not line.startswith("universe")]
        return "\n".join(lines)


def label(value: Any, sort: str) -> str:
    """An element as it is shown."""
    if sort == UNIVERSE or sort in NUMBERS:
        return str(value)
    return f"{sort[0].lower()}{value}"


class Interpretation:
    """What each symbol means: looked up, and filled where it is not yet known."""

    def __init__(self, sizes: dict[str, int], fill: Fill) -> None:
        self.sizes = sizes
        self.numbers: dict[str, Sequence[Any]] = {"Int": (), "Real": ()}
        self.tables: dict[Symbol, dict[Values, Any]] = {}
        self._fill = fill

    def elements(self, sort: str) -> Sequence[Any]:
        return self.numbers[sort] if sort in NUMBERS else range(self.sizes[sort])

    def value(self, symbol: Symbol, sorts: SortNames, args: Values) -> Any:
        table = self.tables.setdefault(symbol, {})
        if args not in table:
            table[args] = self._fill(symbol, sorts, args)
        return table[args]

    def structure(self, sorts: Sorts) -> SortedStructure:
        """What was looked up, to show; a domain's own symbols are shown without the mark that hides them."""
        predicates: dict[tuple[str, int], frozenset[Any]] = {}
        functions: dict[tuple[str, int], dict[Any, Any]] = {}
        constants: dict[str, Any] = {}
        for (kind, hidden_name, arity), table in self.tables.items():
            sorts_of_places = sorts.of_symbol(kind, hidden_name, arity)
            name = hidden_name.lstrip(HIDDEN)
            rows = {
                tuple(map(_shown, args, sorts_of_places)): value for args, value in table.items()
            }
            if kind == "predicate":
                predicates[name, arity] = frozenset(args for args, true in rows.items() if true)
                continue
            rows = {args: _shown(value, sorts_of_places[-1]) for args, value in rows.items()}
            if kind == "function":
                functions[name, arity] = rows
            else:
                constants[name] = rows[()]
        size = self.sizes.get(UNIVERSE, 0)
        return SortedStructure(size, predicates, functions, constants, dict(self.sizes))


def _shown(value: Any, sort: str) -> Any:
    """An element as it stands in a structure that is shown: numbers stay numbers."""
    return value if sort == UNIVERSE or sort in NUMBERS else label(value, sort)


def free_symbols(*formulas: S.Formula) -> list[Symbol]:
    """The symbols of formulas, sorted, without those whose meaning is fixed."""
    nodes = [node for formula in formulas for node in subnodes(formula)]
    fixed = {_symbol(node) for node in nodes if operation_of(node)}
    joint = signature(*formulas)
    symbols: list[Symbol] = [("predicate", *predicate) for predicate in joint.predicates]
    symbols += [("function", *function) for function in joint.functions]
    symbols += [("constant", name, 0) for name in joint.constants]
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
    places = [sorts.of_symbol(*symbol) for symbol in free_symbols(*sorts.formulas)]
    names = {sort for place in places for sort in place}
    return (names | sorts.quantified()) - set(NUMBERS)
