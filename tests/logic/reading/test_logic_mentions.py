"""Names that mention a variable and apply nothing to it, so that its quantifier would bind nothing."""

import pytest

import logic
from logic.errors import ParseError

UNREAD = [
    "∀x ∃y xRy",
    "∀x∀y∀z (xRy ∧ yRz → xRz)",
    "∀x∀y (P(x) ∧ Q(y) → xRy)",
    "∀x₁∃x₂ Rx₁x₂",
    "∀x P_x",
    r"\forall i\, P_i",
    "∀n (a_n = b)",
    "∀n P(n₁)",
    "∀i ∃j R_{ij}",
    "∀α Pα",
    "∀X PX",
    "∀x px",
    "∀x FxGx",
    "∀x Px'",
    "∀x P1x",
    "∀x∃y R₁xy",
    "∀x x.P",
    "∀x∃y (P(x, y) → Rxa)",
    "∀x (P(x) → R_x(a))",
    "∀Cat x. Animal(x)",
    "forall Cat x, Animal(x)",
    "exists Cat x (Black(x))",
    "∀Person p ∀Dog d Owns(p, d)",
    "∀x ∃y Loves(x, mother of y)",
    "∀x∃y (P(x, y) ∧ Loves(x, mother of y))",
    "∀x P(x's mother)",
    "∀x P(x.mother)",
    "∃²x P(x)",
    "∀x∃²y R(x, y)",
    "∀X P(x)",
    "∀х P(x)",
    "∀x_{Cat} Animal(x)",
    "ForAll([P], P(a))",
    "(forall ((P U)) (=> (P a) (P b)))",
]


@pytest.mark.parametrize("text", UNREAD)
def test_what_only_mentions_its_variable_is_not_read(text: str) -> None:
    answer = logic.read_answer(text)
    assert answer.formula is None, str(answer.formula)
    with pytest.raises(ParseError):
        logic.parse(text)


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("∀x Px", "∀x P(x)"),
        ("∀x∃y Rxy", "∀x ∃y R(x, y)"),
        ("∀x (Fx → Rxa)", "∀x (F(x) → R(x, a))"),
        ("∀x ∃y (P(x))", "∀x ∃y P(x)"),
        ("∀x (Cat(x) → Rain)", "∀x (Cat(x) → Rain)"),
        ("∀x Loves(x, new york)", "∀x Loves(x, 'new york')"),
        ("∀x (Dog(x) → Owns(x, Max))", "∀x (Dog(x) → Owns(x, Max))"),
        ("∀x Likes(x, 'mother of x')", "∀x Likes(x, 'mother of x')"),
        ("∀x (Cat(x) → 'xRy')", "∀x (Cat(x) → 'xRy')"),
        ("∀person Mortal(person)", "∀person Mortal(person)"),
        ("∀Dog Barks(Dog)", "∀Dog Barks(Dog)"),
        ("all x x.P(x)", "∀x ∀x P(x)"),
    ],
)
def test_names_of_their_own_and_textbooks_letters_are_read(text: str, formula: str) -> None:
    assert str(logic.read_answer(text).formula) == formula
