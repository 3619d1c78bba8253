"""What a notation says of its own signs: read as it is meant there, or refused by name."""

from __future__ import annotations

import pytest

import logic


def parsed(text: str, dialect: str | None) -> str:
    try:
        return str(logic.parse(text, dialect=dialect))
    except logic.ParseError:
        return "-"


# ---- what == joins in Z3's Python, and = in SMT-LIB ----

Z3PY = [
    ("And(P(a), P(a) == Q(a))", "P(a) ∧ (P(a) ↔ Q(a))"),
    ("ForAll([x], And(Cat(x) == Feline(x), Implies(Cat(x), Animal(x))))",
     "∀x ((Cat(x) ↔ Feline(x)) ∧ (Cat(x) → Animal(x)))"),
    ("Or(P(a), P(a) != Q(a))", "P(a) ∨ ¬(P(a) ↔ Q(a))"),
    ("And(R(c), P(a) == Q(a), Q(a) == R(c))", "R(c) ∧ (P(a) ↔ Q(a)) ∧ (Q(a) ↔ R(c))"),
    ("P(a) == (Q(a) == True)", "P(a) ↔ (Q(a) ↔ ⊤)"),
    ("(P(a) & Q(a)) == R(a)", "P(a) ∧ Q(a) ↔ R(a)"),
    ("P(a) & Q(a) == R(a)", "P(a) ∧ Q(a) ↔ R(a)"),
    ("~P(a) == Q(a)", "¬P(a) ↔ Q(a)"),
    ("P(a) | Q(a) & R(a)", "P(a) ∨ Q(a) ∧ R(a)"),
    ("P(a) ^ Q(a)", "P(a) ⊕ Q(a)"),
    ("ForAll([x], Implies(P(x) & ~Q(x), R(x) | S(x)))", "∀x (P(x) ∧ ¬Q(x) → R(x) ∨ S(x))"),
    ("And(p, p == q)", "p ∧ (p ↔ q)"),
    ("And(R(f(a)), f(a) == g(b))", "R(f(a)) ∧ f(a) = g(b)"),
    ("ForAll([x], mother(x) == x)", "∀x (mother(x) = x)"),
    ("mother(a) == b", "mother(a) = b"),
    ("f(a) < g(b)", "f(a) < g(b)"),
    ("Not(Distinct(f(a), g(b)))", "f(a) = g(b)"),
    ("And(P(a)) == Q(a)", "P(a) ↔ Q(a)"),
    # Nothing decides.
    ("P(a) == Q(a)", "-"),
    ("ForAll([x], Cat(x) == Feline(x))", "-"),
    ("cat(a) == animal(a)", "-"),
    ("P(a) != Q(b)", "-"),
    ("And(p, q == r)", "-"),
    # Something says each.
    ("And(P(a), Q(P(a)), P(a) == R(a))", "-"),
    ("And(P(a), Not(Distinct(P(a), Q(a))))", "-"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "formula"), Z3PY)
def test_python_equations_join_what_their_names_are(text: str, formula: str) -> None:
    assert parsed(text, "z3py") == formula


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("(and (P a) (= (P a) (Q a)))", "P(a) ∧ (P(a) ↔ Q(a))"),
        ("(forall ((x U)) (=> (C x) (= (C x) (D x))))", "∀x (C(x) → (C(x) ↔ D(x)))"),
        ("(or (P a) (distinct (P a) (Q a)))", "P(a) ∨ (P(a) ⊕ Q(a))"),
        ("(and (R (f a)) (= (f a) (g b)))", "R(f(a)) ∧ f(a) = g(b)"),
        ("(= (f a) b)", "f(a) = b"),
        ("(not (distinct (f a) (g b)))", "f(a) = g(b)"),
        ("(declare-fun P (U) Bool) (assert (= (P a) (Q a)))", "P(a) ↔ Q(a)"),
        ("(declare-fun f (U) U) (assert (= (f a) (g a)))", "f(a) = g(a)"),
        ("(= (P a) (Q a))", "-"),
        ("(forall ((x U)) (= (cat x) (feline x)))", "-"),
        ("(and (P a) (R (P a)) (= (P a) (Q a)))", "-"),
    ],
)
def test_smtlib_equations_join_what_their_names_are(text: str, formula: str) -> None:
    assert parsed(text, "smtlib") == formula


