"""The judge's tools for a model or an agent: texts in, plain values for JSON out, and nothing raises.

`ask` and `ask_async` run them in worker processes that can be killed. A `domain` is one of those that
ship with folalign: what an agent asks for runs no other code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import logic
from alignment.judging import pool_for, require_shipped
from logic.judging.compare import Names
from logic.judging.workers.lost import Lost
from logic.signatures.signature import signature

Values = dict[str, Any]


def parse(
    text: str, domain: str = "fol", dialect: str | None = None, write_as: str | None = None
) -> Values:
    """Read one formula strictly: its canonical form and symbols, or where and why it cannot be read.

    `dialect` is the notation of the text where it is known, `write_as` one to write it in as well:
    one of unicode, ascii, latex, tptp, smtlib, z3py, nltk, prover9 and others, as the error lists.
    """
    formula = logic.parse(text, domain=domain, dialect=dialect)
    symbols = signature(formula)
    found: Values = {
        "formula": str(formula),
        "predicates": [f"{name}/{arity}" for name, arity in symbols.predicates],
        "functions": [f"{name}/{arity}" for name, arity in symbols.functions],
        "constants": list(symbols.constants),
    }
    if write_as is not None:
        found["written"] = logic.to_text(formula, write_as)
    return found


def check(answer: str, domain: str = "fol", dialect: str | None = None) -> Values:
    """Find the formula in a model's whole answer, and look for slips that no reference is needed for.

    `meaning` is "contingent" for a formula that says something; "valid" and "contradictory" ones are
    true or false everywhere. `repairs` is what had to be changed to read it, `idle` the quantifiers
    that bind nothing.
    """
    found = logic.read_answer(answer, domain=domain, dialect=dialect)
    if found.formula is None:
        return _told(found.error) if found.error else {"error": "no formula found"}
    return {
        "formula": str(found.formula),
        "text": found.text,
        "repairs": list(found.repairs),
        "idle": list(found.idle),
        "meaning": _meaning(found.formula, domain),
    }


def compare(
    candidate: str,
    reference: str,
    names: Names = "match",
    domain: str = "fol",
    dialect: str | None = None,
) -> Values:
    """Judge a candidate against a reference formula: score in [0, 1], verdict, and what differs.

    The score is 1 only where equivalence is proved. `names` "match" lets the candidate use other
    names for predicates and constants, "exact" does not.
    """
    comparison = logic.compare(
        candidate=candidate, reference=reference, names=names, domain=domain, dialect=dialect
    )
    return comparison.to_dict() | {"explanation": str(logic.explain(comparison))}


def entails(
    premises: list[str], conclusion: str, domain: str = "fol", dialect: str | None = None
) -> Values:
    """Whether a conclusion follows from premises, with the steps of a proof or a world that refutes.

    `status` is "proved", "refuted" or "unknown"; `used` are the numbers, from 0, of premises that
    suffice.
    """
    found = logic.prove(premises=premises, conclusion=conclusion, domain=domain, dialect=dialect)
    used = found.verdict.used
    return {
        "status": found.verdict.status,
        "used": None if used is None else list(used),
        "explanation": str(found),
    }


def countermodel(
    conclusion: str,
    premises: list[str] | None = None,
    domain: str = "fol",
    dialect: str | None = None,
) -> Values:
    """A world in which the premises are true and the conclusion is false, where there is one.

    Without premises, one in which the formula is false.
    """
    found = logic.prove(
        premises=premises or [], conclusion=conclusion, domain=domain, dialect=dialect
    )
    shown: str | None = None
    if found.world is not None:
        shown = "\n".join(found.world.sentences())
    elif found.verdict.countermodel is not None:
        shown = str(found.verdict.countermodel)
    return {"status": found.verdict.status, "countermodel": shown, "says": found.says}


TOOLS: dict[str, Callable[..., Values]] = {
    tool.__name__: tool for tool in (parse, check, compare, entails, countermodel)
}


def ask(name: str, **arguments: Any) -> Values:
    """What a tool says, from a worker process; `error` says why it says nothing."""
    return _values(pool_for(_TASK).ask((name, arguments)))


async def ask_async(name: str, **arguments: Any) -> Values:
    """As `ask`; the event loop goes on meanwhile."""
    return _values(await pool_for(_TASK).ask_async((name, arguments)))


def answer(item: tuple[str, Values]) -> Values:
    """The task of a worker: one call of a tool."""
    name, arguments = item
    try:
        require_shipped(arguments.get("domain", "fol"))
        return TOOLS[name](**arguments)
    except (logic.LogicError, ValueError) as error:
        return _told(error)


_TASK = f"{__name__}:{answer.__name__}"


def _meaning(formula: logic.Formula, domain: str) -> str:
    """Whether a formula is true everywhere, nowhere, or neither."""
    if logic.entails(premises=[], conclusion=formula, domain=domain).status == "proved":
        return "valid"
    status = logic.consistent([formula], domain=domain).status
    return "contingent" if status == "consistent" else status


def _told(error: Exception) -> Values:
    """An error as values; of a text that cannot be read, also the place."""
    if not isinstance(error, logic.ParseError):
        return {"error": str(error)}
    return {
        "error": error.reason,
        "line": error.line,
        "column": error.column,
        "expected": error.expected,
        "hint": error.hint,
    }


def _values(outcome: Values | Lost) -> Values:
    return {"error": outcome.reason} if isinstance(outcome, Lost) else outcome


__all__ = ["TOOLS", "answer", "ask", "ask_async"]
