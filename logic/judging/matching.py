"""Which predicted symbol stands for which reference symbol: an optimal assignment.

Symbols stand only for symbols of their own kind and arity.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from logic.judging.names import NameLikeness, by_words, is_other_relation
from logic.symbols import Symbol

MIN_LIKENESS = 0.45
"""Names less alike than this are not matched."""
_CLOSE = 0.1
"""What the total of an assignment may lack to the best one's, and still be worth trying."""
_MAX_ALTERNATIVES = 4
_MAX_ENUMERATED = 5
"""Symbols up to which all assignments are looked at."""
_NOT_THE_SAME = 0.95
"""What is left where two names are one name in other cases, and may be two here."""

Pairs = dict[Symbol, tuple[Symbol, float]]
"""Candidate symbols, each with the reference symbol it stands for and their likeness."""
Table = list[list[float]]
"""Likeness, one row for each candidate symbol and one column for each reference symbol."""
Cells = list[tuple[int, int]]
"""An assignment, as rows and columns of a table."""


@dataclass(frozen=True, slots=True)
class Match:
    """One predicted symbol and the reference symbol it stands for, with their likeness in [0, 1].

    None stands for no symbol.
    """

    candidate: Symbol | None
    reference: Symbol | None
    likeness: float


@dataclass(frozen=True, slots=True)
class Matching:
    """A one-to-one assignment of the symbols of two formulas.

    Symbols of either side that stand for nothing are listed too.
    """

    matches: tuple[Match, ...]

    @property
    def quality(self) -> float:
        """Mean likeness of the matched symbols: 1.0 only if all are the same up to spelling.

        A symbol without a match lowers the score through the formula: it is a part that the other
        side lacks.
        """
        grades = [match.likeness for match in self.matches if match.likeness > 0]
        return sum(grades) / len(grades) if grades else 1.0

    def renaming(self) -> dict[Symbol, str]:
        """The reference's names for the candidate's symbols that stand for one of its own.

        Others keep theirs: one that the reference has too is of another kind or arity there, and so another symbol.
        """
        renaming: dict[Symbol, str] = {}
        for match in self.matches:
            if match.candidate is not None and match.reference is not None:
                renaming[match.candidate] = match.reference[1]
        return renaming


def exact(candidate: list[Symbol], reference: list[Symbol]) -> Matching:
    """Every symbol stands for itself."""
    pairs = _shared(candidate, reference)
    return _matching(pairs, candidate, reference)


def _shared(candidate: list[Symbol], reference: list[Symbol]) -> Pairs:
    """The symbols that both formulas have, each standing for itself."""
    others = set(reference)
    pairs: Pairs = {}
    for symbol in candidate:
        if symbol in others:
            pairs[symbol] = (symbol, 1.0)
    return pairs


def matchings(
    candidate: list[Symbol], reference: list[Symbol], likeness: NameLikeness = by_words
) -> Iterator[Matching]:
    """Assignments worth trying, best first, at most a few.

    More than one only where names leave it open. Equal symbols are never reassigned. Within a kind
    and arity the total likeness is maximal (scipy's `linear_sum_assignment`, or all assignments
    where there are few symbols).
    """
    fixed = _shared(candidate, reference)
    left = _by_kind([symbol for symbol in candidate if symbol not in fixed])
    right = _by_kind([symbol for symbol in reference if symbol not in fixed])
    groups: list[list[Pairs]] = []
    for kind in sorted(left.keys() & right.keys()):
        group = _assignments(
            left[kind],
            right[kind],
            likeness,
        )
        groups.append(group)
    for choice in itertools.islice(itertools.product(*groups), _MAX_ALTERNATIVES):
        pairs = dict(fixed)
        for assignment in choice:
            pairs.update(assignment)
        yield _matching(pairs, candidate, reference)


def _by_kind(symbols: list[Symbol]) -> dict[tuple[str, int], list[Symbol]]:
    """Symbols by kind and arity."""
    groups: dict[tuple[str, int], list[Symbol]] = defaultdict(list)
    for symbol in symbols:
        kind, _, arity = symbol
        groups[kind, arity].append(symbol)
    return groups


def _assignments(
    candidates: list[Symbol], references: list[Symbol], likeness: NameLikeness
) -> list[Pairs]:
    """The best assignments within one kind and arity, best first."""
    table = _graded_table(candidates, references, likeness)
    assignments: list[Pairs] = []
    for cells in _best_cells(table):
        pairs: Pairs = {}
        for row, column in cells:
            if table[row][column] > 0:
                pairs[candidates[row]] = (references[column], table[row][column])
        if pairs not in assignments:
            assignments.append(pairs)
    return assignments[:_MAX_ALTERNATIVES] or [{}]


