"""What a run leaves behind: metrics and samples as JSON lines."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from alignment.messages import last_text, spoken_text
from data.writing import replace_text


class DamagedLogError(ValueError):
    """A line of a log that is no row of it; names file and line."""


class MetricsLog(TrainerCallback):
    """Append every log of a trainer to a JSONL file.

    A line has the step, the seconds trained so far, and the metrics. A resumed run drops the lines
    after its checkpoint first, so that each step is there once; one that is resumed at its end also
    the summary of the training, which is logged again. Its seconds go on from those of the last
    line that is left.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._start = time.monotonic()

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        self._start = time.monotonic()
        if state.is_world_process_zero:
            step = state.global_step
            before = _keep_until(self.path, step, summary=step < state.max_steps)
            self._start -= before

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        if state.is_world_process_zero and logs:
            row = {
                "step": state.global_step,
                "seconds": round(time.monotonic() - self._start, 3),
                **_finite(logs),
            }
            _append(self.path, [row])


class SamplesLog(TrainerCallback):
    """Append a few sampled completions with their rewards to a JSONL file, every `every` steps.

    Give it the trainer with `follow`, as the completions of the last generation batch are kept
    there. `verdict` says of a completion and its reference what the judge finds.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        every: int = 10,
        count: int = 4,
        verdict: Callable[[str, str], str] | None = None,
    ) -> None:
        if every < 1 or count < 1:
            raise ValueError(f"every and count must be at least 1, got {every} and {count}")
        self.path = Path(path)
        self.every = every
        self.count = count
        self.verdict = verdict
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
        if self._trainer is None or not state.is_world_process_zero:
            return
        if (state.global_step - 1) % self.every == 0:
            samples = _samples(self._trainer._logs, state.global_step, self.count)
            for sample in samples:
                if self.verdict is not None and "reference" in sample:
                    sample["verdict"] = self.verdict(sample["completion"], sample["reference"])
            _append(self.path, samples)


def _samples(logs: dict[str, Any], step: int, count: int) -> list[dict[str, Any]]:
    """One completion from each of so many groups of the last generation batch, as TRL keeps it."""
    # Beside the rewards that TRL was given: the parts of a combined one, which it logs as extras.
    rewards = logs["rewards"] | {
        name.removeprefix("rewards/"): values
        for name, values in logs["extra"].items()
        if name.startswith("rewards/")
    }
    references = logs["extra"].get("reference", ())
    rows = range(0, len(logs["prompt"]), max(1, len(logs["prompt"]) // count))
    return [
        {
            "step": step,
            "prompt": spoken_text(logs["prompt"][row]),
            "completion": last_text(logs["completion"][row]),
            **({"reference": references[row]} if row < len(references) else {}),
            "rewards": _finite({name: values[row] for name, values in rewards.items()}),
            "advantage": logs["advantages"][row],
        }
        for row in rows[:count]
    ]


def _append(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _keep_until(path: Path, step: int, *, summary: bool = True) -> float:
    """Drop the rows after a step, and a last row cut short when the process was killed.

    Without `summary`, also what transformers logs when a training ends. Returns the seconds of the
    last row that is left, 0 where none has any.
    """
    if not path.is_file():
        return 0.0
    if step == 0:  # a run that begins: nothing that is there is its own
        replace_text(path, "")
        return 0.0
    seconds = 0.0
    lines = []
    for line, row in _rows(path):
        if not summary and "train_runtime" in row:
            continue
        if row["step"] <= step:
            lines.append(line)
            seconds = max(seconds, row.get("seconds") or 0.0)
    replace_text(path, "".join(lines))
    return seconds


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The lines of a file with what they hold, without a last one that was cut off.

    Raises `DamagedLogError` for any other that is no row of a log.
    """
    # Not splitlines: it also divides at U+2028 and U+0085, which stand in JSON strings as they are.
    for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], start=1):
        try:
            row = json.loads(line)
            if not isinstance(row["step"], int):
                raise TypeError("the step is no whole number")
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            reason = f"{type(error).__name__}: {error}"
            raise DamagedLogError(f"{path}, line {number}: no row of a log ({reason})") from None
        yield line.decode("utf-8", errors="surrogatepass") + "\n", row


def _finite(values: dict[str, Any]) -> dict[str, Any]:
    """JSON knows no NaN or infinity: such values become null."""
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in values.items()
    }
