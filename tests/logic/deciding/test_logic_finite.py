"""Finite structures: batches agree with evaluation by the definition."""

from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import formulas

import logic
from logic.deciding.samples import batch, compared, sampled_batches
from logic.errors import UnsupportedError
from logic.signatures.signature import signature

NAMES = ["P", "Q", "R", "a", "b", "f"]


@settings(max_examples=200, deadline=None)
@given(formulas(names=NAMES, variables=["x", "y", "z"], depth=4), st.floats(0, 1, exclude_max=True))
def test_batch_truth_is_plain_truth(formula: logic.Formula, place: float) -> None:
    found = signature(formula)
    for sample in (*sampled_batches(found, (1, 2, 3)), batch(found, (1, 2, 3))):
        try:
            words = sample.truth(formula)
        except UnsupportedError:
            return
        assert words.shape == (sample.words,)
        index = int(place * 64 * sample.words)
        assert bool(int(words[index // 64]) >> index % 64 & 1) is sample.structure(index).holds(
            formula
        )


def test_structures_of_several_sizes_side_by_side_are_those_of_each_size() -> None:
    formula = logic.parse("∀x (P(x) → R(x, f(a))) ⊕ ∃!y (R(y, a) ∨ f(y) = y)")
    apart = [
        word
        for sample in sampled_batches(signature(formula), (1, 2, 3))
        for word in sample.truth(formula)
    ]
    together = batch(signature(formula), (1, 2, 3))
    assert together.truth(formula).tolist() == apart
    assert [together.structure(64 * word).size for word in range(together.words)] == [1] * 2 + [
        2
    ] * 4 + [3] * 6


def test_a_countermodel_tells_the_formulas_apart_and_can_be_read() -> None:
    left, right = logic.parse("∀x ∃y Likes(x, y)"), logic.parse("∃y ∀x Likes(x, y)")
    found = compared(left, right, signature(left, right)).difference
    assert found is not None
    assert found.holds(left) is not found.holds(right)
    assert "universe: {0, 1}" in str(found)
    assert "Likes = {" in str(found)


def test_samples_are_the_same_every_time() -> None:
    formula = logic.parse("∀x (P(x) → R(x, f(a)))")
    first = [sample.truth(formula).tolist() for sample in sampled_batches(signature(formula))]
    second = [sample.truth(formula).tolist() for sample in sampled_batches(signature(formula))]
    assert first == second
    assert len(first) == 4


def test_too_large_to_evaluate_is_left_out_and_not_wrong() -> None:
    wide = ", ".join(f"x{i}" for i in range(12))
    formula = logic.parse("".join(f"∀x{i} " for i in range(12)) + f"P({wide})")
    assert list(sampled_batches(signature(formula), (2, 3, 4))) == []
    assert logic.equivalent(candidate=formula, reference=formula).status == "proved"


def test_groundings_make_the_terms_that_z3_itself_would_make() -> None:
    import z3

    from logic.deciding import z3_lowering

    context = z3.Context()
    parts = [z3.Bool(name, context) for name in "abc"]
    for some in (parts, parts[:1], [parts[0], z3.Not(parts[1])]):
        assert z3_lowering._all_of(some, context).eq(z3.And(*some))
        assert z3_lowering._one_of(some, context).eq(z3.Or(*some))
