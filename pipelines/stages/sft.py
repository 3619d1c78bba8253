"""SFT: the supervised warm-up, with TRL's SFTTrainer on prompt and completion; the loss sees completions only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.config.corpus import load_training_rows
from pipelines.config.parser import StageConfig
from pipelines.rundir.directory import RunDir
from pipelines.training.trainer import (
    load_tokenizer,
    peft_config,
    prepare_arguments,
    train,
    train_section,
)

if TYPE_CHECKING:
    from datasets import Dataset


def main(config: StageConfig) -> RunDir:
    """Train on the rows of one split; the model lands in `<output_dir>/<section>/model`."""
    return train_section(
        config, lambda model, run: _train(config, model, load_training_rows(config), run)
    )


def _train(config: StageConfig, model: str, rows: Dataset, run: RunDir) -> dict[str, Any]:
    from trl import SFTTrainer

    arguments = config.arguments[1]
    prepare_arguments(arguments, run)
    trainer = SFTTrainer(
        model=model,
        args=arguments,
        train_dataset=rows.select_columns(["prompt", "completion"]),
        processing_class=load_tokenizer(model),
        peft_config=peft_config(config),
    )
    return train(trainer, run)
