"""`logic.Structure`: what it says, clear errors where it says too little, and drawings for notebooks."""

from __future__ import annotations

import pytest

import logic
from logic.errors import StructureError

LIKES = logic.Structure(
    2,
    predicates={("Likes", 2): frozenset({(0, 1)}), ("Rains", 0): frozenset({()})},
    functions={("mother", 1): {(0,): 1}},
    constants={"tom": 0},
)


def test_truth_in_a_structure() -> None:
    assert LIKES.holds(logic.parse("∃x Likes(tom, x) ∧ Rains"))
    assert not LIKES.holds(logic.parse("∀x ∃y Likes(x, y)"))
    assert logic.holds("∃x Likes(tom, x)", LIKES)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("∀x Hates(x, x)", r"nothing of the predicate Hates: predicates=\{\('Hates', 2\): …\}"),
        ("∀x Likes(x)", r"nothing of the predicate Likes: predicates=\{\('Likes', 1\): …\}"),
        ("Likes(anna, tom)", r"nothing of the constant anna: constants=\{'anna': 0\}"),
        ("Likes(father(tom), tom)", "nothing of the function father"),
        ("∀x Likes(mother(x), x)", "the function mother has no value for"),
    ],
)
def test_what_a_structure_does_not_say_is_told(text: str, told: str) -> None:
    with pytest.raises(StructureError, match=told):
        LIKES.holds(logic.parse(text))


def test_a_structure_has_an_element() -> None:
    with pytest.raises(StructureError, match="at least one element, got size 0"):
        logic.Structure(0)


def test_notebooks_draw_structures_and_verdicts() -> None:
    drawing = LIKES._repr_html_()
    assert drawing.startswith("<svg") and "tom" in drawing and "Likes" in drawing
    refuted = logic.entails(["∃x P(x)"], "∀x P(x)")
    assert "refuted" in refuted._repr_html_() and "<svg" in refuted._repr_html_()
    assert "<svg" not in logic.entails(["P(a)"], "P(a)")._repr_html_()
    of_worlds = logic.equivalent("Forbidden P(a)", "Permitted P(a)", domain="deontic")
    assert "<svg" in of_worlds._repr_html_()