@pytest.mark.parametrize("dialect", ["z3py", None])
def test_texts_beside_an_equation_say_what_it_joins(dialect: str | None) -> None:
    equation = "P(a) == Q(a)"
    texts = [equation if dialect else f"Or({equation}, {equation})", "P(a)"]
    verdict = logic.entails(premises=texts, conclusion="Q(a)", dialect=dialect)
    assert verdict.status == "proved"
    chained = ["P(a) == Q(a)", "Q(a) == R(a)", "Not(R(a))"]
    assert (
        logic.entails(premises=chained, conclusion="Not(P(a))", dialect="z3py").status == "proved"
    )
    terms = ["f(a) == g(b)", "S(f(a))"]
    assert logic.entails(premises=terms, conclusion="S(g(b))", dialect="z3py").status == "proved"
    with pytest.raises(logic.ParseError, match="nothing says whether"):
        logic.entails(premises=["P(a) == Q(a)"], conclusion="R(a) == S(a)", dialect="z3py")


def test_what_is_assumed_of_an_equation_is_reported() -> None:
    answer = logic.read_answer("ForAll([x], Cat(x) == Feline(x))")
    assert str(answer.formula) == "∀x (Cat(x) ↔ Feline(x))"
    assert answer.repairs == ("'Cat' and 'Feline' taken for predicates",)
    assert logic.read_answer("p == q", dialect="z3py").repairs
    assert logic.read_answer("cat(a) == animal(a)", dialect="z3py").formula is None


@pytest.mark.parametrize(
    "text",
    ["P(a) == Q(a)", "P(a) & Q(a) == R(a)", "∀x (P(x) == Q(x))", "cat(tom) == animal(tom)", "P(a) -> (Q(a) == R(a))"],
)  # fmt: skip
def test_two_equals_signs_between_applications_are_no_sign_of_the_core(text: str) -> None:
    with pytest.raises(logic.ParseError, match="'==' may join"):
        logic.parse(text)
    assert logic.read_answer(text).formula is None


SCRIPT = """
from z3 import *
U = DeclareSort('U')
P = Function('P', U, BoolSort())
Q = Function('Q', U, BoolSort())
f = Function('f', U, U)
g = Function('g', U, U)
x = Const('x', U)
phi = ForAll([x], {})
"""


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("P(x) == Q(x)", "∀x (P(x) ↔ Q(x))"),
        ("P(x) != Q(x)", "∀x ¬(P(x) ↔ Q(x))"),
        ("f(x) == g(x)", "∀x (f(x) = g(x))"),
        ("f(x) != g(x)", "∀x (f(x) ≠ g(x))"),
        ("(P(x) & Q(x)) == P(f(x))", "∀x (P(x) ∧ Q(x) ↔ P(f(x)))"),
        ("~P(x) | Q(x)", "∀x (¬P(x) ∨ Q(x))"),
        ("P(x) & Q(x) == P(f(x))", "∀x (P(x) ∧ Q(x) ↔ P(f(x)))"),
    ],
)
def test_a_script_declares_what_its_equations_join(text: str, formula: str) -> None:
    found = logic.read_answer(SCRIPT.format(text)).formula
    assert ("-" if found is None else str(found)) == formula


@pytest.mark.parametrize("dialect", ["z3py", "smtlib"])
@pytest.mark.parametrize(
    "text",
    ["f(a) = g(b)", "f(a) ≠ g(b)", "¬(f(a) ≠ g(b))", "∀x (F(x) = G(x))", "P(a) ∧ a = b ∧ q", "F(a) = b", "P(a) ↔ Q(a)"],
)  # fmt: skip
def test_equations_that_are_written_are_read_again(text: str, dialect: str) -> None:
    formula = logic.parse(text)
    assert logic.parse(logic.to_text(formula, dialect), dialect=dialect) == formula


@pytest.mark.parametrize("dialect", ["z3py", "smtlib"])
def test_a_name_of_two_kinds_is_not_written(dialect: str) -> None:
    with pytest.raises(logic.UnsupportedError, match="'P' is a predicate too"):
        logic.to_text(logic.parse("P(a) ∧ P(a) = Q(b)"), dialect)


# ---- Prolog ----

