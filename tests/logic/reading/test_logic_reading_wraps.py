"""A formula in any notation, wrapped as models wrap answers, is read as itself or not at all."""

from __future__ import annotations

import os
import random

import pytest

import logic
from logic import syntax as S

WRAPS = [
    "{}", "{}.", "FOL: {}", "**FOL:** {}", "Answer: {}", "Final: {}", "Conclusion: {}", "Response: {}",
    "φ = {}", "φ := {}", "F = {}", "FOL → {}", "1. {}", "2) {}", "(3) {}", "* {}", "• {}", "> {}", "- {}",
    "+ {}", "a. {}", "`{}`", "**{}**", "${}$", "$${}$$", "\\({}\\)", "\\[{}\\]", "\"{}\"", "“{}”",
    "```\n{}\n```", "```fol\n{}\n```", "~~~\n{}\n~~~", "<answer>{}</answer>", "<FOL>{}</FOL>", "\\boxed{{{}}}",
    "[FOL] {} [/FOL]", "{}</s>", "{} <|im_end|>", "<think>Maybe P(a)?</think>\n{}",
    "<|channel|>analysis<|message|>P(a)<|end|><|start|>assistant<|channel|>final<|message|>{}<|return|>",
    "Sentence: No one is here.\nFOL: {}", "Here is the formula:\n{}", "Here is the formula:\n- {}",
    "Sure! {}", "No problem! Here it is: {}", "If it rains then it pours: {}", "Not all birds can fly: {}",
    "{} ::: If it rains, it pours.", "{}  # not all of them", "{} // when they like", "{} % a comment",
    "{}, where P(x) means x is proud", "{} — every one of them", "{} (for every one of them)",
    "{}\n\nExplanation: it says so.", "{}\nThis means that no one is here.", "{} means that all are here",
    "{} reads \"if so, not\"", "P(a)\n{}", "- it is so\n- {}", "1. P(a)\n2. {}", "Premises:\nP(a)\nConclusion:\n{}",
    "Premise_FOL: P(a)\nConclusion_FOL: {}", "TEXT: one\nFOL: P(a)\nTEXT: two\nFOL: {}",
    "| Sentence | FOL |\n|---|---|\n| one | {} |", "\\begin{{align*}}\n{}\n\\end{{align*}}",
    "Not {}", "not {}", "¬{}", "¬ ({})", "- ({})", "~ {}", "P(a) and {}", "{} and P(a)", "{} ∧ P(a)", "P(a) → {}",
    "{}\n∨ P(a)", "({}", "{})", "∀z {}", "exists z.{}", "{}(a)", "1. {}\n", "FOL:\n{}", "FOL:\n\n```\n{}\n```",
    "The formula is `{}`.", "So we get ${}$.", "* it says this\n* {}", "{}\nwhere P means that it is proud",
    "{}\nT1(x): x is there", "T1(x): x is there\n{}", "{}\neverything is there", "Answer:\n{}\n\nDone.",
    "Predicates:\nP(x) ::: x is proud\nPremises:\nP(a) ::: it is so\nConclusion:\n{} ::: so it is",
    "{{\"sentence\": \"No one.\", \"fol\": \"{}\"}}", "```json\n{{\"formula\": \"{}\"}}\n```",
]  # fmt: skip
REFUSED = [
    "{} is wrong.", "{}\nThis is wrong.", "{}\n\nNo, that is incorrect.", "{} when x = a", "{} for x = a",
    "{}, only on Sundays", "{} unless Q(a)", "{} if P(a)", "If P(a) then {}", "It is false that {}",
    "It is false that:\n{}", "– {}", "— ({})", "FOL: – {}", "{} P(a)", "P(a) {}", "\\P.{}", "λP.{}", "{}#1",
    "{}\nwhere x ranges over cats", "{}\nfor x in S", "{}\nIn summer.", "{}\nwobei x eine Katze ist",
    "{}\nusually", "For cats:\n{}", "P(a)\nund\n{}", "{}\noder\nP(a)", "P(a)\n⊗\n{}", "P(a)\n+ {}", "{}\n+ P(a)",
    "FOL: {}\nplus P(a)", "P(a) sowie\n{}", "Here is the formula:\n- {}", "- {}\n- P(a)", "− {}\n− P(a)",
    "FOL:\nP(a)\n{}", "Conclusion:\n{}\nP(a)", "Premises:\nP(a)\n{}", "Wrong answer: {}", "not: {}",
    "Forbidden:\n{}", "Eventually:\n```\n{}\n```", "First attempt: {}", "A weaker formula is `{}`",
    "Both hold.\nP(a)\n{}",
    "Polarity: negative\n{}", "{}\nCondition: P(a)", "Let x be a cat.\n{}", "Assume P(a).\nFOL: {}", "{}  # not",
    "{} # only if P(a)", "{}\nI forgot the negation.", "{}\nSwap the quantifiers.", "Among cats, the formula is {}.",
    "{{\"fol\": \"{}\", \"polarity\": \"negative\"}}", "FOL | Status\n{} | rejected", "```wrong\n{}\n```",
]  # fmt: skip
"""Wraps that deny or restrict the formula, or join it to another one in a way that cannot be read."""
CHANGED = [
    "- ({})", "Not {}", "not {}", "¬{}", "¬ ({})", "~ {}", "- {}", "{} ∧ P(a)", "P(a) → {}", "P(a) and {}",
    "{} and P(a)", "∀z {}", "exists z.{}", "{}\n∨ P(a)", "{}(a)",
]  # fmt: skip
"""Wraps that make another formula; what is read of them must not be the one inside."""

