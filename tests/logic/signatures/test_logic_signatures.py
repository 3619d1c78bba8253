"""Signatures: read from what people and models write, checked, joined over a story, written."""

import json
from typing import Any

import pytest

import logic
from logic.signatures.vocabulary import equivalent_in_vocabulary, vocabulary

TEXT = """\
Predicates:
Chases(x, y) ::: x chases y
Cat(x) ::: x is a cat
Functions:
mother(x) ::: the mother of x
Constants:
tom ::: Tom
"""
ANSWER = (
    TEXT + "Premises:\n∀x (Cat(x) → ¬Chases(x, tom)) ::: no cat chases Tom\nConclusion:\nCat(tom)\n"
)


def test_declarations_with_glosses_are_read_and_written() -> None:
    signature = logic.read_signature(TEXT)
    assert signature.predicates == (("Cat", 1), ("Chases", 2))
    assert signature.functions == (("mother", 1),)
    assert signature.constants == ("tom",)
    assert [gloss.text for gloss in signature.glosses][:2] == ["x is a cat", "x chases y"]
    assert logic.read_signature(signature.to_text()) == signature
    assert logic.read_signature(signature.to_dict()) == signature
    assert logic.read_signature(json.dumps(signature.to_dict())) == signature


def test_a_story_gives_the_signature_that_it_declares() -> None:
    assert logic.read_signature(ANSWER) == logic.read_signature(TEXT)


@pytest.mark.parametrize(
    "text",
    [
        "Predicates: Cat(x), Chases(x, y)\nConstants: tom",
        "Predicates:\n- Cat/1\n- Chases/2\nConstants:\n1. tom",
        "Cat/1, Chases/2, tom",
        '{"predicates": {"Cat": 1, "Chases": 2}, "constants": ["tom"]}',
        '{"predicates": ["Cat(x)", "Chases(x, y)"], "constants": ["tom"], "premises": ["Cat(tom)"]}',
        '{"predicates": ["Cat(x) ::: a cat", "Chases(x, y)"], "constants": ["tom"]}',
        "Vocabulary:\nCat(x)\nChases(x, y)\ntom",
    ],
)
def test_layouts(text: str) -> None:
    signature = logic.read_signature(text)
    assert signature.predicates == (("Cat", 1), ("Chases", 2))
    assert signature.constants == ("tom",)


MANY = ", ".join([f"x{place}" for place in range(33)])


@pytest.mark.parametrize(
    "source",
    [
        "Cat/33",
        f"Cat({MANY})",
        {"predicates": {"Cat": 33}},
        {"functions": [["f", 33]]},
        {"predicates": 5},
        {"predicates": [5]},
        {"predicates": [None]},
        {"predicates": [["Cat", 1, 2]]},
        {"constants": [["tom"]]},
        {"predicates": True},
        {1: [], "other": []},
        "[]",
        " null ",
        '["Cat"]',
        '[{"predicates": ["Cat/1"]}]',
        '{"predicates": 5}',
    ],
)
def test_what_is_no_signature_is_a_value_error(source: Any) -> None:
    with pytest.raises(ValueError, match=r"signature|must be a list"):
        logic.read_signature(source)


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("Cat/32", "Cat/32"),
        ("nullity, Null/1", "Null/1 nullity"),
        ("[Signature]\nPredicates: Cat/1\nConstants: tom", "Cat/1 tom"),
        ({"predicates": [("Cat", 1)], "constants": None}, "Cat/1"),
        ({"predicates": ("Cat/1",), "functions": [], "constants": ""}, "Cat/1"),
        ({"predicates": {"Cat": 1}.items()}, "Cat/1"),
    ],
)
def test_what_stays_a_signature(source: Any, line: str) -> None:
    assert logic.read_signature(source).to_line() == line


@pytest.mark.parametrize(
    "text",
    ["Predicates:\nCat(x", "Cat/1 Cat/2", "Predicates:\nCat(x) y::z", "{not json", "Cat/x"],
)
def test_what_is_no_signature_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="signature"):
        logic.read_signature(text)


def test_formulas_have_a_joint_signature() -> None:
    formulas = [logic.parse("∀x (Cat(x) → Chases(x, tom))"), logic.parse("Cat(tom)")]
    assert logic.read_signature(formulas) == logic.read_signature("Cat/1 Chases/2 tom")
    assert logic.Signature(constants=("tom",)).constants == ("tom",)