CONTROL = [
    ("p(X) :- q(X), !.", "the cut"),
    ("p(X) :- q(X), !, r(X).", "the cut"),
    ("p(X) :- (q(X) -> r(X) ; s(X)).", "if-then"),
    ("p(X) :- q(X) -> r(X).", "if-then"),
    ("p(X) :- (q(X) *-> r(X) ; s(X)).", r"'\*->'"),
    ("p(X) :- once(q(X)).", "once/1"),
    ("p(X) :- forall(q(X), r(X)).", "forall/2"),
    ("p(X) :- findall(Y, q(Y), X).", "findall/3"),
    ("p(X) :- setof(Y, q(Y), X), r(X).", "setof/3"),
    ("p(X) :- call(q, X).", "call/2"),
    ("p(X) :- assertz(q(X)).", "assertz/1"),
    ("p(X) :- catch(q(X), _, true).", "catch/3"),
    ("p(X) :- q(X), write(X), nl.", "write/1"),
    ("p(X) :- ignore(q(X)).", "ignore/1"),
    ("p(X) :- repeat, q(X).", "repeat/0"),
    ("p(X) :- X is Y + 1, q(Y).", "'is' computes"),
    ("p(X) :- X =:= 3.", "'=:=' computes"),
    ("p(X) :- X =.. Y, q(Y).", "looks into terms"),
    ("p(X) --> q(X).", "grammar rule"),
    (":- dynamic(p).", "a directive"),
    ("p(X) :- q(X). r(X) :- s(X).", "several clauses"),
    ("p(a). q(b).", "several clauses"),
    ("mortal(Socrates) ← human(Socrates)", "no sign of Prolog"),
    ("p(X) ∧ q(X)", "no sign of Prolog"),
    ("p(X) :- q(X) & r(X).", "no sign of Prolog"),
]


@pytest.mark.parametrize(("text", "named"), CONTROL)
def test_control_and_what_is_built_into_prolog_is_refused_by_name(text: str, named: str) -> None:
    with pytest.raises(logic.ParseError, match=named):
        logic.parse(text, dialect="prolog")
    assert logic.read_answer(text, dialect="prolog").formula is None
    if ":-" in text and "&" not in text and not text.startswith(":-"):
        with pytest.raises(logic.ParseError, match=named):
            logic.parse(text)


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("p(X) :- q(X), fail.", "∀X (q(X) ∧ ⊥ → p(X))"),
        ("p(X) :- q(X), false.", "∀X (q(X) ∧ ⊥ → p(X))"),
        ("p(X) :- true.", "∀X (⊤ → p(X))"),
        ("p(X) :- q(X) ; r(X), s(X).", "∀X (q(X) ∨ r(X) ∧ s(X) → p(X))"),
        ("p(X) :- q(X), \\+ r(X).", "∀X (q(X) ∧ ¬r(X) → p(X))"),
        ("p(X) :- q(X), not(r(X)).", "∀X (q(X) ∧ ¬r(X) → p(X))"),
        ("p(X) :- \\+ (q(X), r(X)).", "∀X (¬(q(X) ∧ r(X)) → p(X))"),
        ("bachelor(X) :- man(X), \\+ married(X, Y).", "∀X (man(X) ∧ ¬∃Y married(X, Y) → bachelor(X))"),
        ("bachelor(X) :- man(X), \\+ married(X, _).", "∀X (man(X) ∧ ¬∃x1 married(X, x1) → bachelor(X))"),
        ("p(X) :- q(X), \\+ (r(X, Y), \\+ s(Y, Z)).", "∀X (q(X) ∧ ¬∃Y (r(X, Y) ∧ ¬∃Z s(Y, Z)) → p(X))"),
        ("p(X) :- q(X, Y), \\+ r(Y).", "∀X ∀Y (q(X, Y) ∧ ¬r(Y) → p(X))"),
        ("sibling(X, Y) :- parent(Z, X), parent(Z, Y), X \\= Y.",
         "∀X ∀Y ∀Z (parent(Z, X) ∧ parent(Z, Y) ∧ X ≠ Y → sibling(X, Y))"),
        ("p(X) :- q(X, Y), X \\== Y.", "∀X ∀Y (q(X, Y) ∧ X ≠ Y → p(X))"),
        ("p(X) :- q(X), X > 3.", "∀X (q(X) ∧ X > 3 → p(X))"),
        ("likes(X, anna).", "∀X likes(X, anna)"),
        ("?- animal(X), black(X).", "∃X (animal(X) ∧ black(X))"),
        ("?- animal(tom).", "animal(tom)"),
    ],
)  # fmt: skip
def test_what_of_prolog_is_logic_is_read(text: str, formula: str) -> None:
    assert parsed(text, "prolog") == formula
    if ":-" in text:
        assert parsed(text, None) == formula
    answer = logic.read_answer(text, dialect="prolog")
    assert str(answer.formula) == formula
    is_taken = any(sign in text for sign in ("\\+", "not(", "\\="))
    assert any("taken for" in repair for repair in answer.repairs) is is_taken


