"""What do most answers say? Formulas grouped by logical equivalence, without a reference.

Self-consistency (Wang et al., arXiv 2203.11171, take the most frequent answer) with "the same answer" decided by
proof, not by spelling.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from logic import syntax as S
from logic.deciding.verdict import Budget
from logic.judging.questions import equivalent
from logic.languages import language

VOTE_BUDGET = Budget(rlimit=400_000, seconds=2.0)
"""The default limits of one question: a vote asks many, and an undecided one only splits a class."""


@dataclass(frozen=True, slots=True)
class EquivalenceClass:
    """Formulas proved equivalent: their places in the list that was given, and the commonest of their wordings."""

    formula: S.Formula
    members: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.members)


def equivalence_classes(
    formulas: Sequence[S.Formula | None], *, domain: str = "fol", budget: Budget = VOTE_BUDGET
) -> list[EquivalenceClass]:
    """The formulas in classes of mutually equivalent ones, the largest class first, ties by first occurrence.

    None (nothing could be read) belongs to no class. Names are compared as they stand. Two formulas whose equivalence
    is not decided within the budget are kept apart. `domain` is the formulas' domain.
    """
    spoken = language(domain)
    by_key: dict[str, list[int]] = {}
    for place, formula in enumerate(formulas):
        if formula is not None:
            by_key.setdefault(spoken.vote_key(formula), []).append(place)
    classes: list[list[int]] = []
    for places in by_key.values():
        for members in classes:
            left, right = formulas[places[0]], formulas[members[0]]
            assert left is not None and right is not None
            if (
                equivalent(candidate=left, reference=right, domain=domain, budget=budget).status
                == "proved"
            ):
                members += places
                break
        else:
            classes.append(list(places))
    found = [_equivalence_class(formulas, sorted(members)) for members in classes]
    return sorted(found, key=lambda one: (-len(one), one.members[0]))


def _equivalence_class(
    formulas: Sequence[S.Formula | None], members: list[int]
) -> EquivalenceClass:
    wordings = Counter(formula for place in members if (formula := formulas[place]) is not None)
    return EquivalenceClass(wordings.most_common(1)[0][0], tuple(members))
