"""Several rewards as one: the algebra, the start model's own rewards, constraints, and what is not judged."""

from __future__ import annotations

import math

import pytest

from alignment import rewards


def gives(name: str, *values: float | None):
    """A reward that pays its values in order."""

    def reward(prompts, completions, **columns):
        return [values[row % len(values)] for row in range(len(completions))]

    reward.__name__ = name
    return reward


START = [[0.5, 0.5], [0.3, None], [0.9, 0.1]]
"""What two parts gave three samples of the start model."""


def pay(reward, rows: int = 1, *, start=START, **columns):
    parts = [[values[: len(reward.parts)] for values in start]] * rows
    return reward(["p"] * rows, ["answer"] * rows, start_rewards=parts, **columns)


def sigmoid(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-value))


A, B = gives("a", 1.0), gives("b", 0.4)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, 1.4),
        ({"weights": [2.0, -0.5]}, 1.8),
        ({"combination": "mean"}, 0.7),
        ({"combination": "mean", "weights": [3.0, 1.0]}, 0.85),
        ({"combination": "min"}, 0.4),
        ({"combination": "mean_minus_variance"}, 0.7 - 0.09),
        # The mean over the samples, of which the second part has two.
        (
            {"transform": "par"},
            (sigmoid(0.5) + sigmoid(0.7) + sigmoid(0.1)) / 3 + (sigmoid(-0.1) + sigmoid(0.3)) / 2,
        ),
        (
            {"transform": "par", "scale": 10.0, "combination": "min"},
            (sigmoid(-1.0) + sigmoid(3.0)) / 2,
        ),
        # The 85 % quantiles of 0.3, 0.5, 0.9 and of 0.1, 0.5.
        (
            {"transform": "log_sigmoid"},
            math.log(sigmoid(8 * 0.22)) + math.log(sigmoid(8 * -0.04)),
        ),
        (
            {"transform": "log_sigmoid", "weights": [2.0, 1.0]},
            2 * math.log(sigmoid(8 * 0.22)) + math.log(sigmoid(8 * -0.04)),
        ),
        (
            {"transform": "log_sigmoid", "scale": 1.0},
            math.log(sigmoid(0.22)) + math.log(sigmoid(-0.04)),
        ),
    ],
)
def test_algebra(settings, expected):
    assert pay(rewards.combine([A, B], **settings)) == [pytest.approx(expected)]


def test_a_soft_conjunction_prefers_both_to_one():
    """A sum is indifferent between 1 + 0 and 0.5 + 0.5, log-sigmoids are not."""
    lopsided = [gives("a", 1.0), gives("b", 0.0)]
    even = [gives("a", 0.5), gives("b", 0.5)]
    assert pay(rewards.combine(lopsided)) == pay(rewards.combine(even))
    for settings in ({"transform": "log_sigmoid"}, {"combination": "min"},
                     {"combination": "mean_minus_variance"}):  # fmt: skip
        assert (
            pay(rewards.combine(lopsided, **settings))[0]
            < pay(rewards.combine(even, **settings))[0]
        )


def test_a_row_without_a_reference_costs_itself_alone():
    length = rewards.get("length", maximum=9)
    references = ["Cat(tom)", None, "Cat(tom)"]
    for parts in ([length], ["logic", length]):
        reward = rewards.combine(parts)
        whole = reward(["p"] * 3, ["Cat(tom)"] * 3, reference=["Cat(tom)"] * 3)
        part = rewards.combine(parts)(["p"] * 3, ["Cat(tom)"] * 3, reference=references)
        assert part == [whole[0], whole[1] if len(parts) == 1 else None, whole[2]]


@pytest.mark.parametrize("transform", ["log_sigmoid", "par"])
def test_a_prompt_of_which_no_sample_was_judged_is_not_judged(transform):
    reward = rewards.combine([A, B], transform=transform)
    for start in ([], [[0.5, None], [0.4, None]]):
        assert pay(reward, start=start) == [None]
    with pytest.raises(rewards.RewardSettingError, match="needs the column 'start_rewards'"):
        reward(["p"], ["answer"])


