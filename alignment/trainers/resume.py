"""Checkpoints of TRL's trainers that resume to the result of an uninterrupted run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from torch.utils.data import Sampler
from trl.trainer.utils import RepeatSampler

from alignment.trainers.checkpoints import ListingTrainer, last_checkpoint

__all__ = ["BufferingTrainer", "ResumableTrainer", "last_checkpoint"]


class ResumableTrainer(ListingTrainer):
    """A base of trainers that go on, in what they train and in what they log, as if never stopped.

    That is: what is summed up between two steps is saved too, and none makes a further step that is
    resumed from the checkpoint of its last one: transformers asks whether a step was the last one
    only after it has made it.
    """

    state_name = "resume_state"
    """The file in a checkpoint with what else is kept in memory only, less its ending."""

    def _init_training_state(
        self, max_steps: int, steps_per_epoch: int, epochs: int, checkpoint: str | None, trial: Any
    ) -> tuple[int, int]:
        """The number of epochs that are done, and of batches of the one begun."""
        start = super()._init_training_state(max_steps, steps_per_epoch, epochs, checkpoint, trial)
        self._last_checkpoint = checkpoint if self.state.global_step >= max_steps else None
        return (epochs, 0) if self._last_checkpoint else start

    def _finalize_training(self, *sizes: Any) -> Any:
        if self._last_checkpoint:
            # The first step would have done both, before the summary is logged.
            self.model.train()
            self._load_rng_state(self._last_checkpoint)
        return super()._finalize_training(*sizes)

    def _kept_state(self) -> dict[str, Any]:
        """What is summed up between steps: tensors, numbers, strings, lists, dicts of them."""
        return {
            "loss": self._tr_loss,
            "total_loss": self._total_loss_scalar,
            "last_logged": self._globalstep_last_logged,
            # Of TRL's trainers.
            "metrics": dict(getattr(self, "_metrics", {}).get("train", {})),
            "tokens": getattr(self, "_total_train_tokens", 0),
        }

    def _take_up(self, state: dict[str, Any]) -> None:
        """Restore what `_kept_state` gave."""
        # In place, as the training loop goes on with this very tensor.
        self._tr_loss += state["loss"] - self._tr_loss
        self._total_loss_scalar = state["total_loss"]
        self._globalstep_last_logged = state["last_logged"]
        if state["metrics"]:
            metrics = self._metrics["train"]
            metrics.clear()
            metrics.update(state["metrics"])
        if hasattr(self, "_total_train_tokens"):
            self._total_train_tokens = state["tokens"]

    def _save_rng_state(self, output_dir: str) -> None:
        super()._save_rng_state(output_dir)
        torch.save(self._kept_state(), self._state_file(output_dir))

    def _load_rng_state(self, checkpoint: str | None) -> None:
        super()._load_rng_state(checkpoint)
        if checkpoint is None:
            return
        path = self._state_file(checkpoint)
        if path.is_file():
            state = torch.load(path, map_location=self.args.device, weights_only=True)
            self._take_up(state)

    def _state_file(self, checkpoint: str) -> Path:
        return Path(checkpoint) / f"{self.state_name}_{self.args.process_index}.pt"


class BufferingTrainer(ResumableTrainer):
    """A base of TRL's trainers that use a generation batch in several steps: GRPO's and RLOO's.

    What else they keep in memory only between two steps is saved too.
    """

    state_name = "sgrpo_state"

    def _own_state(self) -> dict[str, Any]:
        """What a subclass keeps between steps: tensors, numbers, strings, lists, dicts of them."""
        return {}

    def _load_own_state(self, state: dict[str, Any]) -> None:
        """Restore what `_own_state` gave; empty for a checkpoint that has none."""

    def _get_train_sampler(self, dataset: Dataset | None = None) -> Sampler:
        sampler = super()._get_train_sampler(dataset)
        return _EpochSampler(sampler, self._epoch)

    def _epoch(self) -> int:
        return int(self.state.epoch or 0)

    def _kept_state(self) -> dict[str, Any]:
        generate_every = self.args.steps_per_generation * self.num_iterations
        # A checkpoint may lie between two uses of one generation batch.
        reused = self._step % generate_every != 0
        return super()._kept_state() | {
            "step": self._step,
            "buffered_inputs": self._buffered_inputs if reused else None,
            "own": self._own_state(),
        }

    def _take_up(self, state: dict[str, Any]) -> None:
        super()._take_up(state)
        self._step = state["step"]
        self._buffered_inputs = state["buffered_inputs"]
        self._load_own_state(state.get("own", {}))


class _EpochSampler(Sampler):
    """TRL's sampler, whose order in an epoch does not depend on which epochs this process has seen.

    TRL's draws one permutation after another from one generator, so a resumed run would repeat the
    first.
    """

    def __init__(self, sampler: RepeatSampler, epoch: Callable[[], int]) -> None:
        self._sampler = sampler
        self._epoch = epoch

    def __iter__(self) -> Iterator[int]:
        if self._sampler.shuffle:
            generator = self._sampler.generator
            generator.manual_seed(self._sampler.seed)
            for _ in range(self._epoch()):
                torch.randperm(self._sampler.num_samples, generator=generator)
        return iter(self._sampler)

    def __len__(self) -> int:
        return len(self._sampler)
