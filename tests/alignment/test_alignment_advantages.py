"""What is not judged never bends the others; filtering and difficulty; in a real step of S-GRPO."""

from __future__ import annotations

import math

import pytest
import torch
from alignment_tiny import build_tiny, config, dataset, likeness
from transformers.trainer_callback import PrinterCallback

from alignment import rewards
from alignment.objective import advantages
from alignment.trainers.sgrpo import SGRPOTrainer

NAN = math.nan


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return build_tiny(tmp_path_factory.mktemp("tiny") / "model")


def one_step(model, tmp_path, functions, **changes):
    """Train one step of 2 groups of 4; returns the trainer and the metrics of the step."""
    args = config(tmp_path, max_steps=1, **changes)
    run = SGRPOTrainer(str(model), functions, args=args, train_dataset=dataset())
    run.remove_callback(PrinterCallback)
    run.train()
    assert all(parameter.isfinite().all() for parameter in run.model.parameters())
    return run, run.state.log_history[0]


def seen(run) -> list[float]:
    return list(run._logs["advantages"])


def scripted(*values):
    """A reward that gives these values, whatever the completions are."""

    def reward(prompts, completions, **columns):
        return list(values)

    return reward


# Pure functions ---------------------------------------------------------------------------------------------------


def test_one_missing_or_infinite_reward_makes_all_of_a_completion_missing():
    given = torch.tensor([[1.0, 2.0], [NAN, 2.0], [math.inf, 2.0], [3.0, 4.0]])
    together = advantages.judged_together(given, 4)
    assert together.isnan().tolist() == [[False, False], [True, True], [True, True], [False, False]]
    assert together[0].tolist() == [1.0, 2.0] and not given[1, 1].isnan()


def test_the_best_and_worst_are_kept_about_their_own_mean():
    given = torch.tensor([3.0, -1.0, 1.0, -3.0, 0.0, 0.5, 0.0, 9.0])
    judged = torch.tensor([True] * 6 + [False, True])
    kept = advantages.keep_extremes(given, judged, 4, 1)
    assert kept.tolist() == [3.0, 0.0, 0.0, -3.0, -4.5, 0.0, 0.0, 4.5]
    assert advantages.keep_extremes(given, judged, 4, 2)[:4].tolist() == given[:4].tolist()


def test_a_group_with_few_judged_completions_keeps_them_all():
    given = torch.tensor([1.0, -1.0, 0.0, 0.0])
    judged = torch.tensor([True, True, False, False])
    assert advantages.keep_extremes(given, judged, 4, 1).tolist() == given.tolist()
    assert (
        advantages.keep_extremes(torch.zeros(4), torch.zeros(4, dtype=torch.bool), 4, 1).tolist()
        == [0.0] * 4
    )


def test_easy_groups_count_less_and_unjudged_ones_stay_zero():
    given = torch.tensor([1.0, -1.0, 1.0, -1.0, 0.0, 0.0])
    means = torch.tensor([0.75, 0.75, 0.0, 0.0, NAN, NAN])
    scaled = advantages.scale_by_difficulty(given, means, 2.0)
    assert scaled.tolist() == [0.0625, -0.0625, 1.0, -1.0, 0.0, 0.0]
    assert advantages.scale_by_difficulty(given, means, 0.0).tolist() == given.tolist()


def test_settings_out_of_range_are_refused(tmp_path):
    with pytest.raises(
        ValueError, match=r"filter_keep must be from 0 to half of num_generations \(4\), got 3"
    ):
        config(tmp_path, filter_keep=3)
    with pytest.raises(
        ValueError, match="difficulty_power must be a finite number of at least 0, got -1"
    ):
        config(tmp_path, difficulty_power=-1.0)


# In a real step ---------------------------------------------------------------------------------------------------


def test_one_unjudged_completion_has_no_advantage_and_does_not_bend_its_group(model, tmp_path):
    run, metrics = one_step(model, tmp_path, [scripted(1.0, 0.0, None, 0.5, *[0.0, 1.0] * 2)])
    first = seen(run)[:4]
    assert (
        first[2] == 0.0 and first[3] == pytest.approx(0.0) and first[0] == pytest.approx(-first[1])
    )
    assert metrics["reward/not_judged"] == pytest.approx(1 / 8)
    assert math.isfinite(metrics["loss"]) and math.isfinite(metrics["grad_norm"])


@pytest.mark.parametrize("scale", ["group", "batch", "none"])
def test_a_group_not_judged_at_all_leaves_the_other_as_it_is(model, tmp_path, scale):
    values = [None] * 4 + [0.0, 1.0, 1.0, 1.0]
    run, metrics = one_step(
        model, tmp_path, [scripted(*values)], scale_rewards=scale, label_reward_weighted=True
    )
    assert seen(run)[:4] == [0.0] * 4 and seen(run)[4] < 0.0 < seen(run)[5]
    assert math.isfinite(metrics["loss"]) and metrics["reward"] == pytest.approx(0.75)


def test_a_reward_that_raises_ends_no_run_and_the_label_term_still_trains(model, tmp_path, caplog):
    def broken(prompts, completions, **columns):
        raise ZeroDivisionError("boom")

    run, metrics = one_step(model, tmp_path, [rewards.Reward("broken", broken)])
    assert (
        seen(run) == [0.0] * 8
        and metrics["rewards/broken/failures"] == 1.0
        and "boom" in caplog.text
    )
    assert (
        math.isfinite(metrics["loss"])
        and metrics["grad_norm"] > 0.0
        and metrics["reward/not_judged"] == 1.0
    )


def test_rewards_are_judged_together_and_an_infinite_one_does_no_harm(model, tmp_path):
    sure = scripted(1.0, 0.0, 1.0, 0.0, *[0.0, 1.0] * 2)
    unsure = scripted(0.0, 0.0, math.inf, None, *[0.0] * 4)
    run, metrics = one_step(model, tmp_path, [sure, unsure])
    first = seen(run)[:4]
    assert first[2:] == [0.0, 0.0] and first[0] == pytest.approx(-first[1]) and abs(first[0]) < 2.0
    assert math.isfinite(metrics["loss"]) and metrics["reward/not_judged"] == pytest.approx(0.25)


def test_filter_and_difficulty_reach_the_trainer(model, tmp_path):
    values = [1.0, 0.6, 0.4, 0.0, 1.0, 1.0, 1.0, 0.0]
    plain, _ = one_step(model, tmp_path / "plain", [scripted(*values)], label_weight=0.0)
    run, metrics = one_step(
        model, tmp_path, [scripted(*values)], label_weight=0.0, filter_keep=1, difficulty_power=1.0
    )
    hard, easy, before = seen(run)[:4], seen(run)[4:], seen(plain)
    assert hard == pytest.approx([0.5 * before[0], 0.0, 0.0, 0.5 * before[3]])  # mean reward 0.5
    half = 0.25 * (before[6] - before[7]) / 2  # mean reward 0.75; one of the three best is kept
    assert easy == pytest.approx([0.0, 0.0, half, -half])
    assert metrics["advantages/zero"] == pytest.approx(0.5)
    trained = run._buffered_inputs[0]["advantages"]
    assert sorted(trained.tolist()) == pytest.approx(sorted(seen(run)))


def test_without_them_the_advantages_are_those_of_trl(model, tmp_path):
    run, metrics = one_step(model, tmp_path, [likeness])
    assert "advantages/zero" not in metrics and any(seen(run))