def test_what_each_part_gives_samples_of_the_start_model():
    reward = rewards.combine([A, gives("unsure", 0.2, None)], transform="par")
    assert reward.of_parts(["p"] * 2, ["x", "y"]) == [[1.0, 0.2], [1.0, None]]


def test_what_breaks_a_constraint_gets_the_least_of_its_prompt():
    good = gives("good", 0.9, 0.2, 0.6, None, 0.7, -1.0)
    met = gives("met", 0.0, 1.0, 1.0, 1.0, 0.5, None)
    reward = rewards.combine([good], constraints=[met])
    extra = {}
    found = reward(["p", "p", "p", "p", "q", "q"], ["x"] * 6, log_extra=extra.__setitem__)
    assert found == [0.2, 0.2, 0.6, None, -1.0, None]
    assert extra["rewards/met"] == [0.0, 1.0, 1.0, 1.0, 0.5, None]


def test_nothing_that_breaks_all_constraints_is_told_from_its_group():
    broken = gives("met", 0.0)
    reward = rewards.combine([gives("good", 0.9, 0.2)], constraints=[broken])
    assert reward(["p", "p"], ["x", "y"]) == [0.2, 0.2]


def test_a_weighed_constraint_costs_more_while_it_is_broken_too_often():
    def pay():
        found = reward(["p"] * 4, ["x"] * 4, log_metric=logged.__setitem__)
        return found, reward.lagrange.weights[0]

    logged = {}
    good, met = gives("good", 0.9, 0.2, 0.6, 0.5), gives("met", 0.0, 1.0, 1.0, None)
    reward = rewards.combine([good], constraints={met: 0.9})
    first, weight = pay()
    assert first == [0.9, 0.2, 0.6, None]  # nothing is known yet
    assert weight == pytest.approx(0.1 * (0.9 - 2 / 3))
    second, later = pay()
    cost = 1.0 + weight
    assert second[:3] == pytest.approx([(0.9 - weight) / cost, 0.2 / cost, 0.6 / cost])
    assert later > weight and logged["rewards/met/weight"] == pytest.approx(weight)
    for _ in range(40):
        third, _ = pay()
    assert third[0] < third[1] < third[2]  # what it is good at does not make up for it any more

    kept = rewards.combine([gives("good", 0.9)], constraints={gives("met", 1.0): 0.9})
    kept.lagrange.weights = [0.03]
    for _ in range(4):
        kept(["p"], ["x"])
    assert kept.lagrange.weights == [0.0]  # it costs nothing where it is met oftener than asked


def test_constraints_may_be_weighed_and_kept_side_by_side():
    weighed, rigid = gives("weighed", 0.0, 1.0), gives("rigid", 1.0, 0.0)
    reward = rewards.combine([gives("good", 0.5, 0.8)], constraints={weighed: 1.0, rigid: None})
    assert reward(["p", "p"], ["x", "y"]) == [0.5, 0.5]
    assert reward.lagrange.weights == pytest.approx([0.05])


def test_weights_are_known_by_the_names_of_their_constraints_and_go_with_a_copy():
    named = {gives("first", 0.0): 0.9, gives("second", 0.5): 1.0, gives("hard", 1.0): None}
    reward = rewards.combine([gives("good", 0.5)], constraints=named)
    reward(["p"], ["x"])
    assert reward.costs == pytest.approx({"first": 0.09, "second": 0.05})
    build, parts = reward.__reduce__()
    assert build(*parts).costs == reward.costs

    again = rewards.combine(
        [gives("good", 0.5)], constraints={gives("second", 0.5): 1.0, gives("new", 1.0): 0.5}
    )
    again.costs = reward.costs
    assert again.costs == pytest.approx({"second": 0.05, "new": 0.0})

    again.lagrange.moves = False  # as in evaluation
    again(["p"], ["x"])
    assert again.costs == pytest.approx({"second": 0.05, "new": 0.0})


