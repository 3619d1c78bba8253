"""Answers to whole stories: read, judged by their label, and not paid for meeting it dishonestly."""

import pytest

import logic
from logic.stories.answer import read_story_answer
from logic.stories.grounding import grounding
from logic.stories.judgement import StoryJudgement, judge_story
from logic.stories.verdict import is_trivial, story_verdict

PREMISES = ("Every cat is calm.", "Tom is a cat.", "Some dog chases Rex.")
CONCLUSION = "Tom is calm."
FORMULAS = ("∀x (Cat(x) → Calm(x))", "Cat(tom)", "∃x (Dog(x) ∧ Chases(x, rex))", "Calm(tom)")
SIGNATURE = "Predicates: Calm/1, Cat/1, Chases/2, Dog/1\nConstants: rex, tom\n"


def text(*formulas: str, signature: str = SIGNATURE) -> str:
    *premises, conclusion = formulas
    return signature + "\n".join(["Premises:", *premises, "Conclusion:", conclusion])


def judged(answer: str, label: str = "True", **settings: object) -> StoryJudgement:
    story: dict = {"premises": PREMISES, "conclusion": CONCLUSION, "label": label}
    return judge_story(answer, **story, **settings)


def test_an_honest_answer_gets_all() -> None:
    found = judged(text(*FORMULAS))
    assert (found.finding, found.right, found.faults, found.used) == ("True", True, (), (0, 1))
    assert found.score() == 1.0
    assert judged(text(*FORMULAS), formulas=FORMULAS).score() == 1.0
    assert judged(text(*FORMULAS, signature="")).score() == 1.0


def test_a_wrong_label_and_a_wrong_formula_get_less() -> None:
    assert judged(text(*FORMULAS), label="False").score() == 0.5
    assert judged(text(*FORMULAS), label="False").score(process=0.0) == 0.0
    wrong = judged(text("∀x (Cat(x) → Calm(x))", "Dog(tom)", FORMULAS[2], FORMULAS[3]))
    assert (wrong.finding, wrong.right) == ("Uncertain", False)
    assert 0.0 < wrong.score() < 0.5


# What meets a label without translating anything; none of it may be paid.
HACKS = {
    "contradictory premises": (
        "True",
        text("Cat(tom)", "¬Cat(tom)", "Dog(rex)", "Calm(tom)", signature=""),
        "the premises contradict each other",
    ),
    "a valid conclusion": (
        "True",
        text(*FORMULAS[:3], "Calm(tom) ∨ ¬Calm(tom)", signature=""),
        "the conclusion is valid or unsatisfiable",
    ),
    "an unsatisfiable conclusion": (
        "False",
        text(*FORMULAS[:3], "∃x ¬(x = x)", signature=""),
        "the conclusion is valid or unsatisfiable",
    ),
    "a conclusion that copies a premise": (
        "True",
        text("Calm(tom)", *FORMULAS[1:], signature=""),
        "the conclusion copies a premise",
    ),
    "premises that say nothing": (
        "Uncertain",
        text("P(a) → P(a)", "P(a) → P(a)", "P(a) → P(a)", "Calm(tom)", signature=""),
        "premise 1 is valid or unsatisfiable",
    ),
    "premises of something else": (
        "Uncertain",
        text("Cat(a)", "Cat(b)", "Dog(c)", "Calm(tom)", signature=""),
        "the premises name nothing of the conclusion",
    ),
    "a premise left out": (
        "True",
        text(*FORMULAS[:2], FORMULAS[3], signature=""),
        "2 premises for 3 sentences",
    ),
    "a premise more": (
        "True",
        text(*FORMULAS[:3], "Calm(tom)", FORMULAS[3], signature=""),
        "4 premises for 3 sentences",
    ),
    "two conclusions": (
        "True",
        text(*FORMULAS) + "\nConclusion:\nCat(tom)",
        "2 conclusions where one is needed",
    ),
    "a signature that is not used": (
        "True",
        text(*FORMULAS, signature=SIGNATURE + "Predicates: Fox/1\n"),
        "Fox is declared and not used",
    ),
    "names beyond the signature": (
        "True",
        text(*FORMULAS, signature="Predicates: Cat/1\n"),
        "unknown name: Calm",
    ),
    "nothing": ("Uncertain", "", "0 conclusions where one is needed"),
    "the sentences again": ("True", text(*PREMISES, CONCLUSION, signature=""), "premise 1: "),
}


