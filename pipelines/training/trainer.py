"""What the training stages share: a section's directory, and training with checkpoints and logs."""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from transformers import PrinterCallback, ProgressCallback, Trainer, TrainerState, TrainingArguments

from alignment.trainers.checkpoints import last_checkpoint
from alignment.trainers.gradients import UPDATES_LEFT_OUT, FiniteUpdates, GradientError
from alignment.trainers.precision import lost_updates, precision
from alignment.watching import DamagedLogError, MetricsLog, ProgressBar
from pipelines.config import arguments
from pipelines.config.domains import domain_inputs
from pipelines.config.light.prompting import examples_file
from pipelines.config.light.start import finished_without_model
from pipelines.config.stage_config import TrainingConfig
from pipelines.console import console
from pipelines.errors import UsageError
from pipelines.processes import is_main_process
from pipelines.rundir.card import write_card
from pipelines.rundir.directory import RunDir
from pipelines.training.rewards import reward_inputs
from pipelines.training.saving import publish, save_model
from pipelines.training.start import start_model

# Not part of a result: times differ between two equal runs, and TRL's SFT counts tokens from the
# last start only. Updates left out are counted, and no mean.
LEFT_OUT = ("time", "num_tokens", "epoch", "step", UPDATES_LEFT_OUT)


def train_section(
    config: TrainingConfig[arguments.TrainingArguments, Any],
    train: Callable[[str, RunDir], dict[str, Any]],
) -> RunDir:
    """Open the section's directory and, unless it is finished, train.

    `train(model, run)` starts from the model at that path and returns the final metrics.
    """
    options = config.arguments.options
    processes = PartialState()
    one_first = processes.main_process_first  # of several processes, one builds, clears and locks
    with one_first():
        model = start_model(config)
    run = RunDir(
        Path(config.resolved["output_dir"]) / options.section,
        stage=options.section,
        config=config.resolved,
        inputs=_inputs(options, model),
        overwrite=options.overwrite,
    )
    with contextlib.ExitStack() as stack:
        with one_first():
            stack.enter_context(run)
        if run.done:
            _say_finished(config, run)
        else:
            _say_precision(config)
            run.finish(train(model, run))
        if is_main_process():
            write_card(run.path)
            if config.resolved["push_to_hub"]:
                console.print(f"{options.section}: on the hub at {publish(run, config.resolved)}")
    if processes.num_processes > 1:
        processes.destroy_process_group()  # torch aborts at times where a process exits without it
    return run


def _say_finished(
    config: TrainingConfig[arguments.TrainingArguments, Any],
    run: RunDir,
) -> None:
    section = config.arguments.options.section
    if run.model.exists():
        console.print(f"[dim]{section}: already finished in {run.path}[/]")
        return
    # Who has no use for the model any more may have deleted it; one to be published must be there.
    told = f"{section}: {finished_without_model(run.path)}"
    if config.resolved["push_to_hub"]:
        raise UsageError(told)
    console.print(told, markup=False, soft_wrap=True)


def _say_precision(config: TrainingConfig[arguments.TrainingArguments, Any]) -> None:
    options, trainer = config.arguments.options, config.arguments.trainer
    console.print(f"[dim]{options.section}: {precision(trainer)}[/]")
    if note := lost_updates(trainer, options.lora_r):
        console.print(f"[yellow]{options.section}: {note}[/]")


def _inputs(options: arguments.TrainingArguments, model: str) -> dict[str, str]:
    """What the result of a training depends on, by name."""
    inputs = {"model": model}
    if options.dataset_path:
        inputs["dataset_path"] = options.dataset_path
    if file := examples_file(options.examples):
        inputs["examples"] = file
    return inputs | reward_inputs(options) | domain_inputs(options.domain)


# What a stage decides itself, and what says it instead.
WITHOUT_EFFECT = {
    "multi_objective_aggregation": "several rewards are one here, as reward_combination says",
    "use_vllm": "say backend: vllm or transformers",
    "eval_strategy": "a training stage evaluates nothing; a section `evaluate` does",
    "do_train": "a training stage always trains",
    "do_predict": "a section `evaluate` judges what a stage has trained",
    "resume_from_checkpoint": "a stage goes on from its own last checkpoint",
}


