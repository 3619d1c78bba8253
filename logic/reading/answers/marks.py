"""The marks around a formula, taken off: bullets, numbers, type, quotes, end tags, and a name it is given."""

from __future__ import annotations

import re

from logic.reading.answers.signs import SIGN

MAX_HEAD, MAX_TAIL = 10_000, 40_000
"""Of a longer output, this many characters from the beginning and from the end are looked at."""

CUT = " ∧\n∧ "
"""What stands for the middle of a longer output."""

_GAP = re.compile(r"\s{40,}+")
_END_TAGS = re.compile(r"(?:\s*+(?:</s>|<\|\w++\|>|<(?:eos|end_of_turn)>))++\s*+\Z")
_END_OF_TURN = re.compile(
    r"</s>|<\|(?:im_end|eot_id|endoftext|end_of_text)\|>|<(?:eos|end_of_turn)>|<\|im_start\|>"
)
# A dash is no bullet here: before a formula it is a negation (see `lists.without_dashes`).
BULLET = re.compile(
    r"""
    (?: [*+•>]\s++ | \#++\s++ | \(?\d{1,3}[.):]\s++ | \(?[A-Za-z][.)]\s++ )++
    """,
    re.VERBOSE,
)

# A name that a translator gives its formula: `φ = …`, `F := …`.
_NAMED = re.compile(
    r"""
    \s* (?:\$\s*)?
    (?: (?P<name> [φϕΦψΨ𝜙𝜑] | \\(?:var)?phi\b | \\psi\b | phi\b ) \s* (?: := | = | : )
      | (?: FOL | Formula ) \s* (?: → | -> | => | := | = )
      | (?P<letter> F\d? ) \s* (?: := | = \s* (?= [∀∃¬~\\(] | ['"\w]+\( | (?:all|exists|some|for)\s ) ) )
    \s*
    """,
    re.VERBOSE,
)
_WRAPPERS = (
    ("$$", "$$"),
    ("$", "$"),
    ("\\(", "\\)"),
    ("\\[", "\\]"),
    ("**", "**"),
    ("__", "__"),
    ("`", "`"),
    ("*", "*"),
    ('"', '"'),
    ("“", "”"),
    ("'", "'"),
    ("‘", "’"),
    ("「", "」"),
)
_MOST_LAYERS = 8


def shortened(text: str, least: int) -> tuple[str, bool]:
    """A text without long gaps, its middle left out where it is too long; and whether it was."""
    if len(text) > least:
        text = _GAP.sub(lambda gap: "\n\n"[: gap[0].count("\n")] or " ", text)
    if ">" in text:
        text = _first_turn(_END_TAGS.sub("", text))
    if len(text) <= MAX_HEAD + MAX_TAIL:
        return text, False
    # The signs make what the cut left of a formula unreadable.
    return text[:MAX_HEAD] + CUT + text[-MAX_TAIL:], True


def _first_turn(text: str) -> str:
    """An answer without the turns that a model has made up behind it; a chat from its beginning stays."""
    end = _END_OF_TURN.search(text)
    if end is None or text.lstrip().startswith("<|") or not text[: end.start()].strip():
        return text
    return text[: end.start()]


def marked_comments(text: str) -> str | None:
    """A text in which no end of an HTML comment can be taken for an arrow; None where one is not closed.

    What a comment holds is no part of the answer: behind one with a formula stand signs that nothing
    reads.
    """
    parts: list[str] = []
    start = 0
    while (opening := text.find("<!--", start)) >= 0:
        closing = text.find("-->", opening + len("<!--"))
        if closing < 0:
            return None
        comment = text[opening + len("<!--") : closing]
        parts.append(text[start:closing])
        parts.append("∧ ∧" if "\n" in comment or SIGN.search(comment) else "» -->")
        start = closing + len("-->")
    return "".join([*parts, text[start:]])


def without_name(text: str) -> str:
    """The text without a name that a translator gives its formula (`φ = …`)."""
    named = _NAMED.match(text)
    return text[named.end() :] if named is not None else text


def given_name(text: str) -> str:
    """The name that a text gives to a formula, by which others may refer to it; "" for none."""
    named = _NAMED.match(unmarked) if (unmarked := text.lstrip(" \t*`$")) else None
    return (named["name"] or named["letter"] or "") if named is not None else ""


def unwrapped(piece: str) -> str:
    """A piece without bullets, numbers, markup and quotes around it."""
    piece = piece.strip()
    bullet = BULLET.match(piece)
    if bullet:
        piece = piece[bullet.end() :]
    for _ in range(_MOST_LAYERS):
        piece = piece.strip().rstrip(",;:")
        inside = _inside(piece)
        if inside is None:
            break
        piece = inside
    piece = piece.strip()
    if piece[:1] in "*_`$":  # bold begun before the marker ends here, or a mark is left by a cut
        piece = piece.lstrip("*_`$ ").strip()
    return without_name(piece)


def _inside(piece: str) -> str | None:
    """What one pair of marks wraps, where one does."""
    for left, right in _WRAPPERS:
        # An apostrophe may belong to a name, and so may a stop behind it.
        inner = piece if right == "'" else piece.rstrip(".")
        is_longer = len(inner) > len(left) + len(right)
        if not (is_longer and inner.startswith(left) and inner.endswith(right)):
            continue
        inside = inner[len(left) : -len(right)]
        if right not in inside or len(right) > 1:
            return inside
    return None
