"""Several rewards as one: the algebra, the reference answer's own reward, and what is not judged."""

from __future__ import annotations

import math

import pytest

from alignment import rewards


def gives(name: str, *values: float | None):
    """A reward that pays its values in order, and 0.5 to a completion that is the reference answer."""

    def reward(prompts, completions, reference, **columns):
        own = [text == answer for text, answer in zip(completions, reference, strict=True)]
        return [0.5 if is_own else values[row % len(values)] for row, is_own in enumerate(own)]

    reward.__name__ = name
    return reward


def pay(reward, rows: int = 1, **columns):
    return reward(["p"] * rows, ["answer"] * rows, reference=["right"] * rows, **columns)


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
        ({"combination": "mean_minus_variance", "variance_weight": 2.0}, 0.7 - 0.18),
        ({"combination": "mean_minus_variance", "variance_weight": 0.0}, 0.7),
        ({"transform": "par"}, sigmoid(0.5) + sigmoid(-0.1)),
        ({"transform": "par", "scale": 10.0, "combination": "min"}, sigmoid(-1.0)),
        ({"transform": "log_sigmoid"}, math.log(sigmoid(4.0)) + math.log(sigmoid(-0.8))),
        (
            {"transform": "log_sigmoid", "weights": [2.0, 1.0]},
            2 * math.log(sigmoid(4.0)) + math.log(sigmoid(-0.8)),
        ),
        (
            {"transform": "log_sigmoid", "scale": 1.0, "centre": 0.4},
            math.log(sigmoid(0.6)) + math.log(0.5),
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


@pytest.mark.parametrize("transform", rewards.TRANSFORMS)
def test_a_row_without_a_reference_costs_itself_alone(transform):
    """Where rewards are compared with the reference's, also of those that need none."""
    length = rewards.get("length", maximum=9)
    references = ["Cat(tom)", None, "Cat(tom)"]
    for parts in ([length], ["logic", length]):
        reward = rewards.combine(parts, transform=transform)
        whole = reward(["p"] * 3, ["Cat(tom)"] * 3, reference=["Cat(tom)"] * 3)
        part = rewards.combine(parts, transform=transform)(
            ["p"] * 3, ["Cat(tom)"] * 3, reference=references
        )
        judged = len(parts) == 1 and transform != "par"
        assert part == [whole[0], whole[1] if judged else None, whole[2]]


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


def test_the_reference_answer_is_asked_once_per_prompt_with_its_columns():
    asked = []

    def reward(prompts, completions, reference, hint, **columns):
        asked.append((prompts, completions, reference, hint, sorted(columns)))
        return [0.0] * len(completions)

    combined = rewards.combine([reward], transform="par")
    for _ in range(2):
        combined(["p", "p", "q"], ["x", "y", "z"], reference=["r", "r", "s"], hint=[1, 1, 2],
                 completion_ids=[[0]] * 3, trainer_state=None, log_metric=lambda *pair: None)  # fmt: skip
    assert len(asked) == 3  # two batches, and the reference answers of two prompts
    assert asked[1] == (["p", "q"], ["r", "s"], ["r", "s"], [1, 2], [])


def test_a_reference_answer_that_is_not_judged_leaves_its_completions_so():
    def picky(prompts, completions, **columns):
        return [None if text == "right" else 1.0 for text in completions]

    assert pay(rewards.combine([picky], transform="par")) == [None]


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
        (["logic"], {"centre": math.nan}, "centre must be a finite number, got nan"),
        (
            ["logic"],
            {"variance_weight": -1.0},
            "variance_weight must be a finite number of at least 0, got -1.0",
        ),
    ],
)
def test_what_cannot_be_combined_is_named(names, settings, message):
    with pytest.raises(rewards.RewardSettingError) as error:
        rewards.combine(names, **settings)
    assert message in str(error.value)
