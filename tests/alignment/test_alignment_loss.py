"""The label losses as functions: values worked out by hand, gradients at the first step, padding."""

import math

import pytest
import torch

from alignment.objective import loss

MASK = torch.tensor([[1, 1, 1], [1, 0, 0]])


def log_probs() -> torch.Tensor:
    return torch.tensor([[-1.0, -2.0, -3.0], [-4.0, -9.0, -9.0]], requires_grad=True)


def test_nll_is_the_mean_over_each_prompts_tokens():
    assert loss.nll(log_probs(), MASK).tolist() == [2.0, 4.0]


def test_ratio_pulls_until_clipped_and_never_pushes():
    policy = torch.tensor([[0.0, 0.1, 0.5, -0.5]], requires_grad=True)
    value = loss.ratio(policy, torch.zeros(1, 4), torch.ones(1, 4), epsilon=0.2)
    value.sum().backward()
    expected = -(1.0 + math.exp(0.1) + 1.2 + math.exp(-0.5)) / 4
    assert value.item() == pytest.approx(expected)
    below, moved, clipped, behind = policy.grad[0].tolist()
    assert below < 0 and moved < 0 and behind < 0  # a descent step raises these log-probabilities
    assert clipped == 0


def test_published_matches_the_published_form():
    policy = torch.tensor([[0.9, 2.0, 0.0]], requires_grad=True)
    value = loss.published(policy, torch.zeros(1, 3), torch.ones(1, 3), group_size=8, epsilon=0.2)
    assert value.item() == pytest.approx(-(0.9 + 1.2 + 0.8) / 3 / 8)


@pytest.mark.parametrize(("name", "moves"), [("nll", True), ("ratio", True), ("published", False)])
def test_gradient_at_the_first_step(name, moves):
    policy = log_probs()
    reference = policy.detach().clone()
    value = {
        "nll": lambda: loss.nll(policy, MASK),
        "ratio": lambda: loss.ratio(policy, reference, MASK, 0.2),
        "published": lambda: loss.published(policy, reference, MASK, 8, 0.2),
    }[name]()
    value.sum().backward()
    assert bool((policy.grad[MASK.bool()] != 0).all()) is moves
    assert bool((policy.grad[~MASK.bool()] == 0).all())


def test_ratio_starts_with_the_gradient_of_nll():
    one, other = log_probs(), log_probs()
    loss.nll(one, MASK).sum().backward()
    loss.ratio(other, other.detach().clone(), MASK, 0.2).sum().backward()
    torch.testing.assert_close(one.grad, other.grad)


def test_a_row_without_label_tokens_costs_nothing():
    assert loss.nll(torch.full((1, 2), -5.0), torch.zeros(1, 2)).tolist() == [0.0]
    assert loss.nll(torch.zeros(1, 0), torch.zeros(1, 0)).tolist() == [0.0]


@pytest.mark.parametrize(
    ("schedule", "halfway", "end"),
    [("constant", 2.0, 2.0), ("linear", 1.0, 0.0), ("cosine", 1.0, 0.0)],
)
def test_schedules(schedule, halfway, end):
    assert loss.scheduled_weight(2.0, schedule, 0.0) == 2.0
    assert loss.scheduled_weight(2.0, schedule, 0.5) == pytest.approx(halfway)
    assert loss.scheduled_weight(2.0, schedule, 1.0) == pytest.approx(end)


def test_unknown_schedule_names_the_allowed():
    with pytest.raises(ValueError, match=r"'step'.*constant, linear, cosine"):
        loss.scheduled_weight(1.0, "step", 0.0)


def test_group_rewards_leave_out_what_was_not_judged():
    nan = math.nan
    one = torch.tensor([[0.2], [0.6], [nan], [1.0], [nan], [nan], [3.0], [1.0], [-1.0], [-2.0]])
    means = loss.group_rewards(one, torch.tensor([0.5]), group_size=2)
    torch.testing.assert_close(means, torch.tensor([0.4, 1.0, nan, 1.0, 0.0]), equal_nan=True)


def test_group_rewards_are_the_weighted_mean_of_several_rewards():
    two = torch.tensor([[0.5, 1.0], [0.5, math.nan]])
    assert loss.group_rewards(two, torch.tensor([3.0, 1.0]), group_size=2).tolist() == [
        (0.625 + 0.5) / 2
    ]
    assert loss.group_rewards(two, torch.zeros(2), group_size=2).isnan().all()
