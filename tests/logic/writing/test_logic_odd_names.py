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
