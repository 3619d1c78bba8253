"""What stands around a table, a JSON object or a label counts as it does around any other formula."""

from __future__ import annotations

import json

import pytest

import logic

RULE = "∀x (Cat(x) → Animal(x))"
TABLE = "| Sentence | FOL |\n|---|---|\n| s | P(a) |"
BARS = "Sentence | FOL\ns | P(a)"
LEGEND = "| Predicate | Meaning |\n|---|---|\n| Cat(x) | {} |\n| Animal(x) | x is an animal |"
LABELLED = [
    f"FOL: {RULE}", f"<answer>{RULE}</answer>", f"\\boxed{{{RULE}}}", f"**Final Answer:**\n{RULE}",
    f"Answer:\n```\n{RULE}\n```", f"| FOL |\n|---|\n| {RULE} |",
]  # fmt: skip


def formula_of(text: str) -> str | None:
    formula = logic.read_answer(text).formula
    return None if formula is None else str(formula)


ABOVE = [
    "Not:", "¬", "It is not the case that", "These are WRONG translations:", "None of these hold:",
    "Incorrect attempt:", "Q(a) →", "If it rains:", "The negation of the following is the answer:",
    "A student wrote:", "Do not use this:",
    "Here is a wrong table.", "The table below is wrong.", "Let a be false.", "Unless it rains,", "Either",
]  # fmt: skip
BELOW = [
    "Sorry, I meant ¬P(a).", "The answer is the negation of it.", "∧ Q(a)", "→ Q(a)", "or Q(a)", "unless Q(a)",
    "(negated)", "Just kidding!", "Swap the arguments.", "This is the converse of what is asked.", "Q(a)", "In summer.",
    "I should have used ¬P(a) instead.", "The correct formula is different.", "(this is the negation)",
    "The table shows what not to write.",
]  # fmt: skip


@pytest.mark.parametrize("table", [TABLE, BARS])
@pytest.mark.parametrize(
    "around", [f"{line}\n{{}}" for line in ABOVE] + [f"{{}}\n\n{line}" for line in BELOW]
)
def test_what_stands_above_or_below_a_table_may_make_it_unreadable(table: str, around: str) -> None:
    assert formula_of(around.format(table)) is None


@pytest.mark.parametrize("table", [TABLE, BARS])
@pytest.mark.parametrize(
    "around",
    [
        "Sure! Here is the table:\n\n{}",
        "## Translation\n\n{}",
        "We first identify the predicates. Then we combine them with an implication.\n\n{}",
        "The sentence is no existential claim. So a conjunction would be wrong.\n\n{}",
        "P(x): x is proud\n\n{}",
        "{}\n\nHope this helps!",
        "{}\n\nThis says that a is proud.",
        "{}\n\n- P(x): x is proud",
    ],
)
def test_a_table_is_read_between_what_presents_and_explains_it(table: str, around: str) -> None:
    assert formula_of(around.format(table)) == "P(a)"


ROWS = {
    "| FOL |\n|---|\n| Q(a) → |\n| P(a) |": None,
    "| FOL |\n|---|\n| ¬ |\n| P(a) |": None,
    "| FOL |\n|---|\n| and |\n| P(a) |": None,
    "| FOL |\n|---|\n| Q(a) |\n| P(a) |": None,
    "| FOL |\n|---|\n| P(a) |\n| ∧ Q(a) |": None,
    "| FOL |\n|---|\n| (P(a) |\n| P(a) |": None,
    "| not |\n| FOL |\n|---|\n| P(a) |": None,
    "| Step | FOL |\n|---|---|\n| negate | P(a) |": None,
    "| Step | FOL |\n|---|---|\n| 1 | Q(a) |\n| 2 | P(a) |": None,
    "| ID | FOL |\n|---|---|\n| negated | P(a) |": None,
    "| FOL | Answer |\n|---|---|\n| P(a) | No |": None,
    "| FOL |\n|---|\n| P(a) |\n| P(a) |": "P(a)",
    "| Step | FOL |\n|---|---|\n| 1 | P(a) |\n| 2 | P(a) ∧ Q(a) |": "P(a) ∧ Q(a)",
    "| # | NL | FOL |\n|---|:--|---|\n| 1 | a is proud | `P(a)` |": "P(a)",
    "|Sentence|FOL|\n|-|-|\n|s|P(a)|": "P(a)",
    "| FOL | Answer |\n|---|---|\n| P(a) | Yes |": "P(a)",
}


