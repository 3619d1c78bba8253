"""Reading gives the formula that is meant or none: kinds of text that were read as another formula."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import logic

READ = {
    # A dash before a formula is a negation, whatever it looks like.
    "- P(a)": "¬P(a)",
    "FOL: - P(a)": "¬P(a)",
    "- (P(a) & Q(b)) | R(c)": "¬(P(a) ∧ Q(b)) ∨ R(c)",
    "- ∀x P(x)": "¬∀x P(x)",
    "Answer: - P(a) & Q(b)": "¬P(a) ∧ Q(b)",
    "1. - P(a)": "¬P(a)",
    "<answer>- P(a)</answer>": "¬P(a)",
    "```\n- P(a)\n```": "¬P(a)",
    "- -P(a)": "¬¬P(a)",
    # A dash that other items show to be a bullet.
    "- Cat(x): x is a cat\n- ∀x (Cat(x) → Animal(x))": "∀x (Cat(x) → Animal(x))",
    "- `P(a)`": "P(a)",
    "* P(a)": "P(a)",
    "• P(a)": "P(a)",
    # Textbook application by juxtaposition.
    "∀x (Px → Qx)": "∀x (P(x) → Q(x))",
    "∀xPx": "∀x P(x)",
    "∀x ∃y Rxy": "∀x ∃y R(x, y)",
    "∀x (Pxa → Qx) ∧ Rb": "∀x (P(x, a) → Q(x)) ∧ R(b)",
    "∃x (Fx & ~Gx)": "∃x (F(x) ∧ ¬G(x))",
    "∀x ∀y (Lxy → Lyx)": "∀x ∀y (L(x, y) → L(y, x))",
    # Words between a quantifier and its variable.
    "there exists an x such that P(x)": "∃x P(x)",
    "there exists a y such that P(y)": "∃y P(y)",
    # LaTeX's tie is a blank.
    "\\forall x~P(x)": "∀x P(x)",
    "\\exists x~(P(x) \\land Q(x))": "∃x (P(x) ∧ Q(x))",
    "\\forall x~(P(x)~\\rightarrow~Q(x))": "∀x (P(x) → Q(x))",
    "$\\forall x\\,\\exists y~R(x,y)$": "∀x ∃y R(x, y)",
    # A quantifier whose bracket closes too early.
    "∀x P(x) → Q(x)": "∀x (P(x) → Q(x))",
    "∀x Cat(x) → Animal(x)": "∀x (Cat(x) → Animal(x))",
    "∀x (Cat(x) → HasFur(x)) ∧ (Dog(x) → HasTail(x))":
        "∀x ((Cat(x) → HasFur(x)) ∧ (Dog(x) → HasTail(x)))",
    "∀x P(x) ∧ Q(x) → R(x)": "∀x (P(x) ∧ Q(x) → R(x))",
    "∀x ∀y (R(x, y)) → S(y, x)": "∀x ∀y (R(x, y) → S(y, x))",
    "P(a) → ∀x Q(x) → R(x)": "P(a) → ∀x (Q(x) → R(x))",
    "∀a ∀b (C(a) → B(a)) ∧ (D(b) → S(b))": "∀a ∀b ((C(a) → B(a)) ∧ (D(b) → S(b)))",
    "∃person P(person) ∧ Q(person)": "∃person (P(person) ∧ Q(person))",
    "FOL: ∃x Cat(x) ∧ Black(x).": "∃x (Cat(x) ∧ Black(x))",
    # Variables after a quantifier, and the set that guards them.
    "exists X Y (R(X,Y))": "∃X ∃Y R(X, Y)",
    "forall V1 V2 (R(V1, V2))": "∀V1 ∀V2 R(V1, V2)",
    "∃person1 person2 (R(person1,person2))": "∃person1 ∃person2 R(person1, person2)",
    "∃x1 x2 R(x1, x2)": "∃x1 ∃x2 R(x1, x2)",
    "\\forall_x P(x)": "∀x P(x)",
    "\\forall_{x} P(x)": "∀x P(x)",
    "\\forall{x}(P(x) \\to Q(x))": "∀x (P(x) → Q(x))",
    "∀(x) P(x)": "∀x P(x)",
    "∀(x, y) R(x, y)": "∀x ∀y R(x, y)",
    "Exists(t) (T(t) & P(t))": "∃t (T(t) ∧ P(t))",
    "Exists(tom)": "'Exists'(tom)",
    "there exist x, y such that R(x,y)": "∃x ∃y R(x, y)",
    "THERE EXISTS x (P(x))": "∃x P(x)",
    "for any x (P(x))": "∀x P(x)",
    "ForAll x (P(x) → Q(x))": "∀x (P(x) → Q(x))",
    "\\forall x \\colon P(x) \\to Q(x)": "∀x (P(x) → Q(x))",
    "FORALLx (NOTP(x))": "∀x ¬P(x)",
    "\\<forall>x. P(x) \\<longrightarrow> Q(x)": "∀x (P(x) → Q(x))",
    "∀x ∈ S, P(x) → Q(x)": "∀x (S(x) → P(x) → Q(x))",
    "∀x ∈ S P(x) → Q(x)": "∀x (S(x) → P(x) → Q(x))",
    r"\forall x \in \text{S}, P(x)": "∀x (S(x) → P(x))",
    r"(\exists x \in \mathrm{S}) P(x)": "∃x (S(x) ∧ P(x))",
    r"\forall x, y \in \mathit{S} : R(x, y)": "∀x ∀y (S(x) ∧ S(y) → R(x, y))",
    r"\forall_{x \in S} P(x)": "∀x (S(x) → P(x))",
    r"\exists_{x \in \text{S}}\, P(x)": "∃x (S(x) ∧ P(x))",
    r"\forall x \in \text{Big\_S}, P(x)": "∀x (Big_S(x) → P(x))",
    "∃x ∈ Cats (Black(x))": "∃x (Cats(x) ∧ Black(x))",
    # Spellings of the signs.
    "Not Exists x. (P(x) & Q(x))": "¬∃x (P(x) ∧ Q(x))",
    "P(a) And Q(b) Or R(c)": "P(a) ∧ Q(b) ∨ R(c)",
    "P(a) —> Q(a)": "P(a) → Q(a)",
    "P(a) ← Q(a)": "Q(a) → P(a)",
    "P(a) \\Leftarrow Q(a)": "Q(a) → P(a)",
    "a \\not= b": "a ≠ b",
    "Round(tom, True)": "Round(tom, 'True')",
    # Names, labels and sections.
    "φ=P(a) ∧ Q(b)": "P(a) ∧ Q(b)",
    "φ := ∀x P(x)": "∀x P(x)",
    "𝜙 = ∀x P(x)": "∀x P(x)",
    "F = P(a) ∧ Q(b)": "P(a) ∧ Q(b)",
    "FOL → ∀x P(x)": "∀x P(x)",
    "Formula: F1 = ∀x P(x)": "∀x P(x)",
    "Conclusion: Cat(tom)": "Cat(tom)",
    "FOL (final): Cat(tom)": "Cat(tom)",
    "Logical Expression: Cat(tom)": "Cat(tom)",
    "Some words first.\nConclusion: Cat(tom)": "Cat(tom)",
    "Premise_FOL: ∀x (P(x) → Q(x))\nR(a)\nConclusion_FOL: Q(a)": "Q(a)",
    "TEXT:\tA\nFOL:\tP(a)\nTEXT:\tB\nFOL:\t- Q(b)": "¬Q(b)",
    # Formats that hold the answer.
    "```\nformulas(assumptions).\nall x P(x).\nend_of_list.\n```": "∀x P(x)",
    '{"fol": "∀x P(x)"}': "∀x P(x)",
    '```json\n{"fol": "\\u2200x P(x)"}\n```': "∀x P(x)",
    '{"fol": "\\forall x (P(x) \\to Q(x))"}': "∀x (P(x) → Q(x))",
    '{"sentence": "All are.", "result": {"formula": "∀x P(x)"}}': "∀x P(x)",
    "{'fol': '∀x P(x)'}": "∀x P(x)",
    "| Sentence | FOL |\n|---|---|\n| All are. | ∀x P(x) |": "∀x P(x)",
    "| FOL |\n|---|\n| P(a) \\| Q(b) |": "P(a) ∨ Q(b)",
    "\\begin{align*}\n\\forall x &\\, (P(x) \\to Q(x))\n\\end{align*}": "∀x (P(x) → Q(x))",
    "<|channel|>analysis<|message|>∃x P(x)<|end|><|start|>assistant<|channel|>final<|message|>"
    "∀x P(x)<|return|>": "∀x P(x)",
    "<thought>∃x P(x)</thought>\n∀x P(x)": "∀x P(x)",
    "<final_answer>∀x P(x)</final_answer>": "∀x P(x)",
    # Prefix notations and Python.
    "(forall (?x) (=> (cat ?x) (animal ?x)))": "∀x (cat(x) → animal(x))",
    "Exists(c, P(c) and Q(c))": "∃c (P(c) ∧ Q(c))",
    "Forall(a, Implies(P(a), Q(a)))": "∀a (P(a) → Q(a))",
    "P(a) == Implies(Q(a), R(a))": "P(a) ↔ Q(a) → R(a)",
    "x = Const('x', U)\nf = ForAll([x], P(x))": "∀x P(x)",
    "```python\nfrom z3 import *\nU = DeclareSort('U')\nx, y = Consts('x y', U)\n"
    "P = Function('Cat', U, BoolSort())\nf = ForAll([x], P(x))\ng = Not(f)\ns.add(g)\n```":
        "¬∀x Cat(x)",
    # The sentence itself before its formula, with any words in it.
    "If x is P then x is Q: ∀x (P(x) → Q(x))": "∀x (P(x) → Q(x))",
    "No cats are dogs: ∀x (Cat(x) → ¬Dog(x))": "∀x (Cat(x) → ¬Dog(x))",
    "No problem! Here is the formula: ∀x P(x)": "∀x P(x)",
    '∀x (P(x) → Q(x)) reads "if x is P, it is Q".': "∀x (P(x) → Q(x))",
    # What names or glosses the formula, and says no more.
    "∀x P(x) where P(x) means x is happy": "∀x P(x)",
    "∀x P(x), which says that everybody is happy": "∀x P(x)",
    "∀x P(x) means everybody is happy": "∀x P(x)",
    "∀x P(x) ::: Everybody is happy when no one is sad.": "∀x P(x)",
    "∀x P(x)  # if anybody is, they all are": "∀x P(x)",
    "∀x P(x)\nThis says that everybody is happy.": "∀x P(x)",
    "Answer: ∀x P(x)\n\nNote that ∀x Dog(x) would be wrong.": "∀x P(x)",
}  # fmt: skip

UNREAD = [
    # A dash that may be a bullet or a negation.
    "Here is the formula:\n- P(a)",
    "- P(a)\n- Q(b)",
    "– P(a)",
    "–(P(a) & Q(b)) -> R(a)",
    "— ∀x P(x)",
    "FOL: – P(a)",
    # Prose.
    "All dogs bark.",
    "Some dogs bark.",
    "FOL: All dogs bark.",
    "Some words first.",
    "There exists a solution.",
    "Every student works and all teachers rest.",
    "∀x Pxa",
    "∀x, P x → Q x",
    "\\exists_1 x P(x)",
    "∀x ∈ s P(x)",
    # What follows a formula and restricts or denies it.
    "∀x P(x) when x = a",
    "∀x P(x), when x = a",
    "∀x P(x) as long as Q(a)",
    "∀x P(x) as long as it rains",
    "∀x P(x) for x = a",
    "∀x P(x) where x ≠ a",
    "∀x P(x) while it rains",
    "∀x P(x) provided that it rains",
    "∀x P(x) assuming Q(a)",
    "∀x P(x) given Q(a)",
    "∀x P(x) in summer",
    "∀x P(x) whenever it rains",
    "∀x P(x) until it rains",
    "∀x P(x) (when it rains)",
    "∀x P(x)\nis wrong.",
    "∀x P(x)\nThis is wrong.",
    "∀x P(x)\n\nNo, that is incorrect.",
    "FOL: ∀x P(x)\nThe formula above is wrong.",
    "```\n∀x P(x)\n```\nis wrong.",
    "∀x P(x) is wrong.",
    "∀x P(x)\nwhen x = a",
    "∀x P(x)\nas long as Q(a)",
    "∀x P(x)\n(for x = a)",
    "∀x P(x), x ≠ a",
    "∀x P(x) for all x in S",
    "∀x P(x), where x is a cat",
    "∀x P(x) // wrong",
    "∀x P(x)\nActually, that is not right.",
    "∀x P(x)\nThe negation is what I want.",
    "FOL: ∀x P(x)\n\nOops, that's the wrong formula.",
    "FOL: ∀x P(x)\nI made a mistake.",
    # Cuts inside a formula.
    "P(a) & Q#3(a)",
    "P(a)//Q(a)",
    "P(a) # Q(b)",
    "P(a)[x]",
    "λx.P(x)",
    "P(a)(tom, ann)",
    "P(a) (tom, ann)",
    "\\P.exists x.(D(x) & P(x))",
    "λP.∃x (D(x) ∧ P(x))",
    # A comma after a restriction is an implication.
    "∀x such that P(x), Q(x)",
    # A quantifier that cannot be read is not dropped with its rest kept.
    "Ex(P(x) & Q(x))",
    "(x)(P(x) -> Q(x))",
    "P(x) → Q(x) for all x",
    "all x y.(M(x) -> C(x,Y))",
    # Another formula of the same story.
    "Premises:\nP(a)\nQ(b)\nConclusion:\nnothing here",
    "Premises:\nP(a)\nQ(b)",
    "FOL: P(a)\nFOL: nothing here",
    '{"formulas": ["P(a)", "Q(b)"]}',
    '{"fol": "∀x P(x)"} is wrong.',
    "| Sentence | FOL |\n|---|---|\n| All are. | P(a) | Q(b) |",
    "<|channel|>analysis<|message|>∃x P(x)",
    "Unless rain falls now: ∀x P(x)",
    "x = Const('x', U)",
    "```python\nfrom z3 import *\nx = Const('x', U)\ns.add(P(x))\n```",
    # A tie or a negation: nothing tells.
    "\\forall x (P(x) \\rightarrow ~Q(x))",
    "P(a) \\land ~Q(a)",
    # A scope that may be widened in two ways, or past something else.
    "¬∀x P(x) → Q(x)",
    "∀x P(x) ∧ ∃x Q(x) ∧ R(x)",
    "∀x ∀y (R(x, y)) → S(x)",
    "A(a) ∧ ∀x P(x) → Q(x)",
    # What stands around a formula and is not known to be neutral.
    "Reading 1: ∀x ∃y R(x, y)\nReading 2: ∃y ∀x R(x, y)",
    "P(a)\n0",
    "[rejected]\nP(a)",
    "=== DRAFT ===\nP(a)",
    "<wrong>P(a)</wrong>",
    "¬(1)\n(1) P(a)",
    "P(a)*",
    "P(a)\nP = proud",
    "∀x (Bird(x) → Flies(x))\nNot all birds fly.",
    "∀x (Bird(x) → Flies(x))\nIn summer, birds fly.",
    "∀x (Bird(x) → Flies(x))\nHealthy birds only.",
    "Bob says that birds fly:\n∀x (Bird(x) → Flies(x))",
    "Answer: P(a)\n\n¬",
    "Answer: P(a)\n\nWe use this to derive a contradiction.",
    "Answer: P(a)\n\nThis means the answer is no.",
    "Answer: P(a)\n\nwhere P(a) is false",
    "FOL (negated): P(a)",
    "FOL for the first half: P(a)",
    "P(a)\nAnswer: No",
    '{"draft": {"fol": "P(a)"}, "final": {"note": "none"}}',
    '{"answer": {"fol": "P(a)"}, "result": {"fol": "Q(a)"}}',
    "```\nP(a)\n``` // if it rains",
    "Cat(tom)\nCat: false",
]

UNEQUAL = [
    ("- P(a)", "P(a)"),
    ("- (P(a) & Q(b)) | R(c)", "(P(a) & Q(b)) | R(c)"),
    ("∀x (Px → Qx)", "∃x (Px → Qx)"),
    ("All dogs bark.", "∃x Dog(x)"),
    ("∀x P(x) when x = a", "∀x P(x)"),
    ("P(a) & Q#3(a)", "P(a) & Q"),
    ("\\forall x~P(x)", "∀x ¬P(x)"),
    ("\\P.exists x.(D(x) & P(x))", "∃x (D(x) & P(x))"),
    ("–(P(a) & Q(b)) -> R(a)", "(P(a) & Q(b)) -> R(a)"),
]

EQUAL = [
    ("- P(a)", "¬P(a)", ()),
    ("∀x (Px → Qx)", "∀x (P(x) → Q(x))", ()),
    ("\\exists x~(P(x) \\land Q(x))", "∃x (P(x) ∧ Q(x))", ()),
    ("∀x P(x) → Q(x)", "∀x (P(x) → Q(x))", ("scope of ∀x widened",)),
    ("∀x (P(x) → Q(x))", "∀x P(x) → Q(x)", ()),
]


@pytest.mark.parametrize(("text", "formula"), READ.items())
def test_a_text_is_read_as_it_is_meant(text: str, formula: str) -> None:
    assert str(logic.read_answer(text).formula) == formula


@pytest.mark.parametrize("text", UNREAD)
def test_a_text_that_may_mean_something_else_is_not_read(text: str) -> None:
    answer = logic.read_answer(text)
    assert answer.formula is None, str(answer.formula)
    assert answer.error is not None


@pytest.mark.parametrize(("candidate", "reference"), UNEQUAL)
def test_no_score_of_one_by_reading(candidate: str, reference: str) -> None:
    comparison = logic.compare(candidate=candidate, reference=reference)
    assert comparison.verdict in ("refuted", "unreadable")
    assert (comparison.score or 0.0) < 1.0


@pytest.mark.parametrize(("candidate", "reference", "repairs"), EQUAL)
def test_a_score_of_one_with_its_repairs(
    candidate: str, reference: str, repairs: tuple[str, ...]
) -> None:
    comparison = logic.compare(candidate=candidate, reference=reference)
    assert comparison.score == 1.0
    assert comparison.answer.repairs == repairs


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("∀x P(x) → Q(x)", "∀x (P(x) → Q(x))"),
        ("∀a ∀b (C(a) → B(a)) ∧ (D(b) → S(b))", "∀b"),
        ("∀x Pxa", "P(x, a)"),
        ("∀ x, P x → Q x", "P(x)"),
        ("\\forall x (P(x) \\rightarrow ~Q(x))", "\\neg"),
    ],
)
def test_strict_reading_refuses_with_the_way_out(text: str, hint: str) -> None:
    with pytest.raises(logic.ParseError) as error:
        logic.parse(text)
    assert hint in str(error.value.hint)


SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data sets are not here")
@pytest.mark.parametrize("marker", ["", "FOL: "])
def test_no_sentence_of_the_data_sets_is_a_formula(marker: str) -> None:
    sentences = set()
    for path in sorted(SHARED.glob("malls-willow/*.jsonl")):
        for line in path.read_text("utf-8").split("\n")[:-1]:
            sentences.add(json.loads(line)["NL"])
    for path in sorted(SHARED.glob("folio/*.jsonl")):
        for line in path.read_text("utf-8").split("\n")[:-1]:
            row = json.loads(line)
            sentences.update((*row["premises"], row["conclusion"]))
    assert len(sentences) > 15_000
    read = {text for text in sentences if logic.read_answer(marker + text).formula is not None}
    assert read == set()


def story(text: str) -> list[tuple[str, str | None]]:
    parts = logic.read_story(text)
    return [(part.role, str(part.answer.formula or "") or None) for part in parts]


@pytest.mark.parametrize("sign", ["¬", "~", "-", "¬ ", "~ "])
@pytest.mark.parametrize("label", ["Conclusion", "Conclusion_FOL", "**Conclusion**", "Goal"])
def test_a_label_of_a_story_takes_no_sign_with_it(label: str, sign: str) -> None:
    assert story(f"Premise 1: P(a)\n{label}: {sign}P(a)")[-1] == ("conclusion", "¬P(a)")
    assert story(f"{label}: (P(a) ∨ Q(a)) → R(a)") == [("conclusion", "P(a) ∨ Q(a) → R(a)")]


def test_dashes_of_a_story_are_bullets_where_every_line_has_one() -> None:
    bullets = "Premises:\n- P(a)\n- ¬Q(a)\nConclusion:\n- R(a)"
    assert story(bullets) == [("premise", "P(a)"), ("premise", "¬Q(a)"), ("conclusion", "R(a)")]
    mixed = "Premises:\n- P(a)\nQ(a)\nConclusion:\nR(a)"
    assert story(mixed) == [("premise", None), ("premise", "Q(a)"), ("conclusion", "R(a)")]


@pytest.mark.parametrize(
    "premises",
    [
        '"P(a)\\nQ(a)"',
        '["P(a)", "Q(a)"]',
        '["P(a)\\nQ(a)"]',
        '{"1": "P(a)", "2": "Q(a)"}',
        '[{"fol": "P(a)", "text": "It is."}, {"fol": "Q(a)", "text": "So is that."}]',
    ],
)
def test_no_premise_of_a_json_object_is_lost(premises: str) -> None:
    text = f'{{"premises": {premises}, "conclusion": {{"fol": "¬R(a)"}}}}'
    assert story(text) == [("premise", "P(a)"), ("premise", "Q(a)"), ("conclusion", "¬R(a)")]


@pytest.mark.parametrize("label", ["FOL", "Formula", "Answer"])
def test_a_label_and_a_negation_are_no_prolog_rule(label: str) -> None:
    assert logic.read_answer(f"{label}:-P(a)").formula is None


@pytest.mark.parametrize(
    "text",
    [
        "ForAll([x, y], Implies(Distinct(P(x), Q(y)), R(x)))",
        "Implies(P(a), AtMost(P(a), Q(a), 1))",
        "f = Not(P(a)) == Q(a) & P(a)",
    ],
)
def test_what_has_a_meaning_in_z3_is_no_name(text: str) -> None:
    assert logic.read_answer(text).formula is None
    assert logic.read_answer(text, dialect="z3py").formula is None


@pytest.mark.parametrize("comment", ["or", "not", "only if Q(a)", "unless Q(a)", "wrong", "Not!"])
def test_a_comment_in_a_script_that_changes_its_formula(comment: str) -> None:
    assert logic.read_answer(f"φ = ForAll([x], P(x))  # {comment}").formula is None
    kept = logic.read_answer("φ = ForAll([x], Proud(x))  # everything is proud")
    assert str(kept.formula) == "∀x Proud(x)"
