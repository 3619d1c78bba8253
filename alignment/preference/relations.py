"""How what an answer says stands to what the preferred answer says, and what each is worth.

A contradiction of the preferred answer shares nearly all of its words and structure with it, so a
graded score alone pays it more than an answer to another question. Here Z3 says which relation
holds, and the score only ranks answers of one relation.
"""

from __future__ import annotations

from typing import NamedTuple

import logic
from logic.errors import LogicError
from logic.judging.compare import Comparison
from logic.syntax import And, Formula, Not

EQUIVALENT = "equivalent"


class Band(NamedTuple):
    """The least and the most that answers of one relation earn; the score lies between."""

    least: float
    most: float


RELATIONS = {
    "contradictory": Band(0.0, 0.0),
    "independent": Band(0.1, 0.3),
    "weaker": Band(0.4, 0.6),
    "stronger": Band(0.7, 0.9),
    EQUIVALENT: Band(1.0, 1.0),
}
"""The relations of `logic.Comparison.relation`, from the worst to the best."""
_UNDECIDED = Band(0.0, 0.3)


def relation(comparison: Comparison) -> str:
    """The relation of a judged answer to its reference; "unknown" where it is not decided.

    That of `logic.Comparison.relation`, but that what says nothing is independent, although
    everything entails it, and what cannot be true contradictory, although it entails everything:
    neither is a step towards the reference.
    """
    found = comparison.relation()
    candidate = comparison.candidate
    if candidate is None:
        return found
    if found == "stronger" and _follows((), Not(candidate)):
        return "contradictory"
    if found == "weaker" and _follows((), candidate):
        return "independent"
    return found


def worth(kind: str, score: float) -> float:
    """What an answer of a relation and a score in [0, 1] earns, from 0 to 1.

    An equivalent one earns its score, which is 1 where the names are the same.
    """
    if kind == EQUIVALENT:
        return score
    band = RELATIONS.get(kind, _UNDECIDED)
    return band.least + (band.most - band.least) * score


def rubric(comparison: Comparison) -> float:
    """The share of the reference's conjuncts that the answer entails; 0 where it contradicts one.

    What cannot be true contradicts each.
    """
    candidate, reference = comparison.candidate, comparison.reference
    if candidate is None:
        return 0.0
    parts = reference.operands if isinstance(reference, And) else (reference,)
    if any(_follows((candidate,), Not(part)) for part in parts):
        return 0.0
    return sum(_follows((candidate,), part) for part in parts) / len(parts)


def _follows(premises: tuple[Formula, ...], conclusion: Formula) -> bool:
    """Whether a conclusion is proved to follow."""
    try:
        return logic.entails(premises, conclusion, used=False).status == "proved"
    except LogicError:
        return False
