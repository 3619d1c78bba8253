"""Writing formulas: every notation reads back, and other tools read what is written for them."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import HealthCheck, given, settings
from strategies import PLAIN, formulas

import logic
from logic import syntax as S
from logic.reading.formula import read_formula

BOUNDED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
EXACT = ["unicode", "ascii", "words", "latex", "prover9", "nltk", "smtlib", "z3py"]
LETTERS = {"names": PLAIN, "variables": ["x", "y", "z"]}


def written(formula: S.Formula, dialect: str) -> str | None:
    try:
        return logic.to_text(formula, dialect)
    except logic.UnsupportedError as error:
        assert dialect in str(error)
        return None


def numbered(node: S.Node, names: tuple[str, ...] = ()) -> S.Node:
    """The formula with bound variables named by their depth."""
    if isinstance(node, S.Variable):
        return (
            S.Variable(str(len(names) - 1 - names[::-1].index(node.name)))
            if node.name in names
            else node
        )
    if isinstance(node, S.Quantified):
        return type(node)(
            S.Variable(str(len(names))), numbered(node.body, (*names, node.variable.name))
        )  # type: ignore[call-arg,arg-type]
    if isinstance(node, S.Equality):
        return S.Equality(numbered(node.left, names), numbered(node.right, names))  # type: ignore[arg-type]
    return node.rebuild([numbered(child, names) for child in node.children()])


@BOUNDED
@given(formulas())
def test_canonical_text_reads_back_whatever_the_names(formula: S.Formula) -> None:
    assert logic.parse(str(formula)) == formula


@pytest.mark.parametrize("dialect", EXACT)
@pytest.mark.parametrize("style", [{}, LETTERS], ids=["odd-names", "plain-names"])
def test_every_notation_reads_back_by_name(dialect: str, style: dict[str, list[str]]) -> None:
    @BOUNDED
    @given(formulas(**style))
    def check(formula: S.Formula) -> None:
        text = written(formula, dialect)
        if text is not None:
            assert logic.parse(text, dialect=dialect) == formula

    check()


@pytest.mark.parametrize("dialect", ["ascii", "words", "latex", "prover9"])
def test_infix_notations_read_back_by_detection(dialect: str) -> None:
    @BOUNDED
    @given(formulas())
    def check(formula: S.Formula) -> None:
        text = written(formula, dialect)
        if text is not None:
            assert logic.parse(text) == formula

    check()


@BOUNDED
@given(formulas())
def test_tptp_reads_back_up_to_bound_names(formula: S.Formula) -> None:
    text = written(formula, "tptp")
    if text is not None:
        assert (
            numbered(logic.parse(text))
            == numbered(logic.parse(text, dialect="tptp"))
            == numbered(formula)
        )


@pytest.mark.parametrize(
    "text",
    [
        "∀x (Cat(x) → Animal(x))",
        "∀x ∀y (Likes(x, y) ∧ ¬Sad(y) ∧ x ≠ tom → happy(x))",
        "∀x ((A(x) ∨ B(x)) ∧ C(x) ∨ D → E(x, 'it''s'))".replace("''", "\\'"),
        "∀x (Age(x) ≥ 18 → Adult(x))",
        "∀x Thing(x)",
        "Wet(road) → Slippery(road)",
        "Happy(anna)",
        "∀x (¬(A(x) ∧ B(x)) → C(x))",
    ],
)
def test_prolog_reads_back_up_to_bound_names(text: str) -> None:
    text = text.replace("Age(x) ≥ 18", "age(x) ≥ 18")
    formula = logic.parse(text)
    assert numbered(logic.parse(logic.to_text(formula, "prolog"), dialect="prolog")) == numbered(
        formula
    )


def test_prolog_quantifies_in_the_order_of_first_mention() -> None:
    formula = logic.parse("∀x ∀y (R(y, x) → S(y))")
    assert logic.to_text(formula, "prolog") == "'S'(Y) :- 'R'(Y, X)."
    assert str(logic.parse("'S'(Y) :- 'R'(Y, X).")) == "∀Y ∀X (R(Y, X) → S(Y))"


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("unicode", "∀x (Cat(x) ∧ x ≠ tom → ∃!y (Owns(y, x) ⊕ ¬Wild(x)))"),
        ("ascii", "forall x (Cat(x) & x != tom -> exists! y (Owns(y, x) xor ~Wild(x)))"),
        (
            "words",
            "for all x (Cat(x) and x != tom implies exists unique y (Owns(y, x) xor not Wild(x)))",
        ),
        (
            "latex",
            "\\forall x \\, (\\mathrm{Cat}(x) \\land x \\neq \\mathrm{tom} \\rightarrow \\exists! y \\, "
            "(\\mathrm{Owns}(y, x) \\oplus \\neg \\mathrm{Wild}(x)))",
        ),
    ],
)
def test_canonical_texts(dialect: str, text: str) -> None:
    assert logic.to_text(logic.parse(text), dialect) == text


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("prover9", "all x (Cat(x) -> (exists y Likes(x, y)))"),
        ("nltk", "all x.(Cat(x) -> (exists y.Likes(x, y)))"),
        ("tptp", "! [X] : ('Cat'(X) => (? [Y] : 'Likes'(X, Y)))"),
        ("smtlib", "(forall ((x U)) (=> (Cat x) (exists ((y U)) (Likes x y))))"),
        ("z3py", "ForAll([x], Implies(Cat(x), Exists([y], Likes(x, y))))"),
    ],
)
def test_texts_for_other_tools(dialect: str, text: str) -> None:
    assert logic.to_text(logic.parse("∀x (Cat(x) → ∃y Likes(x, y))"), dialect) == text


@pytest.mark.parametrize(
    ("formula", "dialect", "node"),
    [
        ("∃!x Cat(x)", "tptp", "ExistsUnique"),
        ("∃!x Cat(x)", "smtlib", "ExistsUnique"),
        ("P(a) ⊕ Q(a)", "nltk", "Xor"),
        ("P(a) ⊕ Q(a) ⊕ R(a)", "tptp", "Xor"),
        ("⊤", "nltk", "Truth"),
        ("P('a b')", "z3py", "Constant"),
        ("P(a-b)", "nltk", "Constant"),
        ("P('|')", "smtlib", "Constant"),
        ("∀x P('x')", "smtlib", "Constant"),
        ("∃x P(x)", "prolog", "Exists"),
        ("P('猫')", "tptp", "Constant"),
    ],
)
def test_what_a_notation_cannot_hold_is_refused_by_name(
    formula: str, dialect: str, node: str
) -> None:
    with pytest.raises(logic.UnsupportedError, match=f"{node} cannot be written in {dialect}"):
        logic.to_text(logic.parse(formula), dialect)


def test_unknown_dialect_lists_the_known_ones() -> None:
    formula = logic.parse("P(a)")
    with pytest.raises(ValueError, match=r"unknown dialect 'klingon'.*smtlib"):
        logic.to_text(formula, "klingon")
    with pytest.raises(ValueError, match=r"unknown dialect 'klingon'.*smtlib"):
        logic.parse("P(a)", dialect="klingon")


@BOUNDED
@given(formulas(**LETTERS))
def test_nltk_reads_our_nltk_text_the_same_way(formula: S.Formula) -> None:
    nltk_logic = pytest.importorskip("nltk.sem.logic")
    text = written(formula, "nltk")
    if text is not None:
        again = nltk_logic.LogicParser().parse(text)
        assert flat(logic.parse(str(again), dialect="nltk")) == flat(formula)


def flat(node: S.Node) -> S.Node:
    """The formula with nested conjunctions and disjunctions merged, as NLTK's binary nodes do not tell them apart."""
    if isinstance(node, (S.Variable, S.Constant)):
        return node
    children = [flat(child) for child in node.children()]
    if isinstance(node, (S.And, S.Or)):
        parts: list[S.Node] = []
        for child in children:
            parts.extend(child.children() if type(child) is type(node) else [child])
        return type(node)(tuple(parts))  # type: ignore[arg-type]
    return node.rebuild(children)