@pytest.mark.parametrize(("table", "formula"), ROWS.items())
def test_the_rows_of_a_table_hold_one_formula(table: str, formula: str | None) -> None:
    assert formula_of(table) == formula


@pytest.mark.parametrize("layout", ["{0}\n\n{1}", "{1}\n\n{0}"])
@pytest.mark.parametrize("answer", [RULE, f"FOL: {RULE}", f"```\n{RULE}\n```", LABELLED[-1]])
def test_a_table_of_names_is_a_legend(layout: str, answer: str) -> None:
    assert formula_of(layout.format(LEGEND.format("x is a cat"), answer)) == RULE
    assert formula_of(layout.format(LEGEND.format("x is not a cat"), answer)) is None
    assert formula_of(layout.format(LEGEND.format("¬Dog(x)"), answer)) is None


def test_rows_of_a_legend_are_names_and_signs_that_mean_what_they_do() -> None:
    heading = "| Symbol | Meaning |\n|---|---|\n"
    assert formula_of(f"FOL: {RULE}\n\n{heading}| ∀x | for all x |\n| → | implies |") == RULE
    for row in ("| ∀ | there is some |", "| Answer | ¬P(a) |", "| Status | wrong |"):
        assert formula_of(f"FOL: {RULE}\n\n{heading}{row}") is None
    assert formula_of(f"{heading}| ∀ | there is some |\n\nFOL: {RULE}") is None
    assert formula_of("P(a) ∧\nP(x): x is proud\nQ(a)") is None
    assert formula_of("We use:\nP(x): x is proud\nQ(a)") == "Q(a)"


NO_COMMANDS = {
    "¬P(a)\n\nFinal answer:\nclear(sky)": "clear(sky)",
    "P(a)\nset(a).": "set(a)",
    "Answer:\nclear(sky)": "clear(sky)",
    "```\nclear(a)\n```": "clear(a)",
    "The formula is:\n\nset(a)": "set(a)",
    "<answer>\ngoals(a)\n</answer>": "goals(a)",
    "assign(tom, task)": "assign(tom, task)",
    "formulas(assumptions).\nall x P(x).\nend_of_list.": "∀x P(x)",
    "formulas(goals)\nP(a)\nend_of_list": "P(a)",
}


@pytest.mark.parametrize(("text", "formula"), NO_COMMANDS.items())
def test_commands_of_a_prover_are_those_of_its_files(text: str, formula: str) -> None:
    assert formula_of(text) == formula


DENIED_AHEAD = [
    "It is not the case that", "If Bob is home, then", "If Bob is home,", "The answer is the negation of this.",
    "Negate the formula below.", "The formula below is wrong.", "The translation below is incorrect.",
    "The following is false.", "What follows is a bad translation.", "Not:", "Do not use the formula below.",
    "The following is false.\nAll cats are animals.", "This is not the correct translation.", "My answer is wrong.",
    "My friend Bob believes that", "I doubt that the following is right.", "If it rains, the following holds.",
    "The following holds only in summer.", "A wrong answer follows.", "Here is a mistaken translation.",
    "Reverse the arrow in the formula below.", "Below is a formula that is not equivalent.", "Either all dogs bark or",
    "### Examples of incorrect translations", "## What not to write here", "That is wrong.", "Negation of:",
]  # fmt: skip
LOOKING_BACK = [
    "My first try was ∃x (Cat(x) ∧ Animal(x)). This is wrong.", "∃x (Cat(x) ∧ Animal(x))\nThat is wrong.",
    "First I thought of an existential statement. But that is wrong.", "Hmm, wait. That's not right. Let me try again.",
    "The sentence is universal, not existential. No negation is needed.", "We should not forget the quantifier.",
    "The following formula says that nothing is a cat without being an animal.", "Therefore, we conclude that",
    "### A first incorrect attempt\n∃x (Cat(x) ∧ Animal(x))", "### Correct translation of the sentence in logic",
    "Since no cat is left out, the following formula is right.",
    "If we combine these parts, we get the following formula.",
    "Next, we note that not all animals need to be cats.", "Not all animals are cats, but all cats are animals.",
    "I will use the following predicates. No others are needed.",
]  # fmt: skip


