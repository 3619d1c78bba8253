"""Explanations: the kind of every error, repairs that work, a world that shows the difference, hostile names."""

from __future__ import annotations

import io
import time
import xml.etree.ElementTree as ElementTree

import pytest
from rich.console import Console

import logic
from logic.explaining.explanation import NOT_LOCATED, UNREADABLE

ALL = "∀x (Cat(x) → Sleeps(x))"
CHASE = "∀x (Cat(x) → ∃y (Dog(y) ∧ Chases(x, y)))"
WRONG = [
    ("∃x (Cat(x) ∧ Sleeps(x))", ALL, ["quantifier", "connective"]),
    ("∀x (Cat(x) ∧ Sleeps(x))", ALL, ["connective"]),
    ("∀x (Sleeps(x) → Cat(x))", ALL, ["connective"]),
    ("∀x (Cat(x) ↔ Sleeps(x))", ALL, ["connective"]),
    ("¬∀x (Cat(x) → Sleeps(x))", ALL, ["negation"]),
    ("∀x (Cat(x) → ¬Sleeps(x))", ALL, ["negation"]),
    ("∀x (Cat(x) → Barks(x))", ALL, ["names"]),
    ("∀x (Cat(x) ∧ Big(x) → Sleeps(x))", ALL, ["extra part"]),
    ("∀x Sleeps(x)", ALL, ["missing part"]),
    ("∀x (Cat(x) → Sleeps(x) ∨ Eats(x))", "∀x (Cat(x) → Sleeps(x) ⊕ Eats(x))", ["connective"]),
    ("∃!x King(x)", "∃x King(x)", ["quantifier"]),
    ("∀x (Cat(x) → ∃y (Dog(y) ∧ Chases(y, x)))", CHASE, ["arguments"]),
    ("∃y (Dog(y) ∧ ∀x (Cat(x) → Chases(x, y)))", CHASE, ["quantifier"]),
    ("∃y ∀x (Cat(x) → Dog(y) ∧ Chases(x, y))", CHASE, ["quantifier"]),
    ("∀x (Cat(x) → ∀y (Dog(y) → Chases(x, y)))", CHASE, ["quantifier", "connective"]),
    ("Likes(bob, anna)", "Likes(anna, bob)", ["arguments"]),
    ("Happy(anna) ∧ Tall(bob)", "Happy(anna) ∧ Tall(bob) ∧ Old(bob)", ["missing part"]),
]


@pytest.mark.parametrize(("candidate", "reference", "kinds"), WRONG)
def test_errors_have_their_kind(candidate: str, reference: str, kinds: list[str]) -> None:
    found = logic.explain(candidate=candidate, reference=reference)
    assert found.comparison.verdict == "refuted"
    assert list(found.error_types) == kinds, found.differences


@pytest.mark.parametrize(
    "candidate",
    [
        "¬∃y (Cat(y) ∧ Sleeps(y))",  # the negation of one part, written with another quantifier
        "∀y (Sleeps(y) → ¬Cat(y))",  # and by contraposition
        "∀z (¬Cat(z) ∨ ¬Sleeps(z))",  # and without a conditional
    ],
)
def test_rewriting_is_no_error(candidate: str) -> None:
    assert logic.explain(candidate=candidate, reference=ALL).error_types == ("negation",)


def test_prenex_form_is_no_error() -> None:
    found = logic.explain(candidate="∀x ∃y (Cat(x) → Dog(y) ∧ Chases(y, x))", reference=CHASE)
    assert found.error_types == ("arguments",)


def test_constructs_of_a_domain_are_located_too() -> None:
    counted = logic.explain(
        candidate="∃≥2 x Cat(x) ∨ Happy(anna)",
        reference="∃≥2 y Cat(y) ∧ Happy(anna)",
        domain="counting",
    )
    assert counted.error_types == ("connective",)
    numbers = logic.explain(
        candidate="∀x (Age(x) > 17 ∧ Adult(x))",
        reference="∀x (Age(x) > 17 → Adult(x))",
        domain="arithmetic",
    )
    assert numbers.error_types == ("connective",)


