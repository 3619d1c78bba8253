"""Lists of formulas: dashes that are bullets or negations, and the last item, which alone may be the answer."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from logic.reading.answers.prose import OPEN_END
from logic.reading.answers.signs import SIGN, THREE_WORDS, is_formula

Place = tuple[int, int]
"""Where a line or a part of it begins in a text, and where it ends."""

# A hyphen, a minus sign or a dash, in any of their widths.
_DASHED = re.compile(r"[ \t]*+([-‐‑‒–—―−﹣－])[ \t]++(?=\S)")
_NUMBERED = re.compile(r"[ \t]*\(?\d{1,3}[.):]\s")
# Prose and glosses, which no dash negates, and marks of type, inside which a dash would stand.
_MARKED = re.compile(r"[`*$\"“]|\\[(\[]")
_LABELLED = re.compile(
    r"(?!.*?\b(?:all|exists?|some|every|each|any)\s[\w,\s]*+:)[^:!?∀∃\\\[\]]*+:\s", re.IGNORECASE
)
_SIGNED = re.compile(r"[∀∃∧∨→↔&|]|\(\s*[\w=]+\s")
# What stands below such a heading only explains.
_EXPLANATION = re.compile(
    r"^[^\w\n]*+(?:explanation|where|here|legend|key|breakdown)[^\w\n]*+$",
    re.IGNORECASE | re.MULTILINE,
)
_NEAR = 80
"""Characters at the end of a line in which it is looked for what goes on."""
_FRAME = re.compile(r"[ \t>]*(?:```|~~~|</?[a-z]+>)")


def without_dashes(text: str) -> str:
    """The text with dashes before its lines as the bullets they are, or as signs that nothing reads.

    A dash before a formula may be a bullet or a negation. It is a bullet where another item of its
    list is prose or has its own marks, and a negation where a block or
    tag holds that line alone or a sign before it goes on. Otherwise the signs put in its place make
    the line, and what stands above it, unreadable.
    """
    lines = text.split("\n")
    if not any(map(_DASHED.match, lines)):
        return text
    for first, last in _dashed_lists(lines):
        before = lines[first - 1] if first else ""
        after = lines[last] if last < len(lines) else ""
        is_single = last - first == 1
        if _goes_on(before) or (is_single and _is_framed(before, after)):
            continue
        is_bulleted = _is_bulleted(lines[first:last])
        sign = "•" if is_bulleted else "∧ ∧"
        for row in range(first, last):
            lines[row] = _DASHED.sub(f"{sign} ", lines[row], count=1)
    return "\n".join(lines)


def _goes_on(line: str) -> bool:
    """Whether a line ends with a sign that a formula must follow."""
    if line.endswith(":"):
        return False
    return OPEN_END.search(line[-_NEAR:]) is not None


def _is_framed(before: str, after: str) -> bool:
    """Whether a block or a tag holds what stands between two lines alone."""
    return _FRAME.match(before) is not None and _FRAME.match(after) is not None


def _dashed_lists(lines: list[str]) -> Iterator[tuple[int, int]]:
    """The first line and the one after the last of each run of lines that begin with a dash."""
    first = 0
    runs = itertools.groupby(lines, key=_is_dashed)
    for is_dashed, run in runs:
        last = first + len(list(run))
        if is_dashed:
            yield first, last
        first = last


def _is_dashed(line: str) -> bool:
    return _DASHED.match(line) is not None


def _is_bulleted(items: list[str]) -> bool:
    """Whether the dashes before the items of a list are certainly bullets."""
    texts = [_DASHED.sub("", item, count=1) for item in items]
    return any(map(_is_certain_item, texts)) or not any(map(SIGN.search, texts))


def _is_certain_item(text: str) -> bool:
    """Whether no dash before a text can be a negation: it is marked, labelled, or prose."""
    if _MARKED.match(text) or _LABELLED.match(text):
        return True
    return THREE_WORDS.search(text) is not None and _SIGNED.search(text) is None


def without_earlier_items(text: str, lines: list[Place]) -> list[Place]:
    """The lines without the items of a numbered list that another one follows.

    Where the last item cannot be read, the one before it is another formula.
    """
    is_item = [_NUMBERED.match(text, start, end) is not None for start, end in lines]
    items = [row for row, is_numbered in enumerate(is_item) if is_numbered]
    earlier = set(items[:-1])
    return [place for row, place in enumerate(lines) if row not in earlier]


def up_to_the_last_formula(text: str, lines: list[Place]) -> list[Place]:
    """Of lines from the last one up, those down from the last that is no prose.

    Where that one cannot be read, what stands above it is another formula.
    """
    explained = [heading.start() for heading in _EXPLANATION.finditer(text)]
    last = explained[-1] if explained else len(text)
    for row, (start, end) in enumerate(lines):
        if start < last and is_formula(text[start:end]):
            return lines[: row + 1]
    return lines
