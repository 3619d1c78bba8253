"""A tiny model, a small data set and a cheap reward, shared by the tests of the alignment package."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import datasets
import torch
from datasets import Dataset
from transformers.utils import logging

from alignment import models
from alignment.trainers.sgrpo import SGRPOConfig, SGRPOTrainer

# One thread is enough for models this small, and on a busy machine two that wait for each other are far slower.
torch.set_num_threads(1)
datasets.disable_progress_bars()
logging.disable_progress_bar()

SUBJECTS = ("cat", "dog", "fox", "wolf")
OBJECTS = ("mouse", "horse", "pig")
ROWS = [
    {
        "prompt": f"Sentence: {article} {a} sees a {b}.\nFOL:",
        "completion": f" {quantifier}x ({a.title()}(x) {connective} Sees(x, {b}))",
        "reference": f"{quantifier}x ({a.title()}(x) {connective} Sees(x, {b}))",
    }
    for a in SUBJECTS
    for b in OBJECTS
    for article, quantifier, connective in (("Every", "∀", "→"), ("Some", "∃", "∧"))
]
PROMPTS = [row["prompt"] for row in ROWS]


def dataset() -> Dataset:
    return Dataset.from_list(ROWS)


def build_tiny(folder: str | Path) -> Path:
    """A model of 0.1 M parameters, quick to build and to run."""
    spec = models.TinyModel(
        hidden_size=64, layers=2, heads=2, ffn_size=96, vocab_size=300, context=128
    )
    return models.build(spec, [row["prompt"] + row["completion"] for row in ROWS], folder)


def likeness(
    prompts: list[str], completions: list[str], reference: list[str], **columns: Any
) -> list[float]:
    """A reward that spreads within a group even for a model that has learnt nothing."""
    return [
        difflib.SequenceMatcher(None, text.strip(), target).ratio()
        for text, target in zip(completions, reference, strict=True)
    ]


def config(output_dir: str | Path, **changes: Any) -> SGRPOConfig:
    settings: dict[str, Any] = {
        "output_dir": str(output_dir),
        "per_device_train_batch_size": 8,
        "num_generations": 4,
        "max_completion_length": 12,
        "max_steps": 2,
        "learning_rate": 1e-3,
        "lr_scheduler_type": "constant",
        "logging_steps": 1,
        "save_strategy": "no",
        "report_to": [],
        "bf16": False,
        "gradient_checkpointing": False,
        "dataloader_pin_memory": False,
        "disable_tqdm": True,
        "use_cpu": True,
        "seed": 7,
    }
    return SGRPOConfig(**(settings | changes))


def trainer(model: str | Path | Any, args: SGRPOConfig, **changes: Any) -> SGRPOTrainer:
    model = str(model) if isinstance(model, Path) else model
    return SGRPOTrainer(model, [likeness], args=args, train_dataset=dataset(), **changes)