@pytest.mark.parametrize(
    ("candidate", "reference", "domain", "said"),
    [
        ("∃≥2 x (Cat(x) ∧ Red(x))", "∃≥2 y (Cat(y) ∨ Red(y))", "counting", "∧ in place of ∨"),
        ("∃≥2 x Cat(x)", "∃≥3 x Cat(x)", "counting", "∃≥2 x in place of ∃≥3 x"),
        (
            "Obligatory Pays(anna)",
            "Permitted Pays(anna)",
            "deontic",
            "Obligatory in place of Permitted",
        ),
        ("always Open(shop)", "always ¬Open(shop)", "temporal", "a negation is missing"),
        ("∀x:Person Mortal(x)", "∃y:Person Mortal(y)", "sorted", "in place of ∃"),
    ],
)
def test_differences_inside_a_construct_are_located(
    candidate: str, reference: str, domain: str, said: str
) -> None:
    found = logic.explain(candidate=candidate, reference=reference, domain=domain)
    (difference,) = found.differences or ()
    assert said in difference.text
    assert found.world is not None and found.world.elements


@pytest.mark.parametrize(
    ("candidate", "reference", "kinds"), [WRONG[i] for i in (1, 2, 4, 5, 6, 9, 10, 11, 12, 15)]
)
def test_putting_the_named_part_of_the_reference_in_repairs_the_candidate(
    candidate: str, reference: str, kinds: list[str]
) -> None:
    (difference,) = logic.explain(candidate=candidate, reference=reference).differences or ()
    assert candidate.count(difference.candidate) == 1
    repaired = candidate.replace(difference.candidate, difference.reference)
    assert logic.equivalent(candidate=repaired, reference=reference).status == "proved", repaired


@pytest.mark.parametrize(
    ("candidate", "reference"),
    [
        ("∃x Rains(x)", ALL),
        ("∃x ∃y (Loves(x, y) ∧ Wet(y) ∧ Rich(x))", "∀x (Cat(x) → (Dog(x) ⊕ Fish(x)) ∧ Big(x))"),
    ],
)
def test_nothing_is_claimed_where_everything_differs(candidate: str, reference: str) -> None:
    found = logic.explain(candidate=candidate, reference=reference)
    assert found.error_types == (NOT_LOCATED,) and found.differences is None
    assert "could not be told" in str(found)


def test_the_world_makes_one_true_and_the_other_false() -> None:
    found = logic.explain(candidate="∃x (Cat(x) ∧ Sleeps(x))", reference=ALL)
    assert found.world is not None
    (candidate, _), (reference, why) = found.because
    assert candidate != reference
    sleeping = [
        name
        for name, has in zip(found.world.elements, found.world.properties, strict=True)
        if "Sleeps" in has
    ]
    awake = [
        name
        for name, has in zip(found.world.elements, found.world.properties, strict=True)
        if has == ("Cat",)
    ]
    assert sleeping and awake  # a cat that sleeps and one that does not: what a person would draw
    assert f"not Sleeps({awake[0]})" in why


def test_constants_relations_and_functions_are_in_the_world() -> None:
    found = logic.explain(
        candidate="Likes(father(anna), bob)",
        reference="Likes(bob, father(anna)) ∧ Tells(anna, bob, bob)",
    )
    assert found.world is not None
    shown = "\n".join(found.world.sentences())
    assert (
        "anna" in shown
        and "bob" in shown
        and "Likes: " in shown
        and "father: " in shown
        and "Tells(" in shown
    )
    drawing = ElementTree.fromstring(found.world.svg())
    assert len(drawing.findall("circle")) == len(found.world.elements)
    assert len(drawing.findall("polygon")) >= 2  # arrow heads


def test_unreadable_equal_and_alike() -> None:
    unreadable = logic.explain(candidate="no idea", reference=ALL)
    assert unreadable.error_types == (UNREADABLE,) and unreadable.world is None
    assert "no formula" in str(unreadable)
    equal = logic.explain(candidate="∀y (is_cat(y) → Sleeps(y))", reference=ALL)
    assert (
        equal.error_types == ()
        and equal.differences == ()
        and "is_cat stands for Cat" in str(equal)
    )


