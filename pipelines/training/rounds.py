"""Training in rounds: each samples from the model that the round before has left, and trains on.

One training runs through all rounds: each takes up optimiser, schedule and model from the checkpoint
the round before ended with, which is also what a killed stage goes on from.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from datasets import Dataset
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from alignment.trainers.checkpoints import last_checkpoint
from pipelines.config.arguments import RolloutArguments
from pipelines.errors import UsageError
from pipelines.rundir.directory import RunDir
from pipelines.training.rewards import Reward
from pipelines.training.rollouts import Rollout

Samples = list[dict[str, Any]]


class Rounds:
    """The rounds of a stage over its rows, of which each round has a share.

    `trainer` are the arguments of a trainer, whose directory is the run's; they are changed so that
    a round ends with a checkpoint, and only a round. Raises `UsageError` where there are fewer rows.
    """

    def __init__(
        self, rows: Dataset, rounds: int, options: RolloutArguments, trainer: Any, run: RunDir
    ) -> None:
        if len(rows) < rounds:
            raise UsageError(
                f"rounds: {rounds} rounds need as many rows, and there are {len(rows)}"
            )
        trainer.save_strategy = "no"
        trainer.ignore_data_skip = True  # each round has rows of its own
        self._rows, self._rounds = rows, rounds
        self._options, self._trainer, self._run = options, trainer, run

    def share(self, number: int) -> Dataset:
        """The rows of one round: all rounds together have each row once."""
        count = len(self._rows)
        start = number * count // self._rounds
        end = (number + 1) * count // self._rounds
        return self._rows.select(range(start, end))

    def samples(self, number: int, model: str, reward: Reward) -> Samples:
        """What the model of the round's beginning answers to its rows, judged."""
        rollout = Rollout(
            model=str(last_checkpoint(self._run.checkpoints) or model),
            options=self._options,
            seed=self._trainer.seed + number * len(self._rows),
            reward=reward,
            title=f"{self._run.stage} {number + 1}/{self._rounds}",
        )
        place = self._run.path / "rounds" / f"{number + 1}.jsonl"
        return rollout.samples(place, self.share(number))

    def end(self, number: int) -> TrainerCallback | None:
        """What ends a round's training with a checkpoint; None where it has ended before."""
        last_update = self._trainer.max_steps * (number + 1) // self._rounds
        checkpoint = last_checkpoint(self._run.checkpoints)
        if checkpoint is not None and _update_of(checkpoint) >= last_update:
            return None
        return _StopAt(last_update)


def check_rounds(rounds: int, trainer: Any, lora_r: int) -> None:
    """Raises `UsageError` for a number of rounds or updates that cannot be, and for LoRA."""
    if rounds < 1 or trainer.max_steps < rounds:
        raise UsageError(
            "rounds must be at least 1 and max_steps at least rounds, "
            f"got {rounds} and {trainer.max_steps}"
        )
    if lora_r:
        raise UsageError("lora_r: rounds train all weights; leave it 0")


def _update_of(checkpoint: Path) -> int:
    return int(checkpoint.name.rpartition("-")[2])


class _StopAt(TrainerCallback):
    """Log, save and stop after an update."""

    def __init__(self, step: int) -> None:
        self.step = step

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        if state.global_step >= self.step:
            control.should_log = control.should_save = control.should_training_stop = True
