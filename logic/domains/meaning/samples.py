"""Pseudo-random structures with several sorts, the same on every machine; and how two formulas compare there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from logic import syntax as S
from logic.domains.meaning.sorts import Sorts, operation_of
from logic.domains.meaning.structures import (
    Fill,
    Interpretation,
    SortNames,
    Values,
    free_symbols,
    sorts_in,
)
from logic.nodes import UNIVERSE
from logic.symbols import Symbol, subnodes

Meanings = Mapping[str, Callable[..., bool]]
"""What a domain says of its own predicates, as functions of element numbers."""

_MASK = (1 << 64) - 1
_SMALL_NUMBERS = (-1, 0, 1, 2)
_DENSITIES = (64, 128, 192)
"""Of 256 values, how many make a predicate true: a structure is sparse, even or dense."""


def samples(
    sorts: Sorts, meanings: Meanings, count: int, sizes: Sequence[int]
) -> Iterator[Interpretation]:
    """Structures for the formulas' signature: a third sparse, a third even, a third dense."""
    slots: dict[Symbol, int] = {}
    for symbol in free_symbols(*sorts.formulas):
        slots[symbol] = len(slots)
    names = sorted(sorts_in(sorts) | {UNIVERSE})
    numbers = _numbers(sorts.formulas)
    for seed in range(count):
        universe = {}
        for place, sort in enumerate(names):
            universe[sort] = sizes[_mix(seed, place) % len(sizes)]
        fill = _filler(
            seed,
            slots,
            universe,
            numbers,
            meanings,
        )
        structure = Interpretation(universe, fill)
        structure.numbers = numbers
        yield structure


def _numbers(formulas: Sequence[S.Formula]) -> dict[str, Sequence[Any]]:
    """Numbers worth trying.

    Those in the formulas, their neighbours and what lies between, and small ones.
    """
    whole = set(_SMALL_NUMBERS)
    real = set(map(Fraction, whole))
    for formula in formulas:
        for number in _numerals(formula):
            if number.denominator == 1:
                whole.update([int(number) + step for step in (-1, 0, 1)])
            real.update([number + Fraction(step, 2) for step in range(-2, 3)])
    real.update(map(Fraction, whole))
    return {"Int": sorted(whole), "Real": sorted(real)}


def _numerals(formula: S.Formula) -> Iterator[Fraction]:
    for node in subnodes(formula):
        operation = operation_of(node) if isinstance(node, S.Constant) else None
        if operation is not None:
            yield Fraction(operation.evaluate())


def _filler(
    seed: int,
    slots: Mapping[Symbol, int],
    universe: Mapping[str, int],
    numbers: Mapping[str, Sequence[Any]],
    meanings: Meanings,
) -> Fill:
    """Gives each symbol its value by a hash of the seed, the symbol and the arguments."""
    dense = _DENSITIES[seed % 3]

    def fill(symbol: Symbol, sorts: SortNames, args: Values) -> Any:
        kind, name, _ = symbol
        if name in meanings:
            return bool(meanings[name](*args))
        drawn = _mix(
            seed + 1,
            slots[symbol],
            *args,
        )
        if kind == "predicate":
            return drawn % 256 < dense
        sort = sorts[-1]
        choices: Sequence[Any] = range(universe[sort]) if sort in universe else numbers[sort]
        return choices[drawn % len(choices)]

    return fill


def _mix(*numbers: Any) -> int:
    """A hash that is the same on every machine (splitmix64), of whole numbers and fractions."""
    state = 0
    for number in numbers:
        for part in (number.numerator, number.denominator):
            state = (state + part + 0x9E3779B97F4A7C15) & _MASK
            state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
            state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
            state ^= state >> 31
    return state
