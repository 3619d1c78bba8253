"""Alarms: each fires once, with its value and a hint, and shows in the metrics."""

from __future__ import annotations

import json
import logging
import re
import time

import pytest
from alignment_tiny import build_tiny, config, dataset
from transformers import TrainerControl, TrainerState
from transformers.trainer_callback import PrinterCallback

from alignment import rewards
from alignment.trainers.sgrpo import SGRPOTrainer
from alignment.watching import Alarms, MetricsLog, SamplesLog

HEALTHY = {
    "frac_reward_zero_std": 0.0,
    "completions/clipped_ratio": 0.0,
    "rewards/logic/not_judged": 0.0,
}


def log(alarms: Alarms, state: TrainerState, **changes) -> dict:
    """One log of a trainer, as transformers passes it on."""
    logs = HEALTHY | changes
    state.global_step += 1
    state.log_history.append({**logs, "step": state.global_step})
    alarms.on_log(None, state, TrainerControl(), logs=logs)
    return logs


@pytest.mark.parametrize(
    ("name", "bad", "message"),
    [
        (
            "zero_spread",
            {"frac_reward_zero_std": 1.0},
            r"same reward.* 100 % \(alarm above 90 %\).*graded reward",
        ),
        (
            "truncated",
            {"completions/clipped_ratio": 0.5},
            r"cut off.* 50 % \(alarm above 10 %\).*max_completion_length",
        ),
        (
            "not_judged",
            {"rewards/logic/not_judged": 0.25},
            r"without a reward.* 25 % \(alarm above 5 %\).*data inspect",
        ),
    ],
)
def test_each_alarm_waits_for_its_window_and_warns_once(caplog, name, bad, message):
    alarms, state = Alarms(window=2), TrainerState(is_world_process_zero=True)
    with caplog.at_level(logging.WARNING, "alignment.watching.alarms"):
        assert log(alarms, state, **bad)[f"alarms/{name}"] == 0.0  # one bad log is no trend
        assert log(alarms, state, **bad)[f"alarms/{name}"] == 1.0
        log(alarms, state, **bad)
        assert log(alarms, state)["alarms/truncated"] in (0.0, 1.0)
        assert log(alarms, state)[f"alarms/{name}"] == 0.0  # and over again
    [record] = caplog.records
    assert state.log_history[1][f"alarms/{name}"] == 1.0
    assert re.search(message, record.getMessage()) and record.getMessage().startswith("step 2:")


def test_a_healthy_run_is_quiet_and_other_logs_are_left_alone(caplog):
    alarms, state = Alarms(window=1), TrainerState(is_world_process_zero=True)
    for _ in range(3):
        log(alarms, state)
    summary = {"train_runtime": 3.0}
    alarms.on_log(None, state, TrainerControl(), logs=summary)
    assert summary == {"train_runtime": 3.0} and not caplog.records


def test_thresholds_are_shares():
    with pytest.raises(ValueError, match="truncated must be a share from 0 to 1, got 10"):
        Alarms(truncated=10)
    with pytest.raises(ValueError, match="window must be at least 1, got 0"):
        Alarms(window=0)


def test_in_a_run_the_alarms_and_the_parts_of_a_reward_are_logged(tmp_path, caplog):
    """A reward that is slow and always the same, in a model whose completions all run into the limit."""

    def slow(prompts, completions, **columns):
        time.sleep(0.5)
        return [1.0] * len(completions)

    reward = rewards.combine([slow, "readable"], weights=[1.0, 0.0])
    run = SGRPOTrainer(
        str(build_tiny(tmp_path / "model")),
        [reward],
        args=config(tmp_path, max_completion_length=4),
        train_dataset=dataset(),
        callbacks=[MetricsLog(tmp_path / "metrics.jsonl")],
    )
    run.remove_callback(PrinterCallback)
    SamplesLog(tmp_path / "samples.jsonl", every=1, count=1).follow(run)
    Alarms(window=1, judge_time=0.05).follow(run)
    with caplog.at_level(logging.WARNING, "alignment.watching.alarms"):
        run.train()
    warned = [
        record.getMessage().split(": ")[1]
        for record in caplog.records
        if record.name == "alignment.watching.alarms"
    ]
    assert [text.split()[0] for text in warned] == ["groups", "completions", "time"]
    first = json.loads((tmp_path / "metrics.jsonl").read_text().splitlines()[0])
    assert (
        first["alarms/zero_spread"] == first["alarms/judge_time"] == 1.0
        and 0.05 < first["time/judge_share"] < 1.0
    )
    assert first["rewards/slow/mean"] == first["rewards/combined/mean"] == 1.0 == first["reward"]
    assert run.state.log_history[0]["alarms/zero_spread"] == 1.0
    sample = json.loads((tmp_path / "samples.jsonl").read_text().splitlines()[0])
    assert set(sample["rewards"]) == {"combined", "slow", "readable"}
