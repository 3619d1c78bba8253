"""What the training stages share: train with checkpoints, a metrics log and a progress bar; save the model whole."""

from __future__ import annotations

import contextlib
import math
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from transformers import PrinterCallback, ProgressCallback, Trainer, TrainerState, TrainingArguments

from alignment import models
from alignment.trainers.resume import last_checkpoint
from alignment.watching import MetricsLog, ProgressBar
from pipelines.arguments import TINY
from pipelines.base_model import build_base
from pipelines.config import StageConfig
from pipelines.console import console
from pipelines.corpus import load_training_rows
from pipelines.domains import domain_inputs
from pipelines.errors import UsageError
from pipelines.processes import is_main_process
from pipelines.rewards import models_of_rewards
from pipelines.rundir import RunDir

# What a checkpoint holds beside the model.
TRAINING_STATE = (
    "optimizer*",
    "scheduler*",
    "rng_state*",
    "scaler*",
    "trainer_state.json",
    "training_args.bin",
)
# Not part of a result: times differ between two equal runs, and TRL's SFT counts tokens from the last start only.
LEFT_OUT = ("time", "num_tokens", "epoch", "step")


def train_section(config: StageConfig, work: Callable[[str, RunDir], dict[str, Any]]) -> RunDir:
    """Open the section's directory and, unless it is finished, call `work(model, run)` for its final metrics."""
    own = config.arguments[0]
    check_arguments(config.arguments[1])
    processes = PartialState()
    one_first = processes.main_process_first  # of several processes, one builds, clears and locks
    with one_first():
        model = start_model(config)
    inputs = {"model": model} | ({"dataset_path": own.dataset_path} if own.dataset_path else {})
    inputs |= models_of_rewards(own) | domain_inputs(own.domain)
    directory = Path(config.resolved["output_dir"]) / own.section
    run = RunDir(
        directory, stage=own.section, config=config.resolved, inputs=inputs, overwrite=own.overwrite
    )
    with contextlib.ExitStack() as opened:
        with one_first():
            opened.enter_context(run)
        if run.done:
            console.print(f"[dim]{own.section}: already finished in {directory}[/]")
        else:
            run.finish(work(model, run))
    if processes.num_processes > 1:
        processes.destroy_process_group()  # torch aborts at times where a process exits without it
    return run


def start_model(config: StageConfig) -> str:
    """Path or hub name of the model a stage starts from; the tiny one is built where it is wanted."""
    own = config.arguments[0]
    start, model = own.start, own.model
    if start is None and model is None:  # a stage called alone
        start, model = (None, TINY) if config.stage == "sft" else ("sft", None)
    if start is not None:
        path = Path(config.resolved["output_dir"]) / start / "model"
        if not path.exists():
            raise UsageError(
                f"no model in {path}: train the section '{start}' first, or name a model with --model"
            )
        return str(path)
    return str(build_base(config.resolved, lambda: _texts(config))) if model == TINY else model


def _texts(config: StageConfig) -> list[str]:
    rows = load_training_rows(config, quiet=True)
    return [_text(row["prompt"]) + _text(row["completion"]) for row in rows]


def _text(turns: Any) -> str:
    return turns if isinstance(turns, str) else "".join(f"{turn['content']}\n" for turn in turns)


def load_tokenizer(model: str) -> Any:
    """The model's tokenizer; `UsageError` where there is none."""
    try:
        return models.load_tokenizer(model)
    except FileNotFoundError as error:
        raise UsageError(f"model: {error}") from error


def peft_config(config: StageConfig) -> Any:
    """LoRA's settings as the trainers take them; None where all weights are trained.

    Raises `UsageError` for settings out of range, or where peft is not installed.
    """
    own = config.arguments[0]
    if own.lora_r < 0 or own.lora_alpha <= 0 or not 0 <= own.lora_dropout < 1:
        raise UsageError(
            "lora_r must be at least 0, lora_alpha above 0 and lora_dropout in [0, 1), "
            f"got {own.lora_r}, {own.lora_alpha} and {own.lora_dropout}"
        )
    if own.lora_r == 0:
        return None
    if find_spec("peft") is None:
        raise UsageError("lora_r above 0 needs peft: pip install peft")
    from peft import LoraConfig

    layers = own.lora_target_modules
    return LoraConfig(
        task_type="CAUSAL_LM",
        r=own.lora_r,
        lora_alpha=own.lora_alpha,
        lora_dropout=own.lora_dropout,
        target_modules=layers[0] if layers == ["all-linear"] else layers,
    )


def check_arguments(arguments: TrainingArguments) -> None:
    """Raises `UsageError` for settings that train nothing, or with which a killed stage could not go on."""
    if arguments.save_total_limit is not None and arguments.save_total_limit < 2:
        raise UsageError(
            "save_total_limit must be at least 2: a kill while saving needs the checkpoint before"
        )
    if arguments.max_steps == 0 or arguments.max_steps < -1:
        raise UsageError(
            f"max_steps must be above 0, or -1 for num_train_epochs; got {arguments.max_steps}"
        )
    if arguments.max_steps == -1 and arguments.num_train_epochs <= 0:
        raise UsageError(
            f"num_train_epochs must be above 0 where max_steps is -1; got {arguments.num_train_epochs}"
        )
    if arguments.save_only_model:
        raise UsageError(
            "save_only_model leaves no checkpoint to resume from; set save_strategy to 'no' for none"
        )


def prepare_arguments(arguments: TrainingArguments, run: RunDir) -> None:
    """Point a trainer's arguments at the stage's directory."""
    arguments.output_dir = str(run.checkpoints)
    arguments.disable_tqdm = True
    arguments.dataloader_pin_memory = arguments.dataloader_pin_memory and torch.cuda.is_available()


def train(trainer: Trainer, run: RunDir) -> dict[str, Any]:
    """Train from the last complete checkpoint, or from the start; save the model; return the final metrics."""
    fit(trainer, run)
    save_model(trainer, run)
    return final_metrics(trainer.state)


def fit(trainer: Trainer, run: RunDir) -> None:
    """Train from the last complete checkpoint, or from the start, with the metrics log and a progress bar."""
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


def save_model(trainer: Trainer, run: RunDir) -> None:
    """Save model and tokenizer under `run.model`, whole or not at all; LoRA's matrices are merged into the weights."""
    temporary = run.path / ".model.tmp"
    if is_main_process():
        shutil.rmtree(temporary, ignore_errors=True)
    trainer.save_model(str(temporary))
    if is_main_process():
        if (temporary / "adapter_config.json").exists():
            merge_adapter(temporary)
        (temporary / "training_args.bin").unlink(
            missing_ok=True
        )  # a pickle; config.yaml says the same
        _put_in_place(temporary, run)


def merge_adapter(folder: Path) -> None:
    """Put in place of a folder's LoRA adapter the whole model, its weights merged."""
    from peft import AutoPeftModelForCausalLM

    merged = AutoPeftModelForCausalLM.from_pretrained(folder, dtype="auto").merge_and_unload()
    for file in folder.glob("adapter_*"):
        file.unlink()
    merged.save_pretrained(folder)


def save_checkpoint(checkpoint: Path, run: RunDir) -> None:
    """Save the model and tokenizer of a checkpoint under `run.model`, whole or not at all."""
    if is_main_process():
        temporary = run.path / ".model.tmp"
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.copytree(checkpoint, temporary, ignore=shutil.ignore_patterns(*TRAINING_STATE))
        _put_in_place(temporary, run)


def _put_in_place(temporary: Path, run: RunDir) -> None:
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
