"""SMT-LIB means what its standard says: numbers are numbers, and what is not read is refused by name."""

from __future__ import annotations

import re
from typing import Any

import pytest

import logic
from logic import syntax as S


def parsed(text: str, domain: str = "fol") -> str:
    return str(logic.parse(text, domain=domain, dialect="smtlib"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2 + 3 = 5", "(= (+ 2 3) 5)"),
        ("1 + 2 + 3 > 2 - 1 - 4", "(> (+ 1 2 3) (- 2 1 4))"),
        ("∀x:Int (x + 1 > x)", "(forall ((x Int)) (> (+ x 1) x))"),
        ("∀x:Int ∃y:Int (y > x)", "(forall ((x Int)) (exists ((y Int)) (> y x)))"),
        ("∃r:Real (r * r = 2.0)", "(exists ((r Real)) (= (* r r) 2))"),
        ("1 < 2 ∧ 2 < 3", "(< 1 2 3)"),
        ("p ≤ -5", "(declare-const p Int) (assert (<= p (- 5)))"),
        ("r < -5.0", "(declare-fun r () Real) (assert (< r (- 5)))"),
        ("r = 5.6", "(declare-fun r () Real) (assert (= r (/ 28 5)))"),
        (
            "f(a) + 1 > 2",
            "(declare-fun f (Int) Int) (declare-const a Int) (assert (> (+ (f a) 1) 2))",
        ),
        ("∀x (Age(x) ≥ 18 → Adult(x))", "(forall ((x U)) (=> (>= (Age x) 18) (Adult x)))"),
        ("¬(1 = 2)", "(distinct 1 2)"),
    ],
)
def test_numbers_in_the_domain_arithmetic(text: str, said: str) -> None:
    expected = logic.parse(text, domain="arithmetic")
    assert logic.parse(said, domain="arithmetic", dialect="smtlib") == expected


VALID = [
    "(= (+ 2 3) 5)",
    "(= (* 6 7) 42)",
    "(not (= 2 3))",
    "(forall ((x Int)) (not (= (* 2 x) 5)))",
    "(exists ((x Real)) (= (* 2.0 x) 5.0))",
    "(forall ((x Int) (y Int)) (=> (< x y) (<= (+ x 1) y)))",
    "(forall ((x Real)) (exists ((y Real)) (< x y)))",
    "(declare-const p Int) (declare-const q Int) (assert (or (<= q p) (<= p q)))",
    "(declare-const p Bool) (declare-const q Bool) (assert (or (distinct p q) (= p q)))",
]
INVALID = [
    "(= (+ 2 3) 6)",
    "(forall ((x Real) (y Real)) (=> (< x y) (<= (+ x 1) y)))",
    "(exists ((x Int)) (= (* 2 x) 5))",
    "(declare-const p Int) (assert (< p (- p (- 5 2))))",
    "(declare-const p Bool) (declare-const q Bool) (assert (= p q))",
]


@pytest.mark.parametrize(
    ("text", "status"),
    [*((text, "proved") for text in VALID), *((text, "refuted") for text in INVALID)],
)
def test_truths_of_arithmetic(text: str, status: str) -> None:
    verdict = logic.entails(premises=[], conclusion=text, dialect="smtlib", domain="arithmetic")
    assert verdict.status == status


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("(= (+ 2 3) 5)", "'+' is an operation on numbers"),
        ("(P 2)", "2 is a number"),
        ("(= x 1.5)", "1.5 is a number"),
        ("(forall ((x Int)) (P x))", "the sort Int is of numbers"),
        ("(declare-const r Real) (assert (P r))", "the sort Real is of numbers"),
        ("(declare-fun f (Int) Bool) (assert (f a))", "the sort Int is of numbers"),
        ("(- a b)", "'-' is an operation"),
    ],
)
def test_numbers_are_refused_in_the_core(text: str, named: str) -> None:
    with pytest.raises(logic.ParseError) as raised:
        parsed(text)
    assert named in str(raised.value) and 'domain="arithmetic"' in str(raised.value)


