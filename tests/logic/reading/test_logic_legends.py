"""Legends beside a formula: those that give a name or a sign another meaning are refused, all others are read."""

from __future__ import annotations

import time

import pytest

import logic

RULE = "∀x (Cat(x) → Animal(x))"

OTHER_MEANING = [
    # The words of another name of the formula.
    "{}, where Cat(x): x is an animal, Animal(x): x is a cat",
    "{}\nCat(x): x is an animal\nAnimal(x): x is a cat",
    "Cat(x): x is an animal\nAnimal(x): x is a cat\n{}",
    "{}, where Cat means Animal and Animal means Cat",
    "{}, where Cat(x) means that Animal(x)",
    "{}\nwhere Cat denotes animals and Animal denotes cats",
    "Let Cat(x) denote that x is an animal and Animal(x) that x is a cat.\n{}",
    "Cat(x) := x is an animal\nAnimal(x) := x is a cat\n{}",
    "Cat(x): x is not an animal\n{}",
    "FOL: {}\n\nwhere $\\text{{Cat}}(x)$ means x is an animal",
    '{{"predicates": {{"Cat(x)": "x is an animal", "Animal(x)": "x is a cat"}}, "fol": "{}"}}',
    '{}\nCat(x) is the predicate "x is an animal"',
    # Denials in other words.
    "Cat(x): everything but cats\n{}",
    "{}\nHere Cat stands for the complement of the set of cats.",
    "{}\nCat(x): x excludes cats",
    "{}\nCat(x): x is hardly a cat",
    "{}\nCat(x): x is an uncat",
    "{}\nCat(x): x is a former cat",
    "{}\nCat(x): x is outside the set of cats",
    "Cat(x) is false iff x is a cat\n{}",
    "Cat(x) does not hold if x is a cat\n{}",
    # The words of another name, and some that say no more.
    "Cat(x): x is one of the animals\n{}",
    "{}\nCat(x): x is some kind of animal",
    "Cat(x): x belongs to the animals\n{}",
    "{}\nCat stands for animals and vice versa.",
    "Cat and Animal stand for animals and cats, respectively.\n{}",
    "{}\nWe use Cat for animals and Animal for cats.",
    "{}\nHere Cat and Animal are swapped.",
    # A sign with the meaning of another.
    "∀: some\n{}",
    "∀ means 'there exists'\n{}",
    "- $\\forall x$: for some x\n{}",
    "FOL: {}\nExplanation:\n- $\\forall x$: there exists x",
    "FOL: {}\nExplanation:\n- $\\rightarrow$: if and only if",
    "FOL: {}\nExplanation:\n- $\\rightarrow$: or",
]

BESIDE_THE_RULE = [
    "{}, where Cat means cat and Animal means animal",
    "{}\nwhere Cat denotes cats and Animal denotes animals",
    "{}\nCat(x): x is a feline animal",
    "{}\nCat(x): x is a feline",
    "{}\nCat(x): x is a small domestic animal, a cat",
    "FOL: {}\nExplanation:\n- $\\forall x$: For all x",
    "FOL: {}\nExplanation:\n- $\\rightarrow$: implies",
    "{}\nExplanation:\n- \\(\\forall x\\): for all x\n- \\(\\rightarrow\\): if … then",
    "{}\n\nExplanation:\n- $\\forall x$: For all x\n- $\\text{{Cat}}(x)$: x is a cat",
    "$${}$$\n\n**Explanation:**\n- **$\\forall x$**: For all x\n- **$\\rightarrow$**: If...then",
    "FOL: {}\n\nwhere $\\text{{Cat}}(x)$ means x is a cat",
    "FOL: {}\n\nwhere $\\mathrm{{Cat}}(x)$ means x is a cat and $\\mathrm{{Animal}}(x)$ means x is an animal.",
    "{}\n\nHere, Cat and Animal are unary predicates.",
    "{}\nwhere Cat and Animal stand for cats and animals, respectively.",
    "We use Cat for cats and Animal for animals.\n{}",
    "{}\nVariables: x",
    "Domain: everything\n{}",
    "Cat(x) := x is a cat\nAnimal(x) := x is an animal\n{}",
    '{{"predicates": {{"one": "Cat(x)", "two": "Animal(x)"}}, "fol": "{}"}}',
]

OTHER_FORMULAS = {
    "C(x): x is a cat\nA(x): x is an animal\n": "∀x (C(x) → A(x))",
    "C(x): x is a dog\nD(x): x is a cat\n": "∀x (C(x) → D(x))",
    "Pet(x): x is a domesticated animal\nAnimal(x): x is an animal\n": "∀x (Pet(x) → Animal(x))",
    "Bachelor(x): x is a man who is not married\n": "∀x (Bachelor(x) → Man(x) ∧ ¬Married(x))",
    "Unmarried(x): x is not married\n": "∀x (Unmarried(x) → ¬Married(x))",
    "FormerStudent(x): x is a former student\n": "∀x (FormerStudent(x) → Alumnus(x))",
    "Parent(x): x has a child\n": "∀x (Parent(x) ↔ ∃y Child(x, y))",
    "Owner(x): x owns something\n": "∀x (Owner(x) ↔ ∃y Owns(x, y))",
    "Employed(x): x has a job\n": "∀x ∀y (Job(x) → Employed(y))",
    "superman = clark\n": "∀x (x = superman → x = clark)",
    "Train(x, y): x is used to train y\n": "∀x ∃y Train(x, y)",
    "Blind(x): x cannot see\n": "∀x (Blind(x) → Careful(x))",
    "Looks(x, y): x looks like y\n": "∀x (Looks(x, tom) → Cute(x))",
    "Inactive(x): x is an inactive member\n": "∀x (Inactive(x) → ¬Active(x))",
}


@pytest.mark.parametrize("text", OTHER_MEANING)
def test_a_legend_that_gives_another_meaning_makes_the_answer_unreadable(text: str) -> None:
    answer = logic.read_answer(text.format(RULE))
    assert answer.formula is None and answer.error is not None


@pytest.mark.parametrize("text", BESIDE_THE_RULE)
def test_a_legend_that_only_explains_is_left_out(text: str) -> None:
    assert str(logic.read_answer(text.format(RULE)).formula) == RULE


@pytest.mark.parametrize(("legend", "formula"), OTHER_FORMULAS.items())
def test_a_gloss_in_other_words_is_no_other_meaning(legend: str, formula: str) -> None:
    assert str(logic.read_answer(f"{legend}{formula}").formula) == formula


@pytest.mark.parametrize("text", ["Domain: dogs\n{}", "{}\nDomain: dogs", "{}\nVariables: x ≠ a"])
def test_a_domain_that_restricts_is_refused(text: str) -> None:
    assert logic.read_answer(text.format(RULE)).formula is None


@pytest.mark.parametrize("unit", ["\\", "∀", "Cat means ", "and Cat: ", "Cat(x): ", "x, "])
def test_long_legends_take_linear_time(unit: str) -> None:
    start = time.process_time()
    logic.read_answer(f"{unit * (20_000 // len(unit))}\n{RULE}")
    assert time.process_time() - start < 3.0
