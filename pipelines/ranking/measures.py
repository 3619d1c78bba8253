"""What a scorer's scores of items come to: shares of items told rightly, and calibration."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.judging.intervals import mcnemar, wilson
from pipelines.ranking.items import Item

Place = tuple[str, str, str]
Scores = Mapping[Place, float | None]
"""The score of an answer to a prompt beside the preferred one, all as text; None is not judged."""
BINS = 10
SAME = 1e-6
"""Scores that differ by no more are one."""


def key(prompt: Any, reference: str, answer: str) -> Place:
    """What a score is kept under: a prompt may have several preferred answers, each with its scores."""
    return repr(prompt), reference, answer


def credit(item: Item, scores: Scores) -> float:
    """1 for an item told rightly, 0 for one told wrongly, and between where scores are equal.

    The best score must be a right answer's; of equal best ones the right share counts. Of several
    right answers the worst must lead the wrong ones by more than they differ among themselves;
    where there are no wrong ones, all must have one score. An item of which an answer was not
    judged is told as by a guess among its answers: who is silent about some gains nothing by it.
    """
    if item.story is not None:
        (answer,) = item.right
        here = scores[key(item.prompt, item.reference, answer)]
        there = scores[key(item.story, item.reference, answer)]
        return 0.5 if here is None or there is None or here == there else float(here > there)
    if item.other_world is not None:
        here = credit(_alone(item), scores)
        return min(here, credit(item.other_world, scores))
    right, wrong = (_judged(scores, item, answers) for answers in (item.right, item.wrong))
    if right is None or wrong is None:
        return 1.0 / (1 + len(item.wrong)) if len(item.right) == 1 else 0.0
    if not wrong:
        return float(max(right) - min(right) <= SAME)
    if len(right) > 1:
        return float(min(right) - max(wrong) > max(right) - min(right))
    best = max(*right, *wrong)
    return right.count(best) / (right.count(best) + wrong.count(best))


def _alone(item: Item) -> Item:
    return Item(item.parts, item.prompt, item.reference, item.right, item.wrong)


def _judged(scores: Scores, item: Item, answers: Sequence[str]) -> list[float] | None:
    """The scores of answers; None where one of them was not judged."""
    found = [scores[key(item.prompt, item.reference, answer)] for answer in answers]
    judged = [score for score in found if score is not None]
    return judged if len(judged) == len(found) else None


def _lead(scores: Scores, pair: Item) -> float | None:
    """How far the right answer of a pair is ahead; None where one of the two was not judged."""
    found = _judged(scores, pair, (pair.right[0], pair.wrong[0]))
    return None if found is None else found[0] - found[1]


def unjudged(scores: Scores) -> int:
    """How many answers have no score."""
    return sum(score is None for score in scores.values())


def parts_of(items: Sequence[Item]) -> dict[str, list[Item]]:
    """The items of each part, the parts in the order in which they first occur."""
    parts: dict[str, list[Item]] = {}
    for item in items:
        for part in item.parts:
            parts.setdefault(part, []).append(item)
    kinds = sorted(part for part in parts if part.startswith("pairs: "))
    others = [part for part in parts if part not in kinds]
    return {part: parts[part] for part in [*others, *kinds]}


def measure(
    items: Sequence[Item], scores: Mapping[str, Scores], first: str
) -> dict[str, dict[str, Any]]:
    """By part and scorer: the share told rightly, its interval, and p against the first scorer."""
    table: dict[str, dict[str, Any]] = {}
    for part, members in parts_of(items).items():
        credits = {
            name: [credit(item, known) for item in members] for name, known in scores.items()
        }
        row: dict[str, Any] = {"items": len(members)}
        for name, values in credits.items():
            share = sum(values) / len(values)
            low, high = wilson(share, len(values))
            row[name] = {"share": share, "low": low, "high": high}
            if name != first:
                row[name]["p"] = mcnemar(values, credits[first])
        table[part] = row
    return table


def calibration(items: Sequence[Item], scores: Scores) -> dict[str, float]:
    """How far the lead of the right answer of a pair says how likely it is right.

    The lead becomes a probability by the logistic function, as in a reward model's training. Who
    gives both answers one score says a half, and is right by half. Pairs of which an answer was not
    judged are left out.
    """
    told: list[tuple[float, float]] = []
    for item in _pairs(items):
        lead = _lead(scores, item)
        if lead is not None:
            sure = 1 / (1 + math.exp(-min(50.0, abs(lead))))
            told.append((sure, 0.5 if lead == 0 else float(lead > 0)))
    return _errors(told)


def vote_calibration(items: Sequence[Item], voters: Sequence[Scores]) -> dict[str, float]:
    """How far the share of several scorers that are for an answer of a pair says how likely it is right.

    Who gives both answers one score, or none to one of them, has no vote; pairs without a majority are
    left out.
    """
    told: list[tuple[float, float]] = []
    for item in _pairs(items):
        leads = [_lead(voter, item) for voter in voters]
        votes = [lead > 0 for lead in leads if lead]  # neither 0 nor None
        for_right = sum(votes)
        if 2 * for_right != len(votes):
            sure = max(for_right, len(votes) - for_right) / len(votes)
            told.append((sure, float(2 * for_right > len(votes))))
    return _errors(told)


def _pairs(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if "pairs" in item.parts]


def _errors(told: Sequence[tuple[float, float]]) -> dict[str, float]:
    """Brier and expected calibration error of what was said with some confidence, and how far it was right.

    Brier: the mean squared error, 0.25 for a coin; ECE: the mean distance of confidence and
    accuracy over ten bins. Who is right by half is so in one of two cases, and wrong in the other.
    """
    if not told:
        return {}
    brier = sum(hit * (1 - sure) ** 2 + (1 - hit) * sure**2 for sure, hit in told) / len(told)
    bins: dict[int, list[tuple[float, float]]] = {}
    for sure, hit in told:
        bins.setdefault(min(BINS - 1, int(sure * BINS)), []).append((sure, hit))
    gaps = [abs(sum(sure - hit for sure, hit in members)) for members in bins.values()]
    return {"brier": brier, "ece": sum(gaps) / len(told)}
