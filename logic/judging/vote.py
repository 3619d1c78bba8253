"""What do most answers say? Formulas grouped by logical equivalence, without a reference.

Self-consistency (Wang et al., arXiv 2203.11171, take the most frequent answer) with "the same
answer" decided by proof, not by spelling.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from logic import syntax as S
from logic.deciding.verdict import Budget
from logic.judging.questions import equivalent
from logic.language import Language
from logic.languages import language

VOTE_BUDGET = Budget(rlimit=400_000, seconds=2.0, prover=0)
"""The default limits of one question.

A vote asks many, and an undecided one only splits a class.
"""


@dataclass(frozen=True, slots=True)
class EquivalenceClass:
    """Formulas proved equivalent, by their indices in the list, and the commonest wording."""

    formula: S.Formula
    members: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.members)


def equivalence_classes(
    formulas: Sequence[S.Formula | None], *, domain: str = "fol", budget: Budget = VOTE_BUDGET
) -> list[EquivalenceClass]:
    """The formulas in classes of mutually equivalent ones.

    The largest class comes first, ties by first occurrence. None (nothing could be read) belongs to
    no class. Names are compared as they stand. Two formulas whose equivalence is not decided within
    the budget are kept apart. `domain` is the formulas' domain.
    """
    groups: list[_Group] = []
    # Equal normal forms are equivalent without a question; the prover is asked once for each.
    for group in _same_form(formulas, language(domain)):
        for other in groups:
            if _proved(group.formula, other.formula, domain, budget):
                other.members += group.members
                break
        else:
            groups.append(group)
    classes = [_equivalence_class(formulas, sorted(group.members)) for group in groups]
    return sorted(
        classes,
        key=lambda group: (-len(group), group.members[0]),
    )


@dataclass(slots=True)
class _Group:
    """A class in the making: its first formula, and the indices of all."""

    formula: S.Formula
    members: list[int]


def _same_form(formulas: Sequence[S.Formula | None], language: Language) -> list[_Group]:
    """Formulas that share what only equivalent ones do."""
    groups: dict[str, _Group] = {}
    for index, formula in enumerate(formulas):
        if formula is None:
            continue
        key = language.vote_key(formula)
        if key not in groups:
            groups[key] = _Group(formula, [])
        groups[key].members.append(index)
    return list(groups.values())


def _proved(left: S.Formula, right: S.Formula, domain: str, budget: Budget) -> bool:
    verdict = equivalent(
        candidate=left,
        reference=right,
        domain=domain,
        budget=budget,
    )
    return verdict.status == "proved"


def _equivalence_class(
    formulas: Sequence[S.Formula | None], members: list[int]
) -> EquivalenceClass:
    wordings: Counter[S.Formula] = Counter()
    for index in members:
        formula = formulas[index]
        if formula is not None:
            wordings[formula] += 1
    [(commonest, _)] = wordings.most_common(1)
    return EquivalenceClass(commonest, tuple(members))
