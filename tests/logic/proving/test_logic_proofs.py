"""Proofs with steps: each is checked line by line by a checker of its own, and can be read."""

from __future__ import annotations

import csv
import dataclasses
import random
import re
from pathlib import Path

import pytest
from proof_checker import WrongStep, check

import logic
from logic import syntax as S
from logic.proving.first_order import plain
from logic.proving.steps.proof import Proof
from logic.proving.steps.prover import find_proof

SYLLOGISM = ["∀x (Cat(x) → Animal(x))", "Dog(rex)", "Cat(tom)"]
VALID = [
    (SYLLOGISM, "Animal(tom)"),
    (["∀x (Cat(x) → Animal(x))"], "¬∃x (Cat(x) ∧ ¬Animal(x))"),
    (["∀x (P(x) ∨ Q(x))", "∀x (P(x) → R(x))", "∀x (Q(x) → R(x))"], "∀x R(x)"),
    (["∀x (x = a ∨ x = b)", "P(a)", "P(b)"], "∀x P(x)"),
    (["a = b", "b = c", "P(f(a))"], "P(f(c))"),
    (["∀x (f(f(x)) = x)"], "∀x ∀y (f(x) = f(y) → x = y)"),
    (["∃!x P(x)", "P(a)", "P(b)"], "a = b"),
    (["∃x P(x)", "∀x ∀y (P(x) ∧ P(y) → x = y)"], "∃!x P(x)"),
    (["∀x (P(x) ⊕ Q(x))", "¬∃x Q(x)"], "∀x P(x)"),
    (["P(a) ⊕ Q(a) ⊕ R(a)", "P(a)", "Q(a)"], "R(a)"),
    ([], "∃x (D(x) → ∀y D(y))"),
    ([], "¬∃x ∀y (Shaves(x, y) ↔ ¬Shaves(y, y))"),
    (["∃x ∀y R(x, y)"], "∀y ∃x R(x, y)"),
    (["P(a)", "¬P(a)"], "Q(b)"),
    ([], "∃x ∀y (F(x) ↔ F(y)) ↔ (∃x F(x) ↔ ∀y F(y))"),
    (
        [
            "∀x ∀y ∀z (R(x, y) ∧ R(y, z) → R(x, z))",
            "∀x ∀y (R(x, y) → R(y, x))",
            "∀x ∃y R(x, y)",
        ],
        "∀x R(x, x)",
    ),
    (
        [
            "¬∃x (S(x) ∧ Q(x))",
            "∀x (P(x) → Q(x) ∨ R(x))",
            "¬∃x P(x) → ∃x Q(x)",
            "∀x (Q(x) ∨ R(x) → S(x))",
        ],
        "∃x (P(x) ∧ R(x))",
    ),
    (
        ["∃x P(x) ↔ ∃x Q(x)", "∀x ∀y (P(x) ∧ Q(y) → (R(x) ↔ S(y)))"],
        "∀x (P(x) → R(x)) ↔ ∀x (Q(x) → S(x))",
    ),
    (["m(a, b) ≠ c → P(a)", "m(a, b) = d", "d ≠ c"], "P(a)"),
]


@pytest.mark.parametrize(("premises", "conclusion"), VALID)
def test_every_step_follows(premises: list[str], conclusion: str) -> None:
    found = logic.prove(premises=premises, conclusion=conclusion)
    assert found.verdict.status == "proved"
    assert found.proof is not None
    assert set(found.proof.used) <= set(found.verdict.used or ())
    check(found.proof, found.premises, found.conclusion)


def test_equivalent_formulas_prove_each_other_step_by_step() -> None:
    """Most pairs of the fixture have a short proof, and each one that is shown is right."""
    path = Path(__file__).parents[2] / "fixtures" / "pairs.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    pairs = [row for row in rows if row["equivalent"] == "yes"]
    shown = 0
    for row in pairs:
        left, right = logic.parse(row["candidate"]), logic.parse(row["reference"])
        proof = find_proof(plain([left, right]), [0])
        if proof is not None:
            premise, conclusion = plain([left, right]).formulas
            check(proof, [premise], conclusion)
            shown += 1
    assert shown >= 0.9 * len(pairs)


def test_nothing_is_proved_of_pairs_that_differ() -> None:
    path = Path(__file__).parents[2] / "fixtures" / "pairs.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows[:100]:
        left, right = logic.parse(row["candidate"]), logic.parse(row["reference"])
        follows = logic.entails(premises=[left], conclusion=right, used=False).status
        if follows == "refuted":
            assert find_proof(plain([left, right]), [0]) is None


def random_formula(source: random.Random, depth: int, bound: tuple[str, ...] = ()) -> S.Formula:
    if depth == 0 or source.random() < 0.15:
        terms: list[S.Term] = [S.Variable(name) for name in bound]
        terms += [S.Constant("a"), S.Constant("b")]

        def term() -> S.Term:
            chosen = source.choice(terms)
            return S.Function("f", (chosen,)) if source.random() < 0.2 else chosen

        if source.random() < 0.2:
            return S.Equality(term(), term())
        name = source.choice("PQR")
        count = 2 if name == "R" else 1
        return S.Atom(name, tuple(term() for _ in range(count)))
    kind = source.choice(["not", "and", "or", "implies", "iff", "xor", "all", "some", "one"])
    inside = (*bound, f"x{len(bound)}")
    if kind in ("all", "some", "one"):
        quantifier = {"all": S.Forall, "some": S.Exists, "one": S.ExistsUnique}[kind]
        return quantifier(S.Variable(inside[-1]), random_formula(source, depth - 1, inside))
    if kind == "not":
        return S.Not(random_formula(source, depth - 1, bound))
    parts = tuple(random_formula(source, depth - 1, bound) for _ in range(2))
    if kind in ("implies", "iff"):
        return (S.Implies if kind == "implies" else S.Iff)(*parts)
    return {"and": S.And, "or": S.Or, "xor": S.Xor}[kind](parts)


