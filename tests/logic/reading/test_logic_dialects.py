"""Telling notations apart, and what is particular to each."""

from __future__ import annotations

import warnings

import pytest

import logic
from logic import syntax as S
from logic.reading.notations.dialects import DIALECTS, detect

CHASE = "∀x (Cat(x) → ∃y (Dog(y) ∧ Chases(x, y)))"


@pytest.mark.parametrize("dialect", [name for name in DIALECTS if name not in ("tptp", "prolog")])
def test_each_notation_is_read_by_name_and_by_detection(dialect: str) -> None:
    formula = logic.parse(CHASE)
    text = logic.to_text(formula, dialect)
    assert logic.parse(text, dialect=dialect) == formula
    assert logic.parse(text) == formula


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("(and (P a) (Q b))", "smtlib"),
        ("(=> (P a) (Q b))", "smtlib"),
        ("(forall ((x U)) (P x))", "smtlib"),
        ("\n (assert (P a))", "smtlib"),
        ("(declare-fun P (U) Bool) (assert (P a))", "smtlib"),
        ("(not (= a b))", "smtlib"),
        ("ForAll([x], P(x))", "z3py"),
        ("Exists(x, P(x))", "z3py"),
        ("And(P(a), Q(b))", "z3py"),
        ("z3.Not(P(a))", "z3py"),
        ("Not(f(a)) ∧ Q(b)", "unicode"),
        ("Or(a, b)", "unicode"),
        ("(not P(a))", "unicode"),
        ("(forall x P(x))", "unicode"),
        ("(P(a) and Q(b))", "unicode"),
        ("∀x Not(x)", "unicode"),
    ],
)
def test_detection(text: str, dialect: str) -> None:
    assert detect(text) == dialect


@pytest.mark.parametrize(
    "text", ["Or(a, b)", "Not(happy)", "∀x (All(x) → Some(x))", "Exists(tom)", "Implies(a, b)"]
)
def test_predicates_named_like_operators_stay_predicates(text: str) -> None:
    formula = logic.parse(text)
    assert {type(node).__name__ for node in (formula, *formula.children())} <= {
        "Atom",
        "Constant",
        "Forall",
        "Implies",
    }
    assert logic.parse(str(formula)) == formula


def test_a_dotted_quantifier_reaches_as_far_as_the_notation_says() -> None:
    text = "all x.P(x) & Q(a)"
    assert str(logic.parse(text)) == "∀x (P(x) ∧ Q(a))"
    assert str(logic.parse(text, dialect="nltk")) == "∀x P(x) ∧ Q(a)"


def test_smtlib_tells_biconditionals_from_equalities() -> None:
    script = "(declare-fun p (U) Bool) (declare-const c Bool) (assert (= (p a) c))"
    assert logic.parse(script) == S.Iff(S.Atom("p", (S.Constant("a"),)), S.Atom("c"))
    assert logic.parse("(= (p a) b)", dialect="smtlib") == logic.parse("p(a) = b")
    assert logic.parse("(= (p a) (not (q b)))") == logic.parse("p(a) ↔ ¬q(b)")
    assert logic.parse("(= a b c)") == logic.parse("a = b ∧ b = c")


def test_smtlib_names_are_literal_and_unbound_ones_are_constants() -> None:
    assert logic.parse("(P |captain america| x)", dialect="smtlib") == S.Atom(
        "P", (S.Constant("captain america"), S.Constant("x"))
    )


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("(forall ((|a b| U)) (P |a b|))", "∀x1 P(x1)"),
        ("(forall ((x!1 U)) (exists ((x!2 U)) (R x!1 x!2)))", "∀x1 ∃x2 R(x1, x2)"),
        ("(forall ((|a b| U)) (exists ((|a b| U)) (P |a b|)))", "∀x1 ∃x1 P(x1)"),
        ("(forall ((_x U) (one U)) (R _x one a))", "∀x1 ∀x2 R(x1, x2, a)"),
        ("ForAll([xor, x1], R(x1, xor))", "∀x2 ∀x1 R(x1, x2)"),
        ("ForAll([xPy], P(xPy))", "∀x1 P(x1)"),
        ("Exists([all], And(P(all), Q(x1)))", "∃x2 (P(x2) ∧ Q('x1'))"),
    ],
)
def test_a_literal_variable_that_could_not_be_printed_gets_another_name(
    text: str, printed: str
) -> None:
    formula = logic.parse(text)
    assert str(formula) == printed
    assert logic.parse(printed) == formula


