"""The sections of a story ("Premises:", "Conclusion:") and the formulas on their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from logic.reading.answers.neighbours import change
from logic.reading.answers.prose import OPEN_END, OPEN_START, takes_back
from logic.reading.answers.signs import SIGN

Role = Literal["premise", "conclusion"]

_PREMISE = r"premises?|facts?|rules?|assumptions?|context|axioms?"
_CONCLUSION = r"conclusions?|hypothes[ie]s|query|goals?|conjectures?"
_SIGNATURE = r"predicates?|constants?|functions?|signature|vocabulary|definitions?"
_MARKS = r"[\s*_\#>•+(\[\"'`-]{0,4}"
_DENIED = (
    r"(?:un)?negat(?:ed|ion\s+of)|denied|denial\s+of|opposite\s+of|inverted?|contrary\s+of|not"
)
_SECTION = re.compile(
    rf"""
    \A {_MARKS} (?: (?P<denied>{_DENIED}) [-_\s]+ (?:the\s+)? )?
    (?:first[-\ ]order[-\ ]logic\s|FOL\s)?
    (?: (?P<premise>{_PREMISE}) | (?P<conclusion>{_CONCLUSION}) | (?P<signature>{_SIGNATURE}) )
    [-_\s]? (?P<denied_behind> \(? \s* (?:negated|negation|denied) \s* \)? )?
    [-_\s]? \(? (?:\d+|FOL|in\sFOL|formulas?)? [\s*_)\]\"'`]{{0,3}} : [*_`]{{0,2}} \s* (?P<rest>.*) \Z
    """,
    re.IGNORECASE | re.VERBOSE,
)
# A heading that speaks of a part of the story, and is none of the above: "Wrong conclusion:".
_OTHER_SECTION = re.compile(
    rf"\A {_MARKS} (?:[\w'-]+\s+){{1,4}} (?:{_PREMISE}|{_CONCLUSION}) \b [^:∀∃()]{{0,30}} :",
    re.IGNORECASE | re.VERBOSE,
)
# A heading inside a section, which says of what is below something else than the section's does.
_HEADING_INSIDE = re.compile(
    rf"\A {_MARKS} (?!(?:FOL|formulas?|translations?|logic)\b) [A-Za-z][\w'-]* (?:\s\d+)? [*_]* : [*_]* \Z",
    re.IGNORECASE | re.VERBOSE,
)
# Words that are no propositions where they stand alone among formulas: they join or deny these.
_JOINING = re.compile(
    r"""
    \W* (?: either | neither | not | nor | or | and | if | then | else | otherwise | unless | iff | xor
      | both | not\ both | implies | but | except | only\ if | just\ if | all\ of | any\ of | one\ of
      | none\ of | exactly | at\ (?:least|most) .* | (?:one|none|any|some|all|two|exactly\ \w+)\ of\ .* | both\ of\ .*
    ) (?: \ (?:these|those|them|the\ following|of\ these|of\ them) )? [\s:.,*_]* \Z
    """,
    re.IGNORECASE | re.VERBOSE,
)
# What is concluded, behind its sign.
_THEREFORE = re.compile(r"\A[\s*_#>`$]*(?:∴|⊢|\\therefore\b|\\vdash\b)(?P<rest>.*)\Z")
_FENCE = re.compile(r"\A\s*(?:```|~~~)")
_RULE = re.compile(r"\A\s*(?:-{3,}|[‐‑‒–—―−─━=_*]{3,})\s*\Z")
_COMMENT = re.compile(r"\A\s*(?:%|//)")
_GLOSS = re.compile(r"\s:::\s.*\Z", re.DOTALL)
_ITEM = re.compile(r"\A\s*(?:[*+•>]|\(?\d{1,3}[.):]|[-‐‑‒–—―−﹣－])\s")

DENIED = "the negation of what is asked for"
JOINED = "a line beside it joins, denies or restricts it"
OTHER = "the heading says that it is not what is asked for"
_BELOW_A_RULE = "below a rule it may be a premise or the conclusion"


class Line(NamedTuple):
    """A formula of a story, perhaps over several lines, and why it cannot be taken for one (or None)."""

    role: Role
    text: str
    problem: str | None = None


def section_lines(text: str) -> list[Line]:
    """The formulas of all sections, in order."""
    return list(_lines(text))


def heading(line: str) -> tuple[Role | None, str | None, str] | None:
    """The role that a heading gives, its problem, and what stands behind it; None for no heading."""
    section = _SECTION.match(line)
    if section is not None:
        is_denied = section["denied"] or section["denied_behind"]
        problem = DENIED if is_denied else None
        if section["premise"]:
            return "premise", problem, section["rest"]
        return ("conclusion" if section["conclusion"] else None), problem, section["rest"]
    concluded = _THEREFORE.match(line)
    if concluded is not None:
        return "conclusion", None, concluded["rest"].rstrip("$`")
    other = _OTHER_SECTION.match(line)
    if other is None or SIGN.search(other[0]):
        return None
    return "conclusion", OTHER, line[other.end() :].lstrip("*_` ")


def _lines(text: str) -> Iterator[Line]:
    role: Role | None = None
    problem: str | None = None
    section: list[str] = []
    for line in text.split("\n"):
        found = heading(line)
        if found is not None:
            yield from _of_section(
                role,
                problem,
                section,
            )
            role, problem, rest = found
            section = [rest.strip()] if rest.strip() else []
        elif role == "premise" and section and _RULE.match(line):
            yield from _of_section(
                role,
                problem,
                section,
            )
            problem, section = problem or _BELOW_A_RULE, []
        elif role is not None and line.strip() and not _is_passed_over(line):
            section.append(line.strip())
    yield from _of_section(
        role,
        problem,
        section,
    )


def joins(line: str) -> bool:
    """Whether a line is no formula but a word that joins, denies or restricts those beside it."""
    return _JOINING.match(line) is not None


def _is_passed_over(line: str) -> bool:
    return any(mark.match(line) for mark in (_FENCE, _COMMENT, _RULE))


def _of_section(role: Role | None, problem: str | None, lines: list[str]) -> Iterator[Line]:
    if role is None:
        return
    groups = list(_grouped(lines))
    are_joined = any(joins(_GLOSS.sub("", group)) for group in groups)
    section = "\n".join(groups)
    place = 0
    for group in groups:
        end = place + len(group)
        if _HEADING_INSIDE.match(group) and not joins(group):
            problem = problem or OTHER
        is_denied = takes_back(section[end:].lstrip())
        is_joined = (
            are_joined
            or is_denied
            or change(
                section,
                place,
                end,
            )
        )
        yield Line(
            role,
            group,
            problem or (JOINED if is_joined else None),
        )
        place = end + 1


def _grouped(lines: list[str]) -> Iterator[str]:
    """Lines with those that go on with them: at a sign that waits for more, or within a bracket."""
    open_line: str | None = None
    for line in lines:
        if open_line is not None and _goes_on(open_line, line):
            open_line = f"{open_line} {line}"
            continue
        if open_line is not None:
            yield open_line
        open_line = line
    if open_line is not None:
        yield open_line


def _goes_on(before: str, line: str) -> bool:
    if _ITEM.match(line) or joins(line) or joins(before):
        return False
    formula = _GLOSS.sub("", before)
    if not SIGN.search(formula):
        return False
    depth = formula.count("(") - formula.count(")")
    closes = depth > 0 > line.count("(") - line.count(")")
    waits = formula != before or ":" in formula[-1:]
    is_open = OPEN_END.search(formula) is not None or (depth > 0 and formula.endswith(","))
    return not waits and (is_open or closes or OPEN_START.match(line) is not None)
