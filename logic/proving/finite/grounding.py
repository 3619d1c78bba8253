"""Formulas over a universe of fixed sizes, as propositions in Z3: one for each row of each table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Any

import z3

from logic import syntax as S
from logic.deciding.z3_lowering import lower_connective
from logic.errors import UnsupportedError
from logic.nodes import NUMBERS, UNIVERSE, Count, sort_of
from logic.proving.first_order import FirstOrder, Tables
from logic.symbols import Symbol

MAX_CELLS = 600
"""Rows of all tables together, those of a function counted once for each value."""
MAX_NODES = 60_000
"""Parts of what is written out."""

Row = tuple[int, ...]
Scope = Mapping[str, int]
Choice = tuple[int, Any]
"""An element that a term may denote, and the condition that it does (None: always)."""


class Cells:
    """The propositions of all tables, and formulas over them."""

    def __init__(self, meaning: FirstOrder, sizes: Mapping[str, int]) -> None:
        self.sizes = sizes
        self.context = z3.Context()
        self.rows: dict[Symbol, list[Row]] = {}
        self.cells: dict[tuple[Symbol, Row], list[Any]] = {}
        """For each row of a table its proposition, or one for each value that it may have."""
        self._nodes = 0
        count = 0
        for symbol in meaning.symbols:
            places = meaning.sorts_of(*symbol)
            count += self._size_of(symbol, places)
            if count > MAX_CELLS:
                raise UnsupportedError(
                    f"the tables of such structures have more than {MAX_CELLS} rows: "
                    "ask for a smaller size, or of a formula with fewer symbols"
                )
            self._tabulate(symbol, places)

    def _size_of(self, symbol: Symbol, places: Sequence[str]) -> int:
        size = 1
        for sort in places:
            if sort in NUMBERS:
                raise UnsupportedError(
                    f"{symbol[1]} is of numbers ({sort}): its models cannot be listed"
                )
            size *= self.sizes[sort]
        return size

    def _tabulate(self, symbol: Symbol, places: Sequence[str]) -> None:
        kind, _, arity = symbol
        ranges = [range(self.sizes[sort]) for sort in places[:arity]]
        self.rows[symbol] = list(product(*ranges))
        values = 1 if kind == "predicate" else self.sizes[places[-1]]
        for row in self.rows[symbol]:
            cells: list[Any] = []
            for _ in range(values):
                number = sum(map(len, self.cells.values())) + len(cells)
                cells.append(z3.Bool(f"a{number}", self.context))
            self.cells[symbol, row] = cells

    def functional(self) -> Iterator[Any]:
        """That each row of a function has just one value."""
        for (symbol, _), cells in self.cells.items():
            if symbol[0] == "predicate":
                continue
            yield z3.Or(*cells, z3.BoolVal(False, self.context))
            for one, other in combinations(cells, 2):
                yield z3.Not(z3.And(one, other))

    # ---- formulas ----

    def formula(self, formula: S.Formula, scope: Scope | None = None) -> Any:
        """Raises `UnsupportedError` for one that is too large, or speaks of numbers."""
        scope = scope or {}
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise UnsupportedError(
                f"over such structures the formula has more than {MAX_NODES} parts"
            )
        match formula:
            case S.Construct():
                raise UnsupportedError(
                    f"{type(formula).__name__} has a meaning that cannot be listed"
                )
            case S.Atom(name, args):
                symbol = ("predicate", name, len(args))
                return self._over(
                    args,
                    scope,
                    lambda row: self.cells[symbol, row][0],
                )
            case S.Equality(left, right):
                return self._over(
                    (left, right),
                    scope,
                    lambda row: z3.BoolVal(row[0] == row[1], self.context),
                )
            case S.Quantified():
                return self._quantified(formula, scope)
        lowered = lower_connective(
            formula,
            lambda part: self.formula(part, scope),
            self.context,
        )
        if lowered is None:
            raise UnsupportedError(f"{type(formula).__name__} cannot be listed")
        return lowered

    def _quantified(self, formula: S.Quantified, scope: Scope) -> Any:
        sort = sort_of(formula) or UNIVERSE
        if sort in NUMBERS:
            raise UnsupportedError(f"a variable of the sort {sort} has too many values to list")
        cases = []
        for element in range(self.sizes[sort]):
            cases.append(self.formula(formula.body, {**scope, formula.variable.name: element}))
        weighted = [(case, 1) for case in cases]
        match formula:
            case Count(least):
                return z3.PbGe(weighted, least)
            case S.ExistsUnique():
                return z3.PbEq(
                    weighted,
                    1,
                    self.context,
                )
            case S.Forall():
                return z3.And(*cases)
        return z3.Or(*cases)

    def _over(self, args: Sequence[S.Node], scope: Scope, leaf: Callable[[Row], Any]) -> Any:
        """A disjunction over the elements that the arguments may denote."""
        cases = []
        for row, conditions in self._choices(args, scope):
            cases.append(z3.And(*conditions, leaf(row)) if conditions else leaf(row))
        return z3.Or(*cases) if len(cases) > 1 else cases[0]

    def _choices(self, args: Sequence[S.Node], scope: Scope) -> Iterator[tuple[Row, list[Any]]]:
        values = [self._values(arg, scope) for arg in args]
        for chosen in product(*values):
            self._nodes += 1
            row = tuple([element for element, _ in chosen])
            yield row, [condition for _, condition in chosen if condition is not None]

    def _values(self, term: S.Node, scope: Scope) -> list[Choice]:
        if isinstance(term, S.Construct):
            raise UnsupportedError(f"{type(term).__name__} has a value that cannot be listed")
        match term:
            case S.Variable(name) if name in scope:
                return [(scope[name], None)]
            case S.Constant(name) | S.Variable(name):
                return list(enumerate(self.cells[("constant", name, 0), ()]))
            case S.Function(name, args):
                return self._function(
                    ("function", name, len(args)),
                    args,
                    scope,
                )
        raise UnsupportedError(f"{type(term).__name__} cannot be listed")

    def _function(self, symbol: Symbol, args: Sequence[S.Node], scope: Scope) -> list[Choice]:
        found: dict[int, list[Any]] = {}
        for row, conditions in self._choices(args, scope):
            for element, cell in enumerate(self.cells[symbol, row]):
                found.setdefault(element, []).append(z3.And(*conditions, cell))
        return [(element, z3.Or(*cases)) for element, cases in found.items()]

    # ---- models ----

    def tables(self, model: z3.ModelRef) -> Tables:
        """The tables that a model of the propositions describes."""
        rows: dict[Symbol, dict[Row, Any]] = {symbol: {} for symbol in self.rows}
        for (symbol, row), cells in self.cells.items():
            true = [z3.is_true(model.eval(cell, model_completion=True)) for cell in cells]
            rows[symbol][row] = true[0] if symbol[0] == "predicate" else true.index(True)
        return Tables(self.sizes, rows)
