"""What meets the label of a story without translating it, and what only looks like that."""

from __future__ import annotations

import json

import pytest

import logic
from logic.stories.essential import essential_symbols
from logic.stories.grounding import grounding
from logic.stories.judgement import StoryJudgement, judge_story

PREMISES = ("All humans are mortal.", "Socrates is a human.")
CONCLUSION = "Socrates is mortal."
RULE, FACT, GOAL = "∀x (Human(x) → Mortal(x))", "Human(socrates)", "Mortal(socrates)"
COPY, DENIAL = "the conclusion copies a premise", "a premise copies the negated conclusion"


def text(*formulas: str) -> str:
    *premises, conclusion = formulas
    return "\n".join(["Premises:", *premises, "Conclusion:", conclusion])


def judged(answer: str, label: str = "True", **settings: object) -> StoryJudgement:
    story: dict = {"premises": PREMISES, "conclusion": CONCLUSION, **settings}
    return judge_story(answer, label=label, **story)


@pytest.mark.parametrize(
    ("label", "formulas", "fault"),
    [
        ("True", (RULE, GOAL, GOAL), COPY),
        ("True", (RULE, f"¬¬{GOAL}", GOAL), COPY),
        ("True", (RULE, f"{GOAL} ∧ {GOAL}", GOAL), COPY),
        ("True", (RULE, f"{GOAL} ∧ {FACT}", GOAL), COPY),
        ("True", (RULE, f"¬({GOAL} → ¬{FACT})", GOAL), COPY),
        ("True", (f"{RULE} ∧ {GOAL}", FACT, GOAL), COPY),
        ("True", (RULE, f"∀x (x = socrates → Mortal(x) ∧ {FACT})", GOAL), COPY),
        ("True", (RULE, f"({GOAL} ∧ {FACT}) ∨ ({GOAL} ∧ ¬{FACT})", GOAL), COPY),
        ("True", ("P(a)", "Q(a)", "P(a)"), COPY),
        ("True", (RULE, FACT, FACT), COPY),  # the conclusion is another sentence's
        ("False", (RULE, f"¬{GOAL}", GOAL), DENIAL),
        ("False", (RULE, f"¬({GOAL} ∨ ¬{FACT})", GOAL), DENIAL),
    ],
)
def test_a_copy_is_known_in_any_form(label: str, formulas: tuple[str, ...], fault: str) -> None:
    found = judged(text(*formulas), label)
    assert fault in found.faults
    assert found.score() == 0.0


@pytest.mark.parametrize(
    ("premises", "conclusion", "label", "formulas"),
    [
        (PREMISES, CONCLUSION, "True", (RULE, FACT, GOAL)),
        # An instance of a rule, and a part of what one sentence says.
        (PREMISES, "Socrates is mortal or no human.", "True", (RULE, FACT, f"{GOAL} ∨ ¬{FACT}")),
        (("Anna is tall and calm.",), "Anna is calm.", "True", ("Tall(anna) ∧ Calm(anna)", "Calm(anna)")),
        (("Anna is tall and calm.",), "Somebody is calm.", "True", ("Tall(anna) ∧ Calm(anna)", "∃x Calm(x)")),
        # One sentence said twice, or denied.
        (("Anna leads a country for life.",), "Anna leads a country for life", "True", ("Leader(anna)",) * 2),
        (("The last games were in Tokyo.",), "The last games were not in Tokyo.", "False", ("InTokyo(g)", "¬InTokyo(g)")),  # noqa: E501
        (("Notable people are in it, as Odell.",), "Odell is a notable person.", "True", ("In(odell) ∧ NotablePerson(odell)", "NotablePerson(odell)")),  # noqa: E501
    ],
)  # fmt: skip
def test_one_premise_may_prove_the_conclusion_by_right(
    premises: tuple[str, ...], conclusion: str, label: str, formulas: tuple[str, ...]
) -> None:
    found = judged(text(*formulas), label, premises=premises, conclusion=conclusion)
    assert (found.right, found.faults) == (True, ())


