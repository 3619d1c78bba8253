"""SFT: the supervised warm-up, with TRL's SFTTrainer; the loss sees completions only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trl import SFTConfig, SFTTrainer

from alignment.messages import last_text
from alignment.trainers.resume import ResumableTrainer
from pipelines.config.arguments import SFTArguments
from pipelines.config.corpus import load_training_rows
from pipelines.config.stage_config import TrainingConfig
from pipelines.console import console
from pipelines.errors import UsageError
from pipelines.rundir.directory import RunDir
from pipelines.stage import Metrics
from pipelines.training.lora import peft_config
from pipelines.training.stage import TrainingStage
from pipelines.training.start import as_asked, load_tokenizer
from pipelines.training.trainer import prepare_arguments, train

if TYPE_CHECKING:
    from datasets import Dataset


class ResumableSFTTrainer(ResumableTrainer, SFTTrainer):
    """TRL's SFTTrainer, resumable from its last step too."""


class SFT(TrainingStage[SFTArguments, SFTConfig, None]):
    """Training on the prompts and reference answers of one split."""

    name = "sft"
    options = SFTArguments
    trainer = SFTConfig

    def check(self, config: TrainingConfig[SFTArguments, SFTConfig]) -> None:
        """Nothing is judged, and keys and data are all there is to check."""

    def train(
        self,
        config: TrainingConfig[SFTArguments, SFTConfig],
        judge: None,
        model: str,
        run: RunDir,
    ) -> Metrics:
        rows = answered(load_training_rows(config), config.stage)
        prepare_arguments(config.arguments.trainer, run)
        tell_of_order(config.arguments.trainer, len(rows), config.stage)
        trainer = ResumableSFTTrainer(
            model=model,
            args=config.arguments.trainer,
            train_dataset=as_asked(rows.select_columns(["prompt", "completion"])),
            processing_class=load_tokenizer(model),
            peft_config=peft_config(config),
        )
        return train(trainer, run)


def answered(rows: Dataset, stage: str) -> Dataset:
    """The rows that have an answer; the others, of which only a label is known, are counted aloud."""
    places = [place for place, answer in enumerate(rows["completion"]) if last_text(answer).strip()]
    if not places:
        raise UsageError("no row has an answer to train on")
    if left_out := len(rows) - len(places):
        console.print(f"[dim]{stage}: {left_out:,} rows have no answer and are left out[/]")
        rows = rows.select(places)
    return rows


def tell_of_order(arguments: SFTConfig, rows: int, stage: str) -> None:
    """Say aloud where rows by length go from the long ones to the short ones once, and training ends.

    transformers sorts batches by length within turns of 50, or of a quarter of the rows.
    """
    if arguments.train_sampling_strategy != "group_by_length":
        return
    update = arguments.train_batch_size * arguments.gradient_accumulation_steps
    turn = max(1, min(rows // (4 * update), 50))
    # Every process takes its batches out of the same turn.
    if 1 < arguments.max_steps * arguments.world_size <= turn:
        console.print(
            f"[yellow]{stage}: group_by_length takes these {arguments.max_steps} updates from the "
            "longest rows towards the shortest; train_sampling_strategy: random mixes them[/]"
        )


STAGE = SFT()
