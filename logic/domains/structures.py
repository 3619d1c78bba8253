"""Structures with several sorts and numbers: deterministic samples, and evaluation by the definition.

Tables are filled as they are looked up, so a symbol may take numbers as arguments: whatever the finitely many values
that an evaluation asked for, some structure has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from logic import syntax as S
from logic.domains.nodes import HIDDEN, NUMBERS, UNIVERSE, Count
from logic.domains.sorts import Sorts, operation_of
from logic.errors import UnsupportedError
from logic.finite import Structure
from logic.walk import signature, subnodes

Symbol = tuple[str, str, int]
MAX_STEPS = 5_000
"""Assignments to the variables of nested quantifiers that are tried for one formula in one structure."""
_MASK = (1 << 64) - 1


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
        lines = [
            f"{'universe' if sort == UNIVERSE else sort}: {{{', '.join([label(e, sort) for e in range(size)])}}}"
            for sort, size in sorted(self.sizes.items())
        ]
        return "\n".join(
            [
                *lines,
                *[
                    line
                    for line in super().__str__().split("\n")
                    if not line.startswith("universe")
                ],
            ]
        )


def label(value: Any, sort: str) -> str:
    """An element as it is shown."""
    return str(value) if sort == UNIVERSE or sort in NUMBERS else f"{sort[0].lower()}{value}"


class Interpretation:
    """What each symbol means: looked up, and filled by `fill(symbol, sorts, arguments)` where it is not yet known."""

    def __init__(
        self, sizes: dict[str, int], fill: Callable[[Symbol, tuple[str, ...], tuple[Any, ...]], Any]
    ) -> None:
        self.sizes = sizes
        self.numbers: dict[str, Sequence[Any]] = {"Int": (), "Real": ()}
        self.tables: dict[Symbol, dict[tuple[Any, ...], Any]] = {}
        self._fill = fill

    def elements(self, sort: str) -> Sequence[Any]:
        return self.numbers[sort] if sort in NUMBERS else range(self.sizes[sort])

    def value(self, symbol: Symbol, sorts: tuple[str, ...], args: tuple[Any, ...]) -> Any:
        table = self.tables.setdefault(symbol, {})
        if args not in table:
            table[args] = self._fill(symbol, sorts, args)
        return table[args]

    def structure(self, sorts: Sorts) -> SortedStructure:
        """What was looked up, to show; a domain's own symbols are shown without the mark that hides them."""
        predicates: dict[tuple[str, int], frozenset[Any]] = {}
        functions: dict[tuple[str, int], dict[Any, Any]] = {}
        constants: dict[str, Any] = {}
        for (kind, name, arity), table in self.tables.items():
            of = sorts.of_symbol(kind, name, arity)
            shown = {tuple(map(_shown, args, of)): value for args, value in table.items()}
            plain = name.lstrip(HIDDEN)
            if kind == "predicate":
                predicates[plain, arity] = frozenset(args for args, value in shown.items() if value)
            elif kind == "function":
                functions[plain, arity] = {
                    args: _shown(value, of[-1]) for args, value in shown.items()
                }
            else:
                constants[plain] = _shown(table[()], of[-1])
        return SortedStructure(
            self.sizes.get(UNIVERSE, 0), predicates, functions, constants, dict(self.sizes)
        )


def _shown(value: Any, sort: str) -> Any:
    return value if sort == UNIVERSE or sort in NUMBERS else label(value, sort)


# ---- evaluation ------------------------------------------------------------------------------------------------------

Evaluator = Callable[[Interpretation, list[Any]], Any]


