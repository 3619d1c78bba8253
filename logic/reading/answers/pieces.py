"""The pieces of a raw output that may be the formula in it, the likeliest first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from logic.reading.answers.around.choices import is_label_of_an_item
from logic.reading.answers.around.words import QUOTED, Taken, presents
from logic.reading.answers.containers.layout import plain_layout
from logic.reading.answers.containers.objects import OBJECT_START, json_answers
from logic.reading.answers.containers.tables import last_table
from logic.reading.answers.containers.thinking import without_thinking
from logic.reading.answers.lists import (
    Place,
    up_to_the_last_formula,
    without_dashes,
    without_earlier_items,
)
from logic.reading.answers.markers import (
    LINE,
    MARKER,
    PREMISES,
    after_marker,
    block,
    fenced_blocks,
    heads_a_list,
    is_last_of_several,
    points_at_formula,
    without_comments,
)
from logic.reading.answers.marks import CUT, MAX_HEAD, unwrapped
from logic.reading.answers.prose import (
    APPLICATION,
    CONDITIONS,
    DENIES,
    STRONG,
    alone,
    explains,
    leads_to_formula,
    only_prose_beside,
)
from logic.reading.answers.signs import EMBEDDED, SIGN, Trust, begins_with_formula
from logic.reading.notations.z3script import is_script

_MOST_LINES, _MOST_SPANS = 200, 40
"""Lines and spans, from the last, that are looked at."""
_MOST_TRIED = 6
_MOST_MARKERS = 3
_LABEL = "FOL: "
"""What the key of an entry is for its formula."""
_NEAR = 80
_BELOW_SENTENCE = re.compile(r"\w[.!?][\"”*_)]{0,4}\s*\n\s*(?:(?:```|~~~)\w*\s*\n\s*)?\Z")

_SAYS_NOTHING = re.compile(r"[\s=*_-]{3,}")
_LINKING = re.compile(r"\band\b(?=\s*`)")
_SPAN = re.compile(
    r"""
      \$\$? ([^$\n]++) \$                          # $…$
    | ` ([^`\n]++) `                              # `…`
    | \\\( ( (?: [^\\\n] | \\(?![()]) )++ ) \\\)     # \(…\)
    | \\\[ ( (?: [^\\] | \\(?![\[\]]) )++ ) \\\]     # \[…\]
    """,
    re.VERBOSE,
)


Tier = tuple[Trust, list[str]]
"""Pieces that are alike in how likely they are, with how far they are to be trusted."""


def tiers(text: str) -> Iterator[Tier]:
    """Groups of pieces to try, the likeliest first."""
    text = without_dashes(plain_layout(without_thinking(text)))
    is_story = PREMISES.search(without_comments(text)) is not None
    text = _behind_cut(text)
    labelled = without_comments(text)
    yield from _json_tiers(text)
    markers = list(MARKER.finditer(labelled))
    for marker in reversed(markers[-_MOST_MARKERS:]):
        if PREMISES.match(text, text.rfind("\n", 0, marker.end()) + 1):
            return  # a premise's own label
        if heads_a_list(text, marker, is_story=is_story):
            return
        pieces = after_marker(text, marker)
        if any(is_label_of_an_item(piece, text) for piece in pieces):
            return
        yield Trust.MARKED, pieces
        if (
            is_story
            or is_last_of_several(marker, markers)
            or points_at_formula(text, marker, markers)
        ):
            return  # what stands above it is another formula
    if is_story:
        return
    table = last_table(text)
    if table is not None:
        column, formula = table.formula()
        if formula and _alone_in_place(text, (table.start, table.end), f"{column}: ", formula):
            yield Trust.MARKED, [unwrapped(formula)]
        return
    for pieces in fenced_blocks(text):
        yield Trust.MARKED, pieces
    if is_script(text):
        # Its lines are statements: only what it assigns last is a formula.
        yield Trust.MARKED, block(text, (0, len(text)))
        return
    yield from _unmarked_tiers(text)


def _behind_cut(text: str) -> str:
    """The end of a text whose middle was left out: what that says of the beginning, nothing tells."""
    cut = text.rfind(CUT) if len(text) > MAX_HEAD else -1
    # The sign behind the cut stays, so that what the cut left of a formula is not read.
    return text if cut < 0 else text[cut + CUT.index("\n") + 1 :]


def _json_tiers(text: str) -> Iterator[Tier]:
    for start, end, answers in json_answers(text):
        is_below_sentence = _BELOW_SENTENCE.search(text[max(0, start - _NEAR) : start])
        label = _LABEL if is_below_sentence else ""
        if all(_alone_in_place(text, (start, end), label, answer) for answer in answers):
            yield Trust.MARKED, [unwrapped(answer) for answer in answers]


def _alone_in_place(text: str, place: Place, label: str, formula: str) -> bool:
    """Whether a formula would stand alone in the place of what holds it, which has other words as well."""
    start, end = place
    before = f"{text[:start]}{label}"
    inside = f"{before}{formula}"
    return alone(f"{inside}{text[end:]}", len(before), len(inside))


def _unmarked_tiers(text: str) -> Iterator[Tier]:
    """Lines, then spans of code or math, then parts of sentences, then all of a short text."""
    lines = _formula_lines(text)
    whole_lines: list[str] = []
    for start, end in lines:
        if alone(text, start, end):
            whole_lines.append(unwrapped(text[start:end]))
    yield Trust.WHOLE, whole_lines
    spans = _formula_spans(text)
    strong = [span for span in spans if STRONG.search(span)]
    yield Trust.WHOLE, strong[:4]
    yield Trust.WHOLE, spans[:3]
    for start, end in lines[:4]:
        part = _part_of_sentence(text, start, end)
        if part is not None:
            yield Trust.PART, [part]
    if len(text) <= MAX_HEAD:
        yield Trust.WHOLE, [unwrapped(text)]


def _formula_lines(text: str) -> list[Place]:
    """The last lines that may be formulas, the last first."""
    every = [match.span() for match in LINE.finditer(text)]
    lines = without_earlier_items(text, every[-_MOST_LINES:])
    signed: list[Place] = []
    for start, end in reversed(lines):
        line = text[start:end]
        if _SAYS_NOTHING.fullmatch(line):
            continue
        if SIGN.search(line) or begins_with_formula(line):
            signed.append((start, end))
    return up_to_the_last_formula(text, signed[:_MOST_TRIED])


def _formula_spans(text: str) -> list[str]:
    """What the last spans of code or math hold, the last first."""
    spans: list[str] = []
    matches = list(_SPAN.finditer(text))
    for match in reversed(matches[-_MOST_SPANS:]):
        groups = [group for group in match.groups() if group]
        inside = groups[0]
        if SIGN.search(inside) and _bare_beside(text, match):
            spans.append(unwrapped(inside))
    return spans


def _part_of_sentence(text: str, start: int, end: int) -> str | None:
    """The formula that the rest of a line may be, where prose leads to it."""
    embedded = EMBEDDED.search(text, start, end)
    if embedded is None:
        return None
    lead_in = text[start : embedded.start()]
    if OBJECT_START.search(lead_in):
        return None  # what else a record says was looked at, or is cut off
    if APPLICATION.search(lead_in) and not presents(lead_in, Taken("")):
        return None
    is_led_to = leads_to_formula(lead_in, text[embedded.start() : end]) and only_prose_beside(
        text, embedded.start(), end
    )
    return text[embedded.start() : end] if is_led_to else None


def _bare_beside(text: str, span: re.Match[str]) -> bool:
    """Whether the line around a span holds no sign outside such spans, and denies nothing."""
    start = text.rfind("\n", 0, span.start()) + 1
    end = text.find("\n", span.end())
    if end < 0:
        end = len(text)
    before = text[start : span.start()]
    after = text[span.end() : end]
    around = f"{before}\n{after}"
    if not leads_to_formula(before, span[0]) or not explains(_SPAN.sub(" ", after), span[0]):
        return False
    if _SPAN.search(before) and ":" not in before:
        return False  # "`P(a)` oder `Q(b)`" is another formula than the last of them
    prose = QUOTED.sub("", _SPAN.sub(" ", around))
    if any(pattern.search(prose) for pattern in (STRONG, APPLICATION, DENIES)):
        return False
    # "`Cat(x)` and `P(x)`: `…`" links names, and joins no formulas.
    linked = _LINKING.sub("", around, count=1)
    if CONDITIONS.search(linked):
        return False
    return alone(text, span.start(), span.end())
