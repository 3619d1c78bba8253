"""SFT: the supervised warm-up, with TRL's SFTTrainer; the loss sees completions only."""

from __future__ import annotations

from trl import SFTConfig, SFTTrainer

from alignment.trainers.resume import ResumableTrainer
from pipelines.config.arguments import SFTArguments
from pipelines.config.corpus import load_training_rows
from pipelines.config.stage_config import TrainingConfig
from pipelines.rundir.directory import RunDir
from pipelines.stage import Metrics
from pipelines.training.lora import peft_config
from pipelines.training.stage import TrainingStage
from pipelines.training.start import as_asked, load_tokenizer
from pipelines.training.trainer import prepare_arguments, train


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
        rows = load_training_rows(config)
        prepare_arguments(config.arguments.trainer, run)
        trainer = ResumableSFTTrainer(
            model=model,
            args=config.arguments.trainer,
            train_dataset=as_asked(rows.select_columns(["prompt", "completion"])),
            processing_class=load_tokenizer(model),
            peft_config=peft_config(config),
        )
        return train(trainer, run)


STAGE = SFT()
