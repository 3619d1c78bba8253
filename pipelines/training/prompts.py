"""Where an answer ends: prompts that leave room for it in a model's context, and stop texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alignment import models
from alignment.sampling import chat
from alignment.trainers import settings
from pipelines.console import console
from pipelines.errors import UsageError
from pipelines.training.start import load_tokenizer

if TYPE_CHECKING:
    from datasets import Dataset


def fitting(rows: Dataset, model: str, completion_tokens: int, stage: str) -> Dataset:
    """The rows whose prompts leave room for a completion; the others are counted aloud.

    One of 100,000 characters would take all memory, and the run with it. Raises `UsageError` where
    none does.
    """
    context = models.context_of(model)
    if context is None:
        return rows
    tokenizer = load_tokenizer(model)
    room = context - completion_tokens
    places = [
        place
        for place, prompt in enumerate(rows["prompt"])
        if _tokens(tokenizer, prompt, room) <= room
    ]
    if not places:
        raise UsageError(f"no prompt leaves room for a completion in the model's {context} tokens")
    left_out = len(rows) - len(places)
    if left_out:
        console.print(
            f"[dim]{stage}: {left_out:,} prompts are too long for the model and are left out[/]"
        )
        rows = rows.select(places)
    return rows


def check_sampling(options: Any, trainer: Any) -> None:
    """`UsageError` for stop texts or a grammar that do not go with the trainer's other settings."""
    grammar = getattr(trainer, "grammar", "none")
    try:
        settings.check_sampling(
            trainer,
            use_vllm=options.backend == "vllm",
            grammar=None if grammar == "none" else grammar,
            stop=options.stop or (),
        )
    except ValueError as error:
        raise UsageError(str(error)) from None


def _tokens(tokenizer: Any, prompt: Any, room: int) -> int:
    """How many tokens a prompt has; where it is short enough, no more than its bytes."""
    if isinstance(prompt, str):
        is_short = len(prompt.encode(errors="replace")) <= room
        return 0 if is_short else len(tokenizer(prompt)["input_ids"])
    return len(chat.token_ids(tokenizer, prompt))
