"""Models of a size up to isomorphism, and truth in a structure that is given."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

import logic
from logic.deciding.structure import Structure
from logic.errors import StructureError, UnsupportedError

ORDER = "∀x R(x, x) ∧ ∀x ∀y (R(x, y) ∧ R(y, x) → x = y) ∧ ∀x ∀y ∀z (R(x, y) ∧ R(y, z) → R(x, z))"
GROUP = "∀x m(x, e) = x ∧ ∀x m(x, i(x)) = e ∧ ∀x ∀y ∀z m(m(x, y), z) = m(x, m(y, z))"
GRAPH = "∀x ¬R(x, x) ∧ ∀x ∀y (R(x, y) → R(y, x))"
COUNTED = [
    # Known numbers of structures up to isomorphism.
    (GRAPH, 3, 4),
    (GRAPH, 4, 11),
    (ORDER, 3, 5),
    (ORDER, 4, 16),
    (GROUP, 1, 1),
    (GROUP, 3, 1),
    (GROUP, 4, 2),
    ("∀x (f(f(x)) = x)", 4, 3),
    ("∃x P(x)", 3, 3),
    ("P(a) ∧ ¬P(b)", 1, 0),
    ("∀x ∃y R(x, y)", 2, 6),
    ("Rains ∨ Snows", 1, 3),
    ("⊤", 2, 1),
]


@pytest.mark.parametrize(("formula", "size", "count"), COUNTED)
def test_known_numbers(formula: str, size: int, count: int) -> None:
    found = logic.models(formula, size=size)
    assert len(found) == count and found.is_complete
    parsed = logic.parse(formula)
    for structure in found:
        assert structure.size == size
        assert structure.holds(parsed) and logic.holds(formula, structure)


def renamed(structure: Structure, order: tuple[int, ...]) -> str:
    predicates = [
        (symbol, sorted(tuple(order[value] for value in row) for row in rows))
        for symbol, rows in sorted(structure.predicates.items())
    ]
    constants = {name: order[value] for name, value in structure.constants.items()}
    return str((predicates, constants))


def test_all_models_and_each_once() -> None:
    """Against brute force: every structure is a renaming of just one that is listed."""
    formula = logic.parse("∃x (P(x) ∧ R(x, a)) → ∀x ∃y R(x, y)")
    listed = [
        {renamed(structure, order) for order in itertools.permutations(range(2))}
        for structure in logic.models(formula, size=2)
    ]
    pairs = list(itertools.product(range(2), repeat=2))
    count = 0
    for element in range(2):
        for unary in itertools.product([True, False], repeat=2):
            for binary in itertools.product([True, False], repeat=4):
                ones = frozenset((value,) for value in range(2) if unary[value])
                twos = frozenset(itertools.compress(pairs, binary))
                structure = Structure(2, {("P", 1): ones, ("R", 2): twos}, {}, {"a": element})
                kinds = [renamed(structure, (0, 1)) in kind for kind in listed]
                assert sum(kinds) == structure.holds(formula)
                count += structure.holds(formula)
    assert count == sum(map(len, listed))


def test_a_limit() -> None:
    found = logic.models(GRAPH, size=4, limit=5)
    assert len(found) == 5 and not found.is_complete
    assert str(found).startswith("at least 5 models with 4 elements")
    exact = logic.models(GRAPH, size=3, limit=4)
    assert exact.is_complete


@pytest.mark.parametrize(
    ("domain", "formula", "size", "count"),
    [
        ("counting", "∃≥2x P(x)", 3, 2),
        ("sorted", "∀x:Person Mortal(x)", 1, 3),
        ("deontic", "Obligatory Stops", 1, 1),
        ("temporal", "always Rains", 2, 3),
    ],
)
def test_models_in_domains(domain: str, formula: str, size: int, count: int) -> None:
    found = logic.models(formula, size=size, domain=domain)
    assert len(found) == count and found.is_complete
    for structure in found:
        assert logic.holds(formula, structure, domain=domain)


@pytest.mark.parametrize(
    ("formula", "domain", "size", "message"),
    [
        ("∀x (Age(x) ≥ 18)", "arithmetic", 2, "numbers"),
        ("∀n:Int ∃m:Int m > n", "arithmetic", 1, "too many values|cannot be listed|meaning"),
        ("∀x P(x)", "fol", 8, "8 elements are too many to list"),
        ("R(a, b, c, d, e, f)", "fol", 3, "more than 600 rows"),
    ],
)
def test_what_cannot_be_listed(formula: str, domain: str, size: int, message: str) -> None:
    with pytest.raises(logic.UnsupportedError, match=message):
        logic.models(formula, size=size, domain=domain)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"predicates": {"P": {(0,)}}}, r"name and number of arguments, as \('P', 1\); got 'P'"),
        (
            {"predicates": {("P", 1): {0}}},
            r"predicate P: each row is a tuple of 1, as \(0,\); got 0",
        ),
        ({"predicates": {("P", 2): {(1,)}}}, "each row is a tuple of 2"),
        ({"predicates": {("P", 1): {(2,)}}}, "predicate P: 2 is no element; there are 0, 1"),
        ({"functions": {("f", 1): {(0,): 5}}}, "function f: 5 is no element"),
        ({"constants": {"tom": 7}}, "constant tom: 7 is no element"),
    ],
)
def test_a_structure_of_another_form_is_refused(parts: Any, message: str) -> None:
    with pytest.raises(StructureError, match=message):
        logic.Structure(2, **parts)


def test_what_a_structure_is_asked() -> None:
    structure = logic.Structure(2, functions={("f", 1): {(0,): 1}})
    with pytest.raises(StructureError, match=r"the function f has no value for \(1,\)"):
        structure.holds(logic.parse("∀x f(x) = x"))
    with pytest.raises(TypeError, match=r"logic\.holds takes a text"):
        structure.holds("∀x f(x) = x")  # type: ignore[arg-type]
    with pytest.raises(StructureError, match="takes a list"):
        logic.holds("P(tom)", {"elements": ["tom"], "predicates": {"P": "tom"}})
    with pytest.raises(UnsupportedError, match=r"99 elements are too many .*; up to 6 are listed"):
        logic.models("∃x P(x)", 99)
    with pytest.raises(TypeError, match=r"logic\.parse makes one"):
        logic.to_text("∃x P(x)", "latex")  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [0, -1])
def test_no_structure_is_empty(size: int) -> None:
    with pytest.raises(ValueError, match="size must be above 0"):
        logic.models("P(a)", size=size)


# ---- truth in a structure ----

FAMILY: dict[str, Any] = {
    "elements": ["tom", "mary", "rex"],
    "predicates": {
        "Person": ["tom", "mary"],
        "Dog": [["rex"]],
        "Likes": [["tom", "mary"], ["mary", "rex"]],
        "Rains": True,
    },
    "functions": {"mother": {"tom": "mary", "mary": "mary", "rex": "rex"}},
    "constants": {"boss": "mary"},
}


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("∀x (Person(x) ⊕ Dog(x))", True),
        ("∀x ∃y Likes(x, y)", False),
        ("∃!x Dog(x)", True),
        ("Likes(tom, boss) ∧ mother(tom) = boss", True),
        ("Rains → Dog(mary)", False),
        ("∀x (Person(x) → Likes(x, mother(x)))", False),
        ("tom = mary", False),
    ],
)
def test_truth_in_a_given_structure(formula: str, value: bool) -> None:
    assert logic.holds(formula, FAMILY) is value


@pytest.mark.parametrize("dialect", ["smtlib", "tptp", "nltk", "latex"])
def test_truth_in_every_notation(dialect: str) -> None:
    formula = logic.parse("∀x (Dog(x) → ∃y Likes(y, x))")
    text = logic.to_text(formula, dialect)
    assert logic.holds(text, FAMILY, dialect=dialect)


@pytest.mark.parametrize(
    ("structure", "message"),
    [
        ({"size": 0}, "at least one element"),
        ({"elements": []}, "at least one element"),
        ({"size": 2}, r"says nothing of the predicate Likes/2.*\[\[\"a\", \"a\"\]"),
        ({}, '"size", a number, or "elements"'),
        ({"size": 2, "elements": ["a"]}, '"size", a number, or "elements"'),
        ({"size": 2, "relations": {}}, "unknown key 'relations'"),
        ({"elements": ["a", "a"]}, "two elements have the name a"),
        ({"size": 2, "predicates": {"Likes": ["0"]}}, "none of its rows has 2 elements"),
        ({"size": 2, "predicates": {"Likes": [[0, 2]]}}, "2 is no element; there are 0, 1"),
        ({"size": 2, "predicates": {"Likes": True}}, "takes a list"),
        ({"size": "many"}, "a number or a list of names"),
        ({"size": 2, "predicates": []}, "is an object"),
        ([1], "a structure is an object"),
    ],
)
def test_structures_that_say_too_little(structure: Any, message: str) -> None:
    with pytest.raises(StructureError, match=message):
        logic.holds("∀x Likes(x, x)", structure)


def test_functions_and_constants_are_checked() -> None:
    with pytest.raises(StructureError, match=r"function f/1 has no value for \(1\)"):
        logic.holds("∀x f(x) = x", {"size": 2, "functions": {"f": {"0": 1}}})
    with pytest.raises(StructureError, match="says nothing of the function f/1"):
        logic.holds("∀x f(x) = x", {"size": 2})
    with pytest.raises(StructureError, match="says nothing of the constant bob"):
        logic.holds("bob = bob", {"size": 2})


@pytest.mark.parametrize(
    "structure",
    [
        {"elements": ["a", "b"], "predicates": {"P": ["b"]}, "constants": {"a": "b"}},
        {"elements": ["b", "a", "c"], "predicates": {"P": []}, "constants": {"a": "c"}},
    ],
)
def test_a_constant_is_not_an_element_that_is_called_otherwise(structure: Any) -> None:
    with pytest.raises(StructureError, match="another element is called a"):
        logic.holds("P(a)", structure)


def test_constants_beside_elements_of_their_name() -> None:
    named = {"elements": ["a", "b"], "predicates": {"P": ["a"]}}
    assert logic.holds("P(a)", named | {"constants": {"a": "a"}}) and logic.holds("P(a)", named)
    assert logic.holds("P(c)", named | {"constants": {"c": "a"}})
    # Numbered elements mean nothing by their names.
    numbered = {"size": 2, "predicates": {"P": [0]}, "constants": {"1": 0}}
    assert logic.holds("P('1')", numbered)


def test_numbers_in_a_structure() -> None:
    structure = {
        "elements": ["tom", "ann"],
        "functions": {"Age": {"tom": 19, "ann": 3}},
        "predicates": {"Adult": ["tom"]},
    }
    assert logic.holds("∀x (Age(x) ≥ 18 ↔ Adult(x))", structure, domain="arithmetic")
    assert not logic.holds("Age(tom) < Age(ann) + 16", structure, domain="arithmetic")
    with pytest.raises(logic.UnsupportedError, match="ranges over all numbers"):
        logic.holds("∀n:Int ∃m:Int m > n", structure, domain="arithmetic")
    wrong = {**structure, "functions": {"Age": {"tom": "old", "ann": 3}}}
    with pytest.raises(StructureError, match="'old' is no number"):
        logic.holds("Age(tom) > 1", wrong, domain="arithmetic")


def test_times_in_a_structure() -> None:
    structure = {
        "elements": ["anna"],
        "sorts": {"Time": ["monday", "tuesday"]},
        "constants": {"now": "monday"},
        "predicates": {
            "is_earlier_than": [["monday", "tuesday"]],
            "Sleeps": [["anna", "tuesday"]],
        },
    }
    assert logic.holds("eventually Sleeps(anna)", structure, domain="temporal")
    assert not logic.holds("always Sleeps(anna)", structure, domain="temporal")
    structure["predicates"]["is_earlier_than"] = []  # type: ignore[index]
    with pytest.raises(logic.UnsupportedError, match="no structure of the domain temporal"):
        logic.holds("eventually Sleeps(anna)", structure, domain="temporal")


def test_a_long_evaluation_is_refused() -> None:
    names = [f"x{number}" for number in range(9)]
    formula = " ".join(f"∀{name}" for name in names) + f" R({', '.join(names)})"
    with pytest.raises(logic.UnsupportedError, match="steps"):
        logic.holds(formula, {"size": 9, "predicates": {"R": []}})


@pytest.mark.parametrize(
    ("premises", "conclusion"),
    [
        (["∀x (Cat(x) → Animal(x))", "Animal(tom)"], "Cat(tom)"),
        (["∀x ∃y R(x, y)"], "∃y ∀x R(x, y)"),
        (["∃x P(f(x))"], "P(a)"),
    ],
)
def test_a_countermodel_is_one(premises: list[str], conclusion: str) -> None:
    """What `prove` shows, written as JSON and read again, makes the premises true only."""
    found = logic.prove(premises=premises, conclusion=conclusion)
    structure = json.loads(json.dumps(found.to_dict()))["countermodel"]
    assert all(logic.holds(premise, structure) for premise in premises)
    assert not logic.holds(conclusion, structure)
    assert found.world is not None and "<svg" in found._repr_html_()
    assert "the conclusion is false" in str(found)
