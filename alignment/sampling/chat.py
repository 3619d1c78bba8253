"""Prompts as text: conversations by the model's own chat template, anything else as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from transformers import PreTrainedTokenizerBase

Prompt = str | Sequence[dict[str, Any]]
TEMPLATE_SETTINGS = {"enable_thinking": False}
"""What every chat template is told, in training and in sampling: not to let the model think aloud.

A template without such a setting takes no notice of it.
"""


def render(tokenizer: PreTrainedTokenizerBase, prompts: Sequence[Prompt]) -> list[str]:
    """Each prompt as the text that a model continues.

    A list of messages ends where the assistant's answer begins, and its text has the very tokens
    that a trainer makes of the messages. Raises ValueError for messages where the tokenizer has no
    chat template, or its template refuses them, and where no text has those tokens.
    """
    return [
        prompt if isinstance(prompt, str) else _conversation(tokenizer, list(prompt))
        for prompt in prompts
    ]


def token_ids(tokenizer: PreTrainedTokenizerBase, messages: Sequence[dict[str, Any]]) -> list[int]:
    """The tokens of a conversation that ends where the assistant's answer begins."""
    encoded = tokenizer.apply_chat_template(
        list(messages), add_generation_prompt=True, tokenize=True, **TEMPLATE_SETTINGS
    )
    return list(encoded["input_ids"])


def _conversation(tokenizer: PreTrainedTokenizerBase, messages: list[dict[str, Any]]) -> str:
    if not tokenizer.chat_template:
        model = tokenizer.name_or_path or "the model"
        raise ValueError(f"{model} has no chat template: choose a chat model, or set chat to false")
    try:
        text = tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, tokenize=False, **TEMPLATE_SETTINGS
        )
        expected = token_ids(tokenizer, messages)
    except Exception as error:  # jinja2 raises what the template raises
        raise ValueError(f"the chat template refuses the conversation: {error}") from error
    # Many tokenizers write the beginning of text themselves; then the template's is one too many.
    for candidate in (text, text.removeprefix(tokenizer.bos_token or "")):
        if tokenizer(candidate)["input_ids"] == expected:
            return candidate
    raise ValueError(
        "the tokenizer adds tokens to the text of its chat template that the template does not "
        "have, so that a model would be asked otherwise than it was trained: choose another model"
    )
