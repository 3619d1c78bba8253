"""DPO on preferences that the judge makes from the model's own samples, or on given ones.

RPO with `loss_type: [sigmoid, sft]`.
"""

from __future__ import annotations

import copy
from collections import Counter
from random import Random
from typing import Any, TypeAlias

from datasets import Dataset
from transformers import TrainerState
from trl import DPOConfig, DPOTrainer

from alignment.trainers.checkpoints import last_checkpoint
from alignment.trainers.resume import ResumableTrainer
from pipelines.config.corpus import load_training_rows
from pipelines.config.light.dpo import DPOArguments
from pipelines.config.stage_config import TrainingConfig
from pipelines.console import console
from pipelines.errors import UsageError
from pipelines.rundir.directory import RunDir
from pipelines.stage import Metrics
from pipelines.training.lora import peft_config
from pipelines.training.rewards import Reward, require_rate
from pipelines.training.rollouts import Rollout, as_completion, extremes, rollout_reward
from pipelines.training.rounds import Rounds, check_rounds
from pipelines.training.saving import save_checkpoint
from pipelines.training.stage import TrainingStage
from pipelines.training.start import as_asked, load_tokenizer
from pipelines.training.trainer import final_metrics, fit, prepare_arguments, train

Config: TypeAlias = TrainingConfig[DPOArguments, DPOConfig]


class ResumableDPOTrainer(ResumableTrainer, DPOTrainer):
    """TRL's DPOTrainer, resumable from its last step too."""


class DPO(TrainingStage[DPOArguments, DPOConfig, Reward | None]):
    """Sampling, pairing and training; the samples lie beside the model."""

    name = "dpo"
    options = DPOArguments
    trainer = DPOConfig

    def check(self, config: Config) -> Reward | None:
        """The reward that ranks samples, none for given pairs; `UsageError` where there are none."""
        options = config.arguments.options
        if options.pairs == "dataset":
            require_preferences(options.task)
            return None
        if options.rounds != 1:
            check_rounds(options.rounds, config.arguments.trainer, options.lora_r)
        if options.soft_labels:
            require_rate(options, None, "soft_labels")
        if options.samples < 2 and options.threshold is None:
            raise UsageError(
                f"samples must be at least 2 to make a pair, got {options.samples} "
                "(or set a threshold)"
            )
        return rollout_reward(options, config.arguments.trainer)

    def train(self, config: Config, judge: Reward | None, model: str, run: RunDir) -> Metrics:
        arguments = config.arguments.trainer
        prepare_arguments(arguments, run)
        rows = load_training_rows(config)
        if config.arguments.options.rounds > 1:
            assert judge is not None, "given pairs have one round"
            return _in_rounds(config, judge, model, rows, run)
        if judge is None:
            pairs, counts = given(rows), {"pairs": len(rows)}
        else:
            pairs, counts = _sampled(config, judge, model, rows, run)
        return train(_trainer(config, model, pairs), run) | counts


def _trainer(config: Config, model: str, pairs: list[dict[str, Any]]) -> ResumableDPOTrainer:
    return ResumableDPOTrainer(
        model,
        args=copy.copy(config.arguments.trainer),
        train_dataset=as_asked(Dataset.from_list(pairs)),
        processing_class=load_tokenizer(model),
        peft_config=peft_config(config),
    )


def _in_rounds(config: Config, judge: Reward, model: str, rows: Dataset, run: RunDir) -> Metrics:
    """Online DPO: the pairs of each round are the model's own samples of then."""
    options, arguments = config.arguments.options, config.arguments.trainer
    rounds = Rounds(rows, options.rounds, options, arguments, run)
    total: Counter[str] = Counter()
    for number in range(options.rounds):
        samples = rounds.samples(number, model, judge)
        soft = soft_labels(config, number)
        pairs, counts = preferences(rounds.share(number), samples, options.threshold, soft)
        total.update(counts)
        end = rounds.end(number)
        if end is not None:
            console.print(f"[dim]{run.stage}: round {number + 1}: {_in_words(counts)}[/]")
        if end is not None and pairs:
            trainer = _trainer(config, model, pairs)
            trainer.add_callback(end)
            fit(trainer, run)
    checkpoint = last_checkpoint(run.checkpoints)
    if checkpoint is None:
        raise UsageError(
            f"{run.stage}: no pair to learn from ({_in_words(total)}); "
            "raise samples or temperature, or set a threshold"
        )
    save_checkpoint(checkpoint, run)
    state = TrainerState.load_from_json(str(checkpoint / "trainer_state.json"))
    return final_metrics(state) | total