# Wraps made of parts: what leads in, a label, marks, a gloss, and what follows.
LEADS = [
    "", "Sure!\n", "Sentence: No one is here.\n", "T1(x): x is there\n", "Let T1(x) mean that x is there.\n\n",
    "- it is so\n", "P(a)\n", "1. P(a)\n", "<think>P(a)?</think>\n", "FOL: P(a)\nOops, that is wrong.\n",
    "We think.\n\n",
]  # fmt: skip
LABELS = [
    "", "FOL: ", "**FOL**: ", "Answer: ", "### Formula\n", "The formula is: ", "Conclusion_FOL: ", "φ = ", "2. ", "* ",
    "• ", "> ", "Translation:\n", "(b) ",
]  # fmt: skip
MARKS = ["{}", "`{}`", "${}$", "**{}**", '"{}"', "\\({}\\)", "```\n{}\n```", "<answer>{}</answer>"]
GLOSSES = [
    "", ".", " ::: If one, then all.", "  # not all, but some", " // no one when it rains", " — it says so",
    " (it says so)",
    ", where T1(x) means that x is there",
]  # fmt: skip
ENDS = [
    "", "\n", "</s>", "\n\nExplanation: if it is so, then not.", "\nThis says that no one is here.",
    "\nT1(x): x is there",
    "\n\nDone.", "\nwhere T1(x) says that x is there",
]  # fmt: skip
DENIALS = [
    "\nThis is wrong.", "\n\nNo, that is incorrect.", "\nwhere x is a cat", "\nfor x in S", "\nund\nP(a)", "\n+ P(a)",
    "\nusually", "\nIn summer.", "\nAdd a negation.", "\nJust kidding!", "\nDomain: cats", " # or", " // if it rains",
    "\nThis is the opposite of the answer.", "\nThat one is only a draft.",
]  # fmt: skip


def composed(source: random.Random) -> tuple[str, bool]:
    """A wrap made of parts, and whether its end denies, restricts or joins what it wraps."""
    is_denied = source.random() < 0.25
    parts = [source.choice(part) for part in (LEADS, LABELS, MARKS)]
    end = source.choice(DENIALS) if is_denied else source.choice(GLOSSES) + source.choice(ENDS)
    return "".join(parts) + end, is_denied


NAMES = ["Cat", "likes", "isHappy", "P", "Q", "R", "Is_Tall", "B2"]
INDIVIDUALS = ["tom", "anna", "a", "b", "rome"]


def formula(source: random.Random, depth: int, bound: tuple[str, ...]) -> S.Formula:
    """A random closed formula of up to `depth` levels in which every quantifier binds something."""
    kind = source.choice(["atom", "not", "and", "or", "implies", "iff", "all", "some"])
    if depth == 0 or kind == "atom":
        terms: list[S.Term] = [
            S.Variable(source.choice(bound))
            if bound and source.random() < 0.7
            else S.Constant(source.choice(INDIVIDUALS))
            for _ in range(source.randint(1, 2))
        ]
        if source.random() < 0.1:
            return S.Equality(terms[0], S.Constant(source.choice(INDIVIDUALS)))
        return S.Atom(source.choice(NAMES) + str(len(terms)), tuple(terms))
    if kind == "not":
        return S.Not(formula(source, depth - 1, bound))
    if kind in ("and", "or"):
        operands = tuple(formula(source, depth - 1, bound) for _ in range(source.randint(2, 3)))
        return S.And(operands) if kind == "and" else S.Or(operands)
    if kind in ("implies", "iff"):
        left, right = formula(source, depth - 1, bound), formula(source, depth - 1, bound)
        return S.Implies(left, right) if kind == "implies" else S.Iff(left, right)
    name = source.choice([name for name in "xyzuvw" if name not in bound])
    inner = formula(source, depth - 1, (*bound, name))
    body = S.And((S.Atom("T1", (S.Variable(name),)), inner))
    return (S.Forall if kind == "all" else S.Exists)(S.Variable(name), body)


def wrong_readings(count: int, seed: int) -> list[tuple[str, str, str]]:
    """Of `count` wrapped formulas those that are read as another one."""
    source = random.Random(seed)
    wrong = []
    for number in range(count):
        expected = formula(source, source.randint(0, 3), ())
        dialect = source.choice(logic.DIALECTS)
        wraps = WRAPS + REFUSED
        wrap, is_denied = (
            composed(source) if number % 2 else (wraps[number // 2 % len(wraps)], False)
        )
        try:
            text = logic.to_text(expected, dialect)
        except logic.UnsupportedError:
            continue
        # TPTP and Prolog rename the variables, and Prolog reads a rule as closed.
        meant = logic.parse(text, dialect=dialect)
        answer = logic.read_answer(wrap.format(text))
        if answer.formula is None:
            continue
        is_same = answer.formula == meant
        is_wrong = is_denied or wrap in REFUSED or is_same == (wrap in CHANGED)
        if is_wrong and not _is_other_layout(wrap, dialect):
            wrong.append((dialect, wrap.format(text), str(answer.formula)))
    return wrong


def _is_other_layout(wrap: str, dialect: str) -> bool:
    """Whether a wrap's own signs are no signs in the notation of what it wraps."""
    return wrap in CHANGED and dialect in ("smtlib", "z3py")


@pytest.mark.timeout(1800)
def test_a_wrapped_formula_is_read_as_itself_or_not_at_all() -> None:
    """FOLALIGN_WRAPPED is another number of formulas, as 100000; FOLALIGN_SEED another draw."""
    count = int(os.environ.get("FOLALIGN_WRAPPED", "6000"))
    seed = int(os.environ.get("FOLALIGN_SEED", "1"))
    assert wrong_readings(count, seed=seed) == []