@pytest.mark.parametrize("domain", ["fol", "arithmetic"])
@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("(declare-const v (_ BitVec 8)) (assert (= v v))", "the sort (_ BitVec 8)"),
        ("(declare-const a (Array Int Int)) (assert (= a a))", "the sort (Array Int Int)"),
        ("(forall ((s String)) (P s))", "the sort String"),
        ("(forall ((m RoundingMode)) (P m))", "the sort RoundingMode"),
        ("(forall ((b Bool)) (or b (not b)))", "the sort Bool"),
        ("(declare-fun f (Bool) Bool) (assert (f true))", "the sort Bool"),
        ("(= (bvadd a b) c)", "'bvadd' has a meaning"),
        ("(= #b01 #b10)", "the literal #b01"),
        ("(= (select a i) b)", "'select' has a meaning"),
        ("(= (str.len a) b)", "'str.len' has a meaning"),
        ("(= ((_ extract 7 0) a) b)", "an application is written"),
        ("(= (mod a b) c)", "'mod' has a meaning"),
        ("(= (to_real a) b)", "'to_real' has a meaning"),
        ("(P (ite q a b))", "'ite' cannot be read"),
        ("(let ((y a)) (P y))", "'let' cannot be read"),
        ("(and (P a) (Q (and p q)))", "a formula stands where a term is needed"),
    ],
)
def test_what_is_not_read_is_named(domain: str, text: str, named: str) -> None:
    with pytest.raises(logic.ParseError, match=re.escape(named)):
        logic.parse(text, domain=domain, dialect="smtlib")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("(declare-fun f (U) U) (assert (P (f a b)))", "declared with 1 arguments, here are 2"),
        ("(declare-fun p () Bool) (assert (P p))", "a formula stands where a term is needed"),
        ("(declare-const a U) (assert (and a b))", "'a' is of the sort U and no formula"),
        ("(declare-const a A) (declare-const b B) (assert (= a b))", "the sort B stands where A"),
        (
            "(declare-sort A 0) (declare-sort B 0)"
            "(assert (and (forall ((x A) (y A)) (= x y)) (exists ((z B)) (Q z))))",
            "two sorts, A and B, beside an equation",
        ),
        ("(declare-fun f U) (assert (P a))", "declare-fun takes a name and sorts"),
        ("(distinct p (and q r) s)", "distinct takes two formulas"),
    ],
)
def test_what_is_wrongly_sorted_is_refused(text: str, named: str) -> None:
    with pytest.raises(logic.ParseError, match=named):
        parsed(text)


def test_what_is_declared_is_a_name() -> None:
    """A symbol of a theory that is not loaded is a name, where it is declared."""
    text = "(declare-sort U 0) (declare-fun select (U) Bool) (assert (forall ((x U)) (select x)))"
    assert parsed(text) == "∀x select(x)"
    assert parsed("(|+| a b)") == "'+'(a, b)"
    assert parsed("(<= a b)") == "a ≤ b"


def test_several_sorts_without_equations_are_one() -> None:
    text = "(forall ((x A)) (exists ((y B)) (Likes x y)))"
    assert parsed(text) == "∀x ∃y Likes(x, y)"


def test_a_real_that_nothing_shows_is_refused() -> None:
    """Without a decimal or a variable the domain would take it for a whole number."""
    declared = "(declare-const r Real) (declare-const s Real)"
    text = f"{declared} (assert (or (<= r s) (<= s r)))"
    with pytest.raises(logic.ParseError, match="'r' is declared Real, and nothing"):
        parsed(text, "arithmetic")
    assert parsed(f"{declared} (assert (< (+ r s) 1))", "arithmetic") == "r + s < 1.0"


def test_round_trip_of_odd_names() -> None:
    for name in ("+", "-", "*", "<=", "and", "=", "select"):
        formula = logic.parse(f"∀x '{name}'(x, '{name}'(a))")
        text = logic.to_text(formula, "smtlib")
        if name != "select":
            assert logic.parse(text, dialect="smtlib") == formula


