"""RAFT: in rounds, sample, keep the best answer to each prompt, and train on it; SuperHF with a weight on the KL.

One training runs through all rounds: each takes up optimiser, schedule and model from the checkpoint the round before
ended with, which is also what a killed stage goes on from. RAFT: Dong et al., arXiv 2304.06767; SuperHF: Mukobi et
al., arXiv 2310.16763.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from alignment.trainers.resume import last_checkpoint
from pipelines.config import StageConfig
from pipelines.console import console
from pipelines.corpus import load_training_rows
from pipelines.errors import UsageError
from pipelines.rollouts import Judge, as_completion, extremes, judge, judged_samples
from pipelines.rundir import RunDir
from pipelines.training import (
    final_metrics,
    fit,
    load_tokenizer,
    prepare_arguments,
    save_checkpoint,
    train_section,
)

if TYPE_CHECKING:
    from datasets import Dataset


def main(config: StageConfig) -> RunDir:
    """Train in rounds; the model lands in `<output_dir>/<section>/model`, each round's samples beside it."""
    judging = check(config)
    return train_section(config, lambda model, run: _rounds(config, model, judging, run))


def check(config: StageConfig) -> Judge:
    """The judge that the config names; `UsageError` for rounds, updates or a KL weight that cannot be."""
    own, arguments, _ = config.arguments
    if own.rounds < 1 or arguments.max_steps < own.rounds:
        raise UsageError(
            f"rounds must be at least 1 and max_steps at least rounds, got {own.rounds} and {arguments.max_steps}"
        )
    if own.lora_r:
        raise UsageError("lora_r: the raft stage trains all weights; leave it 0")
    if not 0 <= own.kl_weight < float("inf"):
        raise UsageError(f"kl_weight must be a finite number of at least 0, got {own.kl_weight}")
    return judge(own)


def _rounds(config: StageConfig, model: str, judging: Judge, run: RunDir) -> dict[str, Any]:
    own, arguments, _ = config.arguments
    prepare_arguments(arguments, run)
    arguments.save_strategy = "no"  # a round ends with a checkpoint, and only a round
    arguments.ignore_data_skip = True  # each round has rows of its own
    rows = load_training_rows(config)
    if len(rows) < own.rounds:
        raise UsageError(
            f"rounds: {own.rounds} rounds need as many rows, and there are {len(rows)}"
        )
    kept_of_all = 0
    for number in range(own.rounds):
        part = rows.select(
            range(number * len(rows) // own.rounds, (number + 1) * len(rows) // own.rounds)
        )
        checkpoint = last_checkpoint(run.checkpoints)
        samples = judged_samples(
            run.path / "rounds" / f"{number + 1}.jsonl",
            part,
            model=str(checkpoint or model),
            own=own,
            seed=arguments.seed + number * len(rows),
            judge=judging,
            title=f"{run.stage} {number + 1}/{own.rounds}",
        )
        kept = best(part, samples, own.threshold)
        kept_of_all += len(kept)
        end = arguments.max_steps * (number + 1) // own.rounds
        if checkpoint is not None and _step(checkpoint) >= end:
            continue
        console.print(
            f"[dim]{run.stage}: round {number + 1} keeps {len(kept):,} of {len(part):,} prompts[/]"
        )
        if kept:
            _train(config, model, kept, run, end)
    checkpoint = last_checkpoint(run.checkpoints)
    if checkpoint is None:
        raise UsageError(
            f"{run.stage}: no sample was kept; lower threshold or start from a better model"
        )
    save_checkpoint(checkpoint, run)
    state = TrainerState.load_from_json(str(checkpoint / "trainer_state.json"))
    return final_metrics(state) | {"prompts": len(rows), "kept": kept_of_all}


def best(
    rows: Dataset, samples: list[dict[str, Any]], threshold: float | None
) -> list[dict[str, Any]]:
    """The best completion to each prompt, where one was judged and none is wanted that scores below the threshold."""
    kept = []
    for row, sampled in zip(rows, samples, strict=True):
        found = extremes(sampled)
        if found is not None and (threshold is None or found[0][0] >= threshold):
            kept.append({"prompt": row["prompt"], "completion": as_completion(row, found[0][1])})
    return kept


def _train(
    config: StageConfig, model: str, kept: list[dict[str, Any]], run: RunDir, end: int
) -> None:
    """Go on from the last checkpoint, or the start model, to the update `end`, and leave a checkpoint there."""
    from datasets import Dataset

    from alignment import models
    from alignment.trainers.anchored import AnchoredSFTTrainer

    own, arguments, _ = config.arguments
    trainer = AnchoredSFTTrainer(
        model=model,
        args=copy.copy(arguments),
        train_dataset=Dataset.from_list(kept),
        processing_class=load_tokenizer(model),
        anchor=models.load(model)[0] if own.kl_weight > 0 else None,
        kl_weight=own.kl_weight,
    )
    trainer.add_callback(_StopAt(end))
    fit(trainer, run)


def _step(checkpoint: Path) -> int:
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
