"""The sections of a story ("Premises:", "Conclusion:") and the formulas on their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from logic.reading.answers.neighbours import change, takes_back
from logic.reading.answers.prose import OPEN_END, OPEN_START
from logic.reading.answers.signs import SIGN, is_formula
from logic.reading.files.declared import declared_names, ends_in_name, is_statement
from logic.reading.files.headings import (
    OTHER,
    THEREFORE,
    Heading,
    Part,
    Role,
    heading,
    is_other_heading,
    names_a_form,
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
_FENCE = re.compile(r"\A\s*(?:```|~~~)")
_RULE = re.compile(r"\A\s*(?:-{3,}|[‐‑‒–—―−─━=_*]{3,})\s*\Z")
_COMMENT = re.compile(r"\A\s*(?:%|//)")
_GLOSS = re.compile(r"\s:::\s.*\Z", re.DOTALL)
_ITEM = re.compile(r"\A\s*(?:[*+•>]|\(?\d{1,3}[.):]|[-‐‑‒–—―−﹣－])\s")

JOINED = "a line beside it joins, denies or restricts it"
_STATEMENT = "P(a)"
_WITHOUT_HEADING = "no heading says what it is"
_BELOW_A_RULE = "below a rule it may be a premise or the conclusion"


class Line(NamedTuple):
    """A formula of a story, perhaps over several lines, and why it cannot be taken for one (or None)."""

    role: Role
    text: str
    problem: str | None = None


def section_lines(text: str) -> list[Line]:
    """The formulas of all sections, in order."""
    return list(_lines(text))


def _lines(text: str) -> Iterator[Line]:
    names = declared_names(text)
    part: Part | None = None
    problem: str | None = None
    section: list[str] = []
    above: list[str] = []
    for line in text.split("\n"):
        found = heading(line)
        if found is not None:
            if part is None:
                yield from _above(above, found, line)
            yield from _of_section(part, problem, section, names)
            part, problem, rest = found
            section = [rest.strip()] if rest.strip() else []
        elif part == "premise" and section and _RULE.match(line):
            yield from _of_section(part, problem, section, names)
            problem, section = problem or _BELOW_A_RULE, []
        elif line.strip() and not _is_passed_over(line):
            kept = above if part is None else section
            kept.append(line.strip())
    yield from _of_section(part, problem, section, names)


def _above(lines: list[str], first: Heading, line: str) -> Iterator[Line]:
    """The formulas above the first heading: premises above `∴`, and of no known role above any other."""
    problem = None if THEREFORE.match(line) else _WITHOUT_HEADING
    formulas = [each for each in lines if is_formula(each) and SIGN.search(each)]
    if first.part != "signature":
        yield from _of_section("premise", problem, formulas, frozenset())


def joins(line: str) -> bool:
    """Whether a line is no formula but a word that joins, denies or restricts those beside it."""
    return _JOINING.match(line) is not None


def _is_passed_over(line: str) -> bool:
    return names_a_form(line) or any(mark.match(line) for mark in (_FENCE, _COMMENT, _RULE))


def _of_section(
    part: Part | None, problem: str | None, lines: list[str], names: frozenset[str]
) -> Iterator[Line]:
    if part is None or part == "signature":
        return
    groups = list(_grouped(lines, names))
    are_joined = any(joins(_GLOSS.sub("", group)) for group in groups)
    # What is a statement for certain says nothing of the lines beside it.
    told = [_STATEMENT if is_statement(group, names) else group for group in groups]
    section = "\n".join(told)
    place = 0
    for group, shown in zip(groups, told, strict=True):
        end = place + len(shown)
        if is_other_heading(group) and not joins(group):
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
            part,
            group,
            problem or (JOINED if is_joined else None),
        )
        place = end + 1


def _grouped(lines: list[str], names: frozenset[str]) -> Iterator[str]:
    """Lines with those that go on with them: at a sign that waits for more, or within a bracket."""
    open_line: str | None = None
    for line in lines:
        if open_line is not None and _goes_on(open_line, line, names):
            open_line = f"{open_line} {line}"
            continue
        if open_line is not None:
            yield open_line
        open_line = line
    if open_line is not None:
        yield open_line


def _goes_on(before: str, line: str, names: frozenset[str]) -> bool:
    if _ITEM.match(line) or joins(line) or joins(before):
        return False
    formula = _GLOSS.sub("", before)
    if not SIGN.search(formula):
        return False
    depth = formula.count("(") - formula.count(")")
    closes = depth > 0 > line.count("(") - line.count(")")
    waits = formula != before or ":" in formula[-1:]
    is_open = OPEN_END.search(formula) is not None and not ends_in_name(formula, names)
    is_listing = depth > 0 and formula.endswith(",")
    return not waits and (is_open or is_listing or closes or OPEN_START.match(line) is not None)
