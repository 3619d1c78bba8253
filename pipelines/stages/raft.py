"""RAFT: in rounds, sample, keep the best answer to each prompt, and train on it.

With a weight on the KL it is SuperHF. RAFT: Dong et al., arXiv 2304.06767; SuperHF: Mukobi et al.,
arXiv 2310.16763.
"""

from __future__ import annotations

import copy
from typing import Any, TypeAlias

from datasets import Dataset
from transformers import TrainerCallback, TrainerState
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
from pipelines.training.rollouts import as_completion, extremes, rollout_reward
from pipelines.training.rounds import Rounds, check_rounds
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
        check_rounds(options.rounds, trainer, options.lora_r)
        if not 0 <= options.kl_weight < float("inf"):
            raise UsageError(
                f"kl_weight must be a finite number of at least 0, got {options.kl_weight}"
            )
        return rollout_reward(options, trainer)

    def train(self, config: Config, judge: Reward, model: str, run: RunDir) -> Metrics:
        options, trainer = config.arguments.options, config.arguments.trainer
        prepare_arguments(trainer, run)
        rows = load_training_rows(config)
        rounds = Rounds(rows, options.rounds, options, trainer, run)
        count = sum(
            _round(number, rounds, config, judge, model, run) for number in range(options.rounds)
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
    number: int, rounds: Rounds, config: Config, reward: Reward, model: str, run: RunDir
) -> int:
    """Sample and train in one round, unless it has ended before; how many samples it keeps."""
    share = rounds.share(number)
    samples = rounds.samples(number, model, reward)
    answers = best(share, samples, config.arguments.options.threshold)
    end = rounds.end(number)
    if end is not None:
        console.print(
            f"[dim]{run.stage}: round {number + 1} keeps {len(answers):,} "
            f"of {len(share):,} prompts[/]"
        )
        if answers:
            _train(config, model, answers, run, end)
    return len(answers)


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
    config: Config, model: str, answers: list[dict[str, Any]], run: RunDir, end: TrainerCallback
) -> None:
    """Go on from the last checkpoint, or the start model, to the end of the round."""
    kl_weight = config.arguments.options.kl_weight
    trainer = AnchoredSFTTrainer(
        model=model,
        args=copy.copy(config.arguments.trainer),
        train_dataset=as_asked(Dataset.from_list(answers)),
        processing_class=load_tokenizer(model),
        anchor=models.load(model)[0] if kl_weight > 0 else None,
        kl_weight=kl_weight,
    )
    trainer.add_callback(end)
    fit(trainer, run)


STAGE = RAFT()
