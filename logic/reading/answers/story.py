"""An answer to a whole story: its premises and its conclusion, in order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from logic.errors import ParseError
from logic.language import Language
from logic.languages import language
from logic.reading.answers.answer import Answer, exact_answer, read_answer
from logic.reading.answers.around.records import neutral_entries
from logic.reading.answers.containers.thinking import without_thinking
from logic.reading.answers.signs import is_formula
from logic.reading.escapes import has_single_backslash, with_commands
from logic.reading.files.headings import Role, heading
from logic.reading.files.sections import JOINED, Line, joins, section_lines
from logic.reading.files.statements import Statement, statements
from logic.reading.notations.dialects import check_dialect

_PAIR = re.compile(r"\A\s*(?:(?P<text>TEXT)|(?P<formula>FOL))\s*:\s*(?P<rest>.*)\Z")
_TAG = re.compile(r"\A\s*<(?:(?P<premises>PREMISES?)|CONCLUSION|HYPOTHESIS)>", re.IGNORECASE)
_FORMULA_KEYS = frozenset(["fol", "formula", "logic", "expression"])
_STORY_KEYS = re.compile(
    r"(?:gold[-_ ]?)?(?:label|answer|verdict|truth(?:[-_ ]?value)?|stor(?:y|ies)|examples?)"
    r"(?:[-_ ]?(?:id|text))?",
    re.IGNORECASE,
)
"""What a story has beside its formulas: the answer to its question is no verdict on a formula."""
_DASHED = re.compile(r"\A[-‐‑‒–—―−﹣－]\s+")
_OTHER_ENTRY = "another entry of the object may take it back"
_SAME_KEY = "two entries of an object have one key, and nothing tells which is meant"
_COMMENTED = re.compile(r"\A(?:#|[-‐‑‒–—―−﹣－]{2})")


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
    pairs of lines `TEXT: …` and `FOL: …`, whose last formula is the conclusion; a JSON object with
    "premises" and "conclusion"; and the files of provers: TPTP (each statement by its role), the
    lists of Prover9, SMT-LIB (each assertion, with what is declared before it), and a Prolog program
    (a query is the conclusion, which asks whether there is such a thing). What cannot be read has an
    `answer` with its error, and so has what is denied ("Negated conclusion:", a negated conjecture)
    or joined to what stands beside it ("Either"). Empty where the text has none of these. Never raises on any str;
    raises `ValueError` for an unknown domain or dialect.
    """
    check_dialect(dialect)
    named = language(domain)
    text = without_thinking(text)
    found = statements(text, dialect)
    lines = [] if found and found[0].dialect != "prolog" else _labelled_lines(text)
    if not lines:
        return tuple([_of_statement(statement, named) for statement in found])
    return tuple([StoryFormula(line.role, _answer(line, domain, dialect)) for line in lines])


def _of_statement(statement: Statement, named: Language) -> StoryFormula:
    """What a statement of a file says, by the rules of its notation."""
    if statement.problem is not None:
        return StoryFormula(statement.role, _refused(statement.text, statement.problem))
    return StoryFormula(statement.role, exact_answer(statement.text, named, statement.dialect))


def _answer(line: Line, domain: str, dialect: str | None) -> Answer:
    if line.problem is not None:
        return _refused(line.text, line.problem)
    if _DASHED.match(line.text):
        hint = "write ¬ for a negation, and no bullet"
        return _refused(line.text, "the dash may be a bullet or a negation", hint)
    if _COMMENTED.match(line.text):
        return _refused(line.text, f"{line.text[:2].strip()!r} may begin a comment")
    return read_answer(f"FOL: {line.text}", domain=domain, dialect=dialect)


def _refused(text: str, reason: str, hint: str | None = None) -> Answer:
    return Answer(text, error=ParseError(reason, text=text, hint=hint))


def _labelled_lines(text: str) -> list[Line]:
    labelled = _from_json(text) or _from_pairs(text)
    return labelled or _without_bullets(section_lines(text))


def _without_bullets(lines: list[Line]) -> list[Line]:
    """The lines of sections without their dashes, where each of several has one, as bullets do."""
    are_bullets = len(lines) > 1 and all(_DASHED.match(line.text) for line in lines)
    if not are_bullets:
        return lines
    return [line._replace(text=_DASHED.sub("", line.text, count=1)) for line in lines]


