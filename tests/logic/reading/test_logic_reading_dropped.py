"""What an answer says beside or inside its formula is never dropped: eaten commands, open lines, comments, legends."""

from __future__ import annotations

import time

import pytest

import logic

RULE = "∀x (Cat(x) → Animal(x))"

COMMANDS = {
    # A command with one backslash, its first letter eaten by an escape of the string.
    r'{"fol": "\forall x (P(x) \to \nexists y R(x,y))"}': "∀x (P(x) → ¬∃y R(x, y))",
    r'{"fol": "\nexists x P(x) \land Q(a)"}': "¬∃x P(x) ∧ Q(a)",
    r'{"fol": "\neg P(a) \rightarrow \bot"}': "¬P(a) → ⊥",
    r'{"fol": "a \neq b"}': "a ≠ b",
    r'{"fol": "a \not= b"}': "a ≠ b",
    r'{"fol": "\text{Cat}(a)"}': "Cat(a)",
    r'{"fol": "\big(P(a) \land Q(a)\big)"}': "P(a) ∧ Q(a)",
    r"{'fol': 'P(a) \vee Q(a)'}": "P(a) ∨ Q(a)",
    # A line break before the word "exists": in words and ASCII signs, with a blank, or as such.
    r'{"fol": "all x (P(x) ->\nexists y R(x,y))"}': "∀x (P(x) → ∃y R(x, y))",
    r'{"fol": "∀x (P(x) →\n exists y R(x,y))"}': "∀x (P(x) → ∃y R(x, y))",
    '{"fol": "∀x (P(x) →\nexists y R(x,y))"}': "∀x (P(x) → ∃y R(x, y))",
    r'{"explanation": "It says\ne.g. that a cat is P", "fol": "P(cat)"}': "P(cat)",
    # Nothing tells which it is.
    r'{"fol": "\nexists x P(x)"}': None,
    r"{'fol': '\nexists x P(x)'}": None,
    r'{"fol": "∀x (P(x) → \nexists y R(x,y))"}': None,
    r'{"fol": "\\forall x (P(x) \\to \nexists y R(x,y))"}': None,
    '```json\n{"fol": "\\nexists x P(x)"}\n```': None,
    # No command: a word that only begins like one.
    r'{"fol": "P(a) ∧\nexit(a)"}': "P(a) ∧ exit(a)",
    r'{"fol": "P(a) ∧\nobody(a)"}': "P(a) ∧ obody(a)",
    r'{"fol": "\rho(a)"}': None,
}

LINES = {
    "Cat(tom),\nDog(tom)": "Cat(tom) ∧ Dog(tom)",
    "```\nCat(tom),\nDog(tom)\n```": "Cat(tom) ∧ Dog(tom)",
    "FOL: P(a),\nQ(a)": "P(a) ∧ Q(a)",
    "P(a) →\nQ(a),\nR(a)": None,
    "P(a) ∧\nQ(a)\nR(a)": None,
    "P(a)\n∧ Q(a)\nR(a)": None,
    "(P(a) ∧\nQ(a))\nR(a)": None,
    "P(a) \\land\nQ(a)\nR(a)": None,
    "```\nP(a) ∧\nQ(a)\nR(a)\n```": None,
    "P(a)\n- Q(a)": None,
    "P(a)\n- Q(a)\n- R(a)": None,
    "P(a), ...": None,
    "P(a)...": None,
    "P(a),\n...": None,
    "P(a) ∧\nQ(a)": "P(a) ∧ Q(a)",
    "P(a)\n-Q(a)": "¬Q(a)",
    "P(a)\nR(a)": "R(a)",
    "P(a) ∧\nQ(a)\n\nR(a)": "R(a)",
    "P(a) ∧\nQ(a)\nFOL: R(a)": "R(a)",
    "P(a)\n≡ Q(a)\nQ(a)": "Q(a)",
    "Therefore,\nP(a)": "P(a)",
    "Cat(x): x is a cat,\nAnimal(x): x is an animal,\n" + RULE: RULE,
    RULE + "\n- Cat(x): x is a cat\n- This means that all cats are animals.": RULE,
}

COMMENTS = {
    "<!-- ¬P(b) --> Q(a)": None,
    "FOL: <!-- ¬P(b) --> Q(a)": None,
    "The answer <!-- ¬P(b) --> ∀x Q(x).": None,
    "<!--\n¬P(b) --> Q(a)": None,
    "<!--\nFOL: ¬P(b) --> Q(a)": None,
    "```\n<!-- ¬P(b) --> Q(a)\n```": None,
    '{"fol": "<!-- ¬P(b) --> Q(a)"}': None,
    "P(a) <!-- wrong": None,
    "FOL: P(a)\n\nThis says that a is P. <!-- to do": None,
    "P(a) --> Q(a)": "P(a) → Q(a)",
    "Sure <!-- here it is -->\nFOL: P(b)": "P(b)",
    "The translation <!-- note -->\n\nFOL: P(a)": "P(a)",
    "FOL: P(a)\n\nThis says <!-- x --> that a is P.": "P(a)",
}