class Compiled:
    """A closed, sorted formula as nested functions. `exact` is False where a quantifier ranges over all numbers."""

    def __init__(self, formula: S.Formula, sorts: Sorts) -> None:
        self.exact = True
        self.levels: list[list[str]] = []
        self._sorts = sorts
        self._slots = 0
        self._run = self._formula(formula, {})
        self._chains = _chains(formula)

    def holds(self, structure: Interpretation) -> bool:
        """Truth by the definition. Raises `UnsupportedError` where that takes more than `MAX_STEPS`."""
        for chain in self._chains:
            steps = 1
            for sort in chain:
                steps *= max(1, len(structure.elements(sort)))
            if steps > MAX_STEPS:
                raise UnsupportedError(f"{len(chain)} nested quantifiers are too many to evaluate")
        return bool(self._run(structure, [None] * self._slots))

    def _formula(self, f: S.Node, scope: dict[str, int]) -> Evaluator:
        if operation_of(f):
            return self._term(f, scope)
        match f:
            case S.Atom(name, args):
                return self._symbol(("predicate", name, len(args)), args, scope)
            case S.Equality(left, right):
                a, b = self._term(left, scope), self._term(right, scope)
                return lambda m, e: a(m, e) == b(m, e)
            case S.Not(operand):
                inner = self._formula(operand, scope)
                return lambda m, e: not inner(m, e)
            case S.And(operands):
                parts = [self._formula(part, scope) for part in operands]
                return lambda m, e: all([part(m, e) for part in parts])
            case S.Or(operands):
                parts = [self._formula(part, scope) for part in operands]
                return lambda m, e: any([part(m, e) for part in parts])
            case S.Xor(operands):
                parts = [self._formula(part, scope) for part in operands]
                return lambda m, e: sum([part(m, e) for part in parts]) % 2 == 1
            case S.Implies(left, right):
                a, b = self._formula(left, scope), self._formula(right, scope)
                return lambda m, e: not a(m, e) or b(m, e)
            case S.Iff(left, right):
                a, b = self._formula(left, scope), self._formula(right, scope)
                return lambda m, e: a(m, e) == b(m, e)
            case S.Truth(value):
                return lambda m, e: value
            case S.Quantified():
                return self._quantified(f, scope)
        raise UnsupportedError(
            f"{type(f).__name__} cannot be evaluated: it is neither lowered nor translated"
        )

    def _quantified(self, f: Any, scope: dict[str, int]) -> Evaluator:
        slot, self._slots = self._slots, self._slots + 1
        sort: str = f.sort
        self.exact = self.exact and sort not in NUMBERS
        body = self._formula(f.body, {**scope, f.variable.name: slot})

        def found(m: Interpretation, e: list[Any], enough: int, wanted: bool) -> int:
            count = 0
            for element in m.elements(sort):
                e[slot] = element
                if body(m, e) is wanted:
                    count += 1
                    if count >= enough:
                        break
            return count

        if isinstance(f, Count):
            n = f.count
            return lambda m, e: found(m, e, n, True) >= n
        if isinstance(f, S.Forall):
            return lambda m, e: not found(m, e, 1, False)
        if isinstance(f, S.ExistsUnique):
            return lambda m, e: found(m, e, 2, True) == 1
        return lambda m, e: found(m, e, 1, True) > 0

    def _symbol(self, symbol: Symbol, args: Iterable[S.Node], scope: dict[str, int]) -> Evaluator:
        sorts = self._sorts.of_symbol(*symbol)
        inner = [self._term(arg, scope) for arg in args]
        return lambda m, e: m.value(symbol, sorts, tuple([arg(m, e) for arg in inner]))

    def _term(self, term: S.Node, scope: dict[str, int]) -> Evaluator:
        if operation := operation_of(term):
            evaluate = operation.evaluate
            inner = [self._term(arg, scope) for arg in term.children()]
            return lambda m, e: evaluate(*[arg(m, e) for arg in inner])
        match term:
            case S.Variable(name) if name in scope:
                slot = scope[name]
                return lambda m, e: e[slot]
            case S.Variable(name) | S.Constant(name):
                return self._symbol(("constant", name, 0), (), scope)
            case S.Function(name, args):
                return self._symbol(("function", name, len(args)), args, scope)
        raise UnsupportedError(
            f"{type(term).__name__} cannot be evaluated: it is neither lowered nor translated"
        )


