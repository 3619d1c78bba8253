"""Formulas in controlled English: readable, without ambiguity, and read back as what they were."""

from __future__ import annotations

import pytest
import strategies
from hypothesis import given, settings
from hypothesis import strategies as st

import logic
from logic import syntax as S
from logic.english.reading import read_english

GLOSSES = """\
Predicates:
Cat(x) ::: x is a cat
Chases(x, y) ::: x chases y
BlackAndWhite(x) ::: x is black and white
Gives(a, b, c) ::: a gives b to c
Functions:
owner(x) ::: the owner of x
Constants:
tom ::: Tom
rex ::: the old dog
"""


def back(formula: logic.Formula, names: logic.Signature | None = None) -> logic.Formula:
    known = names or logic.read_signature(formula)
    return read_english(logic.verbalise(formula, names), known)


@pytest.mark.parametrize(
    ("formula", "sentence"),
    [
        ("Cat(tom)", "Tom is a cat."),
        ("¬Cat(tom)", "It is not the case that Tom is a cat."),
        ("∀x (Cat(x) → Chases(x, rex))", "For every x, if x is a cat, then x chases the old dog."),
        ("∃z Chases(z, owner(rex))",
         "There is some x such that x chases the owner of the old dog."),
        ("Cat(tom) ∨ Cat(rex)", "Either Tom is a cat or the old dog is a cat, maybe both."),
        ("Cat(tom) ⊕ Cat(rex)", "Either Tom is a cat or the old dog is a cat, not both."),
        ("Gives(tom, rex, owner(tom))", "Tom gives the old dog to the owner of Tom."),
        ("∃!x (x = tom)", "There is exactly one x such that x is the same as Tom."),
        # What has a word of the sentences around it stands in quotation marks.
        ("∀x BlackAndWhite(x)", 'For every x, "BlackAndWhite(x)".'),
    ],
)  # fmt: skip
def test_sentences_by_glosses(formula: str, sentence: str) -> None:
    names = logic.read_signature(GLOSSES)
    parsed = logic.parse(formula)
    assert logic.verbalise(parsed, names) == sentence
    assert logic.equivalent(back(parsed, names), parsed).status == "proved"


@pytest.mark.parametrize(
    ("formula", "sentence"),
    [
        ("Sleeps(tom)", "Tom sleeps."),
        ("IsCat(tom) ∧ Happy(tom)", "Both Tom is cat and Tom is happy."),
        ("ChasesAfter(tom, rex)", "Tom chases after Rex."),
        ("OlderThan(tom, father(rex))", "Tom is older than the father of Rex."),
        ("Rain → ⊥", "If rain holds, then falsehood holds."),
        ("tom ≥ rex", "Tom is at least Rex."),
        ("Cat(tom) ↔ Dog(rex)", "It is the case that Tom is cat exactly when Rex is dog."),
        # Two names of one spelling: which is meant is told.
        ("LikesIt(tom) ∧ Likes_It(tom)", 'Both "LikesIt(tom)" and "Likes_It(tom)".'),
    ],
)
def test_names_are_spelled_out_where_no_gloss_is_given(formula: str, sentence: str) -> None:
    parsed = logic.parse(formula)
    assert logic.verbalise(parsed) == sentence
    assert logic.equivalent(back(parsed), parsed).status == "proved"


def test_scopes_are_told() -> None:
    texts = [
        "∀x (P(x) → Q(x)) → R(a)",
        "∀x ((P(x) → Q(x)) → R(a))",
        "¬(P(a) ∧ Q(a))",
        "¬P(a) ∧ Q(a)",
        "P(a) ∨ (Q(a) ∧ R(a))",
        "(P(a) ∨ Q(a)) ∧ R(a)",
        "∃x ∀y L(x, y)",
        "∀y ∃x L(x, y)",
    ]
    sentences = {text: logic.verbalise(logic.parse(text)) for text in texts}
    assert len(set(sentences.values())) == len(texts)


@settings(max_examples=80, deadline=None)
@given(strategies.formulas(depth=3), st.booleans())
def test_what_is_read_back_is_equivalent(formula: logic.Formula, glossed: bool) -> None:
    names = logic.read_signature(formula)
    if glossed:
        glosses = [
            S_GLOSS(name, arity, number) for number, (name, arity) in enumerate(names.predicates)
        ]
        names = logic.Signature(names.predicates, names.functions, names.constants, tuple(glosses))
    verdict = logic.equivalent(back(formula, names), formula)
    assert verdict.status == "proved"


def S_GLOSS(name: str, arity: int, number: int) -> object:
    """A gloss of words that other glosses and the sentences have too, so that some must be quoted."""
    from logic.signatures.signature import Gloss

    arguments = ("x", "y", "a")[:arity]
    words = ["sees", "is of", "likes and", "sees"][number % 4]
    return Gloss(name, arguments, f" {words} ".join(arguments) + (" sleeps" * (number % 2)))


@pytest.mark.parametrize(
    "text",
    [
        "Tom is a cat",
        "Tom is a dog.",
        "Both Tom is a cat.",
        "If Tom is a cat and Tom is a cat.",
        "Either Tom is a cat or Tom is a cat.",
        "Tom is a cat, not both.",
        "",
        "And Tom is a cat.",
        'For every x, "∀y".',
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_english(text, logic.read_signature(GLOSSES))


def test_what_has_no_english() -> None:
    with pytest.raises(logic.UnsupportedError, match="the variable x is free"):
        logic.verbalise(S.Atom("P", (S.Variable("x"),)))
    counted = logic.parse("∃≥2 x Cat(x)", domain="counting")
    with pytest.raises(logic.UnsupportedError, match="no English for"):
        logic.verbalise(counted)
