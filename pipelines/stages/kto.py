"""KTO: answers that are good or bad, each by itself, with no need of pairs.

Ethayarajh et al., arXiv 2402.01306.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from datasets import Dataset
from trl import KTOConfig, KTOTrainer

from alignment.trainers.resume import ResumableTrainer
from pipelines.config.corpus import load_training_rows
from pipelines.config.light.rivals import KTOArguments
from pipelines.config.stage_config import TrainingConfig
from pipelines.console import console
from pipelines.errors import UsageError
from pipelines.rundir.directory import RunDir
from pipelines.stage import Metrics
from pipelines.stages.dpo import given, require_preferences
from pipelines.training.lora import peft_config
from pipelines.training.rewards import Reward
from pipelines.training.rollouts import Rollout, as_completion, rollout_reward
from pipelines.training.stage import TrainingStage
from pipelines.training.start import as_asked, load_tokenizer
from pipelines.training.trainer import prepare_arguments, train

Config: TypeAlias = TrainingConfig[KTOArguments, KTOConfig]


class ResumableKTOTrainer(ResumableTrainer, KTOTrainer):
    """TRL's KTOTrainer, resumable from its last step too."""


class KTO(TrainingStage[KTOArguments, KTOConfig, Reward | None]):
    """Training on good and bad answers; samples lie beside the model."""

    name = "kto"
    options = KTOArguments
    trainer = KTOConfig

    def check(self, config: Config) -> Reward | None:
        """The reward that judges samples, none for given answers; `UsageError` where it cannot be."""
        options, trainer = config.arguments.options, config.arguments.trainer
        if trainer.per_device_train_batch_size < 2 and trainer.loss_type == "kto":
            raise UsageError(
                "per_device_train_batch_size must be at least 2: KTO compares an answer with "
                f"another one's prompt; got {trainer.per_device_train_batch_size}"
            )
        if options.pairs == "dataset":
            require_preferences(options.task)
            return None
        return rollout_reward(options, trainer)

    def train(self, config: Config, judge: Reward | None, model: str, run: RunDir) -> Metrics:
        arguments = config.arguments.trainer
        prepare_arguments(arguments, run)
        rows = load_training_rows(config)
        answers = unpaired(rows) if judge is None else _sampled(config, judge, model, rows, run)
        good = sum(answer["label"] for answer in answers)
        counts = {"good": good, "bad": len(answers) - good}
        console.print(f"[dim]{run.stage}: {good:,} good answers, {counts['bad']:,} bad[/]")
        if not all(counts.values()):
            raise UsageError(
                f"{run.stage}: {good:,} good answers and {counts['bad']:,} bad ones, and it takes "
                "both; change threshold or temperature, or take more rows"
            )
        trainer = ResumableKTOTrainer(
            model,
            args=copy.copy(arguments),
            train_dataset=as_asked(Dataset.from_list(answers)),
            processing_class=load_tokenizer(model),
            peft_config=peft_config(config),
        )
        return train(trainer, run) | counts


def unpaired(rows: Dataset) -> list[dict[str, Any]]:
    """The answers of preferences: prompt, completion, and as the label whether it is the chosen one.

    They are trained on in this order. Good and bad ones take turns, so that every update has both;
    and answers to one prompt do not follow each other, as KTO's KL term puts each behind the next
    one's prompt, and is of answers that have nothing to do with it.
    """
    pairs = given(rows)
    sides = ("chosen", "rejected")
    return [
        {"prompt": pair["prompt"], "completion": pair[side], "label": side == "chosen"}
        for turn in range(2)
        for place, pair in enumerate(pairs)
        for side in [sides[(place + turn) % 2]]
    ]


def _sampled(
    config: Config, judge: Reward, model: str, rows: Dataset, run: RunDir
) -> list[dict[str, Any]]:
    """The model's samples, less those that were not judged."""
    options = config.arguments.options
    threshold = 1.0 if options.threshold is None else options.threshold
    rollout = Rollout(
        model,
        options,
        seed=config.arguments.trainer.seed,
        reward=judge,
        title=run.stage,
    )
    samples = rollout.samples(run.path / "samples.jsonl", rows)
    return judged(rows, samples, threshold)


def judged(
    rows: Iterable[dict[str, Any]], samples: Sequence[dict[str, Any]], threshold: float
) -> list[dict[str, Any]]:
    """Samples that were judged, in the form and the order of `unpaired`."""
    by_prompt = []
    for row, sampled in zip(rows, samples, strict=True):
        scored = zip(sampled["completions"], sampled["scores"], strict=True)
        answers = [
            {
                "prompt": row["prompt"],
                "completion": as_completion(row, text),
                "label": score >= threshold,
            }
            for text, score in scored
            if score is not None
        ]
        by_prompt.append(answers)
    turns = itertools.zip_longest(*by_prompt)
    return [answer for turn in turns for answer in turn if answer is not None]


STAGE = KTO()
