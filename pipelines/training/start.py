"""The model that a training stage starts from, and its tokenizer."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from alignment import models
from pipelines.config.arguments import TINY, TrainingArguments
from pipelines.config.corpus import load_training_rows
from pipelines.config.stage_config import TrainingConfig
from pipelines.errors import UsageError
from pipelines.training.base_model import build_base


def start_model(config: TrainingConfig[TrainingArguments, Any]) -> str:
    """Path or hub name of the model a stage starts from; the tiny one is built for it."""
    start, model = _start_and_model(config)
    if start is not None:
        path = Path(config.resolved["output_dir"]) / start / "model"
        if not path.exists():
            raise UsageError(
                f"no model in {path}: train the section '{start}' first, "
                "or name a model with --model"
            )
        return str(path)
    if model == TINY:
        return str(build_base(config.resolved, functools.partial(_texts, config)))
    assert model is not None, "a stage alone has a start or a model"
    try:
        return models.pinned(model)
    except FileNotFoundError as error:
        raise UsageError(f"model: {error}") from None


def _start_and_model(
    config: TrainingConfig[TrainingArguments, Any],
) -> tuple[str | None, str | None]:
    start, model = config.arguments.options.start, config.arguments.options.model
    if start is not None or model is not None:
        return start, model
    # A stage called alone: the warm-up begins the road, the others go on from it.
    return (None, TINY) if config.stage == "sft" else ("sft", None)


def _texts(config: TrainingConfig[TrainingArguments, Any]) -> list[str]:
    rows = load_training_rows(config, quiet=True)
    return [_text(row["prompt"]) + _text(row["completion"]) for row in rows]


def _text(turns: Any) -> str:
    if isinstance(turns, str):
        return turns
    lines = [f"{turn['content']}\n" for turn in turns]
    return "".join(lines)


def load_tokenizer(model: str) -> Any:
    """The model's tokenizer; `UsageError` where there is none."""
    try:
        return models.load_tokenizer(model)
    except FileNotFoundError as error:
        raise UsageError(f"model: {error}") from error