def check_arguments(trainer: TrainingArguments) -> None:
    """Refuse a trainer's arguments that train nothing, or with which no killed stage could go on.

    So are those that would have no effect. Raises `UsageError`.
    """
    defaults = {field.name: field.default for field in dataclasses.fields(trainer)}
    for key, reason in WITHOUT_EFFECT.items():
        if key in defaults and getattr(trainer, key) != defaults[key]:
            raise UsageError(f"{key} has no effect here: {reason}")
    if trainer.save_total_limit is not None and trainer.save_total_limit < 2:
        raise UsageError(
            "save_total_limit must be at least 2: a kill while saving needs the checkpoint before; "
            f"got {trainer.save_total_limit}"
        )
    if trainer.max_steps == 0 or trainer.max_steps < -1:
        raise UsageError(
            f"max_steps must be above 0, or -1 for num_train_epochs; got {trainer.max_steps}"
        )
    if trainer.max_steps == -1 and not 0 < trainer.num_train_epochs < math.inf:
        raise UsageError(
            "num_train_epochs must be above 0 and finite where max_steps is -1; "
            f"got {trainer.num_train_epochs}"
        )
    if trainer.save_only_model:
        raise UsageError(
            "save_only_model leaves no checkpoint to resume from; "
            "set save_strategy to 'no' for none"
        )


def prepare_arguments(trainer: TrainingArguments, run: RunDir) -> None:
    """Point a trainer's arguments at the stage's directory."""
    trainer.output_dir = str(run.checkpoints)
    trainer.disable_tqdm = True
    trainer.push_to_hub = False  # the finished model goes there, with its card, and no checkpoint
    trainer.dataloader_pin_memory = trainer.dataloader_pin_memory and torch.cuda.is_available()


def train(trainer: Trainer, run: RunDir) -> dict[str, Any]:
    """Train from the last complete checkpoint, or from the start, and save the model.

    Returns the final metrics.
    """
    fit(trainer, run)
    save_model(trainer, run)
    return final_metrics(trainer.state)


def fit(trainer: Trainer, run: RunDir) -> None:
    """Train from the last complete checkpoint, or from the start, with a log and a progress bar."""
    bar = ProgressBar(run.stage, console)
    for callback in (PrinterCallback, ProgressCallback, FiniteUpdates):
        trainer.remove_callback(callback)
    for callback in (MetricsLog(run.path / "metrics.jsonl"), bar):
        trainer.add_callback(callback)
    trainer.callback_handler.callbacks.insert(0, FiniteUpdates())  # before those that read the log
    checkpoint = last_checkpoint(run.checkpoints, passed_over=_tell(run))
    if checkpoint:
        console.print(f"[dim]{run.stage}: going on from {checkpoint}[/]")
    try:
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    except DamagedLogError as error:
        raise UsageError(f"{error}; mend or delete the line, or start with --overwrite") from None
    except GradientError as error:
        raise UsageError(f"{run.stage}: {error}") from None
    finally:
        bar.stop()


def _tell(run: RunDir) -> Callable[[str], None]:
    """What a user is told of a checkpoint that is not gone on from."""
    return lambda reason: console.print(f"[dim]{run.stage}:[/] {reason}", soft_wrap=True)


def final_metrics(state: TrainerState) -> dict[str, Any]:
    """Number of updates, those left out, and each logged figure's mean over the last tenth of logs."""
    logs = [entry for entry in state.log_history if "loss" in entry]
    last = logs[-max(1, len(logs) // 10) :]
    keys = sorted({key for entry in last for key in entry})
    means = {}
    for key in keys:
        values = _finite_values(last, key)
        if values and not any(part in key for part in LEFT_OUT):
            means[key] = sum(values) / len(values)
    left_out = sum(entry.get(UPDATES_LEFT_OUT, 0) for entry in state.log_history)
    counts = {"updates": state.global_step, "averaged_logs": len(last)}
    return counts | ({"updates_left_out": left_out} if left_out else {}) | means


def _finite_values(logs: list[dict[str, Any]], key: str) -> list[float]:
    values = [entry.get(key) for entry in logs]
    numbers = [value for value in values if isinstance(value, int | float)]
    return [number for number in numbers if math.isfinite(number)]
