"""What a run leaves behind and shows: metrics and samples as JSON lines, a progress bar."""

from __future__ import annotations

import json
import math
import os
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

# Metrics worth a place beside the bar, in this order, with short names.
_SHOWN = {
    "loss": "loss",
    "mean_token_accuracy": "accuracy",
    "reward": "reward",
    "label/loss": "label",
    "kl": "kl",
    "entropy": "entropy",
}


class MetricsLog(TrainerCallback):
    """Append every log of a trainer to a JSONL file: step, seconds since this process began training, the metrics.

    A resumed run drops the lines after its checkpoint first, so that each step is there once.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._start = time.monotonic()

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        self._start = time.monotonic()
        if state.is_world_process_zero:
            _keep_until(self.path, state.global_step)

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        if state.is_world_process_zero and logs:
            seconds = round(time.monotonic() - self._start, 3)
            _append(self.path, [{"step": state.global_step, "seconds": seconds, **_finite(logs)}])


class SamplesLog(TrainerCallback):
    """Append a few sampled completions with their rewards to a JSONL file, every `every` steps.

    Give it the trainer with `follow`, as the completions of the last generation batch are kept
    there.
    """

    def __init__(self, path: str | os.PathLike[str], *, every: int = 10, count: int = 4) -> None:
        if every < 1 or count < 1:
            raise ValueError(f"every and count must be at least 1, got {every} and {count}")
        self.path = Path(path)
        self.every = every
        self.count = count
        self._trainer: Any = None

    def follow(self, trainer: Any) -> None:
        """Read completions from this GRPO trainer, and join its callbacks."""
        self._trainer = trainer
        trainer.add_callback(self)

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        if state.is_world_process_zero:
            _keep_until(self.path, state.global_step)

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        if (
            self._trainer is None
            or not state.is_world_process_zero
            or (state.global_step - 1) % self.every
        ):
            return
        logs = self._trainer._logs
        # The rewards that TRL was given, and the parts of a combined one.
        extra = {
            name: values for name, values in logs["extra"].items() if name.startswith("rewards/")
        }
        rewards = logs["rewards"] | {
            name.removeprefix("rewards/"): values for name, values in extra.items()
        }
        # One completion from each of as many groups as are asked for.
        rows = range(0, len(logs["prompt"]), max(1, len(logs["prompt"]) // self.count))
        _append(
            self.path,
            [
                {
                    "step": state.global_step,
                    "prompt": logs["prompt"][row],
                    "completion": logs["completion"][row],
                    "rewards": _finite({name: values[row] for name, values in rewards.items()}),
                    "advantage": logs["advantages"][row],
                }
                for row in list(rows)[: self.count]
            ],
        )


class ProgressBar(TrainerCallback):
    """A progress bar with the metrics that matter; where output is no terminal, a line for each tenth of the run."""

    def __init__(self, title: str, console: Console | None = None) -> None:
        self.title = title
        self.console = console or Console(stderr=True)
        self._progress: Progress | None = None
        self._text = ""
        self._tenth = 0

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        self._tenth = state.global_step * 10 // max(1, state.max_steps)
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
        shown = [
            f"{short} {value:.3g}"
            for key, short in _SHOWN.items()
            if isinstance(value := (logs or {}).get(key), int | float)
        ]
        self._text = "  ".join(shown) or self._text
        tenth = state.global_step * 10 // max(1, state.max_steps)
        if self._progress is None and state.is_world_process_zero and tenth > self._tenth:
            self._tenth = tenth
            self.console.print(f"{self.title} {state.global_step}/{state.max_steps}  {self._text}")

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        if self._progress is not None:
            self._progress.update(
                self._progress.task_ids[0], completed=state.global_step, metrics=self._text
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


def quiet_libraries() -> None:
    """Silence the progress bars and advice of transformers and datasets, which would break up ours."""
    import datasets
    from transformers.utils import logging

    datasets.disable_progress_bars()
    logging.disable_progress_bar()
    warnings.filterwarnings("ignore", message=".*pin_memory.*")
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"(torch|vllm)\.")


def _append(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _keep_until(path: Path, step: int) -> None:
    """Drop the rows after a step, and a last row cut short when the process was killed."""
    if not path.is_file():
        return
    kept = "".join(line for line, row in _rows(path) if row["step"] <= step and step > 0)
    fresh = path.with_suffix(".tmp")
    fresh.write_text(kept, encoding="utf-8")
    fresh.replace(path)


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        try:
            yield line, json.loads(line)
        except ValueError:
            return


def _finite(values: dict[str, Any]) -> dict[str, Any]:
    """JSON knows no NaN or infinity: such values become null."""
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in values.items()
    }
