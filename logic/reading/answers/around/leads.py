"""What leads to a formula: the sentence that it translates, or words that only present it."""

from __future__ import annotations

import re

from logic.reading.answers.around.sentences import is_neutral, repeats, sentences
from logic.reading.answers.around.words import FUNCTION_WORDS, Taken, presents, words

MOST_HEADING_WORDS = 3
"""Words of a heading, which is no sentence."""

_SO = re.compile(
    r",\s(?:and\s)?(?:so|thus|hence|therefore|that\sis|i\.e\.|in\s(?:fol|logic))\Z", re.IGNORECASE
)
_TRANSLATES = re.compile(
    r"\s(?:translates\s(?:to|into|as)|is\stranslated\s(?:as|to|into|by)|becomes"
    r"|(?:can\sbe|is)\s(?:written|expressed|translated|represented|formali[sz]ed)\s(?:as|by))[\s:`$*]*\Z",
    re.IGNORECASE,
)
_REPORTS = frozenset(
    "say says said believe believes believed think thinks thought claims claimed wrote answered suggests suggested"
    " hopes wants fears denies doubts knows".split()
)
_ASKS = re.compile(
    r"(?:what|how|which|who|whom|whose|why|as|after|before|to|from|about)\b", re.IGNORECASE
)


def is_source(value: str, taken: Taken) -> bool:
    """Whether a text is the sentence that a formula translates."""
    return presents(value, taken) or (taken.is_spoken_of(value) and repeats(value, taken))


def is_translated(lead_in: str, taken: Taken) -> bool:
    """Whether a lead-in is a sentence that the formula behind it translates."""
    translated = _TRANSLATES.search(lead_in)
    if translated is not None and taken.stems:
        lead_in = f"{lead_in[: translated.start()]}:"
    if not lead_in.rstrip(" \t*_").endswith((":", "：")):
        return False
    prose = _SO.sub("", lead_in.strip(" \t*_:："))
    said = words(prose)
    is_long = len(said) > MOST_HEADING_WORDS or translated is not None
    is_sentence = (
        is_long and len(said) > 1 and said[-1] not in FUNCTION_WORDS and repeats(prose, taken)
    )
    is_reported = any(word in _REPORTS and not taken.names(word) for word in said)
    is_of_it = taken.is_spoken_of(prose) and not _ASKS.match(prose)
    return is_sentence and is_of_it and not is_reported


def is_answer_above(value: str, taken: Taken) -> bool:
    """Whether the words of an answer above its formula only present it, or are what it translates."""
    *earlier, last = sentences(value) or [""]
    is_led_to = presents(last, taken) or is_translated(last, taken)
    return all(is_neutral(part, taken) for part in earlier) and (
        is_led_to or (is_neutral(last, taken) and bool(taken.stems) and taken.is_spoken_of(last))
    )