def require_preferences(task: str | None) -> None:
    """Raise `UsageError` where rows of a task have no chosen and rejected answers."""
    if task != "preference":
        raise UsageError(f"pairs: those of the dataset need task: preference, got {task or 'none'}")


def given(rows: Dataset) -> list[dict[str, Any]]:
    """The pairs that preferences are, as TRL takes them."""
    pairs = []
    for row in rows:
        # Text goes on from the prompt with a blank, as the preferred answers do.
        blank = " " if isinstance(row["prompt"], str) else ""
        rejected = as_completion(row, blank + row["rejected"])
        pairs.append({"prompt": row["prompt"], "chosen": row["completion"], "rejected": rejected})
    return pairs


def _sampled(
    config: Config, judge: Reward, model: str, rows: Dataset, run: RunDir
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Pairs of the model's samples, which lie beside it, and how many of each kind."""
    options = config.arguments.options
    rollout = Rollout(
        model,
        options,
        seed=config.arguments.trainer.seed,
        reward=judge,
        title=run.stage,
    )
    samples = rollout.samples(run.path / "samples.jsonl", rows)
    pairs, counts = preferences(rows, samples, options.threshold, soft_labels(config))
    counted = _in_words(counts)
    console.print(f"[dim]{run.stage}: {counted}[/]")
    if not pairs:
        raise UsageError(
            f"{run.stage}: no pair to learn from ({counted}); "
            "raise samples or temperature, or set a threshold"
        )
    return pairs, counts


def _in_words(counts: dict[str, int]) -> str:
    parts = []
    for name, count in counts.items():
        words = name.replace("_", " ")
        parts.append(f"{count:,} {words}")
    return ", ".join(parts)


def soft_labels(config: Config, number: int = 0) -> Random | None:
    """What decides the order of the pairs of a round, where their labels are soft."""
    if not config.arguments.options.soft_labels:
        return None
    return Random(f"soft labels/{config.arguments.trainer.seed}/{number}")


def preferences(
    rows: Dataset,
    samples: list[dict[str, Any]],
    threshold: float | None,
    soft: Random | None = None,
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Pairs of a chosen and a rejected completion, and how many there are of each kind.

    Chosen is the best sample of a row, or the reference answer where the best scores below the
    threshold; rejected is the worst. A row whose best is no better than its worst, or of which
    nothing was judged, gives no pair. With `soft` a pair is the other way round with probability
    (1 - gap) / 2, the gap being that of their scores, where the reference answer's is 1.
    """
    pairs = []
    counts = {"pairs": 0, "reference_chosen": 0, "without_a_gap": 0, "not_judged": 0}
    if soft is not None:
        counts["turned_round"] = 0
    for row, completions in zip(rows, samples, strict=True):
        pair = extremes(completions)
        if pair is None:
            counts["not_judged"] += 1
            continue
        best, worst = pair
        chosen, gap = as_completion(row, best.text), best.score - worst.score
        if threshold is not None and best.score < threshold:
            counts["reference_chosen"] += 1
            chosen, gap = row["completion"], 1.0 - worst.score
        elif best.score == worst.score:
            counts["without_a_gap"] += 1
            continue
        counts["pairs"] += 1
        rejected = as_completion(row, worst.text)
        if soft is not None and soft.random() < (1.0 - gap) / 2.0:
            counts["turned_round"] += 1
            chosen, rejected = rejected, chosen
        pairs.append({"prompt": row["prompt"], "chosen": chosen, "rejected": rejected})
    return pairs, counts


STAGE = DPO()
