"""An answer to a whole story: its premises and its conclusion, in order."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from logic.errors import ParseError
from logic.reading.answers.answer import Answer, read_answer
from logic.reading.answers.containers import without_thinking
from logic.reading.answers.prose import OPEN_END

Role = Literal["premise", "conclusion"]

_PREMISE = r"premises?|facts?|rules?|assumptions?|context|axioms?"
_CONCLUSION = r"conclusions?|hypothes[ie]s|query|goals?|conjectures?"
_SIGNATURE = r"predicates?|constants?|functions?|signature|vocabulary|definitions?"
_SECTION = re.compile(
    rf"""
    \A [\s*_\#>•+(\[\"'`-]{{0,4}} (?:first[-\ ]order[-\ ]logic\s|FOL\s)?
    (?: (?P<premise>{_PREMISE}) | (?P<conclusion>{_CONCLUSION}) | (?P<signature>{_SIGNATURE}) )
    [-_\s]? \(? (?:\d+|FOL|in\sFOL|formulas?)? [\s*_)\]\"'`]{{0,3}} : [*_`]{{0,2}} \s* (?P<rest>.*) \Z
    """,
    re.IGNORECASE | re.VERBOSE,
)
_PROVER_LIST = re.compile(
    r"\A\s*formulas\(\s*(?:(?P<premise>assumptions|sos|usable)|(?P<conclusion>goals))\s*\)\s*\."
)
_PROVER_END = re.compile(r"\A\s*end_of_list\b")
_PAIR = re.compile(r"\A\s*(?:(?P<text>TEXT)|(?P<formula>FOL))\s*:\s*(?P<rest>.*)\Z")
_FORMULA_KEYS = frozenset(["fol", "formula", "logic", "expression"])
_DASHED = re.compile(r"\A[-‐‑‒–—―−﹣－]\s+")
_FENCE = re.compile(r"\A\s*(?:```|~~~)")


@dataclass(frozen=True, slots=True)
class StoryFormula:
    """One formula of a story: whether it is a premise or the conclusion, and what was read."""

    role: Role
    answer: Answer


def read_story(
    text: str, *, domain: str = "fol", dialect: str | None = None
) -> tuple[StoryFormula, ...]:
    """The labelled formulas of an answer that translates a whole story, in order.

    The layouts: sections ("Predicates:", "Premises:", "Conclusion:") with a formula on each line,
    a gloss behind `:::` allowed; a label before each formula (`Premise_FOL: …`, `Conclusion: …`);
    pairs of lines `TEXT: …` and `FOL: …`, whose last formula is the conclusion; the lists of a
    Prover9 file; and a JSON object with "premises" and "conclusion". A line that cannot be read has
    an `answer` with its error. Empty where the text has none of these. Never raises on any str;
    raises `ValueError` for an unknown domain or dialect.
    """
    lines = _labelled_lines(without_thinking(text, OPEN_END))
    read = functools.partial(read_answer, domain=domain, dialect=dialect)
    return tuple(
        StoryFormula(role, _uncertain(line) if _DASHED.match(line) else read(f"FOL: {line}"))
        for role, line in lines
    )


def _uncertain(line: str) -> Answer:
    reason = "the dash may be a bullet or a negation"
    error = ParseError(reason, text=line, hint="write ¬ for a negation, and no bullet")
    return Answer(line, error=error)


def _labelled_lines(text: str) -> list[tuple[Role, str]]:
    labelled = _from_json(text) or _from_pairs(text)
    return labelled or _without_bullets(list(_from_sections(text.split("\n"))))


def _without_bullets(lines: list[tuple[Role, str]]) -> list[tuple[Role, str]]:
    """The lines of sections without their dashes, where each of several has one, as bullets do."""
    are_bullets = len(lines) > 1 and all(_DASHED.match(line) for _, line in lines)
    if not are_bullets:
        return lines
    return [(role, _DASHED.sub("", line, count=1)) for role, line in lines]


def _from_json(text: str) -> list[tuple[Role, str]]:
    start, end = text.find("{"), text.rfind("}") + 1
    if start < 0 or end <= start:
        return []
    try:
        value = json.loads(text[start:end], strict=False)
    except (ValueError, RecursionError):
        return []
    if not isinstance(value, dict):
        return []
    lines: list[tuple[Role, str]] = []
    for key, item in value.items():
        section = _SECTION.match(f"{key}:")
        role = _role(section) if section else None
        if role is None:
            continue
        lines += [(role, formula) for formula in _formulas_of(item)]
    return lines


def _formulas_of(item: Any) -> Iterator[str]:
    """The formulas of a JSON value: its lines, those of its items, or what it has under a formula's key."""
    if isinstance(item, str):
        yield from (line for line in item.split("\n") if line.strip())
    elif isinstance(item, list):
        for part in item:
            yield from _formulas_of(part)
    elif isinstance(item, dict):
        named = [value for key, value in item.items() if key.lower() in _FORMULA_KEYS]
        for part in named or item.values():
            yield from _formulas_of(part)


def _from_pairs(text: str) -> list[tuple[Role, str]]:
    formulas: list[str] = []
    has_text = False
    for line in text.split("\n"):
        pair = _PAIR.match(line)
        if pair is None:
            continue
        if pair["text"]:
            has_text = True
        else:
            formulas.append(pair["rest"])
    if not formulas or not has_text:
        return []
    *premises, conclusion = formulas
    lines: list[tuple[Role, str]] = [("premise", premise) for premise in premises]
    return [*lines, ("conclusion", conclusion)]


def _from_sections(lines: list[str]) -> Iterator[tuple[Role, str]]:
    role: Role | None = None
    for line in lines:
        section = _SECTION.match(line) or _PROVER_LIST.match(line)
        if section is not None:
            role = _role(section)
            line = section.groupdict().get("rest") or ""
        elif _PROVER_END.match(line):
            role = None
        if role is not None and line.strip() and not _FENCE.match(line):
            yield role, line.strip()


def _role(section: re.Match[str]) -> Role | None:
    """The role that a heading names; None for a signature."""
    if section["premise"]:
        return "premise"
    return "conclusion" if section["conclusion"] else None
