"""In which precision a stage computes and keeps its weights, and where small updates would be lost."""

from __future__ import annotations

import math
from typing import Any

import torch
from transformers import TrainingArguments

COARSE = {"bfloat16": torch.bfloat16, "float16": torch.float16}
LARGE = 0.1


def precision(trainer: TrainingArguments) -> str:
    """In which precision a trainer computes and keeps its weights, for people."""
    weights = weights_dtype(trainer)
    computes = "bfloat16" if trainer.bf16 else "float16" if trainer.fp16 else weights
    has_gpu = torch.accelerator.is_available() and not trainer.use_cpu
    kept = "" if computes == weights else f", weights in {weights}"
    return f"trains in {computes}{kept}" + ("" if has_gpu else ", on the CPU")


def lost_updates(trainer: TrainingArguments, lora_rank: int = 0) -> str | None:
    """What is to be said where the weights that are trained are too coarse for the learning rate.

    A weight of 0.1, as pretrained models have many, takes no update below half the spacing of numbers
    there, and the optimiser's updates are about as large as the learning rate. LoRA's own weights are
    float32.
    """
    coarse = COARSE.get(weights_dtype(trainer))
    if coarse is None or lora_rank > 0:
        return None
    power = 2.0 ** math.floor(math.log2(LARGE))  # between two of them numbers lie equally far apart
    smallest = power * torch.finfo(coarse).eps / 2
    if trainer.learning_rate >= smallest:
        return None
    return (
        f"weights in {weights_dtype(trainer)} lose updates as small as learning_rate "
        f"{trainer.learning_rate:g}: a weight of {LARGE} takes none below {smallest:.0e}. Leave "
        "model_init_kwargs.dtype out for weights in float32; bf16: true computes in bfloat16 all the same"
    )


def weights_dtype(trainer: TrainingArguments) -> str:
    """The dtype of the weights that are trained: float32 as TRL loads them, unless the config says another."""
    started: Any = getattr(trainer, "model_init_kwargs", None) or {}
    named = started.get("dtype", "float32") if isinstance(started, dict) else "float32"
    return str(named).removeprefix("torch.")
