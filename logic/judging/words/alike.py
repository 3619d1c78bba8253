"""How alike two words are: inflections, a typing error, a shortened word."""

from __future__ import annotations

import functools

from logic.judging.opposites import opposed
from logic.judging.plurals import OWN_WORDS
from logic.judging.words.parts import has_no_plural, without_ending

_DERIVED_ENDS = frozenset("er or ist ship hood dom ness like ly ment ion al".split())
"""What makes another word of a word: a teacher is no teach, and not far from it."""

CLOSE = 0.95
_DERIVED = 0.5
_MIN_TYPO_LENGTH = 6
"""Letters of a word in which a typing error is more likely than another word."""
_LONG_WORD = 10
"""Letters of a word that may have two typing errors."""
_MIN_PREFIX = 4
_MIN_PREFIX_SHARE = 0.6
_MIN_ROOT = 3


@functools.lru_cache(maxsize=65_536)
def word_likeness(left: str, right: str) -> float:
    """1.0 for equal stems; less for inflections, a typing error or a shortened word; else 0.0."""
    if left == right:
        return 1.0
    short, long = sorted((left, right), key=len)
    if opposed(left, right) or short.isdigit() or long.isdigit():
        return 0.0
    if long in OWN_WORDS and without_ending(long) == short:
        return _DERIVED if not has_no_plural(long) else 0.0
    if _inflection(short, long):
        return CLOSE
    if long.startswith(short) and len(short) >= _MIN_PREFIX:
        return _prefix_likeness(short, long)
    # A typing error at either end more often makes another word.
    same_ends = left[:2] == right[:2] and left[-1] == right[-1]
    if len(short) >= _MIN_TYPO_LENGTH and same_ends:
        return _typo_likeness(short, long)
    return 0.0


def beginnings(word: str) -> tuple[str, ...]:
    """Keys of which words that are alike share one: three letters, or the ends of a longer word."""
    if len(word) < _MIN_TYPO_LENGTH:
        return (word[:_MIN_ROOT],)
    return word[:_MIN_ROOT], f"{word[:2]}-{word[-1]}"


def _prefix_likeness(short: str, long: str) -> float:
    if long[len(short) :] in _DERIVED_ENDS:
        return _DERIVED
    share = len(short) / len(long)
    return share if share >= _MIN_PREFIX_SHARE else 0.0


def _typo_likeness(short: str, long: str) -> float:
    admitted = 1 if len(short) < _LONG_WORD else 2
    errors = edit_distance(short, long, admitted)
    return 1 - errors / len(long) if errors <= admitted else 0.0


def _inflection(short: str, long: str) -> bool:
    """Whether the longer word is a verb form of the shorter one."""
    root = short[:-1] if short.endswith(("e", "y")) else short
    if len(root) < _MIN_ROOT:
        return False
    # The last letter may be doubled: stop, stopped, stopping.
    doubled = root + root[-1]
    return long in (
        root + "ed",
        root + "ing",
        root + "es",
        root + "ied",
        short + "d",
        doubled + "ing",
        doubled + "ed",
    )


def edit_distance(left: str, right: str, most: int) -> int:
    """Levenshtein distance, with a swap of neighbours as one edit; `most + 1` for all above `most`.

    What both begin and end with is no part of any best way. The first letters that differ are then
    edited in each way there is, so that the time grows with `most` and hardly with the length.
    """
    if abs(len(left) - len(right)) > most:
        return most + 1
    left, right = _differing(left, right)
    if not left or not right:
        return max(len(left), len(right))
    if most == 0:
        return 1
    ways = [
        (left[1:], right[1:]),
        (left[1:], right),
        (left, right[1:]),
    ]
    if left[:2] == right[1::-1]:
        ways.append((left[2:], right[2:]))
    rest = most
    for first, second in ways:
        distance = edit_distance(first, second, most - 1)
        rest = min(rest, distance)
    return 1 + rest


def _differing(left: str, right: str) -> tuple[str, str]:
    """Both words without the beginning and the ending that they share."""
    shortest = min(len(left), len(right))
    start = 0
    while start < shortest and left[start] == right[start]:
        start += 1
    left = left[start:]
    right = right[start:]
    shortest -= start
    end = 0
    while end < shortest and left[-1 - end] == right[-1 - end]:
        end += 1
    if end:
        left = left[:-end]
        right = right[:-end]
    return left, right
