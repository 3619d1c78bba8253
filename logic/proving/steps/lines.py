"""Numbered lines, with cases where a proof has any."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from logic import syntax as S

Rule = Literal[
    "premise",
    "theory",
    "denied",
    "case",
    "instance",
    "witness",
    "definition",
    "follows",
    "conclusion",
]
"""Why a line may stand where it stands.

- "premise", "theory": it is given, by the asker or by the domain
- "denied": the conclusion is supposed to be false
- "case": it is supposed, as one of the cases of a `Split`
- "instance": a formula with ∀ (or a denied ∃) holds of the terms of `values`
- "witness": a formula with ∃ (or a denied ∀) has an instance, which the new name of `values` denotes
- "definition": ∃! is written out
- "follows": it follows from the lines cited by the meaning of the connectives and of equality
- "conclusion": it follows so too, and is what was to be proved
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what is said, why, and from which lines."""

    number: int
    formula: S.Formula
    rule: Rule
    cites: tuple[int, ...] = ()
    values: tuple[tuple[str, S.Term], ...] = ()
    """Of an instance or a witness: each variable, and the term in its place."""
    premise: int | None = None
    """Of a premise: its place among the premises, counted from 0."""


@dataclass(frozen=True, slots=True)
class Branch:
    """Lines that follow one another, and how they end.

    In a contradiction between the lines of `closes`, in cases (`split`), or, where both are absent,
    in the conclusion.
    """

    lines: tuple[Line, ...]
    closes: tuple[int, ...] = ()
    split: Split | None = None

    def walk(self, depth: int = 0) -> Iterator[tuple[int, Line | tuple[int, ...]]]:
        """The lines in order, each with the number of cases it stands in; what closes a case is a tuple."""
        for line in self.lines:
            yield depth, line
        if self.closes:
            yield depth, self.closes
        if self.split is not None:
            for case in self.split.cases:
                yield from case.walk(depth + 1)


@dataclass(frozen=True, slots=True)
class Split:
    """Cases of which one must hold, by the lines cited (none: a formula is true or false)."""

    cites: tuple[int, ...]
    cases: tuple[Branch, ...]


def lines_of(branch: Branch) -> list[Line]:
    """All lines of a proof in order."""
    return [item for _, item in branch.walk() if isinstance(item, Line)]


def is_direct(root: Branch) -> bool:
    """Whether a proof ends in its conclusion, and not in contradictions."""
    return not root.closes and root.split is None
