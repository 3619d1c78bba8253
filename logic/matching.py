"""Which predicted symbol stands for which reference symbol: an optimal assignment within kind and arity."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from logic.names import NameLikeness, by_words
from logic.symbols import Symbol

MIN_LIKENESS = 0.45
"""Names less alike than this are not matched."""
_CLOSE = 0.1
_MAX_ALTERNATIVES = 4
_SMALL = 5


@dataclass(frozen=True, slots=True)
class Match:
    """One predicted symbol and the reference symbol it stands for (None: none), with their likeness in [0, 1]."""

    candidate: Symbol | None
    reference: Symbol | None
    likeness: float


@dataclass(frozen=True, slots=True)
class Matching:
    """A one-to-one assignment of the symbols of two formulas; unmatched symbols of either side are listed too."""

    matches: tuple[Match, ...]

    @property
    def quality(self) -> float:
        """Mean likeness of the matched symbols: 1.0 only if all of them are the same up to spelling.

        A symbol without a match lowers the score through the formula: it is a part that the other side lacks.
        """
        graded = [match.likeness for match in self.matches if match.likeness > 0]
        return sum(graded) / len(graded) if graded else 1.0

    def renaming(self) -> dict[Symbol, str]:
        """New names for the candidate's symbols: the reference's, or one that neither formula has."""
        names: dict[Symbol, str] = {}
        taken = {match.reference[1] for match in self.matches if match.reference}
        known = taken | {match.candidate[1] for match in self.matches if match.candidate}
        for match in self.matches:
            if match.candidate is None:
                continue
            if match.reference is not None:
                names[match.candidate] = match.reference[1]
            elif match.candidate[1] in taken:
                fresh = match.candidate[1] + "'"
                while fresh in known:
                    fresh += "'"
                known.add(fresh)
                names[match.candidate] = fresh
        return names


def exact(candidate: list[Symbol], reference: list[Symbol]) -> Matching:
    """Every symbol stands for itself."""
    both = [symbol for symbol in candidate if symbol in set(reference)]
    return _matching({symbol: (symbol, 1.0) for symbol in both}, candidate, reference)


def matchings(
    candidate: list[Symbol], reference: list[Symbol], likeness: NameLikeness = by_words
) -> Iterator[Matching]:
    """Assignments worth trying, best first, at most a few: more than one only where names leave it open.

    Equal symbols are never reassigned. Within a kind and arity the total likeness is maximal (scipy's
    `linear_sum_assignment`, or all assignments where there are few symbols).
    """
    shared = set(candidate) & set(reference)
    fixed = {symbol: (symbol, 1.0) for symbol in candidate if symbol in shared}
    left = [symbol for symbol in candidate if symbol not in shared]
    right = [symbol for symbol in reference if symbol not in shared]
    groups: list[list[dict[Symbol, tuple[Symbol, float]]]] = []
    for kind in sorted({(s[0], s[2]) for s in left} & {(s[0], s[2]) for s in right}):
        ours = [s for s in left if (s[0], s[2]) == kind]
        theirs = [s for s in right if (s[0], s[2]) == kind]
        table = likeness([s[1] for s in ours], [s[1] for s in theirs])
        groups.append(_assign(ours, theirs, table))
    for choice in itertools.islice(itertools.product(*groups), _MAX_ALTERNATIVES):
        pairs = dict(fixed)
        for group in choice:
            pairs.update(group)
        yield _matching(pairs, candidate, reference)


def _assign(
    ours: list[Symbol], theirs: list[Symbol], likeness: list[list[float]]
) -> list[dict[Symbol, tuple[Symbol, float]]]:
    """The best assignments within one kind and arity, best first."""
    table = [
        [_graded(value, a, b) for value, b in zip(row, theirs, strict=True)]
        for row, a in zip(likeness, ours, strict=True)
    ]
    if max(len(ours), len(theirs)) <= _SMALL:
        choices = _all_assignments(table)
    else:
        from scipy.optimize import (
            linear_sum_assignment,
        )  # here: the import takes 0.2 s and small cases do without

        rows, columns = linear_sum_assignment(table, maximize=True)
        choices = [[(int(i), int(j)) for i, j in zip(rows, columns, strict=True)]]
    found = []
    for choice in choices:
        pairs = {ours[i]: (theirs[j], table[i][j]) for i, j in choice if table[i][j] > 0}
        if pairs not in found:
            found.append(pairs)
    return found[:_MAX_ALTERNATIVES] or [{}]


def _graded(likeness: float, candidate: Symbol, reference: Symbol) -> float:
    """0.0 below the threshold; an individual is the same only by its letters (Mars is no plural of Mar)."""
    if likeness < MIN_LIKENESS:
        return 0.0
    if (
        candidate[0] == "constant"
        and likeness == 1.0
        and _letters(candidate[1]) != _letters(reference[1])
    ):
        return 0.95
    return likeness


def _letters(name: str) -> str:
    return "".join([c for c in name.casefold() if c.isalnum()])


def _all_assignments(table: list[list[float]]) -> list[list[tuple[int, int]]]:
    """All assignments within `_CLOSE` of the best total, best first, in a fixed order."""
    rows, columns = len(table), len(table[0])
    if not any(any(row) for row in table):
        return [[]]
    if rows == 1 and columns == 1:
        return [[(0, 0)]]
    if rows <= columns:
        choices = [list(enumerate(order)) for order in itertools.permutations(range(columns), rows)]
    else:
        choices = [
            [(i, j) for j, i in enumerate(order)]
            for order in itertools.permutations(range(rows), columns)
        ]
    totals = [
        (sum(table[i][j] for i, j in choice), number) for number, choice in enumerate(choices)
    ]
    best = max(total for total, _ in totals)
    close = sorted((-total, number) for total, number in totals if total >= best - _CLOSE)
    return [choices[number] for _, number in close]


def _matching(
    pairs: dict[Symbol, tuple[Symbol, float]], candidate: list[Symbol], reference: list[Symbol]
) -> Matching:
    used = {symbol for symbol, _ in pairs.values()}
    matched = [
        Match(symbol, *pairs[symbol]) if symbol in pairs else Match(symbol, None, 0.0)
        for symbol in candidate
    ]
    missed = [Match(None, symbol, 0.0) for symbol in reference if symbol not in used]
    return Matching((*matched, *missed))
