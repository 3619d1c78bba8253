"""NLTK's and TPTP's own rules, where their notation is asked for: what they refuse is refused."""

from __future__ import annotations

import itertools
import random

import pytest

import logic

NLTK_REFUSES = [
    ("exists", "'exists' is a word"),
    ("all", "'all' is a word"),
    ("x(john)", "the variable 'x' is no predicate"),
    ("all x.x(john)", "the variable 'x' is no predicate"),
    ("P(x1(john))", "the variable 'x1' is no predicate"),
    ("e(john)", "the variable 'e' is no predicate"),
    ("all walk.walk(john)", "'walk' cannot be a variable"),
    ("exists dog.dog(dog)", "'dog' cannot be a variable"),
    ("all xy.P(xy)", "'xy' cannot be a variable"),
    ("P(exists)", "'exists' is a word"),
    ("all P.P(john)", "ranges over predicates"),
    ("exists! x.P(x)", "no quantifier for exactly one"),
]


@pytest.mark.parametrize(("text", "named"), NLTK_REFUSES)
def test_what_nltk_refuses(text: str, named: str) -> None:
    with pytest.raises(logic.ParseError, match=named):
        logic.parse(text, dialect="nltk")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("P(a) -> Q(b) -> R(c)", "(P(a) → Q(b)) → R(c)"),
        ("P(a) -> Q(b) -> R(c) -> S(d)", "((P(a) → Q(b)) → R(c)) → S(d)"),
        ("P(a) -> (Q(b) -> R(c))", "P(a) → (Q(b) → R(c))"),
        ("P(a) => Q(b) implies R(c) <-> S(d)", "((P(a) → Q(b)) → R(c)) ↔ S(d)"),
        ("all x.(P(x) -> Q(x) -> R(x))", "∀x ((P(x) → Q(x)) → R(x))"),
        ("-P(a) -> Q(b) & R(c) -> S(d)", "(¬P(a) → Q(b) ∧ R(c)) → S(d)"),
        ("all x.P(x) -> Q(a) -> R(b)", "(∀x P(x) → Q(a)) → R(b)"),
    ],
)
def test_arrows_group_to_the_left_in_nltk(text: str, meant: str) -> None:
    assert logic.parse(text, dialect="nltk") == logic.parse(meant)


def test_nltk_itself_reads_them_so() -> None:
    """Random texts: what NLTK reads means the same here, and what it refuses is not read."""
    sem = pytest.importorskip("nltk.sem.logic")
    source = random.Random(3)
    atoms = ["P(a)", "walk(john)", "R(a,b)", "p", "a = b", "x(a)", "exists", "f(a) = b", "a != b"]
    signs = ["->", "<->", "&", "|", "implies", "iff", "=>"]
    both = 0
    for _ in range(400):
        parts = [source.choice(atoms) for _ in range(source.randint(1, 4))]
        parts = [f"-{part}" if source.random() < 0.2 else part for part in parts]
        joints = [source.choice(signs) for _ in parts[1:]]
        text = parts[0] + "".join(
            f" {sign} {part}" for sign, part in zip(joints, parts[1:], strict=True)
        )
        try:
            expected = str(sem.Expression.fromstring(text))
        except sem.LogicalExpressionException:
            expected = None
        try:
            found = logic.parse(text, dialect="nltk")
        except logic.ParseError:
            assert expected is None, text
            continue
        assert expected is not None, text
        # NLTK prints every bracket, so its own text can be read in one way only.
        assert logic.equivalent(
            candidate=found, reference=logic.parse(expected, dialect="nltk")
        ).status == ("proved"), text
        both += 1
    assert both > 50


