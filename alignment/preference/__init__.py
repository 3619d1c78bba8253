"""How near the logic of an answer is to that of a preferred answer.

The translator, which loads torch, is in `alignment.preference.translator`.
"""

from alignment.preference.exact import ExactReader
from alignment.preference.faults import fault
from alignment.preference.judge import THRESHOLD, Finding, PreferenceJudge, Reader, counts
from alignment.preference.relations import RELATIONS, relation, rubric, worth

__all__ = [
    "RELATIONS",
    "THRESHOLD",
    "ExactReader",
    "Finding",
    "PreferenceJudge",
    "Reader",
    "counts",
    "fault",
    "relation",
    "rubric",
    "worth",
]
