"""How much of an output is looked at, and how far a piece of it is trusted."""

from __future__ import annotations

import enum
import re

MAX_HEAD, MAX_TAIL = 10_000, 40_000
"""Of a longer output, this many characters from the beginning and from the end are looked at."""

_GAP = re.compile(r"\s{40,}+")
_END_TAGS = re.compile(r"(?:\s*+(?:</s>|<\|\w++\|>|<(?:eos|end_of_turn)>))++\s*+\Z")


class Trust(enum.Enum):
    """How far a piece may be taken for the formula.

    Behind a marker even a bare word is one. A part of a sentence must be closed: what would be free
    in it may be bound in the rest.
    """

    MARKED = enum.auto()
    WHOLE = enum.auto()
    PART = enum.auto()


def shortened(text: str, least: int) -> tuple[str, bool]:
    """A text without long gaps, its middle left out where it is too long; and whether it was."""
    if len(text) > least:
        text = _GAP.sub(lambda gap: "\n\n"[: gap[0].count("\n")] or " ", text)
    if ">" in text:
        text = _END_TAGS.sub("", text)
    if len(text) <= MAX_HEAD + MAX_TAIL:
        return text, False
    # The signs make what the cut left of a formula unreadable.
    return text[:MAX_HEAD] + " ∧\n∧ " + text[-MAX_TAIL:], True