@pytest.mark.parametrize("hack", HACKS)
def test_a_label_met_dishonestly_is_paid_nothing(hack: str) -> None:
    label, answer, fault = HACKS[hack]
    found = judged(answer, label=label)
    assert found.score() == 0.0
    assert any(each.startswith(fault) for each in found.faults), found.faults


def test_the_right_verdict_for_the_wrong_reason_is_told() -> None:
    # The conclusion follows, from premises that are not those of the sentences.
    found = judged(
        text("∀x (Dog(x) → Calm(x))", "Dog(tom)", FORMULAS[2], "Calm(tom)", signature="")
    )
    assert found.right
    assert found.for_the_wrong_reason
    assert found.score() < 0.9
    assert not judged(text(*FORMULAS)).for_the_wrong_reason


def test_grounding_tells_the_words_of_a_sentence() -> None:
    parse = logic.parse
    assert grounding(parse("∀x (Cat(x) → Calm(x))"), "Every cat is calm.") == 1.0
    assert grounding(parse("Admires(emma, anna)"), "Anna is admired by Emma.") == 1.0
    assert grounding(parse("¬Happy(bob)"), "Bob isn't happy.") == 1.0
    assert grounding(parse("Dog(rex)"), "Every cat is calm.") == 0.0
    assert 0.0 < grounding(parse("Cat(tom)"), "Every cat is calm.") < 1.0
    assert grounding(parse("⊤"), "Every cat is calm.") == 0.0


@pytest.mark.parametrize(
    ("formula", "trivial"),
    [
        ("∀x (P(x) → Q(x))", False),
        ("∃!x P(x)", False),
        ("P(a) ↔ Q(a)", False),
        ("P(a) → P(a)", True),
        ("∃x (x = x)", True),
        ("∃x ¬(x = x)", True),
        ("⊤", True),
        ("∀x P(x) ∧ ∃x ¬P(x)", True),
        ("∀x (P(x) → P(a))", False),
    ],
)
def test_what_says_nothing_or_everything(formula: str, trivial: bool) -> None:
    assert is_trivial(logic.parse(formula)) is trivial


def test_verdicts_say_which_premises_they_need() -> None:
    premises = [logic.parse(formula) for formula in ("P(a)", "∀x (P(x) → Q(x))", "R(b)")]
    assert story_verdict(premises, logic.parse("Q(a)")).used == (0, 1)
    refuted = story_verdict(premises, logic.parse("¬Q(a)"))
    assert (refuted.finding, refuted.used) == ("False", (0, 1))
    assert story_verdict(premises, logic.parse("Q(b)")).finding == "Uncertain"
    inconsistent = story_verdict([*premises, logic.parse("¬P(a)")], logic.parse("R(b)"))
    assert inconsistent.finding == "Inconsistent"


def test_parts_that_cannot_be_read_are_named() -> None:
    answer = read_story_answer(
        "Predicates:\nCat(x\nPremises:\nCat(tom,\nP(a) ∧ ∧ Q\nCat(tom)\nConclusion:\nCat(tom)"
    )
    assert None in answer.premises
    assert any(fault.startswith("premise ") for fault in answer.faults)
    assert any("in a signature, line 2" in fault for fault in answer.faults)
    assert read_story_answer("").faults == ("0 conclusions where one is needed",)


def test_predicates_may_be_declared_alone() -> None:
    alone = "Predicates:\nCalm(x) ::: x is calm\nCat(x)\nChases(x, y)\nDog(x)\n"
    assert judged(text(*FORMULAS, signature=alone)).score() == 1.0
    assert judged(text(*FORMULAS, signature=alone + "Constants: tom\n")).faults  # and not rex
