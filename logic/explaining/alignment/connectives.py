"""Alignments of a connective with a connective: parts in order, and parts in any order."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from logic import syntax as S
from logic.explaining.alignment.edits import (
    Applied,
    Edit,
    Join,
    combined,
    other_connective,
    unchanged,
)
from logic.explaining.alignment.shapes import Shape, made, splits

if TYPE_CHECKING:
    from logic.explaining.alignment.aligner import Aligner

_COMMUTATIVE = frozenset("∧∨⊕↔")
_MAX_PAIRS = 16
"""Pairs of parts up to which those that stand for each other are looked for."""


def connectives(aligner: Aligner, left: Shape, right: Shape, limit: float) -> Iterator[Join | None]:
    """Two connectives, the same or not."""
    same_sign = left.sign == right.sign
    if not same_sign and limit < 1.0:
        return
    edit = None if same_sign else other_connective(left, right)
    if left.sign in _COMMUTATIVE and right.sign in _COMMUTATIVE:
        yield bag(
            aligner,
            left,
            right,
            edit,
            limit,
        )
    elif same_sign:
        yield from _conditionals(
            aligner,
            left,
            right,
            limit,
        )
    elif left.sign == "→":
        for two in splits(right):
            yield _ordered(
                aligner,
                left,
                replace(right, parts=two),
                edit,
                limit,
            )
    else:
        for two in splits(left):
            yield _ordered(
                aligner,
                replace(left, parts=two),
                right,
                edit,
                limit,
            )


def _conditionals(
    aligner: Aligner, left: Shape, right: Shape, limit: float
) -> Iterator[Join | None]:
    """Two conditionals, as they are and with one of them turned round."""
    yield _ordered(
        aligner,
        left,
        right,
        None,
        limit,
    )
    words = "the conditional points the other way"
    edit = Edit(
        "connective",
        left.formula,
        right.formula,
        words,
    )
    condition, consequence = left.parts
    turned = replace(left, parts=(consequence, condition))
    yield _ordered(
        aligner,
        turned,
        right,
        edit,
        limit,
        turn=True,
    )


def _ordered(
    aligner: Aligner,
    left: Shape,
    right: Shape,
    edit: Edit | None,
    limit: float,
    turn: bool = False,
) -> Join | None:
    """Two parts against two, in this order; with `turn` the candidate has its own the other way."""
    if edit is not None:
        limit -= 1.0
    pairs = list(zip(left.parts, right.parts, strict=True))
    # A bound first: it costs less than aligning one pair to find that the other is too far apart.
    bound = sum(aligner.least(*pair) for pair in pairs if not aligner.same(*pair))
    if bound > limit:
        return None
    joins: list[Join] = []
    for candidate, reference in pairs:
        join = aligner.join(candidate, reference, limit)
        if join is None:
            return None
        limit -= join.cost
        joins.append(join)

    def build(applied: Applied) -> S.Formula:
        parts = [join.build(applied) for join in joins]
        if edit is None or edit in applied:
            return made(right.sign, parts)
        if turn:
            parts.reverse()
        return made(left.sign, parts)

    edits = [] if edit is None else [edit]
    return combined(joins, edits, build)


def bag(
    aligner: Aligner, left: Shape, right: Shape, edit: Edit | None, limit: float
) -> Join | None:
    """Parts in any order; some may be missing, some too many."""
    edits: list[Edit] = []
    if edit is not None:
        edits.append(edit)
        limit -= 1.0
    rest = _Rest(aligner, left.parts, right.parts)
    if rest.least() > limit:
        return None
    joins = rest.unchanged + rest.aligned(limit)
    extra: dict[Edit, S.Formula] = {}
    for part in rest.candidates:
        removal = Edit(
            "extra part",
            part,
            None,
            "{c} is not in the reference",
        )
        extra[removal] = part
    missing: dict[Edit, S.Formula] = {}
    for part in rest.references:
        addition = Edit(
            "missing part",
            None,
            part,
            "{r} is missing",
        )
        missing[addition] = part

    def build(applied: Applied) -> S.Formula:
        parts = [join.build(applied) for join in joins]
        for removal, part in extra.items():
            if removal not in applied:
                parts.append(part)
        for addition, part in missing.items():
            if addition in applied:
                parts.append(part)
        # Without the edit of the connective, the rest of them under the candidate's own.
        if edit is not None and edit not in applied:
            return made(left.sign, parts)
        return made(right.sign, parts)

    edits += [*extra, *missing]
    join = combined(joins, edits, build)
    # A whole part counts for more than the one that every edit counts for.
    parts = (*extra.values(), *missing.values())
    surcharge = sum(aligner.weight(part) - 1.0 for part in parts)
    return replace(join, cost=join.cost + surcharge)


class _Rest:
    """The parts of two bags that are not the same, and the alignments of those that are."""

    def __init__(
        self,
        aligner: Aligner,
        candidates: Sequence[S.Formula],
        references: Sequence[S.Formula],
    ) -> None:
        self.aligner = aligner
        self.candidates: list[S.Formula] = []
        self.references = list(references)
        self.unchanged: list[Join] = []
        for candidate in candidates:
            same = [other for other in self.references if aligner.same(other, candidate)]
            if same:
                self.references.remove(same[0])
                self.unchanged.append(unchanged(same[0]))
            else:
                self.candidates.append(candidate)

    def least(self) -> float:
        """What the parts cost that are left over, as one side has more of them than the other."""
        larger, smaller = sorted((self.candidates, self.references), key=len, reverse=True)
        weights = sorted([self.aligner.weight(part) for part in larger])
        return sum(weights[: len(larger) - len(smaller)])

    def aligned(self, limit: float) -> list[Join]:
        """Alignments of parts that stand for each other, which are then no rest any more.

        They are chosen greedily by what a pair saves over two separate parts.
        """
        if limit < 1.0 or len(self.candidates) * len(self.references) > _MAX_PAIRS:
            return []
        savings: list[tuple[float, int, int, Join]] = []
        pairs = itertools.product(enumerate(self.candidates), enumerate(self.references))
        for (row, candidate), (column, reference) in pairs:
            separate = self.aligner.weight(candidate) + self.aligner.weight(reference)
            join = self.aligner.join(
                candidate,
                reference,
                min(limit, separate - 0.1),
            )
            if join is not None:
                saving = (join.cost - separate, row, column, join)
                savings.append(saving)
        # Ties go by position, so that the choice is the same on every run.
        savings.sort(key=lambda saving: saving[:3])
        joins: list[Join] = []
        rows: set[int] = set()
        columns: set[int] = set()
        for _, row, column, join in savings:
            if row in rows or column in columns:
                continue
            rows.add(row)
            columns.add(column)
            joins.append(join)
        self.candidates = _without(self.candidates, rows)
        self.references = _without(self.references, columns)
        return joins


def _without(parts: list[S.Formula], indices: set[int]) -> list[S.Formula]:
    return [part for index, part in enumerate(parts) if index not in indices]
