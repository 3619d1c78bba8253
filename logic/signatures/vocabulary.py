"""How much of a story's vocabulary a model found, apart from what its formulas say with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from logic import syntax as S
from logic.deciding.verdict import Budget
from logic.judging.matching import Match, Matching, matchings
from logic.judging.questions import equivalent
from logic.substitution import rename_symbols
from logic.symbols import Symbol, symbols


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The symbols of a translation of a story, matched one to one with those of its reference.

    `precision` is the share of the translation's symbols that stand for one of the reference's,
    `recall` the share of the reference's symbols that are stood for; 1.0 where there are none.
    """

    matches: tuple[Match, ...]

    @property
    def matched(self) -> int:
        """How many symbols have a partner."""
        return sum(match.likeness > 0 for match in self.matches)

    @property
    def precision(self) -> float:
        return _share(self.matched, sum(match.candidate is not None for match in self.matches))

    @property
    def recall(self) -> float:
        return _share(self.matched, sum(match.reference is not None for match in self.matches))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def vocabulary(candidates: Sequence[S.Formula], references: Sequence[S.Formula]) -> Vocabulary:
    """The symbols of a story's formulas, matched with those of its reference as `compare` does.

    Over the whole story at once, so that a name that changes from sentence to sentence counts as
    several symbols, of which one has a partner.
    """
    best = next(matchings(_symbols(candidates), _symbols(references)))
    return Vocabulary(best.matches)


def _symbols(formulas: Sequence[S.Formula]) -> list[Symbol]:
    """The distinct symbols of several formulas, in order of first occurrence."""
    found: dict[Symbol, None] = {}
    for formula in formulas:
        found |= dict.fromkeys(symbols(formula))
    return list(found)


def equivalent_in_vocabulary(
    candidates: Sequence[S.Formula | None],
    references: Sequence[S.Formula],
    *,
    budget: Budget | None = None,
) -> tuple[bool, ...]:
    """Whether each formula is proved equivalent to its reference once the vocabulary is given.

    One renaming holds for the whole story: that of `vocabulary`. None, for what could not be read,
    is no equivalent of anything.
    """
    read = [formula for formula in candidates if formula is not None]
    names = Matching(vocabulary(read, references).matches).renaming()
    outcomes = []
    for candidate, reference in zip(candidates, references, strict=True):
        if candidate is None:
            outcomes.append(False)
            continue
        renamed = rename_symbols(candidate, names)
        outcomes.append(equivalent(renamed, reference, budget=budget).status == "proved")
    return tuple(outcomes)