@pytest.mark.parametrize(
    ("formula", "kind", "hint"),
    [
        ("Cats(tom)", "unknown name", "did you mean Cat(x) (x is a cat)?"),
        ("Chase(tom, tom)", "unknown name", "did you mean Chases(x, y) (x chases y)?"),
        ("Chases(tom)", "wrong arity", "Chases(x, y) (x chases y), not 1 argument"),
        ("Cat(Cat)", "wrong kind", "it is a predicate, and no constant"),
        ("Zebra(tom)", "unknown name", ""),
    ],
)
def test_a_formula_is_checked(formula: str, kind: str, hint: str) -> None:
    (problem,) = logic.read_signature(TEXT).check(logic.parse(formula))
    assert (problem.kind, problem.hint) == (kind, hint)
    assert str(problem).startswith(f"{kind}: ")


def test_what_is_declared_has_no_problem() -> None:
    signature = logic.read_signature(TEXT)
    formula = logic.parse("∀x (Cat(x) → x = tom ∨ Chases(mother(x), tom))")
    assert signature.check(formula) == ()


def test_arguments_in_another_order_than_their_sorts() -> None:
    signature = logic.read_signature(
        "Predicates: Owns(x: Person, y: Dog), Person/1, Dog/1\nConstants: anna: Person, rex: Dog"
    )
    assert logic.read_signature(signature.to_text()) == signature
    (problem,) = signature.check(logic.parse("Owns(rex, anna)"))
    assert problem.kind == "swapped arguments"
    assert "did you mean Owns(anna, rex)?" in problem.hint
    (problem,) = signature.check(logic.parse("∀x (Dog(x) → ∃y (Person(y) ∧ Owns(x, y)))"))
    assert problem.kind == "swapped arguments"
    (problem,) = signature.check(logic.parse("Owns(anna, anna)"))
    assert problem.kind == "wrong sort"
    assert signature.check(logic.parse("∀x (Dog(x) → Owns(anna, x))")) == ()
    assert signature.check(logic.parse("∃z Owns(z, z)")) == ()  # nothing is said of z


def test_arguments_in_another_order_than_their_gloss() -> None:
    signature = logic.read_signature("Predicates:\nChases(x, y) ::: x chases y")
    same = logic.read_signature("Predicates:\nChases(a, b) ::: a chases b.")
    other = logic.read_signature("Predicates:\nChases(x, y) ::: y chases x")
    assert signature.check(same) == ()
    assert [problem.kind for problem in signature.check(other)] == ["swapped arguments"]


def test_the_formulas_of_a_story_are_joined() -> None:
    texts = ["∀x (Cat(x) → Chases(x, tom))", "IsCat(rex)", "cats(tom)", "Category(rex)"]
    merging = logic.Signature().merge(map(logic.parse, texts))
    assert [str(formula) for formula in merging.formulas] == [
        "∀x (Cat(x) → Chases(x, tom))",
        "Cat(rex)",
        "Cat(tom)",
        "Category(rex)",
    ]
    assert {match.candidate[1] for match in merging.renamed if match.candidate} == {"IsCat", "cats"}
    assert merging.signature.constants == ("rex", "tom")


def test_a_given_signature_names_the_things() -> None:
    signature = logic.read_signature("Predicates:\nCat(x) ::: x is a cat")
    merging = signature.merge([logic.parse("IsCat(tom) ∧ Dog(rex)")])
    assert str(merging.formulas[0]) == "Cat(tom) ∧ Dog(rex)"
    assert merging.signature.glosses == signature.glosses
    with pytest.raises(ValueError, match="likeness"):
        signature.merge([], likeness=0.0)


def test_opposites_and_neighbours_are_not_joined() -> None:
    texts = [
        "Happy(tom)",
        "Unhappy(tom)",
        "Likes(tom, tim)",
        "Likes(tim, tom)",
        "Tall(a)",
        "Tall(a, b)",
    ]
    merging = logic.Signature().merge(map(logic.parse, texts))
    assert merging.renamed == ()
    assert [str(formula) for formula in merging.formulas] == texts


def test_vocabulary_and_logic_are_measured_apart() -> None:
    references = [logic.parse("∀x (Cat(x) → Chases(x, tom))"), logic.parse("Cat(rex)")]
    other_words = [logic.parse("∀x (Cats(x) → ChasesAfter(x, tom))"), logic.parse("Cats(rex)")]
    found = vocabulary(other_words, references)
    assert (found.precision, found.recall) == (1.0, 1.0)
    assert equivalent_in_vocabulary(other_words, references) == (True, True)
    wrong = [logic.parse("∃x (Cat(x) ∧ Chases(x, tom))"), None]
    assert equivalent_in_vocabulary(wrong, references) == (False, False)
    # A name that changes between sentences is one too many.
    split = [logic.parse("∀x (Cat(x) → Chases(x, tom))"), logic.parse("Feline(rex)")]
    found = vocabulary(split, references)
    assert found.precision == pytest.approx(4 / 5)
    assert equivalent_in_vocabulary(split, references) == (True, False)