def _chains(node: S.Node, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The sorts of the quantifiers on each way down."""
    if isinstance(node, S.Quantified):
        above = (*above, node.sort)  # type: ignore[attr-defined]
    below = [chain for child in node.children() for chain in _chains(child, above)]
    return list(dict.fromkeys(below)) or [above]


# ---- samples ---------------------------------------------------------------------------------------------------------


def samples(
    sorts: Sorts,
    meanings: dict[str, Callable[..., bool]],
    count: int = 64,
    sizes: Sequence[int] = (1, 2, 3),
) -> Iterator[Interpretation]:
    """Pseudo-random structures for the formulas' signature: a third sparse, a third even, a third dense."""
    slots = {symbol: index for index, symbol in enumerate(symbols_of(*sorts.formulas))}
    names = sorted(sorts_of(sorts) | {UNIVERSE})
    numbers = _numbers(sorts.formulas)
    for seed in range(count):
        size = {sort: sizes[_mix(seed, place) % len(sizes)] for place, sort in enumerate(names)}
        structure = Interpretation(size, _filler(seed, slots, size, numbers, meanings))
        structure.numbers = numbers
        yield structure


def symbols_of(*formulas: S.Formula) -> list[Symbol]:
    """The symbols of formulas, sorted, without those whose meaning is fixed."""
    fixed = {_named(item) for f in formulas for item in subnodes(f) if operation_of(item)}
    used = signature(*formulas)
    found: list[Symbol] = [("predicate", *p) for p in used.predicates]
    found += [("function", *f) for f in used.functions]
    return [s for s in [*found, *[("constant", c, 0) for c in used.constants]] if s not in fixed]


def _named(node: S.Node) -> Symbol | None:
    match node:
        case S.Atom(name, args):
            return ("predicate", name, len(args))
        case S.Function(name, args):
            return ("function", name, len(args))
        case S.Constant(name):
            return ("constant", name, 0)
    return None


def sorts_of(sorts: Sorts) -> set[str]:
    """The sorts, other than of numbers, that the formulas speak of."""
    found = {sort for symbol in symbols_of(*sorts.formulas) for sort in sorts.of_symbol(*symbol)}
    found |= {
        item.sort  # type: ignore[attr-defined]
        for f in sorts.formulas
        for item in subnodes(f)
        if isinstance(item, S.Quantified)
    }
    return found - set(NUMBERS)


def _numbers(formulas: Sequence[S.Formula]) -> dict[str, Sequence[Any]]:
    """Numbers worth trying: those in the formulas, their neighbours and what lies between, and small ones."""
    named = set()
    for item in [item for f in formulas for item in subnodes(f) if isinstance(item, S.Constant)]:
        if operation := operation_of(item):
            named.add(operation.evaluate())
    whole = {n + step for n in named if n == int(n) for step in (-1, 0, 1)} | {-1, 0, 1, 2}
    real = {Fraction(n) + Fraction(step, 2) for n in named for step in (-2, -1, 0, 1, 2)} | {
        Fraction(n) for n in whole
    }
    return {"Int": sorted({int(n) for n in whole}), "Real": sorted(real)}


def _filler(
    seed: int, slots: dict[Symbol, int], sizes: dict[str, int], numbers: dict[str, Sequence[Any]],
    meanings: dict[str, Callable[..., bool]],
) -> Callable[[Symbol, tuple[str, ...], tuple[Any, ...]], Any]:  # fmt: skip
    dense = (64, 128, 192)[seed % 3]

    def fill(symbol: Symbol, sorts: tuple[str, ...], args: tuple[Any, ...]) -> Any:
        kind, name, _ = symbol
        if name in meanings:
            return bool(meanings[name](*args))
        drawn = _mix(seed + 1, slots[symbol], *args)
        if kind == "predicate":
            return drawn % 256 < dense
        choices = numbers[sorts[-1]] if sorts[-1] in NUMBERS else range(sizes[sorts[-1]])
        return choices[drawn % len(choices)]

    return fill


def _mix(*numbers: Any) -> int:
    """A hash that is the same on every machine (splitmix64)."""
    state = 0
    for number in numbers:
        for part in (number.numerator, number.denominator):
            state = (state + part + 0x9E3779B97F4A7C15) & _MASK
            state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
            state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
            state ^= state >> 31
    return state
