"""In how many sampled structures of a theory two formulas are true, and where they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from logic import syntax as S
from logic.deciding.verdict import UNKNOWN_OVERLAP
from logic.domains.meaning.evaluation import Compiled
from logic.domains.meaning.samples import Meanings, samples
from logic.domains.meaning.sorts import Sorts
from logic.domains.meaning.structures import Interpretation, SortedStructure
from logic.errors import UnsupportedError
from logic.nodes import largest_count

_SAMPLES, _MOST_SAMPLES = 64, 512
"""Structures that are compared, and how many are drawn at most to find so many that satisfy the axioms."""
_MAX_WORK = 2_000_000
"""Nodes that are looked at in all structures together, at most: about a second."""
_LARGEST = 8
"""The largest count up to which universes are made to have so many elements, and one more."""


@dataclass(slots=True)
class Tally:
    """Counts of structures: all, those in which each formula is true, both are, and at least one is."""

    total: int = 0
    left: int = 0
    right: int = 0
    both: int = 0
    either: int = 0
    difference: SortedStructure | None = None
    """The first structure in which they differ, where their evaluation is exact."""

    def add(self, left: bool, right: bool) -> None:
        """One more structure, with the formulas' truth in it."""
        self.total += 1
        self.left += left
        self.right += right
        self.both += left and right
        self.either += left or right

    def models(self) -> float:
        """Jaccard overlap, in [0, 1], of where the formulas are true."""
        return self.both / self.either if self.either else UNKNOWN_OVERLAP

    def countermodels(self) -> float:
        """The same of where they are false."""
        either_false = self.total - self.both
        both_false = self.total - self.either
        return both_false / either_false if either_false else UNKNOWN_OVERLAP

    def values(self) -> tuple[bool | None, bool | None]:
        """The value that each formula has in all the structures; None where it has both."""
        return self._value(self.left), self._value(self.right)

    def _value(self, true: int) -> bool | None:
        if self.total == 0 or 0 < true < self.total:
            return None
        return true > 0


def tally(
    sorts: Sorts,
    meanings: Meanings,
    left: S.Formula,
    right: S.Formula,
    axioms: Sequence[S.Formula],
) -> Tally:
    """Count the sampled structures that satisfy the axioms, within `_MAX_WORK`.

    Those too large to evaluate are left out.
    """
    counts = Tally()
    formulas = [Compiled(formula, sorts) for formula in (left, right, *axioms)]
    difference: Interpretation | None = None
    work = 0
    for structure in samples(
        sorts,
        meanings,
        count=_MOST_SAMPLES if axioms else _SAMPLES,
        sizes=_sizes(sorts),
    ):
        work += sum([formula.work(structure) for formula in formulas])
        if counts.total == _SAMPLES or work > _MAX_WORK:
            break
        values = _values(formulas, structure)
        if values is None:
            continue
        counts.add(*values)
        if difference is None and values[0] != values[1]:
            difference = structure
    is_exact = all([formula.exact for formula in formulas])
    if difference is not None and is_exact:
        counts.difference = difference.structure(sorts)
    return counts


def _values(formulas: list[Compiled], structure: Interpretation) -> tuple[bool, bool] | None:
    """The truth of the first two formulas where the rest, the axioms, hold; else None."""
    left, right, *axioms = formulas
    try:
        # Every axiom is evaluated, so that a structure shows what each of them speaks of.
        truth = [axiom.holds(structure) for axiom in axioms]
        if not all(truth):
            return None
        return left.holds(structure), right.holds(structure)
    except UnsupportedError:  # nested quantifiers that are too many to evaluate
        return None


def _sizes(sorts: Sorts) -> range:
    """Universes of up to three elements, or of one more than the formulas count to."""
    counts = [largest_count(formula) for formula in sorts.formulas]
    most = max(counts, default=0) or 2
    return range(1, min(most, _LARGEST) + 2)
