"""Texts that end a completion, for models that go on with the next example instead of ending."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from transformers import PreTrainedTokenizerBase


def cut_before(text: str, stop: Sequence[str]) -> str:
    """The text up to the first of the stop texts in it; the whole text where there is none."""
    places = [text.find(word) for word in stop if word in text]
    return text[: min(places)] if places else text


def stopping(tokenizer: PreTrainedTokenizerBase, stop: Sequence[str]) -> dict[str, Any]:
    """The arguments of transformers' generate that end a completion at a stop text."""
    return {"stop_strings": list(stop), "tokenizer": tokenizer} if stop else {}


def stop_at(model: Any, tokenizer: PreTrainedTokenizerBase, stop: Sequence[str]) -> None:
    """Make the model's own `generate` end at stop texts from now on, whoever calls it."""
    free = model.generate

    @functools.wraps(free)
    def generate(**arguments: Any) -> Any:
        return free(**arguments, **stopping(tokenizer, stop))

    model.generate = generate


def without_padding(
    ids: list[int], tokenizer: PreTrainedTokenizerBase, stop: Sequence[str], ends: Sequence[int]
) -> list[int]:
    """The sampled tokens of a completion, less what generate fills a stopped row up with.

    It fills up with padding, and where that is the end of text, the row would seem to have said so.
    """
    fillers = {tokenizer.pad_token_id, *ends}
    length = len(ids)
    while length and ids[length - 1] in fillers:
        length -= 1
    text = tokenizer.decode(ids[:length], skip_special_tokens=True)
    return ids[:length] if cut_before(text, stop) != text else ids
