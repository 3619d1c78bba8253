"""Names that hold signs, words and marks of notations: what is written of them is read back."""

import pytest

import logic
from logic import syntax as S
from logic.substitution import numbered

NAMES = [
    "a~b", "!∃", "~", "\\~", "a\\", "∃x!", "a:-b", "% x", "/* y", "&lt;", "\\<not>", "FORALLx",
    "EXISTSy", "NOTCat", "$", "`", "x≠y", "cnf(a)", "λx.", "∀x", "(", "'", '"', ":=", "//", "<=>", "#",
    "not", "~ b", "a ~b", "?-", "a.\nb", ". b", "P :- q", ":- a", "{x}", "\\forall x", "[a]", "Either",
    "if", "\n", "a\tb", "\\cdot", "...", "…", "|", "||", "a|b", "\\|", ";", "--", "->", "∴", "⊢", "True",
    "all x", "exists y ", "!", "!x", "!=", "x!", "Ex(P(x))", "Implies(P, Q)", "ForAll([x", "a,b", "a b",
    "ä", "名", "x'", "x₁", "1", "1.5", "-1", "+1", "α", "", "  ", " a", "a ", "\x00a", "\x7f",
]  # fmt: skip
X = S.Variable("x")


def formulas(first: str, second: str) -> list[S.Formula]:
    atom = S.Atom(second, (S.Constant("t"),))
    inner = S.Atom("P", (S.Function(second, (X,)),))
    return [
        S.And((S.Atom("P", (S.Constant(first),)), atom)),
        S.Forall(X, S.Implies(S.Atom(first), inner)),
    ]


@pytest.mark.parametrize("dialect", logic.DIALECTS)
def test_pairs_of_odd_names(dialect: str) -> None:
    written = 0
    # A sixth of all pairs, such that each name stands beside many others.
    pairs = [
        (a, b) for i, a in enumerate(NAMES) for j, b in enumerate(NAMES) if (i + 5 * j) % 6 == 0
    ]
    for first, second in pairs:
        for formula in formulas(first, second):
            try:
                text = logic.to_text(formula, dialect)
            except logic.UnsupportedError:
                continue
            written += 1
            # TPTP and Prolog write variables in capitals.
            assert numbered(logic.parse(text, dialect=dialect)) == numbered(formula), text
    assert written


WORDS = """
And Or Not Implies Xor ForAll Forall Exists Iff Equiv Nand Nor Neg Unless If ITE Conjunction iff equiv nand implies
negation forall for_all exists there_exists all every each some any Ex Ax ExP AxP and or not true False assert none
""".split()
A, F_OF_A, F_OF_X = S.Constant("a"), S.Function("f", (S.Constant("a"),)), S.Function("f", (X,))
ARGUMENTS: tuple[tuple[S.Term, ...], ...] = (
    (),
    (A,),
    (A, A),
    (F_OF_A,),
    (F_OF_A, A),
    (X, F_OF_X),
    (X, X),
)


@pytest.mark.parametrize("dialect", logic.DIALECTS)
def test_words_that_join_or_bind_elsewhere(dialect: str) -> None:
    for word in WORDS:
        for arguments in ARGUMENTS:
            atom = S.Atom(word, arguments)
            formula: S.Formula = S.And((S.Atom("P", (A,)), atom))
            if X in arguments:
                formula = S.Forall(X, S.Implies(S.Atom("P", (X,)), atom))
            try:
                text = logic.to_text(formula, dialect)
            except logic.UnsupportedError:
                continue
            again = logic.parse(text, dialect=dialect)
            assert logic.equivalent(formula, again).status == "proved", text


P_OF_A = S.Atom("P", (A,))
Y, CAPITAL = S.Variable("x1"), S.Variable("Y")
APPLIED = S.Atom("x1", (A, A))


def assert_read_back(formula: S.Formula, dialect: str) -> None:
    again = logic.parse(logic.to_text(formula, dialect), dialect=dialect)
    assert numbered(again) == numbered(formula)


@pytest.mark.parametrize(
    "name", ["all", "exists", "forall", "for", "not", "true", "no", "xPuu", "lambda"]
)
@pytest.mark.parametrize("dialect", ["tptp", "prolog"])
def test_variables_whose_capitals_are_words_get_another_letter(name: str, dialect: str) -> None:
    variable = S.Variable(name)
    assert_read_back(S.Forall(variable, S.Atom("p", (variable, A))), dialect)
    assert "X" in logic.to_text(S.Forall(variable, S.Atom("p", (variable,))), dialect)


def test_variables_keep_their_capitals_elsewhere() -> None:
    variable = S.Variable("person")
    assert logic.to_text(S.Forall(variable, S.Atom("p", (variable,))), "tptp").startswith(
        "! [Person] :"
    )


@pytest.mark.parametrize("kind", [S.Forall, S.Exists])
@pytest.mark.parametrize("name", ["T", "P", "T1", "Tall", "rains"])
def test_a_letter_behind_an_idle_quantifier_is_no_variable(
    kind: type[S.Forall] | type[S.Exists], name: str
) -> None:
    for variable in (CAPITAL, X, S.Variable("person1")):
        formula = S.Or((kind(variable, S.Atom(name)), S.Atom("Q")))
        for dialect in ("prover9", "ascii", "words", "unicode"):
            assert_read_back(formula, dialect)


@pytest.mark.parametrize("name", ["ex", "only", "xRy", "xx", "rains", "Px", "Tall"])
def test_propositions_under_a_quantifier_in_textbooks(name: str) -> None:
    for variable in (X, CAPITAL):
        body = S.And((S.Atom(name), S.Atom("P", (variable,))))
        for formula in (S.Exists(variable, S.Atom(name)), S.Forall(variable, body)):
            assert_read_back(formula, "textbook")


def test_only_names_that_look_applied_are_quoted_in_textbooks() -> None:
    formula = S.Forall(X, S.And((S.Atom("rains"), S.Atom("relaxed", (X, A)))))
    assert logic.to_text(formula, "textbook") == "∀x (rains ∧ relaxed(x, a))"


@pytest.mark.parametrize("dialect", ["smtlib", "z3py"])
@pytest.mark.parametrize(
    "formula",
    [
        S.Exists(Y, APPLIED),
        S.Exists(Y, S.Exists(Y, APPLIED)),
        S.Forall(Y, S.Implies(S.Exists(Y, APPLIED), S.Atom("P", (Y,)))),
        S.Exists(Y, S.Atom("P", (S.Function("x1", (A,)),))),
    ],
)
def test_an_idle_variable_that_stands_before_arguments_is_not_written(
    formula: S.Formula, dialect: str
) -> None:
    with pytest.raises(logic.UnsupportedError, match="'x1' is also the name before arguments"):
        logic.to_text(formula, dialect)


@pytest.mark.parametrize("dialect", ["smtlib", "z3py"])
@pytest.mark.parametrize(
    "formula",
    [
        S.Exists(Y, S.And((APPLIED, S.Atom("P", (Y,))))),
        S.And((S.Exists(Y, P_OF_A), APPLIED)),
        S.Exists(Y, P_OF_A),
    ],
)
def test_a_variable_may_have_the_name_of_a_predicate(formula: S.Formula, dialect: str) -> None:
    assert_read_back(formula, dialect)
