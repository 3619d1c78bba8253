"""A reward model: a sequence classifier trained on pairs, by TRL's RewardTrainer.

Bradley-Terry, with margins where wanted. Any rows of the task `preference` will do. Several
sections with seeds of their own make an ensemble. With `features` it is ten weights of what the
judge finds out about an answer, by the same loss.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, TypeAlias

from datasets import Dataset
from trl import RewardConfig, RewardTrainer

import logic
from alignment.rewards.learned.features import FeatureModel
from alignment.rewards.learned.inputs import with_preferred
from alignment.trainers.resume import ResumableTrainer
from pipelines.config.arguments import TINY
from pipelines.config.corpus import load_training_rows, seed_of_rows
from pipelines.config.light.reward import RewardModelArguments
from pipelines.config.stage_config import TrainingConfig
from pipelines.errors import UsageError
from pipelines.rundir.directory import RunDir
from pipelines.stage import Metrics
from pipelines.training.stage import TrainingStage
from pipelines.training.start import load_tokenizer
from pipelines.training.trainer import prepare_arguments, train

Config: TypeAlias = TrainingConfig[RewardModelArguments, RewardConfig]


class ResumableRewardTrainer(ResumableTrainer, RewardTrainer):
    """TRL's RewardTrainer, resumable from its last step too."""


class RewardStage(TrainingStage[RewardModelArguments, RewardConfig, None]):
    """Training on the chosen and rejected answers of one split."""

    name = "reward"
    options = RewardModelArguments
    trainer = RewardConfig

    def check(self, config: Config) -> None:
        """`UsageError` for another task, and for LoRA, whose merging is that of writing models."""
        options = config.arguments.options
        if options.task != "preference":
            raise UsageError(f"task: a reward model learns from preferences, not {options.task}")
        if options.lora_r:
            raise UsageError("lora_r: the reward stage trains all weights; leave it 0")
        if options.features and options.start is None and options.model in (None, TINY):
            raise UsageError("features: start (or model) names the translator that reads answers")

    def train(self, config: Config, judge: None, model: str, run: RunDir) -> Metrics:
        options, arguments = config.arguments.options, config.arguments.trainer
        rows = load_training_rows(config)
        if options.features:
            return _weigh(rows, options, seed_of_rows(config), model, run)
        prepare_arguments(arguments, run)
        pairs = list(pairs_of(rows, options))
        count = flip(pairs, options.flipped, seed_of_rows(config))
        trainer = ResumableRewardTrainer(
            model=model,
            args=arguments,
            train_dataset=Dataset.from_list(pairs),
            processing_class=load_tokenizer(model),
        )
        # Kept in the model's config, so that whoever loads it shows it what it was trained on.
        trainer.model.config.reads_reference = options.with_reference
        return train(trainer, run) | {"pairs": len(pairs), "flipped_pairs": count}


def _weigh(
    rows: Dataset, options: RewardModelArguments, seed: int, translator: str, run: RunDir
) -> Metrics:
    """Learn the weights of the judge's features, which are there at once or not at all."""
    pairs: list[dict[str, Any]] = []
    for row in rows:
        for answer in _rejected(row, options):
            # As in `pairs_of`: that it equals what it is compared with is no merit.
            chosen = next(iter(row["also_chosen"] or []), row["chosen"])
            pairs.append({"chosen": chosen, "rejected": answer, "row": row})
    count = flip(pairs, options.flipped, seed)
    judge = FeatureModel(translator)
    try:
        metrics = judge.fit(
            [pair["row"]["prompt"] for pair in pairs],
            [pair["chosen"] for pair in pairs],
            [pair["rejected"] for pair in pairs],
            [pair["row"]["chosen"] for pair in pairs],
        )
    except (OSError, ValueError) as error:
        raise UsageError(f"features: {error}") from error
    judge.save(run.model)
    return metrics | {"pairs": len(pairs), "flipped_pairs": count}


def _rejected(row: dict[str, Any], options: RewardModelArguments) -> list[str]:
    if not options.all_rejected:
        return [row["rejected"]]
    return [row["rejected"], *(row["more_rejected"] or [])]


def pairs_of(rows: Dataset, options: RewardModelArguments) -> Iterator[dict[str, Any]]:
    """The pairs of the rows, as TRL takes them. Raises `UsageError` for rows without formulas
    where margins need them."""
    for row in rows:
        prompt, chosen = row["prompt"], row["chosen"]
        if options.with_reference:
            prompt = with_preferred(prompt, chosen)
            # To recognise a copy of what it is shown would teach it nothing.
            chosen = next(iter(row["also_chosen"] or []), chosen)
        for answer in _rejected(row, options):
            pair = {
                "prompt": prompt,
                "chosen": _completion(prompt, chosen),
                "rejected": _completion(prompt, answer),
            }
            if options.margins:
                pair["margin"] = _margin(row, answer)
            yield pair


def _completion(prompt: Any, answer: str) -> Any:
    return f" {answer}" if isinstance(prompt, str) else [{"role": "assistant", "content": answer}]


def _margin(row: dict[str, Any], answer: str) -> float:
    """How far the judge has the rejected formula below the chosen one, 0 where it cannot say."""
    if not row["chosen_formula"] or not row["rejected_formula"]:
        raise UsageError("margins: the rows have no formulas for the judge to compare")
    if answer != row["rejected"]:
        raise UsageError("margins: only the first rejected answer has a formula; not all_rejected")
    (score,) = logic.score(
        candidates=[row["rejected_formula"]], references=[row["chosen_formula"]], workers=0
    )
    return 0.0 if score is None else 1.0 - score


def flip(pairs: list[dict[str, Any]], share: float, seed: int) -> int:
    """Swap the answers of a share of the pairs, drawn by the seed; how many."""
    rng = Random(f"flip/{seed}")
    places = sorted(range(len(pairs)), key=lambda _: rng.random())[: round(share * len(pairs))]
    for place in places:
        pair = pairs[place]
        pair["chosen"], pair["rejected"] = pair["rejected"], pair["chosen"]
    return len(places)


STAGE = RewardStage()
