"""What a worker process of the service does: it answers one item in plain values."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

import logic
from logic.errors import LogicError, ParseError, UnsupportedError
from logic.explaining.sheet import sheet
from logic.explaining.world import World
from logic.judging.batch import compare_task
from logic.judging.compare import Names
from logic.judging.questions import formulas_of
from logic.judging.workers.lost import Lost

Item = tuple[str, dict[str, Any]]
"""What is asked, a key of `QUESTIONS`, and with which values."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A question that has no answer, as it is about a text that is no formula: which, and why."""

    what: str
    reason: str
    line: int | None = None
    column: int | None = None
    hint: str | None = None


def answer(item: Item) -> Any:
    """The answer to an item, as `pipelines.service.crew` sends it to a worker."""
    kind, values = item
    return QUESTIONS[kind](**values)


def score(
    candidate: str,
    reference: str,
    names: Names,
    domain: str,
    dialect: str | None,
    canonical_references: bool,
) -> tuple[float | None, str, str | None] | Lost:
    """Score, verdict and, where there is no score, why: as `logic.score` has it."""
    target: str | logic.Formula = reference
    if dialect is not None and canonical_references:
        target = _from_canonical(reference, domain)
    found = compare_task((candidate, target, names, domain, dialect, None))
    if isinstance(found, Lost):
        return found
    reason = "budget spent" if found.score is None else None
    return found.score, found.verdict, reason


@functools.lru_cache(maxsize=4096)
def _from_canonical(reference: str, domain: str) -> str | logic.Formula:
    try:
        return logic.parse(reference, domain=domain)
    except ParseError:
        return reference


def compare(
    candidate: str,
    reference: str,
    names: Names,
    domain: str,
    dialect: str | None,
    write: str | None,
) -> dict[str, Any] | Refused:
    """One comparison with its explanation."""
    try:
        found = logic.compare(
            candidate=candidate, reference=reference, names=names, domain=domain, dialect=dialect
        )
    except LogicError as error:
        return _refused("reference", error)
    told = logic.explain(found)
    differences = told.differences or ()
    formula = found.answer.formula
    text = found.answer.text if formula is None else str(formula)
    values = {
        **found.to_dict(),
        **told.to_dict(),
        "says": told.verdict,
        "names": told.said_of_names(),
        "idle": list(found.answer.idle),
        "candidate_parts": told.pieces(text),
        "reference_parts": _parts(
            str(found.reference), [(one.kind, one.reference) for one in differences]
        ),
        "world": _world(told.world, told.there()),
    }
    if write is not None:
        values["candidate_written"] = _written(formula, write, domain)
        values["reference_written"] = _written(found.reference, write, domain)
    return values


def _parts(text: str, differing: Iterable[tuple[str, str]]) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it differs.

    Of what differs, by kind and part, the part counts where it stands in the text once and is not
    all of it; of another quantifier the sign and its variable alone.
    """
    marked = [False] * len(text)
    for kind, part in differing:
        if not part or text.count(part) != 1:
            continue
        length = len(part.split(" ")[0] if kind == "quantifier" else part)
        start = text.index(part)
        if length < len(text):
            marked[start : start + length] = [True] * length
    pieces = []
    for differs, letters in groupby(zip(text, marked, strict=True), key=lambda pair: pair[1]):
        pieces.append(("".join([letter for letter, _ in letters]), differs))
    return pieces


def entails(
    premises: Sequence[str],
    conclusion: str,
    domain: str,
    dialect: str | None,
    explain: bool,
    write: str | None,
) -> dict[str, Any] | Refused:
    """Whether a conclusion follows; with `explain`, what shows it."""
    read: list[logic.Formula] = []
    named = [(f"premise {number}", text) for number, text in enumerate(premises, start=1)]
    for name, text in [*named, ("conclusion", conclusion)]:
        try:
            read += formulas_of([text], domain, dialect, for_prover=True)
        except LogicError as error:
            return _refused(name, error)
    *assumed, goal = read
    values: dict[str, Any]
    if explain:
        shown = logic.prove(premises=assumed, conclusion=goal, domain=domain)
        world = _world(shown.world, shown.there())
        values = {**shown.to_dict(), "says": shown.says, "world": world}
        verdict = shown.verdict
    else:
        verdict = logic.entails(premises=assumed, conclusion=goal, domain=domain)
        values = {
            "status": verdict.status,
            "method": verdict.method,
            "used": None if verdict.used is None else list(verdict.used),
            "seconds": verdict.seconds,
        }
    if write is not None:
        values["premises_written"] = [_written(one, write, domain) for one in assumed]
        values["conclusion_written"] = _written(goal, write, domain)
    return values | {"reason": verdict.reason}


def parse(text: str, domain: str, dialect: str | None, is_answer: bool) -> dict[str, Any] | Refused:
    """The formula that a text is, or that stands in an answer."""
    if not is_answer:
        try:
            formula = logic.parse(text, domain=domain, dialect=dialect)
        except LogicError as error:
            return _refused("text", error)
        return {"formula": str(formula), "repairs": [], "idle": []}
    found = logic.read_answer(text, domain=domain, dialect=dialect)
    if found.formula is None:
        return _refused("text", found.error or ParseError("there is no formula in it", text=text))
    return {
        "formula": str(found.formula),
        "repairs": list(found.repairs),
        "idle": list(found.idle),
    }


def translate(text: str, to: str, domain: str, dialect: str | None) -> dict[str, Any] | Refused:
    """A formula in another notation."""
    try:
        formula = logic.parse(text, domain=domain, dialect=dialect)
        return {"text": logic.to_text(formula, to, domain=domain), "formula": str(formula)}
    except LogicError as error:
        return _refused("text", error)


QUESTIONS: dict[str, Callable[..., Any]] = {
    "score": score,
    "compare": compare,
    "entails": entails,
    "parse": parse,
    "translate": translate,
}


def _refused(what: str, error: LogicError) -> Refused:
    if isinstance(error, ParseError):
        return Refused(what, error.reason, error.line, error.column, error.hint)
    return Refused(what, str(error))


def _written(formula: logic.Formula | None, dialect: str, domain: str) -> str | None:
    """The formula in a notation; where that cannot express it, why."""
    if formula is None:
        return None
    try:
        return logic.to_text(formula, dialect, domain=domain)
    except UnsupportedError as error:
        return f"({error})"


def _world(world: World | None, there: list[str]) -> dict[str, Any] | None:
    """A world as values, in words and as a picture."""
    if world is None:
        return None
    picture = sheet([world.svg()])
    return {**asdict(world), "sentences": world.sentences(), "there": there, "svg": picture}
