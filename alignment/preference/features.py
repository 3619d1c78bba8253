"""Ten numbers about an answer beside the preferred one: all that the judge finds out about it.

A classifier on these alone is a learned reward that sees what the logic reward sees, and needs few
pairs, as it has ten weights.
"""

from __future__ import annotations

import math
import re

import logic
from alignment.preference.judge import UNREAD, Finding
from alignment.preference.relations import rubric
from logic.deciding.plain import Equivalence
from logic.errors import UnsupportedError
from logic.judging.compare import Comparison
from logic.judging.grading import dice

NAMES = (
    "readable",
    "in words",
    "equivalent",
    "stronger",
    "weaker",
    "contradictory",
    "entailed conjuncts",
    "overlap",
    "agreement",
    "length",
)
"""A formula was read; the answer is one in words; its relation to the preferred answer, four times
yes or no (unrelated: four times no); the share of the preferred answer's conjuncts that it entails;
the overlap of the two formulas' features; how far they agree over small structures; the logarithm
of its words over the preferred answer's."""

_WORD = re.compile(r"\w+")


def features(finding: Finding, answer: str, preferred: str) -> list[float] | None:
    """The numbers about one answer, in the order of `NAMES`; None where it was not judged."""
    if finding.score is None:
        return None
    relations = [float(finding.relation == name) for name in NAMES[2:6]]
    return [
        float(bool(finding.formula)),
        float(finding.fault in ("", UNREAD)),
        *relations,
        *_likeness(finding.comparison),
        math.log((1 + _length(answer)) / (1 + _length(preferred))),
    ]


def _likeness(comparison: Comparison | None) -> tuple[float, float, float]:
    """Entailed conjuncts, overlap and agreement; 0 where there is no formula."""
    if comparison is None or comparison.candidate is None:
        return 0.0, 0.0, 0.0
    candidate = logic.Reference(comparison.candidate)
    reference = logic.Reference(comparison.reference)
    try:
        truth = Equivalence(candidate, reference).compared
        overlap = dice(candidate.features, reference.features)
    except UnsupportedError:  # too large to be looked at so
        return rubric(comparison), 0.0, 0.0
    return rubric(comparison), overlap, (truth.models + truth.countermodels) / 2


def _length(text: str) -> int:
    return len(_WORD.findall(text))
