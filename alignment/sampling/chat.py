"""Prompts as text: conversations by the model's own chat template, anything else as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from transformers import PreTrainedTokenizerBase

Prompt = str | Sequence[dict[str, Any]]


def render(tokenizer: PreTrainedTokenizerBase, prompts: Sequence[Prompt]) -> list[str]:
    """Each prompt as the text that a model continues.

    A list of messages ends where the assistant's answer begins; templates that can think aloud are
    told not to. Raises ValueError for messages where the tokenizer has no chat template, or its
    template refuses them.
    """
    return [
        prompt if isinstance(prompt, str) else _conversation(tokenizer, list(prompt))
        for prompt in prompts
    ]


def _conversation(tokenizer: PreTrainedTokenizerBase, messages: list[dict[str, Any]]) -> str:
    if not tokenizer.chat_template:
        model = tokenizer.name_or_path or "the model"
        raise ValueError(f"{model} has no chat template: choose a chat model, or set chat to false")
    try:
        text = tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, tokenize=False, enable_thinking=False
        )
    except Exception as error:  # jinja2 raises what the template raises
        raise ValueError(f"the chat template refuses the conversation: {error}") from error
    # The sampler's tokenizer writes the beginning of text itself.
    return text.removeprefix(tokenizer.bos_token or "")
