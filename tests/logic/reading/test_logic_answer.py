"""Finding the formula in raw model output."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import PLAIN, formulas

import logic
from logic import syntax as S
from logic.reading.answers.marks import MAX_HEAD, MAX_TAIL

FIXTURE = Path(__file__).parents[2] / "fixtures" / "answers.tsv"
FORMULA = "∀x (Cat(x) → Animal(x))"
OTHER = "∃y Dog(y)"


def rows() -> list[list[str]]:
    lines = FIXTURE.read_text("utf-8").split("\n")
    return [line.replace("⏎", "\n").split("\t") for line in lines if "\t" in line]


@pytest.mark.parametrize(("output", "formula", "repair"), rows())
def test_output(output: str, formula: str, repair: str) -> None:
    answer = logic.read_answer(output)
    assert (str(answer.formula) if answer.formula is not None else "-", *answer.repairs) == (
        (formula, repair) if repair else (formula,)
    )
    assert (answer.error is None) == (answer.formula is not None)


def test_the_table_is_large_enough_to_mean_something() -> None:
    assert len(rows()) >= 140


WRAPPERS = [
    "{}", "{}.", "  {}\n", "FOL: {}", "**FOL:** {}", "Answer: `{}`", "The translation is: {}", "```\n{}\n```",
    "```fol\n{}\n```\nThis is what the sentence says.", "`{}`", "**{}**", "1. {}", "* {}", "<answer>{}</answer>",
    "<think>Perhaps ∀x Dog(x)?</think>\n{}", "\\boxed{{{}}}", "${}$", "\\({}\\)", "$$\n{}\n$$", '"{}"',
    "Sentence: All cats are animals.\nFOL: {}", "{}\n\nExplanation: this is what it means.",
    "FOL: ∀x Dog(x)\nNo, that is wrong.\nFOL: {}", "∀x Dog(x)\n{}",
]  # fmt: skip


def is_name_to_name(formula: S.Formula) -> bool:
    """Whether a sign joins two words and nothing else, negations apart."""
    sides = [without_negations(side) for side in without_negations(formula).children()]
    return all(not side.children() for side in sides)


def without_negations(formula: S.Formula) -> S.Formula:
    while isinstance(formula, S.Not):
        formula = formula.operand
    return formula


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_any_formula_is_found_in_any_wrapper(wrapper: str) -> None:
    @settings(max_examples=40, deadline=None)
    @given(formulas(names=PLAIN, variables=["x", "y", "z", "x1"]))
    def check(formula: S.Formula) -> None:
        if isinstance(formula, (S.Atom, S.Truth)) and not formula.children():
            return  # a bare word: see test_a_bare_word_needs_a_marker
        if wrapper.startswith("∀x Dog(x)") and is_name_to_name(formula):
            return  # below another formula, `D → dog` says what its names stand for
        answer = logic.read_answer(wrapper.format(formula))
        assert (answer.formula, answer.repairs) == (formula, ())

    check()


def test_a_bare_word_needs_a_marker() -> None:
    assert logic.read_answer("Raining").formula is None
    assert logic.read_answer("FOL: Raining").formula == S.Atom("Raining")
    assert logic.read_answer("\\boxed{Raining}").formula == S.Atom("Raining")


def test_the_last_marker_wins_over_later_lines_and_the_last_line_without_one() -> None:
    assert str(logic.read_answer(f"FOL: {FORMULA}\n{OTHER}").formula) == FORMULA
    assert str(logic.read_answer(f"FOL: {OTHER}\nAnswer: {FORMULA}").formula) == FORMULA
    assert str(logic.read_answer(f"{OTHER}\n{FORMULA}").formula) == FORMULA


def test_a_marker_with_nothing_readable_leaves_it_to_the_one_before() -> None:
    assert str(logic.read_answer(f"FOL: {FORMULA}\nAnswer: see above").formula) == FORMULA


def test_an_unread_answer_says_where_and_why() -> None:
    answer = logic.read_answer("∃x (Cat(x) Dog(x))")
    assert answer.error is not None
    assert (answer.error.line, answer.error.column) == (1, 12)
    assert "side by side" in (answer.error.hint or "")
    assert logic.read_answer("I do not know").error is not None


def test_of_a_long_output_the_beginning_and_the_end_are_looked_at() -> None:
    filler = "word " * 200_000
    assert str(logic.read_answer(f"{filler}\nFOL: {FORMULA}").formula) == FORMULA
    # What was left out may take back what stands at the beginning, or give another answer.
    assert logic.read_answer(f"FOL: {FORMULA}\n{filler}").formula is None
    middle = "word " * (MAX_TAIL // 5 + MAX_HEAD)
    assert logic.read_answer(f"{middle}\nFOL: {FORMULA}\n{middle}").formula is None


@pytest.mark.parametrize(
    "output", ["¬" + " " * 2100 + "\nP(a)", "Q(a) ∧\n" * 9000 + "P(a)", "¬" + " " * 60_000 + "P(a)",
               "FOL: " + "P(a) ∧ " * 9000 + "Q(a)", "```\n" + "Q(a) ∧\n" * 9000 + "P(a)\n```",
               "It is false that " * 4000 + "\n`P(a)`"],
)  # fmt: skip
def test_a_length_limit_never_leaves_a_part_of_a_formula(output: str) -> None:
    answer = logic.read_answer(output)
    assert answer.formula in (None, S.Not(S.Atom("P", (S.Constant("a"),))))


def test_two_slips_are_too_many() -> None:
    for text in ("((P(a)", "P(a)))", "(P(a), Q(b)", "∀x (P(x) → Q(y)", "A(a), B(a), C(a)"):
        assert logic.read_answer(text).formula is None


def test_an_unknown_domain_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="unknown domain 'chess'"):
        logic.read_answer(FORMULA, domain="chess")


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz ABC.,;'!?\n", max_size=200))
def test_prose_without_a_sign_of_logic_gives_none(text: str) -> None:
    assert logic.read_answer(text).formula is None


@pytest.mark.parametrize(
    ("domain", "text", "formula"),
    [
        ("temporal", "always Rains", "always Rains"),
        ("temporal", "Rains before Snows", "Rains before Snows"),
        ("deontic", "Obligatory Rains", "Obligatory Rains"),
        ("deontic", "must not Rains", None),  # not as the domain writes it: told how it does
        ("temporal", "It always rains before noon.", None),
        ("temporal", "Always", None),
        ("fol", "Rains", None),
    ],
)
def test_a_formula_in_the_words_of_a_domain(domain: str, text: str, formula: str | None) -> None:
    found = logic.read_answer(text, domain=domain)
    assert (str(found.formula) if found.formula else None) == formula
    if text.startswith("must"):
        assert found.error is not None and "written Obligatory ¬Rains" in str(found.error)


@pytest.mark.parametrize(
    "text",
    [
        *(f"{sign}\nFOL: P(a)" for sign in ("-", "~", "!", "$\\neg$", "\\neg", "¬(", "[~")),
        "~(\nFOL: P(a)\n)",
        "~\n\n| FOL |\n|---|\n| P(a) |",
        "Draft: P(a)\nFinal premise: Q(a)",
        "Draft: P(a)\nFinal rule: Q(a)",
        "Draft: P(a)\nFinal step: Q(a)",
        "Draft: let a = b\nFinal: Q(a)",
    ],
)
def test_a_sign_above_a_label_and_a_label_of_something_else_are_not_passed_over(text: str) -> None:
    assert logic.read_answer(text).formula is None


@pytest.mark.parametrize(
    "text",
    [
        "---\nFOL: Q(a)",
        "- It sleeps.\nFOL: Q(a)",
        "Draft: P(a)\nFinal answer (FOL): Q(a)",
        "First attempt: P(a)\n\n**Final Answer:** Q(a)",
    ],
)
def test_rules_bullets_and_drafts_above_a_label_are_passed_over(text: str) -> None:
    assert str(logic.read_answer(text).formula) == "Q(a)"
