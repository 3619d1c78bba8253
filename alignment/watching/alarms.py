"""Warnings about a run that goes wrong in a way its loss does not show."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

logger = logging.getLogger(__name__)

JUDGE_SHARE = "time/judge_share"
NOT_JUDGED = "reward/not_judged"


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One condition: `metric`, as TRL or the rewards log it, is on average above `threshold`."""

    name: str
    metric: str
    threshold: float
    finding: str
    hint: str

    def warning(self, step: int, mean: float) -> str:
        """The warning at a step, with the mean that raised it."""
        return (
            f"step {step}: {self.finding} {100 * mean:.0f} % "
            f"(alarm above {100 * self.threshold:.0f} %). {self.hint}"
        )


class Alarms(TrainerCallback):
    """Warn, once per condition, where a mean of the last `window` logs is above a threshold.

    `zero_spread`: groups whose rewards are all the same, which teach nothing; `truncated`:
    completions cut off at the limit; `judge_time`: the rewards' part of the time; `not_judged`:
    completions without a reward; all thresholds are shares from 0 to 1. Each log gets
    `alarms/<name>`, 1 where the condition holds and else 0, and `time/judge_share`. Give it the
    trainer, TRL's GRPOTrainer or S-GRPO's, with `follow`.
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
        self._alarms = _alarms(
            zero_spread=zero_spread,
            truncated=truncated,
            judge_time=judge_time,
            not_judged=not_judged,
        )
        for alarm in self._alarms:
            if not 0.0 <= alarm.threshold <= 1.0:
                raise ValueError(f"{alarm.name} must be a share from 0 to 1, got {alarm.threshold}")
        if window < 1:
            raise ValueError(f"window must be at least 1, got {window}")
        self._window = window
        self._warned: set[str] = set()
        self._trainer: Any = None
        self._last_clock = (0.0, 0.0)

    def follow(self, trainer: Any) -> None:
        """Watch this trainer; before its other callbacks, so that they see the metrics."""
        self._trainer = trainer
        trainer.callback_handler.callbacks.insert(0, self)

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        self._last_clock = self._clock()

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        # What has no such key is an evaluation, or the summary at the end.
        if logs is None or "frac_reward_zero_std" not in logs:
            return
        logs[NOT_JUDGED] = _largest_not_judged(logs)
        self._log_judge_share(logs)
        # The history is saved with checkpoints, so a resumed run sees the same window.
        history = [*state.log_history[:-1], logs]
        for alarm in self._alarms:
            self._check(alarm, history, state)
        if state.log_history:
            # The history holds a copy of the log, made before the callbacks were called.
            metrics = {key: value for key, value in logs.items() if key != "step"}
            state.log_history[-1].update(metrics)

    def _check(self, alarm: Alarm, history: list[dict[str, Any]], state: TrainerState) -> None:
        """Log in the last entry of the history whether a condition holds; warn if it is new."""
        mean = self._mean(alarm.metric, history)
        holds = mean is not None and mean > alarm.threshold
        history[-1][f"alarms/{alarm.name}"] = float(holds)
        if mean is None or not holds or alarm.name in self._warned:
            return
        if state.is_world_process_zero:
            self._warned.add(alarm.name)
            logger.warning("%s", alarm.warning(state.global_step, mean))

    def _mean(self, metric: str, history: list[dict[str, Any]]) -> float | None:
        """Mean of a metric over the window; None while there are too few logs of it."""
        values = [entry.get(metric) for entry in history]
        present = [value for value in values if value is not None]
        window = present[-self._window :]
        if len(window) < self._window:
            return None
        return sum(window) / len(window)

    def _log_judge_share(self, logs: dict[str, Any]) -> None:
        """The rewards' part of the time since the last log."""
        last_time, last_judging = self._last_clock
        now, judging = self._clock()
        if now > last_time:
            logs[JUDGE_SHARE] = (judging - last_judging) / (now - last_time)
        self._last_clock = now, judging

    def _clock(self) -> tuple[float, float]:
        """Seconds on the clock, and seconds spent in rewards so far."""
        rewards = getattr(self._trainer, "reward_funcs", [])
        return time.perf_counter(), sum(getattr(reward, "seconds", 0.0) for reward in rewards)


def _largest_not_judged(logs: dict[str, Any]) -> float:
    """The largest share that any reward left unjudged."""
    shares = [
        value for key, value in logs.items() if key.endswith("/not_judged") and value is not None
    ]
    return max(shares, default=0.0)


def _alarms(
    *, zero_spread: float, truncated: float, judge_time: float, not_judged: float
) -> tuple[Alarm, ...]:
    return (
        Alarm(
            name="zero_spread",
            metric="frac_reward_zero_std",
            threshold=zero_spread,
            finding="groups whose completions all got the same reward, and so teach nothing:",
            hint="Take a graded reward (logic), a higher temperature, more num_generations, or "
            "prompts of other difficulty.",
        ),
        Alarm(
            name="truncated",
            metric="completions/clipped_ratio",
            threshold=truncated,
            finding="completions cut off at the limit of length:",
            hint="Raise max_completion_length, set mask_truncated_completions, or add the reward "
            "length.",
        ),
        Alarm(
            name="judge_time",
            metric=JUDGE_SHARE,
            threshold=judge_time,
            finding="time spent in rewards:",
            hint="See rewards/*/time for which one; bound the length of completions, or take a "
            "cheaper reward.",
        ),
        Alarm(
            name="not_judged",
            metric=NOT_JUDGED,
            threshold=not_judged,
            finding="completions without a reward:",
            hint="See rewards/*/not_judged and rewards/*/failures, the tracebacks above, and "
            "`folalign data inspect`.",
        ),
    )
