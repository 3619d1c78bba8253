"""Text made to hurt: a clean error or nothing, without deep recursion and with bounded memory."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import logic
from logic.reading.notations.core import MAX_DEPTH, MAX_LENGTH

FORMULA = "∀x (Cat(x) → Animal(x))"
N = 100_000


def _noise(alphabet: str, size: int) -> str:
    return "".join(random.Random(0).choices(alphabet, k=size))


HOSTILE: dict[str, Callable[[], str]] = {
    "opening brackets": lambda: "(" * N,
    "brackets around": lambda: "(" * N + "P" + ")" * N,
    "closing brackets": lambda: ")" * N,
    "square brackets": lambda: "[" * N,
    "braces": lambda: "\\{" * N,
    "negations": lambda: "¬" * N + "P",
    "negation words": lambda: "not " * N + "P",
    "minus signs": lambda: "-" * N,
    "quantifiers": lambda: "∀x " * N + "P(x)",
    "dotted quantifiers": lambda: "∀x." * N + "P(x)",
    "quantifier words": lambda: "for all x " * N,
    "bracketed quantifiers": lambda: "(∀x)" * N,
    "half brackets of quantifiers": lambda: "(∀x" * N,
    "many variables": lambda: "∀" + "x," * N + "x P(x)",
    "many spaced variables": lambda: "∀" + "x " * N + "P(x)",
    "many subscripts": lambda: "∀x_{" * N,
    "arrows": lambda: "P → " * N + "P",
    "conjunctions": lambda: "P ∧ " * N + "P",
    "functions": lambda: "f(" * N,
    "commas": lambda: "P(" + "a," * N,
    "long name": lambda: "a" * N,
    "long dotted name": lambda: "a." * N,
    "long hyphens": lambda: "a-" * N,
    "pluses": lambda: "a" + "+" * N,
    "primes": lambda: "a" + "'" * N,
    "open quote": lambda: "'" + "a" * N,
    "backslashes": lambda: "'" + "\\" * N,
    "quotes": lambda: "'\"" * N,
    "latex text": lambda: "\\text{" * N,
    "latex boxes": lambda: "\\boxed{" * N,
    "blanks": lambda: "P" + " " * N + "Q",
    "true and blanks": lambda: "true" + " " * N + "Q",
    "headers": lambda: "fof(" * N,
    "header names": lambda: "fof(" + "a" * N,
    "tptp lists": lambda: "![X," * N,
    "s-expressions": lambda: "(not " * N,
    "s-expression pairs": lambda: "(and (or " * N,
    "s-expression bars": lambda: "(and |" + "a" * N,
    "s-expression forall": lambda: "(forall ((x U)) " * N,
    "z3py calls": lambda: "Not(And(" * N,
    "z3py dots": lambda: "And(P(a" + ".a" * N + "))",
    "z3py powers": lambda: "Not(P(" + "9" * N + "))",
    "z3py comparisons": lambda: "And(P(a)" + "==P(a)" * N + ")",
    "prolog bodies": lambda: "P :- " + "a, " * N,
    "rules": lambda: ":-" * N,
    "fences": lambda: "```\n" * N,
    "ticks": lambda: "`" * N,
    "dollars": lambda: "$" * N,
    "open maths": lambda: "\\(" * N,
    "stars": lambda: "*" * N,
    "bullets": lambda: "- " * N,
    "hedges": lambda: "P(a)\n" + "so " * N,
    "several hedges": lambda: "P(a)\n" + "now just then " * (N // 3),
    "numbers": lambda: "1. " * N,
    "markers": lambda: "FOL: " * N,
    "marker words": lambda: "formula " * N,
    "marker lines": lambda: "The answer is\n" * N,
    "think": lambda: "<think>" * N,
    "think pairs": lambda: "<think></think>" * N,
    "answers": lambda: "<answer>" * N,
    "entities": lambda: "&amp;" * N,
    "ampersands": lambda: "&" * N,
    "formula lines": lambda: (FORMULA + "\n") * (1_000_000 // len(FORMULA)),
    "formulas in one line": lambda: (FORMULA + " ") * (1_000_000 // len(FORMULA)),
    "broken formula lines": lambda: (FORMULA[:-2] + "\n") * (1_000_000 // len(FORMULA)),
    "noise of signs": lambda: _noise("∀∃¬∧∨→↔⊕()[]{},.:;xyzPQ =<>'\"\\$`*\n", 1_000_000),
    "noise of letters": lambda: _noise("abcdefghij \n", 1_000_000),
    "noise of all characters": lambda: "".join(map(chr, random.Random(0).choices(range(0x110000), k=300_000))),
    "null characters": lambda: "\0" * N,
    "lone surrogates": lambda: "\ud800P(\udfff)" * N,
}  # fmt: skip


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", HOSTILE)
def test_whole_text_gives_an_answer_or_none(name: str) -> None:
    text = HOSTILE[name]()
    tracemalloc.start()
    try:
        answer = logic.read_answer(text)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (answer.formula is None) == (answer.error is not None)
    assert len(answer.text) <= MAX_LENGTH
    assert peak < 60_000_000


@pytest.mark.timeout(20)
@pytest.mark.parametrize("dialect", [None, "smtlib", "z3py", "nltk", "prolog"])
@pytest.mark.parametrize("name", HOSTILE)
def test_the_longest_text_that_is_looked_at_is_read_or_refused(
    name: str, dialect: str | None
) -> None:
    text = HOSTILE[name]()[:MAX_LENGTH]
    try:
        formula = logic.parse(text, dialect=dialect)
    except logic.ParseError as error:
        assert str(error)
        assert error.line >= 1
        assert error.column >= 1
    else:
        if len(str(formula)) <= MAX_LENGTH:  # quotes may be added to a name
            assert logic.parse(str(formula)) == formula


@pytest.mark.parametrize("name", HOSTILE)
def test_too_long_a_text_is_refused_at_once(name: str) -> None:
    text = HOSTILE[name]()
    assert len(text) > MAX_LENGTH
    with pytest.raises(logic.ParseError, match=f"a formula may have {MAX_LENGTH}"):
        logic.parse(text)


@pytest.mark.parametrize("unit", ["¬", "∀x ", "P → ", "∃x."])
def test_nesting_is_allowed_up_to_the_limit_and_no_further(unit: str) -> None:
    assert logic.parse(unit * (MAX_DEPTH - 2) + "P")
    with pytest.raises(logic.ParseError, match=f"nested more than {MAX_DEPTH} levels"):
        logic.parse(unit * (MAX_DEPTH + 1) + "P")


def test_the_deepest_formula_prints_compares_and_hashes() -> None:
    formula = logic.parse("¬∀x (P(x) ∧ " * 40 + "Q" + ")" * 40)
    assert logic.parse(str(formula)) == formula
    assert hash(formula) == hash(logic.parse(str(formula)))
    for dialect in ("smtlib", "z3py", "tptp", "prover9"):
        assert logic.parse(logic.to_text(formula, dialect), dialect=dialect)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_answered(text: str) -> None:
    logic.read_answer(text)


@settings(max_examples=500, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["∀x", "∃y.", "(", ")", "P", "Q(a)", "R(x, y)", "x", "=", "≠", "∧", "or", "→", "¬", ",", ";", ":-", ".",
             "FOL:", "```", "\n", "$", "\\boxed{", "}", "<think>", "</think>", "<answer>", "Yes", "the formula is", "'",
             "**", "`", "- ", "(not (", "ForAll([x],", "|", "\ud800", "\0"]
        ),
        max_size=30,
    ),
    st.sampled_from(["", " "]),
)  # fmt: skip
def test_any_glued_tokens_are_answered(tokens: list[str], glue: str) -> None:
    answer = logic.read_answer(glue.join(tokens))
    assert (answer.formula is None) == (answer.error is not None)
    # That a variable is free is told beside a change, and is none.
    changes = [note for note in answer.repairs if not note.startswith("free variable")]
    assert len(changes) <= 1
    if answer.formula is not None and not answer.repairs:
        assert logic.parse(str(answer.formula)) == answer.formula
