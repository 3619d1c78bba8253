"""Texts with a formula that is not taken: the error says what stands beside it, and where."""

import pytest

from logic import read_answer

FORMULA = "∀x (Dog(x) → Bark(x))"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f"Forbidden: {FORMULA}", (1, 12)),
        (f"It is not the case that {FORMULA}", (1, 25)),
        (f"{FORMULA}, unless it is a puppy.", (1, 1)),
        (f"{FORMULA}\n\nWait, that is wrong.", (1, 1)),
        (f"So:\n```\n{FORMULA}\n```\nThis would be wrong.", (3, 1)),
        ("Not true: Dog(rex)", (1, 11)),
    ],
)
def test_text_beside_a_formula_is_what_the_error_tells(text: str, place: tuple[int, int]) -> None:
    answer = read_answer(text)
    assert answer.formula is None and answer.error is not None
    assert answer.error.reason == "text beside a formula may change what it says"
    assert (answer.error.line, answer.error.column) == place
    assert "FOL:" in str(answer.error.hint)


@pytest.mark.parametrize(
    ("record", "key"),
    [
        (f'{{"formula": "{FORMULA}", "tags": ["negation"]}}', "tags"),
        (f'Here it is:\n{{"alternative": "∃x Dog(x)", "fol": "{FORMULA}"}}', "alternative"),
        (
            f'{{"formula": "{FORMULA}", "variables": {{"x": "dogs that are no puppies"}}}}',
            "variables",
        ),
        (f'{{"formula": "{FORMULA}", "type": "negated"}}', "type"),
        (f"{{'formula': '{FORMULA}', 'rejected': True}}", "rejected"),
    ],
)
def test_the_entry_that_may_change_a_formula_is_named(record: str, key: str) -> None:
    answer = read_answer(record)
    assert answer.formula is None and answer.error is not None
    assert answer.error.reason == f"the entry {key!r} may change what the formula beside it says"
    line = record.split("\n")[answer.error.line - 1]
    assert line[answer.error.column - 1 :].lstrip("\"'").startswith(key)


NO_TRANSLATION = "I cannot translate the sentence(s) you gave."
BROKEN = "∀x (Dog(x) → )"
REJECTED = f'{{"formula": "{FORMULA}", "tags": ["negation"]}}'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("The formula ∀x Dog(x) is weak.\nFOL: ∀x (Dog(x) → Bark(x", "the text ends in"),
        ("FOL: ∀x (Dog(x) →)", "unexpected"),
        ("| formula | valid |\n|---|---|\n| Dog(a) | no |", "'|' parts a formula"),
        ("I cannot translate this.", "no formula in the text"),
        (NO_TRANSLATION, "unexpected"),
        ("See section(2) of the manual.", "unexpected"),
        ("Error in get_answer(tom)", "unexpected"),
        (f"FOL: {BROKEN}\n\nWhere:\n- Dog(rex): Rex is a dog", "unexpected ')'"),
        (f"```\n{BROKEN}\n```\nNote: Dog(rex) is a fact.", "unexpected ')'"),
        (f"{REJECTED}\nFOL: {BROKEN}", "unexpected ')'"),
        (f"<think>{REJECTED}</think>\nFOL: {BROKEN}", "unexpected ')'"),
        (f'{{"formula": "{BROKEN}", "tags": ["negation"]}}', "unexpected"),
        ('{"formula": "I cannot (sorry)", "error": "x"}', "unexpected"),
    ],
)
def test_an_error_in_the_formula_itself_stays(text: str, reason: str) -> None:
    error = read_answer(text).error
    assert error is not None and error.reason.startswith(reason), error


def test_a_negation_is_part_of_the_formula_that_is_shown() -> None:
    error = read_answer("Rex is no dog, wrong: !Dog(rex)").error
    assert error is not None and error.column == len("Rex is no dog, wrong: ") + 1


@pytest.mark.parametrize("entry", ['"variables": ["x"]', '"bound_variables": "x, y"'])
def test_a_list_of_variables_leaves_a_formula_as_it_is(entry: str) -> None:
    answer = read_answer(f'{{"formula": "{FORMULA}", {entry}}}')
    assert str(answer.formula) == FORMULA and not answer.repairs


@pytest.mark.parametrize(
    "record",
    [
        '{"formula": "Dog(a)", "bound_variables": ["a"]}',
        '{"formula": "∀x Loves(x, c)", "variables": ["c"]}',
        '{"formula": "Loves(a, b)", "bound_variables": {"a": "b"}}',
        '{"formula": "∀x Loves(x, c)", "variables": {"c": "d"}}',
        f'{{"formula": "{FORMULA}", "variables": [["x", "y"]]}}',
        f'{{"formula": "{FORMULA}", "explanation": {{"variables": {{"x": "dogs, no puppies"}}}}}}',
        f'{{"formula": "{FORMULA}", "type": "¬universal"}}',
        f'{{"formula": "{FORMULA}", "type": "existential"}}',
    ],
)
def test_variables_that_stand_for_other_things_make_a_record_unreadable(record: str) -> None:
    assert read_answer(record).formula is None


@pytest.mark.parametrize(
    "text",
    [
        f"Variables: x is a dog\nFOL: {FORMULA}",
        f"Variables: x represents a person\nFOL: {FORMULA}",
        f'{{"formula": "{FORMULA}", "variables": {{"x": "the dogs in the yard"}}}}',
        f'{{"formula": "{FORMULA}", "variables": "x (a dog)"}}',
    ],
)
def test_what_variables_stand_for_goes_on_being_read(text: str) -> None:
    assert str(read_answer(text).formula) == FORMULA