def test_the_references_say_what_is_no_copy() -> None:
    story: dict = {
        "premises": ("Robert Zimmer was a philosopher born in Germany.",),
        "conclusion": "Robert Zimmer is German.",
    }
    formulas = ("BornIn(zimmer, germany) ∧ Philosopher(zimmer)", "BornIn(zimmer, germany)")
    assert judged(text(*formulas), **story).faults == (COPY,)
    assert judged(text(*formulas), formulas=formulas, **story).score() == 1.0
    # They do not excuse what they do not do themselves.
    found = judged(text(RULE, f"{GOAL} ∧ {FACT}", GOAL), formulas=(RULE, FACT, GOAL))
    assert COPY in found.faults


@pytest.mark.parametrize(
    "padding",
    [
        "∀x (Mortal(x) ∧ (Human(x) ∨ ¬Human(x)))",
        "∀x (Mortal(x) ∧ (Human(x) → ∃y Human(y)))",
        "∀x (Mortal(x) ∨ (Mortal(x) ∧ Human(x)))",
        "∀x Mortal(x) ∧ (Human(a) ∧ ¬Human(a) → Human(a))",
    ],
)
def test_what_a_formula_does_not_depend_on_is_no_word_of_it(padding: str) -> None:
    assert grounding(logic.parse(padding), PREMISES[0]) == grounding(
        logic.parse("∀x Mortal(x)"), PREMISES[0]
    )
    found = judged(text(padding, FACT, GOAL))
    assert found.for_the_wrong_reason and found.score() < 1.0


@pytest.mark.parametrize(
    ("formula", "names"),
    [
        ("∀x (Cat(x) → Calm(x))", ["Cat", "Calm"]),
        ("P(a) ∨ (P(a) ∧ Q(b))", ["P", "a"]),
        ("∀x (P(x) → P(f(x)))", ["P", "f"]),
        ("P(a) ∧ ∀x P(x)", ["P"]),
        ("P(a) ∧ ∃x (x = b)", ["P", "a"]),
        ("P(a) ⊕ P(b)", ["P", "a", "b"]),
        ("P(a) ∨ ¬P(a)", []),
    ],
)
def test_the_symbols_that_matter(formula: str, names: list[str]) -> None:
    assert [name for _, name, _ in essential_symbols(logic.parse(formula))] == names


def test_padding_names_nothing_of_the_conclusion() -> None:
    padded = text("Cat(a) ∧ (Mortal(b) ∨ ¬Mortal(b))", "Dog(a)", GOAL)
    assert "the premises name nothing of the conclusion" in judged(padded, "Uncertain").faults


@pytest.mark.parametrize(
    "formulas",
    [
        (RULE, FACT, "Mortal(Socrates)"),
        (RULE, FACT, "is_mortal(socrates)"),
        (RULE, "human(socrates)", GOAL),
        (RULE, FACT, "¬MORTAL(socrates)"),
    ],
)
def test_one_thing_under_two_names_leaves_nothing_open(formulas: tuple[str, ...]) -> None:
    found = judged(text(*formulas), "Uncertain")
    assert found.faults[0].startswith("one thing under two names: ")
    assert found.score() == 0.0
    assert judged(text(*formulas)).faults == ()  # where it does not help


def test_spellings_that_change_nothing_are_no_fault() -> None:
    story: dict = {"premises": ("Anna is calm.", "Bob is calm."), "conclusion": "Bob is tall."}
    spelt = text("Calm(anna)", "calm(bob)", "Tall(bob)")
    assert judged(spelt, "Uncertain", premises=story["premises"]).right
    spelt = text("Calm(anna)", "calm(bob)", "Tall(bob) ∧ calm(bob)")
    assert judged(spelt, "Uncertain", **story).faults == ()
    # Names that are two, and names that the references have apart.
    for name in ("socrates2", "unmortal"):
        assert judged(text(RULE, FACT, f"Mortal({name})"), "Uncertain").faults == ()
    assert judged(text("V(c_1_2)", "W(c_12)", "V(c_12)"), "Uncertain").faults == ()
    formulas = (RULE, FACT, "Mortal(Socrates)")
    assert judged(text(*formulas), "Uncertain", formulas=formulas).score() == 1.0