def _graded_table(
    candidates: list[Symbol], references: list[Symbol], likeness: NameLikeness
) -> Table:
    rows = likeness(
        [symbol[1] for symbol in candidates],
        [symbol[1] for symbol in references],
    )
    table: Table = []
    for candidate, row in zip(candidates, rows, strict=True):
        grades = []
        for reference, value in zip(references, row, strict=True):
            grades.append(_graded(value, candidate, reference))
        table.append(grades)
    _pin_equal_letters(table, candidates, references)
    _lower_ties(table)
    return table


def _graded(likeness: float, candidate: Symbol, reference: Symbol) -> float:
    """0.0 below the threshold.

    An individual is the same only by its letters (Mars is no plural of Mar), a relation only where
    its name cannot turn the arguments round (Defeated, IsDefeated).
    """
    if likeness < MIN_LIKENESS:
        return 0.0
    if likeness < 1.0 or _letters(candidate[1]) == _letters(reference[1]):
        return likeness
    kind, name, arity = candidate
    is_other = kind == "constant" or (arity > 1 and is_other_relation(name, reference[1]))
    return _NOT_THE_SAME if is_other else likeness


def _pin_equal_letters(table: Table, candidates: list[Symbol], references: list[Symbol]) -> None:
    """Leave a symbol no other partner than the one that has its letters.

    Where `fly` and `flies` stand beside `Fly` and `Flies`, all are alike, and it is plain which
    is which.
    """
    columns: dict[str, list[int]] = defaultdict(list)
    for column, reference in enumerate(references):
        letters = _letters(reference[1])
        columns[letters].append(column)
    pinned: dict[tuple[int, int], float] = {}
    for row, candidate in enumerate(candidates):
        letters = _letters(candidate[1])
        for column in columns.get(letters, ()):
            grade = table[row][column]
            if grade > 0:
                pinned[row, column] = grade
    for row, column in pinned:
        table[row] = [0.0] * len(references)
        for grades in table:
            grades[column] = 0.0
    for cell, grade in pinned.items():
        row, column = cell
        table[row][column] = grade


def _lower_ties(table: Table) -> None:
    """Take a name for none of several that it is the same as: nothing tells which it spells."""
    in_row: Counter[int] = Counter()
    in_column: Counter[int] = Counter()
    same: Cells = []
    for row, grades in enumerate(table):
        for column, grade in enumerate(grades):
            if grade == 1.0:
                same.append((row, column))
                in_row[row] += 1
                in_column[column] += 1
    for row, column in same:
        if in_row[row] > 1 or in_column[column] > 1:
            table[row][column] = _NOT_THE_SAME


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


def _best_cells(table: Table) -> list[Cells]:
    if max(len(table), len(table[0])) <= _MAX_ENUMERATED:
        return _all_assignments(table)
    # Here, since the import takes 0.2 s and small cases do without.
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(table, maximize=True)
    cells: Cells = []
    for row, column in zip(rows, columns, strict=True):
        cells.append((int(row), int(column)))
    return [cells]


def _all_assignments(table: Table) -> list[Cells]:
    """All assignments within `_CLOSE` of the best total, best first, in a fixed order."""
    rows = len(table)
    columns = len(table[0])
    # Two short cuts for the commonest tables.
    if not any(any(row) for row in table):
        return [[]]
    if rows == 1 and columns == 1:
        return [[(0, 0)]]
    totals: list[tuple[float, Cells]] = []
    for cells in _enumerated(rows, columns):
        total = sum(table[row][column] for row, column in cells)
        totals.append((total, cells))
    least = max(total for total, _ in totals) - _CLOSE
    close: list[tuple[float, Cells]] = []
    for total, cells in totals:
        if total >= least:
            close.append((total, cells))
    # Sorting is stable: equal totals keep the order in which they were enumerated.
    close.sort(key=lambda entry: -entry[0])
    return [cells for _, cells in close]


def _enumerated(rows: int, columns: int) -> list[Cells]:
    """Every way to give each of the fewer ones another of the more."""
    if rows <= columns:
        orders = itertools.permutations(range(columns), rows)
        return [list(enumerate(order)) for order in orders]
    assignments = []
    for order in itertools.permutations(range(rows), columns):
        assignments.append([(row, column) for column, row in enumerate(order)])
    return assignments


def _matching(pairs: Pairs, candidate: list[Symbol], reference: list[Symbol]) -> Matching:
    matches = []
    for symbol in candidate:
        partner, likeness = pairs.get(symbol, (None, 0.0))
        matches.append(Match(symbol, partner, likeness))
    partners = {symbol for symbol, _ in pairs.values()}
    for symbol in reference:
        if symbol not in partners:
            matches.append(Match(None, symbol, 0.0))
    return Matching(tuple(matches))
