"""Lines of a story that could be words or conditions, and are formulas as their names are declared."""

from __future__ import annotations

import pytest

import logic

DECLARED = "Predicates: Cat/1, raining/0, Wet/0\nConstants: anna, tom\n"
LINES = [
    ("Cat(tom) ∧ raining", "raining", "raining"),
    ("Cat(tom)", "anna ≠ tom", "anna ≠ tom"),
    ("Cat(tom)", "anna ≠ tom → Cat(anna)", "Cat(anna)"),
    ("∀x raining", "Cat(tom)", "Wet"),
    ("raining", "Wet", "raining ∧ Wet"),
    ("Cat(tom)", "raining ∧ ∀x Cat(x)", "Cat(tom)"),
]


@pytest.mark.parametrize("lines", LINES, ids=" / ".join)
def test_what_is_declared_is_a_statement_of_its_own(lines: tuple[str, ...]) -> None:
    *premises, conclusion = lines
    text = DECLARED + "\n".join(["Premises:", *premises, "Conclusion:", conclusion])
    found = logic.read_story(text)
    assert [str(part.answer.formula) for part in found] == list(lines)


@pytest.mark.parametrize(
    "premises",
    [
        "Cat(tom)\nund\nCat(anna)",
        "Either\nCat(tom)\nCat(anna)",
        "Cat(tom)\nwhere tom ≠ anna",
        "Cat(tom)\nund",
        "Cat(tom)\n* Cat(anna)",
        "∀x Cat(x)\nin winter",
    ],
)
def test_what_is_not_declared_still_joins_and_restricts(premises: str) -> None:
    found = logic.read_story(f"{DECLARED}Premises:\n{premises}\nConclusion:\nCat(tom)")
    assert found[0].answer.formula is None


def test_a_signature_in_prose_declares_nothing() -> None:
    prose = "Definitions: we use und and raining for the weather\n"
    text = f"{prose}Premises:\nCat(tom)\nund\nCat(anna)\nConclusion:\nCat(tom)"
    assert logic.read_story(text)[0].answer.formula is None