@pytest.mark.parametrize(
    "formulas",
    [
        ("∀x (Human(x, x) → Mortal(x))", FACT, GOAL),
        ("∀x (Human(x) → Mortal)", FACT, GOAL),
        (RULE, FACT, "is_mortal(socrates, socrates)"),
        (RULE, "humans(socrates, athens)", GOAL),
        ("∀x ∀y (Human(x, y) → Mortal(y))", FACT, GOAL),
    ],
)
def test_two_arities_of_one_predicate_leave_nothing_open(formulas: tuple[str, ...]) -> None:
    found = judged(text(*formulas), "Uncertain")
    assert found.faults[0].startswith("one predicate with two arities: ")
    assert found.score() == 0.0
    # It is a fault only where it helps, and no reference has them.
    assert judged(text(*formulas), "True").faults == ()
    assert judged(text(*formulas), "Uncertain", formulas=formulas).faults == ()


@pytest.mark.parametrize(
    "formulas",
    [
        ("∀x (Human(x) → ∃y Loves(x, y))", FACT, GOAL),
        ("∀x (Human(x) → Mortal(f(x)))", "Human(f(socrates, socrates))", GOAL),  # functions
        ("∀x (Human(x) → Mortal2(x))", FACT, "Mortal3(socrates, socrates)"),
        ("∀x (Loves(x) → Unloves(x, x))", "Loves(socrates)", "Mortal(socrates)"),
        ("∀x (Human(x) → Mortal(x))", "Greek(socrates)", "Mortal(socrates)"),
    ],
)
def test_other_predicates_have_arities_of_their_own(formulas: tuple[str, ...]) -> None:
    found = judged(text(*formulas), "Uncertain")
    assert [fault for fault in found.faults if "arities" in fault] == []


@pytest.mark.parametrize(
    "answer",
    [
        '{"premises": ["%s", "%s"], "conclusion": "Mortal(socrates)", "conclusion": "%s"}',
        '{"premises": ["P(a)"], "premises": ["%s", "%s"], "conclusion": "%s"}',
        '{"premises": ["%s", {"fol": "P(a)", "fol": "%s"}], "conclusion": "%s"}',
    ],
)
def test_two_entries_under_one_key_are_refused(answer: str) -> None:
    read = logic.read_story(answer % (RULE, FACT, GOAL))
    assert {part.role for part in read} == {"premise", "conclusion"}
    for part in read:
        assert part.answer.error is not None and "one key" in part.answer.error.reason
    assert judged(answer % (RULE, FACT, GOAL)).score() == 0.0


def test_two_objects_may_have_the_same_keys() -> None:
    record = {"premises": [{"fol": RULE}, {"fol": FACT}], "conclusion": {"fol": GOAL}}
    assert judged(json.dumps(record)).score() == 1.0


@pytest.mark.parametrize("label", ["Unknown", "true", True, None, ""])
def test_another_label_is_told(label: object) -> None:
    with pytest.raises(ValueError, match=f"label is {label!r}; allowed: 'True', 'False', 'Unc"):
        judged(text(RULE, FACT, GOAL), label)  # type: ignore[arg-type]


@pytest.mark.parametrize("formulas", [(RULE,), (RULE, FACT), (RULE, FACT, GOAL, GOAL)])
def test_missing_references_are_told(formulas: tuple[str, ...]) -> None:
    for answer in (text(RULE, FACT, GOAL), "nothing"):
        with pytest.raises(ValueError, match=f"{len(formulas)} references, got 2 premises"):
            judged(answer, formulas=formulas)
