"""Why a judged answer to a whole story does not prove the label, as its sample says.

An answer to a story is many formulas, so it is no candidate for one comparison: what counts is what
the evaluation found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

REASONS = {
    "unreadable formula": "a premise or conclusion that cannot be read",
    "number of formulas": "more or fewer than there are sentences",
    "vocabulary": "a name that is not declared, or is and is not used, or has other arguments",
    "says nothing": "valid, unsatisfiable, a copy of another sentence's formula, or about something else",
    "contradiction": "premises that contradict each other",
    "another verdict": "what it proves is not the label",
    "undecided": "the solver's budget ran out",
}
"""Why an answer does not prove the label."""
_FAULTS = (
    (re.compile(r"(premise \d+|conclusion): "), "unreadable formula"),
    (re.compile(r"\d+ (premises for \d+ sentences|conclusions where)"), "number of formulas"),
    (re.compile(r".*(is valid or unsatisfiable|copies a premise|name nothing of)"), "says nothing"),
    (re.compile(r"the premises contradict"), "contradiction"),
)


def is_story(row: Mapping[str, Any]) -> bool:
    """Whether a sample is a judged answer to a whole story."""
    return "finding" in row


def is_right(row: Mapping[str, Any]) -> bool:
    """Whether it proves the label, without a fault."""
    return row.get("right") is True


def faults(row: Mapping[str, Any]) -> Sequence[str]:
    """What was found to be wrong with it, in words."""
    found = row.get("faults")
    return [str(fault) for fault in found] if isinstance(found, list) else []


def reasons(row: Mapping[str, Any]) -> list[str]:
    """Those of `REASONS` that hold of an answer; none of a right one."""
    if is_right(row):
        return []
    kinds = {_reason(fault) for fault in faults(row)}
    if not kinds:
        kinds = {"undecided" if row["finding"] == "not judged" else "another verdict"}
    return [kind for kind in REASONS if kind in kinds]


def _reason(fault: str) -> str:
    return next((kind for pattern, kind in _FAULTS if pattern.match(fault)), "vocabulary")