@pytest.mark.parametrize("labelled", LABELLED)
@pytest.mark.parametrize("line", DENIED_AHEAD)
def test_what_denies_the_formula_below_it_makes_it_unreadable(line: str, labelled: str) -> None:
    assert formula_of(f"{line}\n{labelled}") is None
    assert formula_of(f"{line}\n\n{labelled}") is None


@pytest.mark.parametrize("labelled", LABELLED)
@pytest.mark.parametrize("line", LOOKING_BACK)
def test_what_denies_an_earlier_formula_does_not(line: str, labelled: str) -> None:
    assert formula_of(f"{line}\n{labelled}") == RULE


ENTRIES: list[tuple[dict[str, object], bool]] = [
    ({"answer": "False"}, False),
    ({"answer": "No"}, False),
    ({"answer": "Uncertain"}, False),
    ({"result": "rejected"}, False),
    ({"name": "negation of answer"}, False),
    ({"id": "negated"}, False),
    ({"step": "negate"}, False),
    ({"reasoning": "The formula is wrong."}, False),
    ({"answer": "True"}, True),
    ({"answer": "Every cat is an animal."}, True),
    ({"result": "success"}, True),
    ({"name": "sentence 1"}, True),
    ({"id": "folio_dev_3"}, True),
    ({"step": 2}, True),
    ({"reasoning": "First I tried ∃x Cat(x). This is wrong."}, True),
]


@pytest.mark.parametrize(("entries", "is_read"), ENTRIES)
def test_entries_beside_a_formula_are_looked_at(entries: dict[str, object], is_read: bool) -> None:
    text = json.dumps({"formula": RULE} | entries, ensure_ascii=False)
    assert formula_of(text) == (RULE if is_read else None)


@pytest.mark.parametrize(
    "answer",
    ['{"formula": "P(a)"}', "<formula>P(a)</formula>", "Formula:\n```formula\nP(a)\n```"],
)
def test_the_marks_of_an_answer_are_no_names_of_its_formula(answer: str) -> None:
    for remark in ("This formula does not capture the meaning.", "This formula is a lie."):
        assert formula_of(f"{answer}\n{remark}") is None
    assert formula_of(f"{answer}\nThis means that a is proud.") == "P(a)"


@pytest.mark.parametrize("end", ["", "\n", " ", "\n\n"])
@pytest.mark.parametrize("answer", ["<answer>P(a)</answer>", "FOL: P(a)"])
def test_thoughts_behind_an_answer_are_left_out(answer: str, end: str) -> None:
    assert formula_of(f"{answer}\n<analysis>because of reasons</analysis>{end}") == "P(a)"
    assert formula_of(f"{answer}\n<analysis>That is wrong.</analysis>{end}") is None


def test_what_stands_before_thoughts_may_deny_what_stands_behind_them() -> None:
    for line in ("It is not the case that", "Negate the following formula.", "Not:"):
        assert formula_of(f"{line}\n<think>So.</think>\nFOL: P(a)") is None
        assert formula_of(f"{line}\n<think>So.</think>\nP(a)") is None
    assert formula_of("Let me think about it.\n<think>So.</think>\nFOL: P(a)") == "P(a)"


def test_what_was_left_out_may_take_back_the_beginning() -> None:
    line = "Every cat is an animal in any house.\n"
    assert formula_of(f"FOL: P(a)\n{line * 1200}Final FOL: ¬P(a)\n{line * 1200}") is None
    assert formula_of(f"```\nP(a)\n```\n{line * 1500}") is None
    assert formula_of(f"{line * 1500}\nFOL: P(a)") == "P(a)"
    assert formula_of(f"FOL: P(a)\n{line * 200}That was wrong.\n{line}") is None
    assert formula_of(f"FOL: P(a)\n{line * 200}") == "P(a)"


@pytest.mark.parametrize(
    "draft", ["First attempt", "Draft", "Incorrect", "My first try", "Initial guess (wrong)"]
)
def test_a_final_formula_takes_the_place_of_a_draft(draft: str) -> None:
    other = "∃x (Cat(x) ∧ Animal(x))"
    for label in ("Final answer", "Final", "Correct", "Corrected formula"):
        assert formula_of(f"{draft}: {other}\n\n{label}: {RULE}") == RULE
    assert formula_of(f"{draft}: {other}\nNot final: {RULE}") is None
    assert formula_of(f"{draft}: P(a) ∧\nFinal: Q(a)") is None
    assert formula_of(f"Final: {RULE}\n{draft}: {other}") is None