TPTP_REFUSES = [
    ("! [x] : p(x)", "'x' cannot be a variable"),
    ("P(a)", "'P' cannot be a predicate"),
    ("F(a) = b", "'F' cannot be a predicate or function"),
    ("p & q | r", "'&' and '|' side by side"),
    ("p => q => r", "'=>' and '=>' side by side"),
    ("p <=> q <=> r", "side by side"),
    ("p <~> q <~> r", "side by side"),
    ("(p => q) <=> r & s", "side by side"),
    ("p(1)", "1 is a number"),
    ("1 != 2", "2 is a number"),
    ('"Apple" != "Pear"', "distinct object"),
    ("cnf(c, axiom, p(X) & q(X)).", "'&' in a clause"),
    ("tff(t, axiom, ! [X: $int] : p(X)).", r"the type \$int"),
    ("tff(t, axiom, ! [X: person] : p(X)).", "the type person"),
    ("thf(t, axiom, p).", "no sign of TPTP"),
    ("p and q", "'and' is no sign of TPTP"),
    ("forall X p(X)", "'forall' is no sign"),
    ("p -> q", "'->' is no sign"),
    ("p ∧ q", "'∧' is no sign"),
    ("p :- q", "':-' is no sign"),
    ("p(X)", "free variable 'X'"),
    ("fof(a, conjecture, p(X)).", "free variable 'X'"),
    ("fof(a, axiom, p(a), file('a', a)).\nfof(b, axiom, q(a), file('a', b)).", "line 2, column 1"),
    ("fof(a, axiom, p(a), x) & fof(b, axiom, q(a)).", "unexpected '&'"),
    ("fof(a, axiom, p(a), x) | (q(a))", r"unexpected '\|'"),
    ("fof(a, axiom, p(a), ~ q(a)).", r"'~ q\(a\)' is no annotation"),
    ("fof(a, axiom, p(a), q(a)).", r"'q\(a\)' is no annotation"),
    ("fof(a, axiom, p(a), & q(a)).", "is no annotation"),
    ("fof(a, axiom, p(a), [q(a)]).", "is no annotation"),
    ("fof(a, axiom, p(a), unless, q).", "is no annotation"),
    ("fof(a, axiom, p(a), [negated]).", "is no annotation"),
    ("fof(a, axiom, p(a), x, q(a)).", "is no annotation"),
    ("fof(a, axiom, p(a), (q(a))).", "is no annotation"),
]


@pytest.mark.parametrize(("text", "named"), TPTP_REFUSES)
def test_what_tptp_refuses(text: str, named: str) -> None:
    with pytest.raises(logic.ParseError, match=named):
        logic.parse(text, dialect="tptp")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("! [X] : p(X) => q(a)", "∀X p(X) → q(a)"),
        ("! [X,Y] : (r(X,Y) => r(Y,X))", "∀x ∀y (r(x, y) → r(y, x))"),
        ("p | q | r", "p ∨ q ∨ r"),
        ("p & (q | r)", "p ∧ (q ∨ r)"),
        ("p <= q", "q → p"),
        ("p <~> q", "p ⊕ q"),
        ("p ~& q", "¬(p ∧ q)"),
        ("p ~| q", "¬(p ∨ q)"),
        ("'Big cat'(a) => 'and'(a, 'X')", "'Big cat'(a) → 'and'(a, 'X')"),
        ("$true => ~ $false", "⊤ → ¬⊥"),
        ("fof(ax, axiom, (! [X] : cat(X)), file('a', b)).", "∀x cat(x)"),
        ("fof(a, plain, p, inference(cn, [status(thm)], [b, 'c)'])).", "p"),
        (
            "fof(a, plain, (p | q), introduced(definition, [new_symbols(naming, [p])]), [x]).",
            "p ∨ q",
        ),
        ("fof(a, axiom, p, unknown).", "p"),
        ("fof(a, axiom, p, unknown, []).", "p"),
        ("fof(a, axiom, p, [file('b', c), d]).", "p"),
        ("cnf(c, axiom, p(X) | ~ q(X)).", "∀x (p(x) ∨ ¬q(x))"),
        ("tff(t, axiom, ! [X: $i, Y: $i] : r(X, Y)).", "∀x ∀y r(x, y)"),
    ],
)
def test_what_tptp_reads(text: str, meant: str) -> None:
    verdict = logic.equivalent(
        candidate=logic.parse(text, dialect="tptp"), reference=logic.parse(meant)
    )
    assert verdict.status == "proved"


def test_all_chains_of_two_connectives() -> None:
    """Only a chain of one & or | may stand without brackets."""
    signs = ["&", "|", "=>", "<=", "<=>", "<~>", "~&", "~|"]
    for one, other in itertools.product(signs, repeat=2):
        text = f"p {one} q {other} r"
        if one == other and one in "&|":
            assert logic.parse(text, dialect="tptp")
        else:
            with pytest.raises(logic.ParseError):
                logic.parse(text, dialect="tptp")


def test_a_number_is_written_as_a_name() -> None:
    formula = logic.parse("Older(tom, 1976)")
    assert logic.to_text(formula, "tptp") == "'Older'(tom, '1976')"
    assert logic.parse(logic.to_text(formula, "tptp"), dialect="tptp") == formula