@pytest.mark.parametrize(
    "text", ["p(X) ← q(X)", "p(X) ← q(X) ∧ r(X)", "mortal(X) ⇐ human(X)", "P(A) ← Q(A)", "p(X) \\leftarrow q(X)"]
)  # fmt: skip
def test_a_capital_letter_in_an_arrow_rule_is_no_individual(text: str) -> None:
    with pytest.raises(logic.ParseError, match="a variable in a rule"):
        logic.parse(text)
    assert logic.read_answer(text).formula is None


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("mortal(Socrates) ← human(Socrates)", "human(Socrates) → mortal(Socrates)"),
        ("P(a) ← Q(a)", "Q(a) → P(a)"),
        ("∀X (p(X) ← q(X))", "∀X (q(X) → p(X))"),
        ("∀x (P(x) ⇐ Q(x))", "∀x (Q(x) → P(x))"),
        ("P(a) ← Q(b) ∧ R(c)", "Q(b) ∧ R(c) → P(a)"),
    ],
)
def test_other_arrows_from_the_right_are_read(text: str, formula: str) -> None:
    assert parsed(text, None) == formula


@pytest.mark.parametrize(
    "text", ["∀x ∀y (¬R(x, y) → P(x))", "write(a)", "∀x (once(x) → P(x))", "fail"]
)
def test_what_prolog_would_take_otherwise_is_not_written(text: str) -> None:
    with pytest.raises(logic.UnsupportedError):
        logic.to_text(logic.parse(text), "prolog")


# ---- quantifiers that there are not ----


@pytest.mark.parametrize(
    "text",
    [
        "∀!x P(x)", "∀! x (P(x) → Q(x))", "forall! x P(x)", "\\forall! x P(x)", "for all unique x P(x)", "∄!x P(x)",
        "∀x ∀!y R(x, y)", "(∀!x) P(x)", "!∀x P(x)", "!∃x P(x)", "∃x! P(x)", "∀x! P(x)", "exists x! P(x)",
        "!\\exists x P(x)",
        "∃∀x P(x)", "∀∃x P(x)", "∃∃x P(x)", "∃!∀x P(x)", "∃!!x P(x)", "∃¬x P(x)",
    ],
)  # fmt: skip
def test_marks_and_signs_that_make_no_quantifier_are_refused(text: str) -> None:
    with pytest.raises(logic.ParseError) as caught:
        logic.parse(text)
    assert caught.value.hint
    assert logic.read_answer(text).formula is None
    assert logic.read_answer(f"FOL: {text}").formula is None


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("∃!x P(x)", "∃!x P(x)"),
        ("∃! x P(x)", "∃!x P(x)"),
        ("exists! x P(x)", "∃!x P(x)"),
        ("¬∃!x P(x)", "¬∃!x P(x)"),
        ("!P(a) && !(Q(a))", "¬P(a) ∧ ¬Q(a)"),
        ("∀x !P(x)", "∀x ¬P(x)"),
        ("!(∀x P(x))", "¬∀x P(x)"),
        ("![X]: ?[Y]: r(X, Y)", "∀X ∃Y r(X, Y)"),
        ("∀x∃y R(x, y)", "∀x ∃y R(x, y)"),
        ("∀x (x != a)", "∀x (x ≠ a)"),
    ],
)
def test_marks_that_mean_something_stay(text: str, formula: str) -> None:
    assert parsed(text, None) == formula


# ---- a free variable and a name in quotes ----


@pytest.mark.parametrize(
    "text", ["P(x) ∧ Q('x')", "x = 'x'", "R(y, \"y\")", "Q(z) → P('z')", "P('x1') ∨ Q(x1)", "∀y R(y, x) ∧ P('x')"]
)  # fmt: skip
def test_a_free_variable_is_not_the_individual_of_its_name(text: str) -> None:
    answer = logic.read_answer(text)
    assert answer.formula is None and answer.error is not None
    assert "in quotes" in answer.error.reason
    plain = text.replace("'", "").replace('"', "")
    assert logic.compare(candidate=text, reference="P(x) ∧ Q(x)").score == 0.0
    assert logic.read_answer(plain).formula is not None


@pytest.mark.parametrize(
    "text", ["∀x R(x, 'x')", "P('x')", "P('y') ∧ ∃y Q(y)", "P(a) ∧ Q('a')", "P('Tom') ∧ Q(x)"]
)
def test_quoted_names_stay_readable(text: str) -> None:
    assert logic.read_answer(text).formula is not None