def _from_json(text: str) -> list[Line]:
    start, end = text.find("{"), text.rfind("}") + 1
    value = _record(text[start:end]) if start >= 0 else None
    if value is None:
        return []
    lines: list[Line] = []
    others: dict[str, Any] = {}
    for key, item in value.items():
        found = heading(f"{key}:")
        is_part = found is not None and isinstance(item, str | list | dict)
        if found is not None and is_part:
            role = found.part
            if role != "signature":
                lines += [Line(role, *each) for each in _formulas_of(item, found.problem)]
        elif not _STORY_KEYS.fullmatch(key):
            others[key] = item
    problem = None if neutral_entries(others, "") else _OTHER_ENTRY
    if isinstance(value, _Ambiguous):
        problem = _SAME_KEY
    if problem is not None:
        return [line._replace(problem=line.problem or problem) for line in lines]
    return lines


def _record(text: str) -> dict[str, Any] | None:
    """The object that a text is, with the commands of LaTeX that JSON's escapes have eaten."""
    is_latex = has_single_backslash(text)
    try:
        value = json.loads(text, strict=False, object_pairs_hook=_entries)
    except (ValueError, RecursionError):
        return None
    return _restored(value, is_latex=is_latex) if isinstance(value, dict) else None


def _restored(value: Any, *, is_latex: bool) -> Any:
    """A value of JSON with the commands in its texts as they were written."""
    if isinstance(value, str):
        return with_commands(value, is_latex=is_latex)
    if isinstance(value, list):
        return [_restored(item, is_latex=is_latex) for item in value]
    if isinstance(value, dict):
        items = {key: _restored(item, is_latex=is_latex) for key, item in value.items()}
        return type(value)(items)
    return value


class _Ambiguous(dict[str, Any]):
    """An object of which, somewhere inside it, two entries have one key."""


def _entries(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    is_ambiguous = len(entries) < len(pairs) or any(map(_has_ambiguous, entries.values()))
    return _Ambiguous(entries) if is_ambiguous else entries


def _has_ambiguous(item: Any) -> bool:
    if isinstance(item, list):
        return any(map(_has_ambiguous, item))
    return isinstance(item, _Ambiguous)


def _formulas_of(item: Any, problem: str | None) -> Iterator[tuple[str, str | None]]:
    """The formulas of a JSON value, each with its problem.

    They are its lines, those of its items, or what it has under a formula's key.
    """
    if isinstance(item, str):
        for line in item.split("\n"):
            if line.strip():
                yield line, problem
    elif isinstance(item, list):
        if any(isinstance(part, str) and joins(part) for part in item):
            problem = problem or JOINED
        for part in item:
            yield from _formulas_of(part, problem)
    elif isinstance(item, dict):
        yield from _formulas_of_record(item, problem)


def _formulas_of_record(
    record: dict[str, Any], problem: str | None
) -> Iterator[tuple[str, str | None]]:
    """The formula of a record, whose other entries may take it back; or one for each of its keys."""
    formulas = {key: value for key, value in record.items() if key.lower() in _FORMULA_KEYS}
    others = {key: value for key, value in record.items() if key not in formulas}
    if formulas and not neutral_entries(others, str(next(iter(formulas.values())))):
        problem = problem or _OTHER_ENTRY
    if any(map(joins, record)):
        problem = problem or JOINED
    for part in (formulas or others).values():
        yield from _formulas_of(part, problem)


def _from_pairs(text: str) -> list[Line]:
    """Pairs of a sentence and its formula; the last one is the conclusion, unless tags say which is."""
    lines: list[Line] = []
    has_text = has_tags = False
    is_open = False
    role: Role = "premise"
    for line in text.split("\n"):
        pair = _PAIR.match(line)
        tag = _TAG.match(line)
        if tag is not None:
            has_tags = True
            role = "premise" if tag["premises"] else "conclusion"
        elif pair is None:
            is_below = bool(lines) and not is_open and not line.lstrip().startswith("<")
            if is_below and is_formula(line):  # it may belong to the formula above
                lines[-1] = lines[-1]._replace(problem=JOINED)
        elif pair["text"]:
            has_text = is_open = True
        else:
            is_open = False
            lines.append(Line(role, pair["rest"]))
    if not lines or not has_text:
        return []
    if not has_tags and not is_open:
        lines[-1] = lines[-1]._replace(role="conclusion")
    return lines