def test_random_arguments() -> None:
    """What is proved with steps is what the judge proves, and what it refutes has none."""
    source = random.Random(17)
    shown = 0
    for number in range(300):
        premises = [random_formula(source, 3) for _ in range(2)]
        conclusion = random_formula(source, 3)
        status = logic.entails(premises=premises, conclusion=conclusion, used=False).status
        if status == "refuted" and number % 20:
            continue
        proof = find_proof(plain([*premises, conclusion]), [0, 1])
        if proof is None:
            continue
        assert status != "refuted"
        check(proof, premises, conclusion)
        shown += 1
    assert shown >= 30


def test_a_wrong_step_is_found() -> None:
    """The checker itself can fail: each line of a proof, changed, is refused."""
    found = logic.prove(premises=SYLLOGISM, conclusion="Animal(tom)")
    assert found.proof is not None
    root = found.proof.root
    for place, line in enumerate(root.lines):
        other = dataclasses.replace(line, formula=logic.parse("Animal(rex)"))
        lines = (*root.lines[:place], other, *root.lines[place + 1 :])
        wrong = dataclasses.replace(found.proof, root=dataclasses.replace(root, lines=lines))
        with pytest.raises(WrongStep):
            check(wrong, found.premises, found.conclusion)


def test_a_proof_can_be_read() -> None:
    found = logic.prove(premises=SYLLOGISM, conclusion="Animal(tom)")
    assert str(found.proof).splitlines() == [
        "1  ∀x (Cat(x) → Animal(x))  premise 1",
        "2  Cat(tom)                 premise 3",
        "3  Cat(tom) → Animal(tom)   1 with x = tom",
        "4  Animal(tom)              from 2, 3, as was to be shown",
    ]
    assert "valid: the conclusion follows from premises 1 and 3" in str(found)


def test_latex_and_html_have_every_line() -> None:
    found = logic.prove(premises=["∀x (x = a ∨ x = b)", "P(a)", "P(b)"], conclusion="∀x P(x)")
    assert found.proof is not None
    latex, html = found.proof.to_latex(), found.proof.to_html()
    assert latex.startswith("\\begin{array}") and latex.endswith("\\end{array}")
    assert latex.count(r"\\") == latex.count("\n") - 1
    assert "\\forall x \\, P(x)" in latex and "∀" not in latex and "¬" not in latex
    for line in found.proof.lines:
        assert f">{line.number}<" in html
    assert "case 2 of 2" in html and "suppose" in html
    assert found.proof.to_html() in found._repr_html_()
    assert re.search(r"<script|onload", html) is None


def test_names_in_html_are_text() -> None:
    found = logic.prove(premises=["'<b>'(a)"], conclusion="∃x '<b>'(x)")
    assert found.proof is not None and "<b>" not in found.proof.to_html()


@pytest.mark.parametrize(
    ("domain", "premises", "conclusion"),
    [
        ("counting", ["∃≥2x P(x)", "∀x (P(x) → Q(x))"], "∃≥2x Q(x)"),
        ("sorted", ["∀x:Person Mortal(x)", "Person(socrates)"], "Mortal(socrates)"),
        (
            "temporal",
            ["always ∀x (Asks(x) → eventually Answered(x))", "Asks(anna)"],
            "eventually Answered(anna)",
        ),
        (
            "deontic",
            ["∀x (Driver(x) → Obligatory Stops(x))", "Driver(tom)"],
            "Permitted Stops(tom)",
        ),
    ],
)
def test_proofs_in_domains(domain: str, premises: list[str], conclusion: str) -> None:
    found = logic.prove(premises=premises, conclusion=conclusion, domain=domain)
    assert found.verdict.status == "proved" and found.proof is not None
    text = str(found.proof)
    assert "premise 1" in text and "\0" not in text
    assert found.proof.to_latex()


def test_what_numbers_prove_has_no_steps() -> None:
    found = logic.prove(
        premises=["∀x (Age(x) ≥ 18 → Adult(x))", "Age(tom) = 20"],
        conclusion="Adult(tom)",
        domain="arithmetic",
    )
    assert found.verdict.status == "proved" and found.verdict.used == (0, 1)
    assert found.proof is None and "shows no proof" in str(found)


def test_the_same_proof_each_time() -> None:
    first = logic.prove(premises=VALID[17][0], conclusion=VALID[17][1])
    again = logic.prove(premises=VALID[17][0], conclusion=VALID[17][1])
    assert str(first.proof) == str(again.proof)


@pytest.mark.timeout(60)
def test_a_hard_proof_is_given_up() -> None:
    """Steps are for what is short: what is long or deep ends within the limits of work."""
    axioms = ["∀x ∀y ∀z m(m(x, y), z) = m(x, m(y, z))", "∀x m(x, x) = e", "∀x m(x, e) = x"]
    found = logic.prove(premises=axioms, conclusion="∀x ∀y m(x, y) = m(y, x)")
    assert found.verdict.status != "refuted"
    if isinstance(found.proof, Proof):
        check(found.proof, found.premises, found.conclusion)
