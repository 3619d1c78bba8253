"""RAFT: in rounds, sample, keep the best answer to each prompt, and train on it.

With a weight on the KL it is SuperHF. One training runs through all rounds: each takes up
optimiser, schedule and model from the checkpoint the round before ended with, which is also what a
killed stage goes on from. RAFT: Dong et al., arXiv 2304.06767; SuperHF: Mukobi et al., arXiv 2310.16763.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any, TypeAlias

from datasets import Dataset
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from trl import SFTConfig

from alignment import models
from alignment.trainers.anchored import AnchoredSFTTrainer
from alignment.trainers.checkpoints import last_checkpoint
from pipelines.config.arguments import RAFTArguments
from pipelines.config.corpus import load_training_rows
from pipelines.config.stage_config import TrainingConfig
from pipelines.console import console
from pipelines.errors import UsageError
from pipelines.rundir.directory import RunDir
from pipelines.stage import Metrics
from pipelines.training.rewards import Reward
from pipelines.training.rollouts import Rollout, as_completion, extremes, rollout_reward
from pipelines.training.saving import save_checkpoint
from pipelines.training.stage import TrainingStage
from pipelines.training.start import as_asked, load_tokenizer
from pipelines.training.trainer import final_metrics, fit, prepare_arguments

Config: TypeAlias = TrainingConfig[RAFTArguments, SFTConfig]


class RAFT(TrainingStage[RAFTArguments, SFTConfig, Reward]):
    """Training in rounds; each round's samples lie beside the model."""

    name = "raft"
    options = RAFTArguments
    trainer = SFTConfig

    def check(self, config: Config) -> Reward:
        """The reward that ranks samples; `UsageError` for what cannot be.

        That is: a number of rounds or updates, LoRA, a KL weight.
        """
        options, trainer = config.arguments.options, config.arguments.trainer
        if options.rounds < 1 or trainer.max_steps < options.rounds:
            raise UsageError(
                "rounds must be at least 1 and max_steps at least rounds, "
                f"got {options.rounds} and {trainer.max_steps}"
            )
        if options.lora_r:
            raise UsageError("lora_r: the raft stage trains all weights; leave it 0")
        if not 0 <= options.kl_weight < float("inf"):
            raise UsageError(
                f"kl_weight must be a finite number of at least 0, got {options.kl_weight}"
            )
        return rollout_reward(options, trainer)

    def train(self, config: Config, judge: Reward, model: str, run: RunDir) -> Metrics:
        options, trainer = config.arguments.options, config.arguments.trainer
        prepare_arguments(trainer, run)
        trainer.save_strategy = "no"  # a round ends with a checkpoint, and only a round
        trainer.ignore_data_skip = True  # each round has rows of its own
        rows = load_training_rows(config)
        if len(rows) < options.rounds:
            raise UsageError(
                f"rounds: {options.rounds} rounds need as many rows, and there are {len(rows)}"
            )
        count = sum(
            _round(number, rows, config, judge, model, run) for number in range(options.rounds)
        )
        checkpoint = last_checkpoint(run.checkpoints)
        if checkpoint is None:
            raise UsageError(
                f"{run.stage}: no sample was kept; lower threshold or start from a better model"
            )
        save_checkpoint(checkpoint, run)
        state = TrainerState.load_from_json(str(checkpoint / "trainer_state.json"))
        return final_metrics(state) | {"prompts": len(rows), "kept": count}


def _round(
    number: int, rows: Dataset, config: Config, reward: Reward, model: str, run: RunDir
) -> int:
    """Sample and train in one round, unless it has ended before; how many samples it keeps."""
    options, trainer = config.arguments.options, config.arguments.trainer
    share = rows.select(
        _share(
            len(rows),
            number,
            options.rounds,
        )
    )
    checkpoint = last_checkpoint(run.checkpoints)
    rollout = Rollout(
        model=str(checkpoint or model),
        options=options,
        seed=trainer.seed + number * len(rows),
        reward=reward,
        title=f"{run.stage} {number + 1}/{options.rounds}",
    )
    samples = rollout.samples(run.path / "rounds" / f"{number + 1}.jsonl", share)
    answers = best(share, samples, options.threshold)
    last_update = trainer.max_steps * (number + 1) // options.rounds
    if checkpoint is None or _update_of(checkpoint) < last_update:
        console.print(
            f"[dim]{run.stage}: round {number + 1} keeps {len(answers):,} "
            f"of {len(share):,} prompts[/]"
        )
        if answers:
            _train(config, model, answers, run, last_update)
    return len(answers)


def _share(count: int, number: int, rounds: int) -> range:
    """The rows of one round: all rounds together have each row once."""
    start = number * count // rounds
    end = (number + 1) * count // rounds
    return range(start, end)


def best(
    rows: Dataset, samples: list[dict[str, Any]], threshold: float | None
) -> list[dict[str, Any]]:
    """The best completion to each prompt, where it was judged and reaches the threshold."""
    answers = []
    for row, completions in zip(rows, samples, strict=True):
        pair = extremes(completions)
        if pair is None:
            continue
        winner, _ = pair
        if threshold is None or winner.score >= threshold:
            completion = as_completion(row, winner.text)
            answers.append({"prompt": row["prompt"], "completion": completion})
    return answers


def _train(
    config: Config, model: str, answers: list[dict[str, Any]], run: RunDir, last_update: int
) -> None:
    """Go on from the last checkpoint, or the start model, and leave one at `last_update`."""
    kl_weight = config.arguments.options.kl_weight
    trainer = AnchoredSFTTrainer(
        model=model,
        args=copy.copy(config.arguments.trainer),
        train_dataset=as_asked(Dataset.from_list(answers)),
        processing_class=load_tokenizer(model),
        anchor=models.load(model)[0] if kl_weight > 0 else None,
        kl_weight=kl_weight,
    )
    trainer.add_callback(_StopAt(last_update))
    fit(trainer, run)


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


STAGE = RAFT()