def test_more_than_1_is_not_paid_for():
    reward = rewards.combine([gives("good", 0.5)], constraints={gives("met", 5.0): 0.9})
    reward.lagrange.weights = [1.0]
    assert reward(["p"], ["x"]) == [0.25] and reward.lagrange.weights == pytest.approx([0.99])


@pytest.mark.parametrize("transform", ["log_sigmoid", "par"])
def test_transforms_stay_finite_far_from_the_reference(transform):
    reward = rewards.combine([gives("far", 1e6, -1e6)], transform=transform, scale=100.0)
    high, low = pay(reward, rows=2)
    assert math.isfinite(high) and math.isfinite(low) and high > low


@pytest.mark.parametrize("settings", [{}, {"combination": "min"}, {"transform": "par"}])
def test_what_one_does_not_judge_none_does(settings):
    reward = rewards.combine([A, gives("unsure", 0.2, None)], **settings)
    assert [value is None for value in pay(reward, rows=2)] == [False, True]


def test_a_failing_part_leaves_nothing_judged_and_is_counted():
    def broken(prompts, completions, **columns):
        raise ZeroDivisionError("boom")

    reward = rewards.combine([A, broken])
    assert pay(reward, rows=3) == [None] * 3
    assert reward.parts[1].failures == 1 and reward.failures == 0


def test_parts_are_logged_as_they_are():
    metrics, extra = {}, {}
    reward = rewards.combine([gives("a", 1.0, None), B], transform="log_sigmoid")
    pay(reward, rows=2, log_metric=metrics.__setitem__, log_extra=extra.__setitem__)
    assert metrics["rewards/a/mean"] == 1.0 and metrics["rewards/b/mean"] == pytest.approx(0.4)
    assert metrics["rewards/a/not_judged"] == metrics["rewards/combined/not_judged"] == 0.5
    assert extra == {"rewards/a": [1.0, None], "rewards/b": [0.4, 0.4]}
    assert all(math.isfinite(value) for value in metrics.values())


@pytest.mark.parametrize(
    ("names", "settings", "message"),
    [
        ([], {}, "name at least one reward"),
        (["logic", "logic"], {}, "each reward once, got logic, logic"),
        (["lgic"], {}, "unknown reward 'lgic'"),
        (
            ["logic"],
            {"transform": "tanh"},
            "unknown transform 'tanh'; allowed: none, log_sigmoid, par",
        ),
        (
            ["logic"],
            {"combination": "max"},
            "unknown combination 'max'; allowed: sum, mean, min, mean_minus_variance",
        ),
        (["logic", "bleu"], {"weights": [1.0]}, "1 weights for 2 rewards (logic, bleu)"),
        (
            ["logic", "bleu"],
            {"weights": [1.0, 2.0], "combination": "min"},
            "'min' takes no weights",
        ),
        (
            ["logic", "bleu"],
            {"weights": [1.0, -1.0], "combination": "mean"},
            "weights must be positive here",
        ),
        (["logic"], {"weights": [math.nan]}, "weights must be finite here"),
        (
            ["logic"],
            {"scale": 0.0, "transform": "par"},
            "scale must be a finite number above 0, got 0.0",
        ),
        (["logic"], {"constraints": ["logic"]}, "each reward once, got logic, logic"),
        (["logic"], {"constraints": ["redable"]}, "unknown reward 'redable'"),
        (["logic"], {"constraints": {"readable": 0.0}}, "above 0 and at most 1, got 0.0"),
        (["logic"], {"constraints": {"readable": "0.9"}}, "must be a number above 0 and at most 1"),
        (["logic"], {"constraints": {"readable": True}}, "got True"),
        (["logic"], {"constraints": "readable"}, "constraints is a list, or a mapping"),
        (["logic"], {"constraints": ["readable=0.9"]}, "give the mapping {'readable': 0.9}"),
        (["logic"], {"constraints": ["correct"]}, "correct cannot be a constraint"),
    ],
)
def test_what_cannot_be_combined_is_named(names, settings, message):
    with pytest.raises(rewards.RewardSettingError) as error:
        rewards.combine(names, **settings)
    assert message in str(error.value)
