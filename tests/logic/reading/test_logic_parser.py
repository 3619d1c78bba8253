"""Reading: every notation people and models use, one reading each, and errors that say what to mend."""

from __future__ import annotations

import copy
import importlib.util
import pickle
from pathlib import Path
from typing import Any

import lark.lexer
import pytest
from lark import Lark, Token
from lark.exceptions import UnexpectedInput
from lark.lexer import BasicLexer

import logic
from logic.reading.notations import core as parser
from logic.reading.raw import position

FIXTURES = Path(__file__).parents[2] / "fixtures"


def readings() -> list[tuple[str, str]]:
    table, canonical = [], ""
    for line in (FIXTURES / "readings.txt").read_text("utf-8").splitlines():
        if line.startswith("= "):
            canonical = line[2:]
            table.append((canonical, canonical))
        elif line and not line.startswith("# "):
            table.append((line, canonical))
    return table


def refusals() -> list[list[str]]:
    lines = (FIXTURES / "refusals.txt").read_text("utf-8").splitlines()
    return [line.split(" ⟂ ") for line in lines if line and not line.startswith("# ")]


@pytest.mark.parametrize(("text", "canonical"), readings())
def test_reading(text: str, canonical: str) -> None:
    assert str(logic.parse(text)) == canonical


@pytest.mark.parametrize(("text", "place", "reason", "hint"), refusals())
def test_refusal(text: str, place: str, reason: str, hint: str) -> None:
    with pytest.raises(logic.ParseError) as caught:
        logic.parse(text)
    error = caught.value
    assert f"{error.line}:{error.column}" == place
    assert reason in error.reason
    assert hint in (error.hint or "")
    assert str(error).startswith(f"line {error.line}, column {error.column}: {error.reason}")


def test_tables_are_large_enough_to_mean_something() -> None:
    assert len(readings()) >= 150
    assert len(refusals()) >= 40


def test_an_error_shows_place_expectation_and_hint() -> None:
    with pytest.raises(logic.ParseError) as caught:
        logic.parse("∀x (Cat(x) →\n  Animal(x)) ∧ (Dog(a)")
    assert str(caught.value) == (
        "line 2, column 23: the text ends in the middle of a formula\n"
        "    Animal(x)) ∧ (Dog(a)\n"
        "                        ^\n"
        "expected: ')'\n"
        "hint: a bracket is opened and not closed"
    )


def test_errors_survive_pickling_with_their_hint() -> None:
    with pytest.raises(logic.ParseError) as caught:
        logic.parse("P(a) ∧")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.hint, again.expected) == (
        str(caught.value),
        caught.value.hint,
        caught.value.expected,
    )
    assert str(copy.copy(caught.value)) == str(caught.value)


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u3000"])
def test_empty_text_is_refused(text: str) -> None:
    with pytest.raises(logic.ParseError):
        logic.parse(text)


def test_what_is_no_text_and_what_is_no_domain() -> None:
    with pytest.raises(TypeError, match="NoneType"):
        logic.parse(None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="unknown domain 'chess'"):
        logic.parse("P(a)", domain="chess")


def test_quantifier_shadows_and_each_name_is_bound_by_the_nearest() -> None:
    formula = logic.parse("∀x (P(x) ∧ ∃x Q(x))")
    assert logic.parse("∀y (P(y) ∧ ∃x Q(x))") != formula
    assert str(formula) == "∀x (P(x) ∧ ∃x Q(x))"


def test_every_folio_formula_is_read_with_at_most_one_repair(folio_folder: Path) -> None:
    import json

    texts = {
        text
        for path in folio_folder.glob("*.jsonl")
        for line in path.read_text("utf-8").splitlines()
        for row in [json.loads(line)]
        for text in [*row["premises-FOL"], row.get("conclusion-FOL")]
        if text
    }
    answers = [logic.read_answer(text) for text in texts]
    assert sum(answer.formula is None for answer in answers) <= 2
    assert all(len(answer.repairs) <= 1 for answer in answers)
    assert all(
        logic.parse(str(a.formula)) == a.formula
        for a in answers
        if a.formula is not None and not a.repairs
    )


class PlainLexer(BasicLexer):
    """Lark's own, without its search for colliding terminals."""

    __future_interface__ = True

    def __init__(self, conf: Any) -> None:
        conf.skip_validation = True
        super().__init__(conf)


def outcome(reader: Lark, text: str) -> Any:
    """The raw nodes with the place of their first token, or all that an error says."""
    try:
        raw = reader.parse(text)
    except UnexpectedInput as error:
        token = getattr(error, "token", None)
        accepts = sorted(getattr(error, "accepts", None) or ())
        values = [repr(value) for value in error.interactive_parser.parser_state.value_stack]  # type: ignore[attr-defined]
        where = (error.pos_in_stream, error.line, error.column)
        return type(error), where, token, isinstance(token, Token) and token.type, accepts, values
    return raw, position(raw)


def test_lark_is_left_as_it_was() -> None:
    """Others in this process may want its check for colliding terminals, which ours goes without."""
    assert parser.grammar()
    assert lark.lexer.has_interegular is (importlib.util.find_spec("interegular") is not None)


def test_the_quick_lexer_and_driver_give_what_larks_own_give() -> None:
    plain = Lark(
        parser.GRAMMAR.read_text("utf-8"),
        parser="lalr",
        lexer=PlainLexer,
        transformer=parser.RawNodes(),
        maybe_placeholders=False,
        lexer_callbacks={"BINDER": parser.widened},
    )
    texts = [text for text, _ in readings()] + [row[0] for row in refusals()]
    for text in texts:
        for piece in (
            text,
            text[: 2 * len(text) // 3],
            text.replace(" ", "\n"),
            text.replace("(", "( ∧", 1),
            f"{text} §",
        ):
            assert outcome(parser.grammar(), piece) == outcome(plain, piece), piece
