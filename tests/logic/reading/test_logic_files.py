"""Whole files of provers, and stories: which formula is a premise, and which the conclusion."""

from __future__ import annotations

import pytest

import logic


def read(text: str, dialect: str | None = None) -> list[tuple[str, str]]:
    """The role of each formula and the formula, or "-" and why there is none."""
    found = []
    for role, answer in [
        (each.role, each.answer) for each in logic.read_story(text, dialect=dialect)
    ]:
        why = answer.error.reason if answer.error else ""
        found.append((role, str(answer.formula) if answer.formula else f"- {why}"))
    return found


def answered(text: str, dialect: str | None = None) -> str:
    formula = logic.read_answer(text, dialect=dialect).formula
    return "-" if formula is None else str(formula)


AXIOM = "fof(a, axiom, ! [X] : (cat(X) => animal(X)))."
OF_AXIOM = ("premise", "∀X (cat(X) → animal(X))")


@pytest.mark.parametrize(
    ("text", "conclusion"),
    [
        (f"{AXIOM}\nfof(b, conjecture, animal(tom)).", "animal(tom)"),
        (f"fof(b, conjecture, animal(tom)).\n{AXIOM}", "animal(tom)"),
        (f"{AXIOM} fof(b, conjecture, animal(tom)).", "animal(tom)"),
        (f"```tptp\n{AXIOM}\n% so\nfof(b, conjecture,\n  animal(tom)).\n```", "animal(tom)"),
        (f"Here it is:\n{AXIOM}\nfof(b, conjecture, animal(tom)).\n", "animal(tom)"),
        (
            f"{AXIOM[:-2]}, file('a.p', a)).\nfof(b, conjecture, animal(tom), x).",
            "animal(tom)",
        ),
        (f"{AXIOM[:-2]}, x).\nfof(b, axiom, cat(tom), x).", "-"),
        (f"{AXIOM[:-2]}, x). and ~cat(tom)", "-"),
        (f"{AXIOM}\nfof(b, hypothesis, cat(tom)).", "-"),
        (f"{AXIOM}\nfof(b, conjecture, p).\nfof(c, conjecture, q).", "-"),
        (f"{AXIOM}\ncnf(b, negated_conjecture, ~ animal(tom)).", "-"),
        ("cnf(a, axiom, p(X)).\ncnf(b, axiom, q(X)).", "-"),
        (f"{AXIOM}\nfof(b, conjecture, animal(tom)).\nThis is wrong.", "-"),
    ],
)
def test_of_several_tptp_statements_the_conjecture_is_the_answer(
    text: str, conclusion: str
) -> None:
    assert answered(text) == conclusion


@pytest.mark.parametrize(
    "text",
    [
        "cat(tom).\nanimal(X) :- cat(X).", "p(a).\nq(b).", "p(a). q(X) :- p(X).", "p(a).\n\nq(b).\n",
        "```prolog\ncat(tom).\nanimal(X) :-\n    cat(X).\n```", "Here is the program:\ncat(tom).\nanimal(X) :- cat(X).",
        "FOL:\ncat(tom).\nanimal(X) :- cat(X).", "cat(tom).\n?- animal(tom).",
    ],
)  # fmt: skip
@pytest.mark.parametrize("dialect", [None, "prolog"])
def test_several_clauses_are_no_answer(text: str, dialect: str | None) -> None:
    answer = logic.read_answer(text, dialect=dialect)
    assert answer.formula is None and answer.error is not None


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("fof(a, conjecture, p(a)).", "p(a)"),
        ("animal(X) :- cat(X).", "∀X (cat(X) → animal(X))"),
        ("The rule is:\nanimal(X) :- cat(X).", "∀X (cat(X) → animal(X))"),
        ("p(a).\nq(b).\nFOL: ∀x P(x)", "∀x P(x)"),
        (
            "formulas(goals).\nQ(a).\nend_of_list.\nformulas(assumptions).\nP(a).\nend_of_list.",
            "Q(a)",
        ),
        ("P(a)\n∀x P(x)", "∀x P(x)"),
    ],
)
def test_one_statement_is_an_answer(text: str, formula: str) -> None:
    assert answered(text) == formula