REDEFINED = [
    "Define Cat(x) := ¬Dog(x).\n{}",
    "Define Cat(x) := Feline(x) ∧ Domestic(x).\n{}",
    "- Cat(x) := ¬Dog(x)\n\n{}",
    "Cat(x) = ¬Dog(x)\n{}",
    "Cat(x) ↔ ¬Dog(x)\n{}",
    "Cat(x): x is not a cat\n{}",
    "Cat(x): x is a cat, Animal(x): x is not an animal\n{}",
    "- Cat(x): x is no cat\n- Animal(x): x is an animal\n\n{}",
    "Cat: not a cat\n{}",
    "Let Cat(x) denote that x is not a cat.\n{}",
    "We use Cat(x) for things that are not cats.\n{}",
    "Cat(x) denotes non-cats.\n{}",
    "Predicates:\nCat(x): x is not a cat\nFOL: {}",
    "{}\nCat(x): it is false that x is a cat",
    "{}\nwhere Cat(x) means x isn't a cat",
    "{}\nHere, Cat(x) says that x is never a cat.",
    "{}\n**Cat(x)**: x is anything but a cat",
    '{{"predicates": {{"Cat(x)": "x is not a cat"}}, "fol": "{}"}}',
    '{{"predicates": ["Cat(x): x is not a cat"], "fol": "{}"}}',
    '{{"predicates": [{{"name": "Cat(x)", "meaning": "x is not a cat"}}], "fol": "{}"}}',
    '{{"definitions": {{"Cat(x)": "x is not a cat"}}, "result": {{"fol": "{}"}}}}',
]

NAMED = {
    "Cat(x): x is a cat, and not a dog\n" + RULE: RULE,
    "NotCat(x): x is not a cat\nNotCat(a)": "NotCat(a)",
    "NonMember(x): x is not a member\nNonMember(a)": "NonMember(a)",
    "Unhappy(x): x is not happy\nUnhappy(a)": "Unhappy(a)",
    "Childless(x): x has no children\nChildless(a)": "Childless(a)",
    "Single(x): x is not married\nSingle(a)": "Single(a)",
    "AvoidsMeat(x): x does not eat meat\nAvoidsMeat(a)": "AvoidsMeat(a)",
    "Bachelor(x): x is a man who is not married\nBachelor(a)": "Bachelor(a)",
    "Cat(x) ↔ ¬Dog(x)\n∀x (Cat(x) ↔ ¬Dog(x))": "∀x (Cat(x) ↔ ¬Dog(x))",
    "∀x (Cat(x) ↔ ¬Dog(x))\n" + RULE: RULE,
    "∀x (Cat(x) → ¬Dog(x))\nThis says that no cat is a dog.": "∀x (Cat(x) → ¬Dog(x))",
    '{"predicates": {"Cat(x)": "x is a cat"}, "fol": "' + RULE + '"}': RULE,
}


@pytest.mark.parametrize(
    ("text", "formula"), (COMMANDS | LINES | COMMENTS | NAMED).items(), ids=repr
)
def test_a_text_is_read_with_all_that_it_says_or_not_at_all(text: str, formula: str | None) -> None:
    answer = logic.read_answer(text)
    assert (None if answer.formula is None else str(answer.formula)) == formula
    assert (answer.error is None) == (answer.formula is not None)


@pytest.mark.parametrize("text", REDEFINED)
def test_a_name_that_is_given_another_meaning_makes_the_answer_unreadable(text: str) -> None:
    assert logic.read_answer(text.format(RULE)).formula is None


def test_an_undecided_line_break_is_told() -> None:
    answer = logic.read_answer(r'{"fol": "\nexists x P(x)"}')
    assert answer.error is not None and "line break before 'exists'" in str(answer.error)
    answer = logic.read_answer("P(a) <!-- wrong")
    assert answer.error is not None and "not closed" in str(answer.error)


@pytest.mark.parametrize(
    "unit", [*"_*-#>.(` \t\n$\\=:|", "* ", "- ", "_ ", "(_", '{"', "<!--", "a_", "P(a),\n", "\n-"]
)
def test_repeated_marks_before_an_answer_take_linear_time(unit: str) -> None:
    repeated = unit * (20_000 // len(unit))
    start = time.process_time()
    for text in (f"{repeated}\nFOL: P(a)", f"Name: {repeated}\nP(a)", f"P(a) {repeated}"):
        logic.read_answer(text)
    # Each takes about a tenth of a second; quadratic time was some ten seconds.
    assert time.process_time() - start < 3.0