def test_terminal_json_and_notebook_say_the_same() -> None:
    comparison = logic.compare(candidate="∃x (Cat(x) ∧ Sleeps(x))", reference=ALL)
    found = logic.explain(comparison)
    stream = io.StringIO()
    Console(file=stream, width=120, highlight=False).print(found)
    for text in (stream.getvalue(), str(found), comparison._repr_html_(), found._repr_html_()):
        assert "∃x in place of ∀x" in text and "not equivalent" in text
    assert [entry["kind"] for entry in found.to_dict()["differences"]] == [
        "quantifier",
        "connective",
    ]
    assert logic.parse(ALL)._repr_latex_().startswith("$\\forall")


def test_names_cannot_break_out_of_html() -> None:
    found = logic.explain(
        candidate="'<script>alert(1)</script>'(anna)", reference="Happy(anna) ∧ '<b>\"&'(anna)"
    )
    html = found._repr_html_()
    assert "<script" not in html and "<b>" not in html
    if found.world is not None:
        ElementTree.fromstring(found.world.svg())


def test_usage() -> None:
    with pytest.raises(TypeError, match="Comparison, or candidate= and reference="):
        logic.explain(candidate="P(a)")
    with pytest.raises(TypeError, match="not both"):
        logic.explain(
            logic.compare(candidate="P(a)", reference="P(a)"), candidate="P(a)", reference="P(a)"
        )
    with pytest.raises(logic.ParseError):
        logic.explain(candidate="P(a)", reference="P(a ∧")


def test_large_formulas_end_soon() -> None:
    many = [f"P{i}(x)" for i in range(40)]
    candidate = f"∀x ({' ∧ '.join(many[:30])} → {' ∨ '.join(many[30:])})"
    reference = f"∃x (({' ∨ '.join(many[:25])}) ∧ ¬({' ∧ '.join(many[20:])}))"
    began = time.perf_counter()
    logic.explain(candidate=candidate, reference=reference)
    assert time.perf_counter() - began < 20


@pytest.mark.parametrize(
    ("domain", "candidate", "reference", "reasons"),
    [
        (
            "counting",
            "∃≥2 x Cat(x)",
            "∃≥3 x Cat(x)",
            [
                "the candidate is true: Cat(x) for x = a, c",
                "the reference is false: Cat(x) for x = a, c",
            ],
        ),
        (
            "arithmetic",
            "Age(ann) > 17",
            "Age(ann) > 18",
            ["the candidate is true: Age(ann) > 17", "the reference is false: not Age(ann) > 18"],
        ),
        (
            "deontic",
            "Pays(ann)",
            "Obligatory Pays(ann)",
            [
                "the candidate is true: Pays(ann, actual_world)",
                "the reference is false: with v0 = w0; sees_as_ideal(actual_world, w0); not Pays(ann, w0)",
            ],
        ),
        (
            "sorted",
            "∀x:Person Mortal(x)",
            "∃x:Person Mortal(x)",
            [
                "the candidate is false: with x = b; Person(b); not Mortal(b)",
                "the reference is true: with x = a; Person(a); Mortal(a)",
            ],
        ),
        (
            "temporal",
            "always Open(shop)",
            "eventually Open(shop)",
            [
                "the candidate is false: with v0 = t2; not is_earlier_than(t2, now); not Open(shop, t2)",
                "the reference is true: with v0 = now; not is_earlier_than(now, now); Open(shop, now)",
            ],
        ),
    ],
)
def test_a_world_of_a_domain_has_reasons(
    domain: str, candidate: str, reference: str, reasons: list[str]
) -> None:
    found = logic.explain(candidate=candidate, reference=reference, domain=domain)
    assert found.there() == reasons == found.to_dict()["there"]
    proved = logic.prove([candidate, f"¬({reference})"], "⊥", domain=domain)
    if proved.verdict.status == "refuted":  # else the reference is the true one
        assert [value for value, _ in proved.because] == [True, True]
        assert proved.world is not None and proved.to_dict()["world"] == proved.world.sentences()
