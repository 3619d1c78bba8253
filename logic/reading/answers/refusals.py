"""Why a text gives no formula though one stands in it: what stands beside it."""

from __future__ import annotations

import re
from collections.abc import Callable

from logic.errors import ParseError
from logic.reading.answers.around.records import changing_entry
from logic.reading.answers.around.words import PRESENTING, words
from logic.reading.answers.containers.objects import json_objects
from logic.reading.answers.prose import STRONG
from logic.reading.answers.signs import SIGN, begins_with_formula

_EXTENT = re.compile(r"(?<![(\[])[(\[]*+(?:[∀∃∄¬~]|[\w']+\(|\\(?:forall|exists|neg)\b).*\)")
"""From the first sign of a line to its last bracket."""
_HINT = "a formula is read alone, or behind words that only present it, as in 'FOL: ∀x P(x)'"


def refusal(text: str, reads: Callable[[str], bool]) -> ParseError | None:
    """What keeps a formula in a text from being read; None where no part is known to be one.

    `reads` tells whether a piece is a closed formula.
    """
    for start, end, record in reversed(json_objects(text)):
        key = changing_entry(record)
        if key is not None:
            place = max(text.find(f"{mark}{key}{mark}", start, end) for mark in "\"'")
            reason = f"the entry {key!r} may change what the formula beside it says"
            hint = "leave the entry out, or give the formula alone"
            return ParseError.at(max(start, place), reason, text=text, hint=hint)
    return _beside_last(text, reads)


def _beside_last(text: str, reads: Callable[[str], bool]) -> ParseError | None:
    """The same for a formula in the last line that has one: of an earlier one less is known."""
    lines = text.split("\n")
    row = next((row for row in reversed(range(len(lines))) if SIGN.search(lines[row])), None)
    found = None if row is None else _EXTENT.search(lines[row])
    if row is None or found is None:
        return None
    column, end = found.span()
    beside = lines[row][:column] + lines[row][end:]
    prose = [line for line in lines if not begins_with_formula(line)]
    is_presented = PRESENTING.issuperset(words("\n".join([beside, *prose])))
    if is_presented or STRONG.search(beside) or not reads(found[0]):
        return None
    place = sum(map(len, lines[:row])) + row + column
    reason = "text beside a formula may change what it says"
    return ParseError.at(place, reason, text=text, hint=_HINT)