NESTED: list[tuple[dict[str, object], bool]] = [
    ({"final_answer": {"formula": "¬P(a)"}}, False),
    ({"answer": {"formula": "¬P(a)"}}, False),
    ({"conclusion": {"formula": "¬P(a)"}}, False),
    ({"corrected": {"formula": "¬P(a)", "note": "wrong before"}}, False),
    ({"response": [{"fol": "¬P(a)"}]}, False),
    ({"answer": {"correct": False}}, False),
    ({"result": {"negated": True}}, False),
    ({"output": {"verdict": "wrong"}}, False),
    ({"explanation": {"text": "The formula is wrong."}}, False),
    ({"explanation": {"first": {"text": "The formula is wrong."}}}, False),
    ({"final formula": {"status": "wrong"}}, False),
    ({"conclusion": False}, False),
    ({"conclusion": ["¬", RULE]}, False),
    ({"id": ["negated"]}, False),
    ({"tags": ["wrong"]}, False),
    ({"tags": [{"first": "wrong"}]}, False),
    ({"step": ["negate"]}, False),
    ({"name": {"negated": "yes"}}, False),
    ({"context": {"polarity": "negative"}}, False),
    ({"input": {"correct": False}}, False),
    ({"reasoning": ["The formula below is wrong."]}, False),
    ({"thoughts": {"first": "The formula below is wrong."}}, False),
    ({"reasoning": "It is not the case that"}, False),
    ({"answer": {"fol": RULE}}, True),
    ({"answer": {"text": "Every cat is an animal."}}, True),
    ({"translation": {"english": "Every cat is an animal."}}, True),
    ({"predicates": {"Cat(x)": "x is a cat", "Animal(x)": "x is an animal"}}, True),
    ({"predicates": [{"name": "Cat", "arity": 1, "meaning": "x is a cat"}]}, True),
    ({"definitions": {"predicates": {"Cat": "is a cat", "Valid": 2}}}, True),
    ({"explanation": {"∀x": "for all x", "Cat(x)": "x is a cat", "→": "implies"}}, True),
    ({"explanation": {"text": "This says that every cat is an animal."}}, True),
    ({"explanation": {"structure": "universal implication"}}, True),
    ({"breakdown": {"antecedent": "Cat(x)", "consequent": "Animal(x)"}}, True),
    ({"input": {"text": "The formula is wrong.", "language": "en"}}, True),
    ({"premises": {"fol": "Q(a)"}}, True),
    ({"context": {"facts": ["Tom is a cat."]}}, True),
    ({"conclusion": True}, True),
    ({"tags": ["universal", "easy"]}, True),
    ({"model": {"name": "small", "version": "1"}}, True),
    ({"steps": {"1": "Identify predicates", "check": "All is closed."}}, True),
    ({"reasoning": ["Cats are animals.", "So we use an implication."]}, True),
    ({"thinking": "All cats are animals, so universal"}, True),
]


@pytest.mark.parametrize(("entries", "is_read"), NESTED)
def test_entries_of_entries_are_looked_at(entries: dict[str, object], is_read: bool) -> None:
    for record in ({"formula": RULE} | entries, entries | {"formula": RULE}):
        text = json.dumps(record, ensure_ascii=False)
        assert formula_of(text) == (RULE if is_read else None)


@pytest.mark.parametrize("key", ["thought", "reasoning", "steps"])
def test_thoughts_may_go_on_in_the_formula(key: str) -> None:
    for said in ("If it rains, then", ["So.", "It is not the case that"], ["negate the result"]):
        for record in ({key: said, "answer": RULE}, {"answer": RULE, key: said}):
            assert formula_of(json.dumps(record, ensure_ascii=False)) is None


def test_records_without_a_formula_are_looked_at_as_well() -> None:
    def read(others: dict[str, object]) -> str | None:
        return formula_of(json.dumps({"answer": {"formula": RULE}} | others, ensure_ascii=False))

    assert read({"result": {"correct": False}}) is None
    assert read({"final": {"note": "negate it"}}) is None
    assert read({"result": {"correct": True}}) == RULE
    assert read({"explanation": {"predicates": {"Cat(x)": "x is a cat"}}}) == RULE
    nested = {"fol": RULE, "predicates": {"Cat(x)": "x is a cat"}}
    assert formula_of(json.dumps({"translation": nested}, ensure_ascii=False)) == RULE


