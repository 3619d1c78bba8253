"""Texts above an answer: those that lead to it or speak of its form are passed over, those that deny it are not."""

from __future__ import annotations

import time

import pytest

import logic
from logic.reading.answers.around.leads import denies_or_goes_on

RULE = "∀x (Cat(x) → ¬Dog(x))"
LAYOUTS = ["{}\nFOL: " + RULE, "{}\n\nFOL: " + RULE]

LEGENDS = [
    "- ¬: not", "- →: implies", '- `→` means "if ... then"', '- ¬: negation ("not")', "- ∧: and", "- \\neg: not",
    "Symbols: ¬ (not), ∀ (for all), → (if ... then)", "- ↔: if and only if", "- ¬: not\n- →: implies",
    "| Symbol | Meaning |\n|---|---|\n| → | implies |\n| ¬ | not |\n",
]  # fmt: skip
OF_ITS_FORM = [
    "The formula below uses negation.", "The formula below contains a negation.",
    "The formula below begins with a negation.", "The following formula has no free variables.",
    "The formula below is not in prenex normal form.", "The formula below does not assume that anything exists.",
    "Note that the negation in the formula below has wide scope.", "In the formula below ¬ denotes negation.",
    "I'll avoid abbreviations in the formula below.",
    "As requested, the output below contains only the formula and no explanation.",
    "The formula below does not use any constants.",
]  # fmt: skip
LEADING = [
    "Here is the premise in first-order logic:", "Here is the translation of the premise:",
    "The premise is as follows:", "No problem, here is the translation:",
    "That would be wrong. The following is right:",
]  # fmt: skip
OF_THE_SENTENCE = [
    "This is a negation.", "It is negated.", "The statement is negated.", "The whole statement is negated.",
    "The statement is false when a counterexample exists.", "This is false only if there is a counterexample.",
    "Note that this is not the converse of the statement.", "Then negate the formula.", "Negate the statement.",
    "### Step 2: Translate the negated statement", "### Analysis of the negated statement",
    "### Step 4: Check for errors", "### Step 3: Negate the statement", "The original sentence states that",
    "The sentence asserts that", "This is the same as saying that", "The sentence says",
]  # fmt: skip

DENYING = [
    "It is not the case that\n- ¬: not", "My answer is wrong.\n- ¬: not", "- ¬: not\nMy answer is wrong.",
    "The formula below is a premise.", "The formula below is only a premise.", 'The answer is "not"',
    "The following is what a student wrote.", "The following was written by a student.",
    "The formula below is the work of one of my students.", "Below is someone's answer.",
    "The formula below has a negation too many.", "The formula below has a negation that does not belong there.",
    "The formula below needs a negation.", "The formula below does not contain the negation.",
    "The formula below does not use the right predicates.", "The negation in the formula below is wrong.",
    "The formula below uses negation wrongly.", "The following has no negation but should.",
    "The formula below has no merit.", "The formula below is negated.",
    "The translation below is not in the right form.",
    "No, here is the formula:", "Negated, here is the formula:", "This is not right, here is the formula:",
    "I was asked for a wrong answer, and here is the answer:", "Do not trust me, here is the formula:",
    "What is not the case is as follows:", "It is never true, but here is the formula:",
    "The statement below is negated.", "The answer is negated.", "This formula is negated.", "This is negated:",
    "The statement is wrong.", "This is false.", "Negate the formula:", "Negate this.", "Negate the answer.",
    "The answer is the negation of this.", "That is wrong. The following is wrong.", "The answer is wrong if you look.",
    "### Negated statement", "### Common errors", "The sentence denies that", "The sentence does not say that",
    "Bob says that", "The sentence states that Bob believes that", "My formula (not)",
    "The word is (not the case that)", "This is wrong if you ask me.", "The formula is false if read so.",
]  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("line", [*LEGENDS, *OF_ITS_FORM, *LEADING, *OF_THE_SENTENCE])
def test_what_leads_to_an_answer_is_passed_over(line: str, layout: str) -> None:
    assert str(logic.read_answer(layout.format(line)).formula) == RULE


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("line", DENYING)
def test_what_denies_an_answer_makes_it_unreadable(line: str, layout: str) -> None:
    assert logic.read_answer(layout.format(line)).formula is None
    assert denies_or_goes_on(line)


@pytest.mark.parametrize(
    "line",
    [
        "The formula for students is as follows:",
        "Here is the formula for this sentence about someone who lies:",
        "Don't worry, here is the answer:",
        "I'm not sure about the domain, but here is the translation:",
        "This isn't trivial, but here is the translation:",
        "There is no constant, and the formula is as follows:",
        "My earlier draft was incorrect, here is the corrected formula:",
    ],
)
def test_a_clause_before_the_last_one_is_of_other_things(line: str) -> None:
    assert not denies_or_goes_on(line)


SENTENCES = {
    "None of the former presidents is alive.": "¬∃x (FormerPresident(x) ∧ Alive(x))",
    "It is not the case that every bird can fly.": "¬∀x (Bird(x) → CanFly(x))",
}


@pytest.mark.parametrize(("sentence", "formula"), SENTENCES.items())
@pytest.mark.parametrize("layout", ['{{"fol": "{}"}}', '```json\n{{"fol": "{}"}}\n```', "FOL: {}"])
def test_the_sentence_above_an_object_is_what_it_translates(
    sentence: str, formula: str, layout: str
) -> None:
    answer = layout.format(formula)
    assert str(logic.read_answer(f"{sentence}\n\n{answer}").formula) == formula


@pytest.mark.parametrize(
    "text",
    [
        "It is not the case that",
        "Not:",
        "The formula below is wrong.",
        "My answer is wrong.",
        "(",
        "¬",
        "Q(a) ∧",
    ],
)
def test_what_denies_an_object_or_goes_on_in_it_makes_it_unreadable(text: str) -> None:
    for blanks in ("\n", "\n\n", " "):
        assert logic.read_answer(f'{text}{blanks}{{"fol": "P(a)"}}').formula is None


@pytest.mark.parametrize(
    "unit",
    ["the negation ", "no ", "not, ", "a student ", "check for ", "(not) ", "uses a negation, "],
)
def test_long_texts_take_linear_time(unit: str) -> None:
    start = time.process_time()
    logic.read_answer(f"{unit * (20_000 // len(unit))}here is the formula:\nFOL: {RULE}")
    assert time.process_time() - start < 3.0
