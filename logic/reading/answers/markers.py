"""Answer markers: labels, tags and boxes, and what they point at."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from logic.reading.answers.around.surroundings import is_neutral_line, leads_in
from logic.reading.answers.around.words import Taken, is_language, presents
from logic.reading.answers.lists import Place
from logic.reading.answers.marks import unwrapped
from logic.reading.answers.prose import (
    OPEN_END,
    OPEN_START,
    alone,
    denies,
    only_prose_beside,
)
from logic.reading.answers.signs import begins_with_formula, is_complete, is_formula
from logic.reading.notations.z3script import is_script, last_formula

_LABELS = r"""
    FOL | first[-\ ]order\slogic | formula | answer | translation | logical\s(?:form|expression)
  | expression | output | result | response | final | conclusion | hypothesis | query
"""
MARKER = re.compile(
    rf"""
      <(?P<tag>(?:final_?)?(?:answer|fol|formula|output|result|solution|translation))>
    | \\(?:boxed|fbox)\s*+\{{(?P<boxed>)
    | ^[^\n:(){{}}∀∃∧∨→\\`$=]{{0,80}}? (?<![^\W_])(?P<label>{_LABELS})s?(?![^\W_])
      [^\n:(){{}}∀∃∧∨→\\$=\[\]!?]{{0,60}}? (?:\([\w\s]{{1,30}}\)\s*)?
      (?: :=? (?!-) | \s*(?:→|->|=>)\s*(?=[∀∃¬(\\]) | \bis\s (?=\s*+[`*"$]*+(?:[∀∃¬~\\(]|\w++\()) )
    """,
    re.MULTILINE | re.IGNORECASE | re.VERBOSE,
)
PREMISES = re.compile(
    r"^[\W\d]{0,6}(?:premises|premise[-_\s]?\d*[-_\s]?(?:FOL)?|(?:rule|fact|axiom|assumption)[-_\s]?\d+|predicates"
    r"|facts|rules|context)(?![^\W_])[^\n:]{0,20}:",
    re.MULTILINE | re.IGNORECASE,
)
"""The heading of a story's premises: what follows it is no answer, but for a conclusion."""

_CONCLUSION = re.compile(r"conclusion|hypothesis|query", re.IGNORECASE)
FENCE = re.compile(r"^[ \t>]*+(?:```|~~~)[^\n`]*+$", re.MULTILINE)
LINE = re.compile(r"[^\n]*\S[^\n]*")
_BRACE = re.compile(r"[{}]")
_MARKS = "*_`$\\[(\"' "
_NEAR = 2_000
"""Characters behind a label in which it is looked for a list."""
# The lines of these are statements, not formulas.
_SCRIPT = re.compile(
    r"\s*(?:\((?:declare|set|assert|check)|\w+(?:,\s*\w+)*\s*=\s*(?:z3\.)?[A-Z]\w+\()"
)
_COMMENT = re.compile(r"^[ \t]*\#[^\n]*$", re.MULTILINE)
_OPERATOR = re.compile(r"(?:And|Or|Xor|Implies)\(")
_MOST_BLOCKS = 3
_MOST_LINES = 4
"""Lines of a block that are tried on their own."""


def is_last_of_several(marker: re.Match[str], markers: list[re.Match[str]]) -> bool:
    """Whether a marker closes a list: its label stands before another one, or is a conclusion's."""
    label = marker["label"]
    if label is None:
        return False
    if _CONCLUSION.fullmatch(label):
        return True
    labels = [other["label"] for other in markers]
    return labels.count(label) > 1


def heads_a_list(text: str, marker: re.Match[str], *, is_story: bool) -> bool:
    """Whether several formulas stand below a label: which of them is the answer, nothing tells.

    In a story the first of them may stand on the label's own line.
    """
    if marker["label"] is None:
        return False
    own, _, below = text[marker.end() : marker.end() + _NEAR].partition("\n")
    if text[marker.end("label")] in "sS":  # of "Formulas:" each may be a paragraph
        below = below.replace("\n\n", "\n")
    own = own.strip(_MARKS)
    if own and not is_story:
        return False
    paragraph = f"{own}\n{below.lstrip()}".lstrip().partition("\n\n")[0]
    first, _, rest = paragraph.partition("\n")
    second = rest.partition("\n")[0]
    if _SCRIPT.match(first) or OPEN_END.search(first):
        return False
    if OPEN_START.match(second) and not _OPERATOR.match(second):
        return False
    return all(map(_is_one_formula, (first, second)))


def points_at_formula(text: str, marker: re.Match[str], markers: list[re.Match[str]]) -> bool:
    """Whether a formula stands behind a marker, readable or not: then no earlier one is the answer.

    A label inside a tag or a box leaves it to these.
    """
    if any(
        _holds(
            text,
            other,
            marker,
        )
        for other in markers
    ):
        return False
    behind = text[marker.end() : marker.end() + _NEAR].lstrip("*_ \t\n")
    fence = FENCE.match(behind)
    if fence is not None:
        behind = behind[fence.end() :].lstrip()
    return begins_with_formula(behind.partition("\n")[0])


def _holds(text: str, outer: re.Match[str], inner: re.Match[str]) -> bool:
    """Whether a tag or a box is still open where a marker behind it stands."""
    if outer.end() > inner.start() or outer["label"] is not None:
        return False
    closing = "}"
    if outer["tag"] is not None:
        closing = f"</{outer['tag']}>".lower()
    between = text[outer.end() : inner.start()]
    return closing not in between.lower()


def _is_one_formula(line: str) -> bool:
    return line.count("(") == line.count(")") and is_formula(line)


def after_marker(text: str, marker: re.Match[str]) -> list[str]:
    """What an answer marker points at, the likeliest piece first.

    It is the rest of its line, what a tag or a box holds, or the next line or block.
    """
    if marker["label"] is not None:
        behind = Taken(text[marker.end() : marker.end() + _NEAR].lstrip().partition("\n")[0])
        if denies(marker[0]) or not leads_in(marker[0], behind):
            return []
        return _after_label(text + "\n\n", marker)
    if marker["tag"] is not None:
        (start, end), after = _tagged(text, marker)
    else:
        start, end = marker.end(), _closing_brace(text, marker.end())
        after = end + 1
    if end < 0 or not only_prose_beside(
        text,
        marker.start(),
        after,
    ):
        return []
    inside = text[start:end].strip()
    label = MARKER.match(inside)
    if label is not None and label["label"] is not None:
        return after_marker(inside, label)
    return block(text, (start, end))


def _tagged(text: str, marker: re.Match[str]) -> tuple[Place, int]:
    """What stands between a tag and the one that closes it, and where that one ends."""
    closing_tag = f"</{marker['tag']}>".lower()
    end = text.lower().find(closing_tag, marker.end())
    if end < 0:
        return (marker.end(), len(text)), len(text)
    return (marker.end(), end), end + len(closing_tag)


def _after_label(text: str, marker: re.Match[str]) -> list[str]:
    start = marker.end()
    end = text.find("\n", start)
    rest = unwrapped(text[start:end])
    if not rest.strip(_MARKS):
        # Nothing on its line: the label points at the next one, or at a fenced block.
        start = len(text) - len(text[end:].lstrip())
        fence = FENCE.match(text, start)
        if fence:
            return _fenced(text, fence)
        start = min(start, len(text) - 2)
        end = text.find("\n", start)
    paragraph_end = text.find("\n\n", start)
    pieces: list[str] = []
    for stop in dict.fromkeys((end, paragraph_end)):
        if alone(
            text,
            start,
            stop,
            is_labelled=True,
        ):
            pieces.append(unwrapped(text[start:stop]))
    return pieces


def _fenced(text: str, fence: re.Match[str]) -> list[str]:
    """What a fence below a label holds; one that is not closed goes on to the end."""
    closing = FENCE.search(text, fence.end())
    if not is_language(fence[0]) or not is_language(closing[0] if closing else ""):
        return []
    end = closing.start() if closing else len(text)
    after = closing.end() if closing else len(text)
    if not alone(text, fence.start(), after):
        return []
    return block(text, (fence.end(), end))


def fenced_blocks(text: str) -> Iterator[list[str]]:
    """The pieces of the last three fenced blocks, the last block first."""
    fences = [match.span() for match in FENCE.finditer(text)]
    openings, closings = fences[::2], fences[1::2]
    blocks = list(
        zip(
            openings,
            closings,
            strict=False,
        )
    )
    for opening, closing in reversed(blocks[-_MOST_BLOCKS:]):
        start, end = opening[0], closing[1]
        is_named = all(map(is_language, (text[start : opening[1]], text[closing[0] : end])))
        if is_named and alone(
            text,
            start,
            end,
        ):
            yield block(text, (opening[1], closing[0]))


def block(text: str, place: Place) -> list[str]:
    """A whole block, then its lines from the last."""
    start, end = place
    inside = text[start:end]
    if is_script(inside):
        formula = _formula_of_script(inside)
        return [formula] if formula else []
    whole = unwrapped(inside)
    lines = [match.span() for match in LINE.finditer(inside)]
    if len(lines) < 2:
        return [whole]
    pieces: list[str] = []
    for first, last in reversed(lines[-_MOST_LINES:]):
        if alone(
            inside,
            first,
            last,
        ):
            pieces.append(unwrapped(inside[first:last]))
    first, last = lines[-1]
    if is_complete(inside[first:last]):
        return [*pieces, whole]
    return [whole, *pieces]


def without_comments(text: str) -> str:
    """The text with blanks for the comments of its scripts, each place kept: no label stands in one."""
    if not is_script(text):
        return text
    fences = [match.span() for match in FENCE.finditer(text)]
    places = [
        (opening[1], closing[0])
        for opening, closing in zip(fences[::2], fences[1::2], strict=False)
    ]
    for start, end in places or [(0, len(text))]:
        inside = text[start:end]
        if is_script(inside):
            text = text[:start] + _COMMENT.sub(_blanks, inside) + text[end:]
    return text


def _blanks(comment: re.Match[str]) -> str:
    return " " * len(comment[0])


def _formula_of_script(text: str) -> str | None:
    """The formula that a script gives, unless a comment beside a formula may change it."""
    formula = last_formula(textwrap.dedent(text))
    if formula is None:
        return None
    for remark in formula.remarks:
        taken = Taken(remark.source)
        is_heading = remark.is_above and presents(remark.comment, taken)
        is_neutral = is_neutral_line(
            remark.comment,
            taken,
            is_above=remark.is_above,
        )
        if not (is_heading or is_neutral):
            return None
    return formula.source


def _closing_brace(text: str, start: int) -> int:
    """The place of the brace that closes the one before `start`, or -1."""
    depth = 1
    for brace in _BRACE.finditer(text, start):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return brace.start()
    return -1