@pytest.mark.parametrize("key", ["id", "explanation", "answer", "reasoning"])
def test_no_nesting_is_too_deep_to_be_refused(key: str) -> None:
    for opening, closing in (("[", "]"), ('{"note":', "}"), ('[{"context":', "}]")):
        value = f"{opening * 450}1{closing * 450}"
        assert formula_of(f'{{"formula": "P(a)", "{key}": {value}}}') is None


CHANNELS = "<|channel|>analysis<|message|>So.<|end|><|start|>assistant<|channel|>final<|message|>"
BEFORE_THOUGHTS = {
    "FOL: P(a) <think>only if</think> Q(a)": None,
    "<think>So.</think>FOL: P(a) <think>only if</think> Q(a)": None,
    "Don't use: <think>So.</think>P(a)": None,
    "<think>So.</think>Don't use: <think>So.</think>P(a)": None,
    "Don't use: <think>So.</think>P(a)<think>and": None,
    "I'll lie: <think>So.</think>P(a)": None,
    "If Q(a):\n<think>So.</think>\nP(a)": None,
    "Q(a) <think>So.</think> → P(a)": None,
    "not <|channel|>final<|message|>P(a)": None,
    f"Don't use: {CHANNELS}P(a)": None,
    f"{CHANNELS}P(a)": "P(a)",
    f"<|start|>assistant{CHANNELS}P(a)": "P(a)",
    "Okay.\n<think>So.</think>\nP(a)": "P(a)",
    "Okay. <think>So.</think> FOL: P(a)": "P(a)",
    "Sure <think>So.</think> P(a)": "P(a)",
    "Assistant: <think>So.</think>P(a)": "P(a)",
    "Let me think: <think>So.</think> FOL: P(a)": "P(a)",
    "Here is my reasoning:\n<think>So.</think>\n\nP(a)": "P(a)",
    "All cats are animals\n<think>So.</think>\nP(a)": "P(a)",
    "First attempt: Q(a)\n\n<think>Hm.</think>\n\nFinal answer: P(a)": "P(a)",
    "<think>So.</think><think>Hm.</think>P(a)": "P(a)",
    "I begin:\nNow.</think>P(a)": "P(a)",
}


@pytest.mark.parametrize(("text", "formula"), BEFORE_THOUGHTS.items())
def test_what_stands_before_thoughts_is_not_dropped_unseen(text: str, formula: str | None) -> None:
    assert formula_of(text) == formula


LISTS = {
    "formulas(goals).\nP(a) ->\nend_of_list.\nQ(a).": None,
    "formulas(goals).\nP(a)\nend_of_list.\n-> Q(a).": None,
    "P(a) &\nformulas(goals).\nQ(a).\nend_of_list.": None,
    "not formulas(goals).\nP(a).\nend_of_list.": None,
    "formulas(goals).\nP(a).\nnot end_of_list.": None,
    "formulas(wrong).\nP(a).\nend_of_list.": None,
    "formulas(not).\nP(a).\nend_of_list.": None,
    "formulas(negated_goals).\nP(a).\nend_of_list.": None,
    "formulas(sos).\nP(a).\nend_of_list.": "P(a)",
    "formulas(usable).\n\nP(a) ->\n  Q(a).\n\nend_of_list.": "P(a) → Q(a)",
    "P(a).\nend_of_list.": "P(a)",
}


@pytest.mark.parametrize(("text", "formula"), LISTS.items())
def test_no_formula_goes_on_across_the_end_of_a_list(text: str, formula: str | None) -> None:
    assert formula_of(text) == formula


def test_a_table_of_names_parts_no_formula() -> None:
    table = "| Predicate | Meaning |\n|---|---|\n| P(x) | x is proud |"
    for open_line in ("P(a) ∧", "P(a) →", "**P(a) ∧**"):
        assert formula_of(f"{open_line}\n\n{table}\n\nQ(a)") is None
    assert formula_of(f"P(a)\n\n{table}\n\n→ Q(a)") is None
    assert formula_of(f"We use these:\n\n{table}\n\nQ(a)") == "Q(a)"
