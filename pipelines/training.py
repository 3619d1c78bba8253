"""What the training stages share: train with checkpoints, a metrics log and a progress bar; save the model whole."""

from __future__ import annotations

import math
import shutil
from typing import Any

import torch
from transformers import PrinterCallback, ProgressCallback, Trainer, TrainerState, TrainingArguments

from alignment.callbacks import MetricsLog, ProgressBar
from alignment.resume import last_checkpoint
from pipelines.console import console
from pipelines.errors import UsageError
from pipelines.rundir import RunDir, is_main_process

# Not part of a result: times differ between two equal runs, and TRL's SFT counts tokens from the last start only.
LEFT_OUT = ("time", "num_tokens", "epoch", "step")


def prepare_arguments(arguments: TrainingArguments, run: RunDir) -> None:
    """Point a trainer's arguments at the stage's directory.

    Raises `UsageError` for settings with which a killed stage could not go on to the same result.
    """
    if arguments.save_total_limit is not None and arguments.save_total_limit < 2:
        raise UsageError("save_total_limit must be at least 2: a kill while saving needs the checkpoint before")
    if arguments.save_only_model:
        raise UsageError("save_only_model leaves no checkpoint to resume from; set save_strategy to 'no' for none")
    arguments.output_dir = str(run.checkpoints)
    arguments.disable_tqdm = True
    arguments.dataloader_pin_memory = arguments.dataloader_pin_memory and torch.cuda.is_available()


def train(trainer: Trainer, run: RunDir) -> dict[str, Any]:
    """Train from the last complete checkpoint, or from the start; save the model; return the final metrics."""
    bar = ProgressBar(run.stage, console)
    for callback in (PrinterCallback, ProgressCallback):
        trainer.remove_callback(callback)
    for callback in (MetricsLog(run.path / "metrics.jsonl"), bar):
        trainer.add_callback(callback)
    checkpoint = last_checkpoint(run.checkpoints)
    if checkpoint:
        console.print(f"[dim]{run.stage}: going on from {checkpoint}[/]")
    try:
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    finally:
        bar.stop()
    save_model(trainer, run)
    return final_metrics(trainer.state)


def save_model(trainer: Trainer, run: RunDir) -> None:
    """Save model and tokenizer under `run.model`, whole or not at all."""
    temporary = run.path / ".model.tmp"
    trainer.save_model(str(temporary))
    if is_main_process():
        (temporary / "training_args.bin").unlink(missing_ok=True)  # a pickle; config.yaml says the same
        shutil.rmtree(run.model, ignore_errors=True)
        temporary.rename(run.model)


def final_metrics(state: TrainerState) -> dict[str, Any]:
    """Number of updates, and the mean of every logged figure over the last tenth of the logs."""
    logs = [entry for entry in state.log_history if "loss" in entry]
    last = logs[-max(1, len(logs) // 10) :]
    means: dict[str, float] = {}
    for key in sorted({key for entry in last for key in entry}):
        values = [entry[key] for entry in last if isinstance(entry.get(key), int | float)]
        values = [value for value in values if math.isfinite(value)]
        if values and not any(part in key for part in LEFT_OUT):
            means[key] = sum(values) / len(values)
    return {"updates": state.global_step, "averaged_logs": len(last), **means}