@BOUNDED
@given(formulas(names=[*PLAIN, "captain america", "o'brien", "not-sad", "e.g", "007", "猫"]))
def test_z3_reads_our_smtlib_text(formula: S.Formula) -> None:
    z3 = pytest.importorskip("z3")
    text = written(formula, "smtlib")
    if text is None:
        return
    kinds: dict[str, tuple[bool, int]] = {}
    stack: list[S.Node] = [formula]
    while stack:
        node = stack.pop()
        stack.extend(node.children())
        if isinstance(node, (S.Atom, S.Function, S.Constant)):
            name = node.predicate if isinstance(node, S.Atom) else node.name
            kind = (isinstance(node, S.Atom), len(node.children()))
            if name in "≤≥<>" or kinds.setdefault(name, kind) != kind:
                return  # z3 has an order on numbers alone, and no separate name spaces
    sort = z3.DeclareSort("U")
    declarations = {}
    for name, (is_predicate, arity) in kinds.items():
        result = z3.BoolSort() if is_predicate else sort
        declarations[name] = (
            z3.Function(name, *[sort] * arity, result) if arity else z3.Const(name, result)
        )
    assert len(z3.parse_smt2_string(f"(assert {text})", sorts={"U": sort}, decls=declarations)) == 1


def test_open_formulas_write_their_free_variables() -> None:
    reading = read_formula("P(x) ∧ Q(y, x)", lenient=True)
    formula, free = reading.formula, list(reading.free)
    assert free == ["x", "y"]
    assert str(formula) == "P(x) ∧ Q(y, x)"


def test_formulas_pickle() -> None:
    formula = logic.parse("∀x (Cat(x) → ∃y Likes(x, y))")
    assert pickle.loads(pickle.dumps(formula)) == formula


@pytest.mark.parametrize(
    "text",
    ["∀U' P('b', U')", "∀X Y' P('a b', X, Y')", "∀person1' P(person1', 'b c')", "∀X 'P q'(X)"],
)
def test_a_prime_behind_a_variable_opens_no_quotes(text: str) -> None:
    formula = logic.parse(text)
    assert logic.parse(str(formula)) == formula


@pytest.mark.parametrize("name", ["distinct", "ForAll([x", "a Exists(x, P(x))"])
def test_a_name_that_begins_another_notation_reads_back(name: str) -> None:
    for formula in (S.Atom(name), S.And((S.Atom(name, (S.Constant("a"),)), S.Atom("R")))):
        assert logic.parse(str(formula)) == formula
