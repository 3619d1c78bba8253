"""Why a text gives no formula though one stands in it: what stands beside it."""

from __future__ import annotations

import re
from collections.abc import Callable

from logic.errors import ParseError
from logic.reading.answers.around.records import changing_entry
from logic.reading.answers.around.words import PRESENTING, words
from logic.reading.answers.containers.objects import json_objects
from logic.reading.answers.containers.thinking import without_thinking
from logic.reading.answers.prose import STRONG
from logic.reading.answers.signs import LEGEND, SIGN, begins_with_formula

_MOST_OF_A_KEY = 40
# No part of a run is tried as a beginning, so that the time stays linear.
_BEGINNING = re.compile(
    r"""
    (?<! [(\[¬~!\w'] ) (?: [(\[¬~!] | not\s )*+
    (?: [∀∃∄] | \\(?:forall|exists|neg)\b | [\w']++\( | (?<=[¬~!])\w )
    """,
    re.VERBOSE,
)
_RULE = re.compile(r":-|\?-")
_HINT = "a formula is read alone, or behind words that only present it, as in 'FOL: ∀x P(x)'"


def refusal(text: str, reads: Callable[[str], bool]) -> ParseError | None:
    """What keeps a formula in a text from being read; None where no part is known to be one.

    Only the last formula of the text counts: of an earlier one less is known. `reads` tells
    whether a piece is a closed formula.
    """
    answer = without_thinking(text)
    if not text.endswith(answer):
        return None
    start = len(text) - len(answer)
    return _beside_in_record(text, start, reads) or _beside_in_line(text, start, reads)


def _beside_in_record(text: str, first: int, reads: Callable[[str], bool]) -> ParseError | None:
    objects = json_objects(text)
    if not objects:
        return None
    start, end, record = objects[-1]
    if start < first or SIGN.search(text, end):
        return None
    key = changing_entry(record, reads)
    if key is None:
        return None
    places: list[int] = []
    for mark in "\"'":
        places += [found.start() for found in re.finditer(re.escape(f"{mark}{key}{mark}"), text)]
    inside = [place for place in places if start < place < end]
    # The same key may stand in a record inside this one.
    place = inside[0] if len(inside) == 1 else start
    shown = repr(key) if len(key) <= _MOST_OF_A_KEY else f"{key[:_MOST_OF_A_KEY]!r}…"
    reason = f"the entry {shown} may change what the formula beside it says"
    hint = "leave the entry out, or give the formula alone"
    return ParseError.at(place, reason, text=text, hint=hint)


def _beside_in_line(text: str, first: int, reads: Callable[[str], bool]) -> ParseError | None:
    lines = text.split("\n")
    place = len(text) + 1
    for line in reversed(lines):
        place -= len(line) + 1
        if place < first:
            return None
        if SIGN.search(line) and not LEGEND.match(line):
            break
    else:
        return None
    end = line.rfind(")") + 1
    beginning = _BEGINNING.search(line, 0, end)
    if beginning is None:
        return None
    before, piece, after = line[: beginning.start()], line[beginning.start() : end], line[end:]
    prose = [other for other in lines if not begins_with_formula(other)]
    says_more = not PRESENTING.issuperset(words("\n".join([before, after, *prose])))
    if not says_more or not _is_led_to(before, piece) or _has_sign(before + after):
        return None
    if not reads(piece):
        return None
    reason = "text beside a formula may change what it says"
    return ParseError.at(place + len(before), reason, text=text, hint=_HINT)


def _is_led_to(before: str, piece: str) -> bool:
    """Whether a piece is more than a word with something in brackets, or stands where a formula may."""
    lead_in = before.strip(" \t`$*_>\"'")
    return not lead_in or lead_in.endswith((":", "：")) or STRONG.search(piece) is not None


def _has_sign(beside: str) -> bool:
    return STRONG.search(beside) is not None or _RULE.search(beside) is not None
