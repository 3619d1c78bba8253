"""What a run shows while it goes on."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

# Metrics worth a place beside the bar, in this order, with short names.
_SHORT_NAMES = {
    "loss": "loss",
    "mean_token_accuracy": "accuracy",
    "reward": "reward",
    "label/loss": "label",
    "kl": "kl",
    "entropy": "entropy",
}


class ProgressBar(TrainerCallback):
    """A progress bar with the metrics that matter.

    Where output is no terminal, a line for each tenth of the run.
    """

    def __init__(self, title: str, console: Console | None = None) -> None:
        self.title = title
        self.console = console or Console(stderr=True)
        self._progress: Progress | None = None
        self._metrics = ""
        self._tenth = 0

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        self._tenth = _tenth(state)
        if not state.is_world_process_zero or not self.console.is_terminal:
            return
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[metrics]}"),
            console=self.console,
        )
        self._progress.start()
        self._progress.add_task(
            self.title, total=state.max_steps, completed=state.global_step, metrics=""
        )

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        # A log without any of them, such as an evaluation's, leaves the last ones in place.
        self._metrics = _summary(logs or {}) or self._metrics
        tenth = _tenth(state)
        if self._progress is not None or tenth <= self._tenth:
            return
        if state.is_world_process_zero:
            self._tenth = tenth
            step = f"{state.global_step}/{state.max_steps}"
            self.console.print(f"{self.title} {step}  {self._metrics}")

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        if self._progress is not None:
            self._progress.update(
                self._progress.task_ids[0], completed=state.global_step, metrics=self._metrics
            )

    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Take the bar down; call it when training ends by an exception."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None


def _tenth(state: TrainerState) -> int:
    """How many tenths of the run are done."""
    return state.global_step * 10 // max(1, state.max_steps)


def _summary(logs: dict[str, Any]) -> str:
    values = {short: logs.get(metric) for metric, short in _SHORT_NAMES.items()}
    return "  ".join(
        f"{short} {value:.3g}" for short, value in values.items() if isinstance(value, int | float)
    )