def test_a_tptp_file_is_a_story() -> None:
    text = (
        f"% cats\ninclude('axioms.ax').\n{AXIOM}\nfof(b, hypothesis, cat(tom)). tff(t, type, p: $i > $o).\n"
        "cnf(c, axiom, cat(X) | ~ dog(X)).\nfof(d, plain, q).\nfof(e, conjecture, animal(tom))."
    )
    assert read(text) == [
        OF_AXIOM,
        ("premise", "cat(tom)"),
        ("premise", "∀X (cat(X) ∨ ¬dog(X))"),
        ("premise", "- a statement of the role 'plain'"),
        ("conclusion", "animal(tom)"),
    ]
    assert read(f"{AXIOM}\nfof(n, negated_conjecture, ~ animal(tom)).") == [
        OF_AXIOM,
        ("conclusion", "- the negation of a conjecture"),
    ]


def test_a_prover9_file_is_a_story() -> None:
    text = (
        "set(auto).\nformulas(assumptions).\n% all of them\nall x (cat(x)\n   -> animal(x)). cat(tom) # label(fact).\n"
        "dog(x) -> animal(x).\nend_of_list.\n\nformulas(goals).\n(exists x animal(x)).\nend_of_list."
    )
    assert read(text) == [
        ("premise", "∀x (cat(x) → animal(x))"),
        ("premise", "cat(tom)"),
        ("premise", "∀x (dog(x) → animal(x))"),
        ("conclusion", "∃x animal(x)"),
    ]


def test_an_smtlib_file_is_a_story() -> None:
    text = (
        "(set-logic UF) ; cats\n(declare-sort U 0)\n(declare-fun cat (U) Bool)\n(declare-fun big (U) Bool)\n"
        "(declare-const tom U)\n(assert (= (cat tom) (big tom)))\n(assert (forall ((x U))\n  (=> (cat x) (big x))))\n"
        "(assert (not (big tom)))\n(check-sat)"
    )
    assert read(text) == [
        ("premise", "cat(tom) ↔ big(tom)"),
        ("premise", "∀x (cat(x) → big(x))"),
        ("premise", "¬big(tom)"),
    ]


def test_a_prolog_program_is_a_story() -> None:
    text = (
        "% cats\n:- dynamic cat/1.\ncat(tom).\nanimal(X) :-\n    cat(X). % all\n"
        "wild(X) :- animal(X), \\+ owns(_, X).\np(X) :- q(X), !.\n?- animal(Y), wild(Y)."
    )
    assert read(text) == [
        ("premise", "cat(tom)"),
        ("premise", "∀X (cat(X) → animal(X))"),
        ("premise", "∀X (animal(X) ∧ ¬∃x1 owns(x1, X) → wild(X))"),
        ("premise", "- the cut '!' is control"),
        ("conclusion", "∃Y (animal(Y) ∧ wild(Y))"),
    ]
    assert read("p(a).\nq(b).") == []
    assert read("p(a).\nq(X).", "prolog") == [("premise", "p(a)"), ("premise", "∀X q(X)")]


# ---- sections ----

JOINED = "- a line beside it joins, denies or restricts it"
DENIED = "- the negation of what is asked for"
TAKEN_BACK = "- another entry of the object may take it back"


@pytest.mark.parametrize(
    "word", ["Either", "Either:", "Not both:", "One of:", "Neither of these:", "If", "At least one of:"]
)  # fmt: skip
def test_formulas_that_a_line_joins_are_no_premises(word: str) -> None:
    found = read(f"Premises:\n{word}\nP(a)\nQ(b)\nConclusion:\nR(c)")
    assert found[-1] == ("conclusion", "R(c)")
    assert {formula for _, formula in found[:-1]} == {JOINED}


@pytest.mark.parametrize("joint", ["or", "und", "implies", "if"])
def test_words_between_formulas_join_them(joint: str) -> None:
    found = read(f"Premises:\nP(a)\n{joint}\nQ(b)\nConclusion:\nR(c)")
    assert all(formula.startswith("- ") for role, formula in found if role == "premise")