@pytest.mark.parametrize(
    "text",
    ["(P a", "(P a))", "()", "((P a))", "(let ((x a)) (P x))", "(and)", "(not)", "(not (P a) (P b))", "(=> (P a))",
     "(forall x (P x))", "(forall ((x)) (P x))", "(forall () (P a))", "(P a) (Q b)", "(assert)",
     "(P (and (Q a) (R b)))", '(P "a")', "(P ∧ a)", "|P"],
)  # fmt: skip
def test_smtlib_that_is_no_formula(text: str) -> None:
    with pytest.raises(logic.ParseError) as caught:
        logic.parse(text, dialect="smtlib")
    assert caught.value.line == 1
    assert str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["ForAll([x], P(x)", "P(a)), (P(b)", "P(a)) == (Q(b)", "lambda: 1", "P(a) if a else b", "__import__('os')",
     "P(a=b)", "Not(P(a), P(b))", "Implies(P(a))", "ForAll([1], P(a))", "a == b == c", "a in b", "BoolVal(1)",
     "P(And(Q(a), R(b)))", "x.y(z)", "[P(a)]", "P(*a)", "Not()", "And()", "P()", "P(a); Q(b)", "import os"],
)  # fmt: skip
def test_z3py_that_is_no_formula(text: str) -> None:
    with pytest.raises(logic.ParseError) as caught:
        logic.parse(text, dialect="z3py")
    assert str(caught.value)


def test_z3py_is_never_run_and_never_warns() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        formula = logic.parse("Or(P(1), P(2024), 3 < f(x))", dialect="z3py")
    assert str(formula) == "P(1) ∨ P(2024) ∨ 3 < f('x')"


def test_z3py_tells_biconditionals_from_equalities() -> None:
    assert logic.parse("mother(a) == b", dialect="z3py") == logic.parse("mother(a) = b")
    assert logic.parse("P(a) == Not(Q(b))", dialect="z3py") == logic.parse("P(a) ↔ ¬Q(b)")
    assert logic.parse("P(a) != And(Q(b), R(c))", dialect="z3py") == logic.parse(
        "¬(P(a) ↔ Q(b) ∧ R(c))"
    )


def test_prolog_by_name_closes_facts_too() -> None:
    assert str(logic.parse("likes(X, anna).", dialect="prolog")) == "∀X likes(X, anna)"
    assert str(logic.parse("likes(X, anna).")) == "likes(X, anna)"


def test_tptp_defined_words_are_comparisons() -> None:
    formula = logic.parse("![X]: ($lesseq(X, 5) | $greater(X, 5))")
    assert str(formula) == "∀X (X ≤ 5 ∨ X > 5)"
    assert logic.parse(logic.to_text(formula, "tptp")) == formula


@pytest.mark.parametrize("text", ["p(_) :- q(_).", "p(X) :- q(X, _), r(_)."])
def test_prologs_nameless_variables_are_not_one_variable(text: str) -> None:
    with pytest.raises(logic.ParseError, match="another variable each time"):
        logic.parse(text)
    assert logic.read_answer(f"FOL: {text}").formula is None
    assert str(logic.parse("p(X) :- q(X, _).")) == "∀X ∀x1 (q(X, x1) → p(X))"


def test_the_empty_name_of_smtlib_is_a_name() -> None:
    formula = logic.parse("(|| a b)", dialect="smtlib")
    assert formula == S.Atom("", (S.Constant("a"), S.Constant("b")))
    assert logic.read_answer("(|| (P a) (Q b))", dialect="smtlib").error is None
