"""Save what was trained as a model that stands alone, whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi
from transformers import Trainer

from alignment.trainers.checkpoints import PARTS
from pipelines.errors import UsageError
from pipelines.processes import is_main_process
from pipelines.rundir.directory import RunDir

# What a checkpoint holds beside the model.
TRAINING_STATE = (
    "optimizer*",
    "scheduler*",
    "rng_state*",
    "scaler*",
    "trainer_state.json",
    "training_args.bin",
    "*_state_*.pt",
    PARTS,
)


def save_model(trainer: Trainer, run: RunDir) -> None:
    """Save model and tokenizer under `run.model`; LoRA's matrices are merged into the weights."""
    temporary = _temporary(run)
    if is_main_process():
        shutil.rmtree(temporary, ignore_errors=True)
    trainer.save_model(str(temporary))
    if is_main_process():
        if (temporary / "adapter_config.json").exists():
            _keep_adapter(temporary, run)
            merge_adapter(temporary)
        # A pickle; config.yaml says the same.
        (temporary / "training_args.bin").unlink(missing_ok=True)
        _put_in_place(temporary, run)


def _keep_adapter(folder: Path, run: RunDir) -> None:
    """Copy LoRA's matrices, which the model is then merged with, beside it."""
    adapter = run.path / "adapter"
    shutil.rmtree(adapter, ignore_errors=True)
    adapter.mkdir()
    for file in folder.glob("adapter_*"):
        shutil.copy2(file, adapter)


def publish(run: RunDir, resolved: dict[str, Any]) -> str:
    """Put the model and its card on the hub, and return the address.

    Raises `UsageError` where the hub refuses; the same command tries again.
    """
    name = resolved["hub_model_id"] or f"{run.path.resolve().parent.name}-{run.stage}"
    hub = HfApi()
    try:
        repository = hub.create_repo(name, private=resolved["hub_private_repo"], exist_ok=True)
        hub.upload_folder(repo_id=repository.repo_id, folder_path=run.model)
    except (OSError, ValueError) as error:  # the hub's errors are both
        raise UsageError(f"push_to_hub: {error}; the same command tries again") from error
    return str(repository)


def merge_adapter(folder: Path) -> None:
    """Put in place of a folder's LoRA adapter the whole model, its weights merged."""
    from peft import AutoPeftModelForCausalLM  # seconds of import, for LoRA alone

    merged = AutoPeftModelForCausalLM.from_pretrained(folder, dtype="auto").merge_and_unload()
    for file in folder.glob("adapter_*"):
        file.unlink()
    merged.save_pretrained(folder)


def save_checkpoint(checkpoint: Path, run: RunDir) -> None:
    """Save the model and tokenizer of a checkpoint under `run.model`."""
    if is_main_process():
        ignored = shutil.ignore_patterns(*TRAINING_STATE)
        write_model(lambda folder: shutil.copytree(checkpoint, folder, ignore=ignored), run)


def write_model(write: Callable[[Path], object], run: RunDir) -> None:
    """Let `write` fill a folder, which is then `run.model`; what a kill has left is cleared first."""
    temporary = _temporary(run)
    shutil.rmtree(temporary, ignore_errors=True)
    write(temporary)
    _put_in_place(temporary, run)


def _temporary(run: RunDir) -> Path:
    return run.path / ".model.tmp"


def _put_in_place(temporary: Path, run: RunDir) -> None:
    shutil.rmtree(run.model, ignore_errors=True)
    temporary.rename(run.model)
