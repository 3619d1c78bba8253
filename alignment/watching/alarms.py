"""Warnings about a run that goes wrong in a way its loss does not show."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

logger = logging.getLogger(__name__)

JUDGE_SHARE = "time/judge_share"


@dataclass(frozen=True)
class Alarm:
    """One condition: `metric`, as TRL or the rewards log it, is on average above `threshold`."""

    name: str
    metric: str
    threshold: float
    finding: str
    hint: str


class Alarms(TrainerCallback):
    """Warn, once per condition, where the mean of the last `window` logs is above a threshold (shares from 0 to 1).

    `zero_spread`: groups whose rewards are all the same, which teach nothing; `truncated`:
    completions cut off at the limit; `judge_time`: the rewards' part of the time; `not_judged`:
    completions without a reward. Each log gets `alarms/<name>`, 1 where the condition holds and
    else 0, and `time/judge_share`. Give it the trainer, TRL's GRPOTrainer or S-GRPO's, with
    `follow`.
    """

    def __init__(
        self,
        *,
        zero_spread: float = 0.9,
        truncated: float = 0.1,
        judge_time: float = 0.25,
        not_judged: float = 0.05,
        window: int = 5,
    ) -> None:
        shares = {
            "zero_spread": zero_spread,
            "truncated": truncated,
            "judge_time": judge_time,
            "not_judged": not_judged,
        }
        for name, share in shares.items():
            if not 0.0 <= share <= 1.0:
                raise ValueError(f"{name} must be a share from 0 to 1, got {share}")
        if window < 1:
            raise ValueError(f"window must be at least 1, got {window}")
        self._alarms = _alarms(**shares)
        self._window = window
        self._warned: set[str] = set()
        self._trainer: Any = None
        self._then = (0.0, 0.0)

    def follow(self, trainer: Any) -> None:
        """Watch this trainer; before its other callbacks, so that they see the metrics."""
        self._trainer = trainer
        trainer.callback_handler.callbacks.insert(0, self)

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        self._then = self._now()

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        if (
            logs is None or "frac_reward_zero_std" not in logs
        ):  # an evaluation, or the summary at the end
            return
        logs["reward/not_judged"] = max(
            (
                value
                for key, value in logs.items()
                if key.endswith("/not_judged") and value is not None
            ),
            default=0.0,
        )
        now = self._now()
        if now[0] > self._then[0]:
            logs[JUDGE_SHARE] = (now[1] - self._then[1]) / (now[0] - self._then[0])
        self._then = now
        # The history is saved with checkpoints, so a resumed run sees the same window.
        history = [*state.log_history[:-1], logs]
        for alarm in self._alarms:
            values = [
                entry[alarm.metric] for entry in history if entry.get(alarm.metric) is not None
            ][-self._window :]
            mean = sum(values) / len(values) if values else 0.0
            holds = len(values) == self._window and mean > alarm.threshold
            logs[f"alarms/{alarm.name}"] = float(holds)
            if holds and alarm.name not in self._warned and state.is_world_process_zero:
                self._warned.add(alarm.name)
                logger.warning(
                    "step %d: %s %.0f %% (alarm above %.0f %%). %s",
                    state.global_step, alarm.finding, 100 * mean, 100 * alarm.threshold, alarm.hint,
                )  # fmt: skip
        if state.log_history:
            state.log_history[-1].update(
                {key: value for key, value in logs.items() if key != "step"}
            )

    def _now(self) -> tuple[float, float]:
        """Seconds on the clock, and seconds spent in rewards so far."""
        rewards = getattr(self._trainer, "reward_funcs", [])
        return time.perf_counter(), sum(getattr(reward, "seconds", 0.0) for reward in rewards)


def _alarms(
    *, zero_spread: float, truncated: float, judge_time: float, not_judged: float
) -> tuple[Alarm, ...]:
    return (
        Alarm(
            "zero_spread",
            "frac_reward_zero_std",
            zero_spread,
            "groups whose completions all got the same reward, and so teach nothing:",
            "Take a graded reward (logic), a higher temperature, more num_generations, or prompts of other difficulty.",
        ),
        Alarm(
            "truncated",
            "completions/clipped_ratio",
            truncated,
            "completions cut off at the limit of length:",
            "Raise max_completion_length, set mask_truncated_completions, or add the reward length.",
        ),
        Alarm(
            "judge_time",
            JUDGE_SHARE,
            judge_time,
            "time spent in rewards:",
            "See rewards/*/time for which one; bound the length of completions, or take a cheaper reward.",
        ),
        Alarm(
            "not_judged",
            "reward/not_judged",
            not_judged,
            "completions without a reward:",
            "See rewards/*/not_judged and rewards/*/failures, the tracebacks above, and `folalign data inspect`.",
        ),
    )