@pytest.mark.parametrize(
    ("lines", "formula"),
    [
        ("∀x (P(x)\n  → Q(x))", "∀x (P(x) → Q(x))"),
        ("P(a) ∧\nQ(b)", "P(a) ∧ Q(b)"),
        ("P(a)\n∨ Q(b)", "P(a) ∨ Q(b)"),
        ("∀x (\nP(x) → Q(x)\n)", "∀x (P(x) → Q(x))"),
        ("R(a,\n  b)", "R(a, b)"),
        ("∀x\n(P(x) → Q(x))", "∀x (P(x) → Q(x))"),
        ("1. ∀x (P(x) →\n   Q(x))", "∀x (P(x) → Q(x))"),
    ],
)
def test_a_formula_over_several_lines_is_one(lines: str, formula: str) -> None:
    premises = [("premise", formula), ("premise", "S(c)")]
    text = f"Premises:\n{lines}\nS(c)\nConclusion:\n{lines}"
    if lines.startswith("1."):
        text = text.replace("S(c)", "2. S(c)")
    assert read(text) == [*premises, ("conclusion", formula)]


@pytest.mark.parametrize(
    "heading",
    [
        "Negated conclusion:", "Negated Conclusion:", "Negation of the conclusion:", "Conclusion (negated):",
        "Negated goal:",
        "**Negated conclusion:**", "Denied conclusion:", "Negated_Conclusion_FOL:", "Negated query:",
    ],
)  # fmt: skip
@pytest.mark.parametrize("gap", [" ", "\n"])
def test_a_denied_conclusion_is_none(heading: str, gap: str) -> None:
    assert read(f"Premises:\nP(a)\n{heading}{gap}¬Q(a)") == [
        ("premise", "P(a)"),
        ("conclusion", DENIED),
    ]


@pytest.mark.parametrize(
    "heading", ["Wrong conclusion:", "Alternative conclusion:", "Intermediate conclusion 1:"]
)
def test_another_conclusion_is_none(heading: str) -> None:
    found = read(f"Premises:\nP(a)\n{heading} Q(a)\nConclusion: R(a)")
    assert found[0] == ("premise", "P(a)") and found[-1] == ("conclusion", "R(a)")
    assert len(found) == 3 and found[1][1].startswith("- ")


def test_a_denied_entry_of_a_json_object_is_none() -> None:
    text = '{"premises": ["P(a)"], "negated_conclusion": "¬Q(a)"}'
    assert read(text) == [("premise", "P(a)"), ("conclusion", DENIED)]


@pytest.mark.parametrize(
    "premises",
    [
        '{"either": ["P(a)", "Q(a)"]}', '[{"fol": "P(a)", "negated": true}]', '[{"fol": "P(a)", "correct": false}]',
        '{"one of": "P(a)"}', '[{"not": "P(a)"}]',
    ],
)  # fmt: skip
def test_premises_that_an_entry_denies_or_joins_are_none(premises: str) -> None:
    found = read(f'{{"premises": {premises}, "conclusion": "R(a)"}}')
    assert found[-1] == ("conclusion", "R(a)")
    assert {formula for _, formula in found[:-1]} <= {TAKEN_BACK, JOINED} and len(found) > 1


def test_an_entry_that_denies_nothing_stays() -> None:
    text = (
        '{"premises": [{"fol": "P(a)", "negated": false, "correct": true}], "conclusion": "R(a)"}'
    )
    assert read(text) == [("premise", "P(a)"), ("conclusion", "R(a)")]


@pytest.mark.parametrize("line", ["This is wrong.", "No, that is incorrect."])
def test_a_premise_that_is_taken_back_is_none(line: str) -> None:
    found = read(f"Premises:\nQ(b)\nP(a)\n{line}\nConclusion:\nR(a)")
    assert ("premise", "P(a)") not in found and found[-1] == ("conclusion", "R(a)")


@pytest.mark.parametrize("word", ["Either", "If", "or"])
def test_a_joining_word_behind_a_label_is_no_answer(word: str) -> None:
    assert answered(f"Conclusion:\n{word}\nQ(a)\nor\nR(a)") == "-"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("FOL: P(a", None),
        ("FOL: ∀!x P(x)", "'∀!' is no quantifier"),
        ("Conclusion: P(a) ∧ ∧ Q(b)", "unexpected '∧'"),
        ("The formula is:\n∀x Cat(x) → Dog(y) ∧", "the text ends in the middle of a formula"),
        ("FOL: p(X) :- q(X), !.", "the cut '!' is control"),
    ],
)
def test_the_error_is_that_of_the_part_that_failed(text: str, reason: str | None) -> None:
    answer = logic.read_answer(text)
    if reason is None:
        assert answer.repairs == ("closing bracket added",)
    else:
        assert answer.error is not None and answer.error.reason == reason
