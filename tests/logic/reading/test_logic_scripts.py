"""Scripts for Z3: their statements and sorts; and what else provers' notations have beside formulas."""

from __future__ import annotations

import pytest

import logic

_TWO = "Cat = DeclareSort('Cat')\nDog = DeclareSort('Dog')\nx, y = Consts('x y', Cat)\nd, e = Consts('d e', Dog)\n"
_ONE = "U = DeclareSort('U')\nx, y = Consts('x y', U)\nP = Function('P', U, BoolSort())\n"
_ENUM = "Color, (red, green) = EnumSort('Color', ['red', 'green'])\n"


@pytest.mark.parametrize(
    "text",
    [
        "s.add(P(a))\nprint(s.check())", "s.add(Not(P(a)))\nprint(s.model())", "prove(P(a))\nprint(s.check())",
        "s.add(P(a))\nprint(tom)", "s.add(P(a))\nQ(a)", "s.check(tom)", "print(s.check())", "P(s.check())",
    ],
)  # fmt: skip
def test_a_call_in_a_script_is_a_statement(text: str) -> None:
    assert logic.read_answer(text).formula is None


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("print(tom)", "print(tom)"),
        ("check(tom, anna)", "check(tom, anna)"),
        ("all x.check(x)", "∀x check(x)"),
        ("exists x, y.add(x, y)", "∃x ∃y add(x, y)"),
    ],
)
def test_a_predicate_called_as_a_method_is_read(text: str, formula: str) -> None:
    assert str(logic.read_answer(text).formula) == formula


@pytest.mark.parametrize(
    "script",
    [
        _TWO + "formula = ForAll([x, y], x == y)",
        _TWO + "formula = And(ForAll([x, y], x == y), Exists([d, e], d != e))",
        "Cat, Dog = DeclareSort('Cat'), DeclareSort('Dog')\nx, y = Consts('x y', Cat)\nd = Const('d', Dog)\n"
        "formula = ForAll([x, y], x == y)",
        "x = Int('x')\ny = Int('y')\nformula = Exists([x, y], x != y)",
        "x, y = Reals('x y')\nformula = ForAll([x], Exists([y], y > x))",
        _ENUM + "formula = red != green",
        "Color, members = EnumSort('Color', ['red', 'green'])\nred, green = members\nformula = red != green",
        _ENUM + "P = Function('P', Color, BoolSort())\nc = Const('c', Color)\nformula = ForAll([c], P(c))",
        "B = BitVecSort(2)\nP = Function('P', B, BoolSort())\nx = Const('x', B)\nformula = ForAll([x], P(x))",
        "U = DeclareSort('U')\nage = Function('age', U, IntSort())\nx = Const('x', U)\nf = Exists([x], age(x) == 18)",
        "Cat = DeclareSort('Cat')\nDog = DeclareSort('Dog')\nx = Const('x', Cat)\nd = Const('x', Dog)\n"
        "P = Function('P', Cat, BoolSort())\nformula = ForAll([x], P(x))",
    ],
)  # fmt: skip
def test_a_script_whose_sorts_are_no_one_set_is_refused(script: str) -> None:
    assert logic.read_answer(f"from z3 import *\n{script}").formula is None


@pytest.mark.parametrize(
    ("script", "formula"),
    [
        (_ONE + "formula = ForAll([x, y], x == y)", "∀x ∀y (x = y)"),
        (_ONE + "formula = Exists([x, y], And(P(x), Distinct(x, y)))", "∃x ∃y (P(x) ∧ x ≠ y)"),
        (_TWO + "R = Function('R', Cat, Dog, BoolSort())\nf = ForAll([x], Exists([d], R(x, d)))", "∀x ∃d R(x, d)"),
        ("P = Function('P', IntSort(), BoolSort())\nx = Int('x')\nf = ForAll([x], P(x))", "∀x P(x)"),
        (_ENUM + "P = Function('P', Color, BoolSort())\nf = P(red)", "P(red)"),
        (_ONE + "age = Function('age', U, IntSort())\nf = ForAll([x], Implies(P(x), age(x) >= 18))",
         "∀x (P(x) → age(x) ≥ 18)"),
    ],
)  # fmt: skip
def test_a_script_whose_sorts_are_one_set_is_read(script: str, formula: str) -> None:
    assert str(logic.read_answer(f"from z3 import *\n{script}").formula) == formula


@pytest.mark.parametrize(
    ("text", "dialect", "formula"),
    [
        ("P(a) <- Q(a)", "prover9", "Q(a) → P(a)"),
        ("P(a) <-> Q(a).", "prover9", "P(a) ↔ Q(a)"),
        ("P(x) -> Q(x) # label(one) # answer(x).", "prover9", "∀x (P(x) → Q(x))"),
        ("P(x) -> Q(x). % each", "prover9", "∀x (P(x) → Q(x))"),
        ("% first\nfof(a, axiom, p(a)). % c", "tptp", "p(a)"),
        ("fof(a, axiom, '50%'(a)).", "tptp", "'50%'(a)"),
        ("fof(a, negated_conjecture, ~ p(a)).", None, "¬p(a)"),
        ("Distinct(a, b, c)", "z3py", "a ≠ b ∧ a ≠ c ∧ b ≠ c"),
        ("Not(Distinct(a, b))", "z3py", "a = b"),
    ],
)
def test_what_a_notation_has_beside_formulas(text: str, dialect: str | None, formula: str) -> None:
    assert logic.parse(text, dialect=dialect) == logic.parse(formula)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("fof(a, type, p(a)).", "the role 'type'"),
        ("fof(c, axiom-local, p).", "the role 'axiom-local'"),
        ("AtMost(P(a), Q(a), 1)", "AtMost has a meaning in Z3"),
        ("And(P(a), Distinct(P(a), Q(a)))", "Distinct"),
        ("fof(a, axiom, $distinct(a, b, c)).", "unexpected"),
    ],
)
def test_what_states_no_formula_of_the_core_is_refused(text: str, named: str) -> None:
    with pytest.raises(logic.ParseError, match=named):
        logic.parse(text)
