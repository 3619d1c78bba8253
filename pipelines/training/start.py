"""The model that a training stage starts from, and its tokenizer."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from alignment import models
from alignment.sampling import chat
from pipelines.config.arguments import TINY, TrainingArguments
from pipelines.config.corpus import load_training_rows
from pipelines.config.light.start import start_and_model, trained_model
from pipelines.config.stage_config import TrainingConfig
from pipelines.errors import UsageError
from pipelines.training.base_model import build_base

if TYPE_CHECKING:
    from datasets import Dataset


def start_model(config: TrainingConfig[TrainingArguments, Any]) -> str:
    """Path or hub name of the model a stage starts from; the tiny one is built for it."""
    options = config.arguments.options
    start, model = start_and_model(config.stage, options.start, options.model)
    if start is not None:
        return str(trained_model(config.resolved["output_dir"], start))
    if model == TINY:
        return str(build_base(config.resolved, functools.partial(_texts, config)))
    assert model is not None, "a stage alone has a start or a model"
    try:
        return models.pinned(model)
    except FileNotFoundError as error:
        raise UsageError(f"model: {error}") from None


def _texts(config: TrainingConfig[TrainingArguments, Any]) -> list[str]:
    rows = load_training_rows(config, quiet=True)
    return [_text(row["prompt"]) + _text(row["completion"]) for row in rows]


def _text(turns: Any) -> str:
    if isinstance(turns, str):
        return turns
    lines = [f"{turn['content']}\n" for turn in turns]
    return "".join(lines)


def as_asked(rows: Dataset) -> Dataset:
    """The rows with what a chat template is told when a model is asked, for those with messages."""
    if not len(rows) or isinstance(rows[0]["prompt"], str):
        return rows
    return rows.add_column("chat_template_kwargs", [chat.TEMPLATE_SETTINGS] * len(rows))


def load_tokenizer(model: str) -> Any:
    """The model's tokenizer; `UsageError` where there is none."""
    try:
        return models.load_tokenizer(model)
    except FileNotFoundError as error:
        raise UsageError(f"model: {error}") from error
