"""Where the order of two arguments is plain, they need no names; one text is no list of premises."""

from __future__ import annotations

import pytest

import logic

CATS = "∀x (Cat(x) → Animal(x))"


def test_questions_take_their_two_arguments_by_position() -> None:
    assert logic.entails([CATS, "Cat(tom)"], "Animal(tom)").status == "proved"
    assert logic.prove([CATS, "Cat(tom)"], "Animal(tom)").verdict.status == "proved"
    assert logic.prove([], "P(a) ∨ ¬P(a)").verdict.status == "proved"
    assert logic.equivalent("¬(P(a) ∧ Q(a))", "¬P(a) ∨ ¬Q(a)").status == "proved"
    assert logic.compare("∀y (Cat(y) → Animal(y))", CATS).score == 1.0
    assert logic.score([CATS, "no formula"], [CATS, CATS]) == [1.0, 0.0]


def test_the_candidate_comes_first() -> None:
    comparison = logic.compare("P(a) ∧ Q(a)", "P(a)")
    assert str(comparison.reference) == "P(a)"
    assert comparison.relation() == "stronger"
    assert logic.entails(["P(a) ∧ Q(a)"], "P(a)").status == "proved"
    assert logic.entails(["P(a)"], "P(a) ∧ Q(a)").status == "refuted"


def test_one_text_is_no_list_of_premises() -> None:
    for ask in (logic.entails, logic.prove):
        with pytest.raises(TypeError, match="premises must be a list of formulas, got one: 'P'"):
            ask("P", "P")
    with pytest.raises(TypeError, match="premises must be a list"):
        logic.consistent(logic.parse("P(a)"))
