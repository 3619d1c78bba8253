"""The decoding grammar and the reader describe one language."""

from __future__ import annotations

import pytest
import strategies
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import logic
from logic import decoding_grammar, read_signature
from logic import syntax as S
from logic.decoding.grammar import VARIABLES
from logic.signatures.signature import signature

pytest.importorskip("llguidance")
from decoding_walks import Walker

SIGNATURES = [
    "Cat/1, Chases/2, anna, tom",
    "Cat/1, Chases/2, Raining/0",
    "</2, Big/1, 7",
    "anna",
    "Between/3, true/1",
]


@pytest.fixture(scope="module")
def any_name() -> Walker:
    return Walker(decoding_grammar())


@given(st.integers(0, 2**32))
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_it_writes_is_read_and_is_canonical(any_name: Walker, seed: int) -> None:
    text = any_name.walk(seed)
    try:
        formula = logic.parse(text)
    except logic.ParseError as error:
        # The one thing a grammar of all names cannot know: which arity a name had before.
        assert "one name, one arity" in str(error), text
    else:
        # A name may have quotes that it does not need, or lack those that a capital variable name elsewhere asks for.
        assert str(formula) == text.strip() or (
            logic.parse(str(formula)) == formula and "'" in text + str(formula)
        )


@given(strategies.formulas(variables=list(VARIABLES)))
@settings(max_examples=300, deadline=None)
def test_any_canonical_formula_can_be_written(any_name: Walker, formula: S.Formula) -> None:
    assert any_name.admits(str(formula)), str(formula)
    assert any_name.admits(" " + str(formula))


@given(strategies.formulas(variables=list(VARIABLES)))
@settings(max_examples=200, deadline=None)
def test_a_formula_can_be_written_under_its_own_signature(formula: S.Formula) -> None:
    assert Walker(decoding_grammar(signature(formula))).admits(str(formula)), str(formula)


@pytest.mark.parametrize("text", SIGNATURES)
def test_under_a_signature_all_is_read_and_nothing_else_is_named(text: str) -> None:
    allowed = read_signature(text)
    walker = Walker(decoding_grammar(allowed))
    for seed in range(60):
        written = walker.walk(seed)
        formula = logic.parse(written)
        assert str(formula) == written.strip()
        used = signature(formula)
        assert set(used.predicates) <= set(allowed.predicates)
        assert set(used.functions) <= set(allowed.functions)
        assert set(used.constants) <= set(allowed.constants)


def test_functions_need_a_term_to_begin_with() -> None:
    walker = Walker(
        decoding_grammar(read_signature({"predicates": {"P": 1}, "functions": {"f": 1, "g": 2}}))
    )
    assert walker.admits("∀x P(g(f(x), x))")
    assert not walker.admits("P(f(f(")
    for seed in range(60):
        logic.parse(walker.walk(seed))


@pytest.mark.parametrize(
    "text",
    [
        "P(x)", "∀x P(y)", "(∀x P(x)) ∧ Q(x)", "∀x P(x) ∧ Q(x)",  # free
        "(P)", "∀x (P(x))", "(A ∧ B) ∨ C", "A → (B → C)", "(A ↔ B) ↔ C", "¬(a = b)",  # brackets that say nothing
        "A∧B", "P(a,b)", "∀x  P(x)", "A ∧ ", "A & B", "exists x P(x)", "P()", "and", "(A",  # not canonical
    ],
)  # fmt: skip
def test_what_is_not_canonical_cannot_be_written(any_name: Walker, text: str) -> None:
    assert not any_name.admits(text)


def test_limits_hold() -> None:
    walker = Walker(decoding_grammar(depth=3, operands=3, variables=("x",)))
    assert walker.admits("¬¬¬P") and not walker.admits("¬¬¬¬P")
    assert walker.admits("∀x ∃x P(f(x))") and not walker.admits("∀x ∃x P(f(f(x)))")
    assert walker.admits("A ∧ B ∧ C") and not walker.admits("A ∧ B ∧ C ∧ D")
    assert walker.admits("(A ∨ B) ∧ C") and not walker.admits("∀y P(y)")
    walker = Walker(decoding_grammar(depth=2, operands=40))
    for count, allowed in ((32, True), (33, False)):  # as many as are read
        assert walker.admits(f"P({', '.join(['a'] * count)})") is allowed


def test_free_text_goes_before_the_marker() -> None:
    walker = Walker(decoding_grammar(read_signature("Cat/1, anna"), wrapper="</think>"))
    assert walker.admits("Who is\na cat? (x) ∀\n</think>\nCat(anna)")
    assert walker.admits("</think>Cat(anna)")
    assert not walker.admits("Cat(anna)")
    assert not walker.admits("Hm.</think>So </think>Cat(anna)")
    assert logic.read_answer("Who is\na cat?</think>\nCat(anna)").formula == logic.parse(
        "Cat(anna)"
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"depth": 0}, "depth must be in 1..150"),
        ({"operands": 1}, "operands in 2..1000"),
        ({"variables": ()}, "1 to 56 different variables"),
        ({"variables": ("x", "x")}, "different variables"),
        ({"variables": ("person",)}, "'person' cannot be a variable"),
        ({"wrapper": " "}, "wrapper must be the marker"),
    ],
)
def test_settings_out_of_range_are_refused(settings: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        decoding_grammar(**settings)


def test_signatures_are_read_from_text_mapping_and_formula() -> None:
    text = read_signature("Cat/1; Chases/2 anna")
    assert text == read_signature({"predicates": {"Chases": 2, "Cat": 1}, "constants": ["anna"]})
    assert text == read_signature(logic.parse("∀x (Cat(x) → Chases(x, anna))"))


@pytest.mark.parametrize(
    ("given_value", "message"),
    [
        ("Cat/one", "'Cat/one' in a signature"),
        ("Cat/1, Cat/2", "'Cat' has the arities 1 and 2"),
        ({"relations": {}}, "unknown key 'relations'"),
        ({"predicates": {"Cat": "1"}}, "not a name with an arity of at least 0"),
        ({"functions": {"f": 0}}, "at least 1"),
        ({"constants": "anna"}, "constants must be a list"),
        (7, "got int"),
    ],
)
def test_bad_signatures_are_refused(given_value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_signature(given_value)  # type: ignore[arg-type]
