"""Lists of formulas: dashes that are bullets or negations, and the last item, which alone may be the answer."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from logic.reading.answers.prose import APPLICATION, OPEN_END
from logic.reading.answers.signs import SIGN

Place = tuple[int, int]
"""Where a line or a part of it begins in a text, and where it ends."""

_DASHED = re.compile(r"[ \t]*+([-–—])[ \t]++(?=\S)")
_NUMBERED = re.compile(r"[ \t]*\(?\d{1,3}[.):]\s")
# Prose and glosses, which no dash negates, and marks of type, inside which a dash would stand.
_ITEM = re.compile(
    r"""
      [`*$"“] | \\[(\[]
    | [^:]*:\s
    | [^∀∃∧∨→↔&|]*? \w+\s+\w+\s+\w+ [^∀∃∧∨→↔&|]* \Z
    """,
    re.VERBOSE,
)
_FRAME = re.compile(r"[ \t>]*(?:```|~~~|</?[a-z]+>)")
_ADJACENT_WORDS = re.compile(
    r"""
    (?! (?:and|or|not|all|some|exists|forall|for|implies|iff|xor)\b )
    [^\W\d_]{2,} \s+ [^\W\d_]{2,}
    """,
    re.VERBOSE,
)


def without_dashes(text: str) -> str:
    """The text with dashes before its lines as the bullets they are, or as signs that nothing reads.

    A dash before a formula may be a bullet or a negation. It is a bullet where another item of its
    list is prose, has its own marks or follows a complete formula, and a negation where a block or
    tag holds that line alone or a sign before it goes on. Otherwise the signs put in its place make
    the line, and what stands above it, unreadable.
    """
    lines = text.split("\n")
    if not any(map(_DASHED.match, lines)):
        return text
    for first, last in _dashed_lists(lines):
        before = lines[first - 1] if first else ""
        after = lines[last] if last < len(lines) else ""
        goes_on = OPEN_END.search(before[-80:]) and not before.endswith(":")
        framed = last - first == 1 and _FRAME.match(before) and _FRAME.match(after)
        if goes_on or framed:
            continue
        sign = "•" if _is_bulleted(before, lines[first:last]) else "∧ ∧"
        for row in range(first, last):
            lines[row] = _DASHED.sub(sign + " ", lines[row], count=1)
    return "\n".join(lines)


def _dashed_lists(lines: list[str]) -> Iterator[tuple[int, int]]:
    """The first line and the one after the last of each run of lines that begin with a dash."""
    first = 0
    for dashed, group in itertools.groupby(lines, key=lambda line: bool(_DASHED.match(line))):
        last = first + len(list(group))
        if dashed:
            yield first, last
        first = last


def _is_bulleted(before: str, items: list[str]) -> bool:
    """Whether the dashes before the items of a list are certainly bullets."""
    texts = [_DASHED.sub("", item, count=1) for item in items]
    if any(map(_ITEM.match, texts)) or not any(map(SIGN.search, texts)):
        return True
    is_formula = APPLICATION.search(before) and not _ITEM.match(before)
    return bool(is_formula) and before.count("(") == before.count(")")


def without_earlier_items(text: str, lines: list[Place]) -> list[Place]:
    """The lines without the items of a numbered list that another one follows.

    Where the last item cannot be read, the one before it is another formula.
    """
    numbered = [_NUMBERED.match(text, a, b) is not None for a, b in lines]
    last = max([row for row, is_item in enumerate(numbered) if is_item], default=-1)
    return [line for row, line in enumerate(lines) if not numbered[row] or row == last]


def up_to_the_last_formula(text: str, lines: list[Place]) -> list[Place]:
    """Of lines from the last one up, those down from the last that is no prose.

    Where that one cannot be read, what stands above it is another formula.
    """
    for row, (a, b) in enumerate(lines):
        if APPLICATION.search(text, a, b) and not _ADJACENT_WORDS.search(text, a, b):
            return lines[: row + 1]
    return lines
