"""SFT: the supervised warm-up, with TRL's SFTTrainer on prompt and completion; the loss sees completions only."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.arguments import TINY
from pipelines.base_model import build_base
from pipelines.config import StageConfig
from pipelines.console import console
from pipelines.corpus import load_rows
from pipelines.errors import UsageError
from pipelines.rundir import RunDir
from pipelines.training import prepare_arguments, train

if TYPE_CHECKING:
    from datasets import Dataset


def main(config: StageConfig) -> RunDir:
    """Train on the rows of one split; the model lands in `<output_dir>/<stage_name>/model`."""
    own, _, trainer_arguments = config.arguments
    output_dir = Path(config.resolved["output_dir"])
    load = functools.cache(
        lambda: load_rows(own, split=own.train_split, size=own.train_size, seed=trainer_arguments.seed)
    )
    model = own.model
    if model == TINY:
        model = str(build_base(config.resolved, lambda: _texts(load())))
    inputs = {"model": model} | ({"dataset_path": own.dataset_path} if own.dataset_path else {})
    directory = output_dir / own.stage_name
    with RunDir(directory, stage=own.stage_name, config=config.resolved, inputs=inputs, overwrite=own.overwrite) as run:
        if run.done:
            console.print(f"[dim]{own.stage_name}: already finished in {directory}[/]")
        else:
            run.finish(_train(config, model, load(), run))
    return run


def _texts(rows: Dataset) -> list[str]:
    return [prompt + completion for prompt, completion in zip(rows["prompt"], rows["completion"], strict=True)]


def _train(config: StageConfig, model: str, rows: Dataset, run: RunDir) -> dict[str, Any]:
    from trl import SFTTrainer

    from alignment import models

    arguments = config.arguments[-1]
    prepare_arguments(arguments, run)
    try:
        tokenizer = models.load_tokenizer(model)
    except FileNotFoundError as error:
        raise UsageError(f"model: {error}") from error
    trainer = SFTTrainer(
        model=model,
        args=arguments,
        train_dataset=rows.select_columns(["prompt", "completion"]),
        processing_class=tokenizer,
    )
    return train(trainer, run)