# ---- another project's suite ----


def script(example: Any) -> str:
    """An example of pysmt as a script: its symbols declared, its formula asserted."""
    from pysmt.shortcuts import to_smtlib

    lines = []
    for symbol in sorted(example.expr.get_free_variables(), key=str):
        sort = symbol.symbol_type()
        name = f"|{symbol.symbol_name()}|"
        if sort.is_function_type():
            arguments = " ".join(part.as_smtlib(funstyle=False) for part in sort.param_types)
            result = sort.return_type.as_smtlib(funstyle=False)
            lines.append(f"(declare-fun {name} ({arguments}) {result})")
        else:
            lines.append(f"(declare-fun {name} () {sort.as_smtlib(funstyle=False)})")
    lines.append(f"(assert {to_smtlib(example.expr, daggify=False)})")
    return "\n".join(lines)


def test_the_examples_of_pysmt() -> None:
    """Each is decided as pysmt says or refused by name; none is read as something else."""
    examples = pytest.importorskip("pysmt.test.examples")
    wrong, right, refused = [], 0, 0
    for example in examples.get_example_formulae():
        text = script(example)
        try:
            formula = logic.parse(text, domain="arithmetic", dialect="smtlib")
        except logic.LogicError:
            refused += 1
            continue
        valid = logic.entails(premises=[], conclusion=formula, domain="arithmetic").status
        unsatisfiable = logic.entails(
            premises=[formula], conclusion="⊥", domain="arithmetic", used=False
        ).status
        expected = {True: "proved", False: "refuted"}
        if valid not in (expected[example.is_valid], "unknown"):
            wrong.append((text, "valid", valid))
        if unsatisfiable not in (expected[not example.is_sat], "unknown"):
            wrong.append((text, "satisfiable", unsatisfiable))
        right += 1
    assert wrong == []
    assert right >= 20 and right + refused >= 100
    print(right, refused)


COMMANDS = ["assert", "check-sat", "declare-fun", "set-logic", "set-info"]


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("dialect", ["unicode", "ascii", "words", "latex"])
def test_a_name_in_a_formula_is_no_command(name: str, dialect: str) -> None:
    proposition, constant = S.Atom(name), S.Constant(name)
    other = S.Atom("P", (S.Constant("a"),))
    firsts: list[S.Formula] = [
        S.Or((proposition, other)),
        S.Xor((proposition, other)),
        S.Implies(proposition, other),
        S.Iff(proposition, other),
        S.Implies(S.And((proposition, other)), other),
        S.Implies(S.Equality(constant, constant), other),
        S.Implies(S.Not(S.Equality(constant, constant)), other),
        *[S.Implies(S.Atom(sign, (constant, constant)), other) for sign in "≤≥<>"],
    ]
    for first in firsts:
        for formula in (S.And((first, other)), S.Implies(first, other)):
            text = logic.to_text(formula, dialect)
            assert logic.parse(text) == formula, text


def test_a_quoted_word_in_a_formula_is_no_command() -> None:
    text = "(assert ⊕ 'forall' = 'forall') ⊕ 'forall' = 'forall'"
    assert str(logic.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(assert (P a))", "P(a)"),
        ("(assert p)", "p"),
        ("( assert |a b|)", "'a b'"),
        ("(assert ; the fact\n (P a))", "P(a)"),
        ("(assert\n  (forall ((x U)) (P x)))", "∀x P(x)"),
        ("(assert (and p q))", "p ∧ q"),
        ("(assert (= a b))", "a = b"),
        ("(assert true)", "⊤"),
        ("(declare-sort U 0)(assert true)", "⊤"),
        ("(set-logic ALL)\n(declare-const p Bool)\n(assert p)\n(check-sat)", "p"),
    ],
)
def test_a_script_is_known_by_its_first_command(text: str, said: str) -> None:
    assert str(logic.parse(text)) == said
