"""What a reward model reads of a prompt and an answer, in training as in use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

ANOTHER = "Another answer:"
"""What stands between the preferred answer and the one to be scored, where a model reads both."""


def with_preferred(prompt: Any, preferred: str) -> Any:
    """A prompt that shows the preferred answer and asks for another one: text, or messages."""
    if isinstance(prompt, str):
        return f"{prompt} {preferred.strip()}\n{ANOTHER}"
    shown = {"role": "assistant", "content": preferred}
    return [*prompt, shown, {"role": "user", "content": ANOTHER}]


def answered(prompt: Any, answer: str) -> Any:
    """The prompt with an answer behind it, in the form that the prompt has."""
    if isinstance(prompt, str):
        # Sampled text may go on with a blank or without one.
        return prompt + (answer if answer[:1].isspace() else f" {answer}")
    return [*prompt, {"role": "assistant", "content": answer}]


def encoded(tokenizer: Any, text: Any) -> Sequence[int]:
    """The tokens of a prompt with its answer: text ends with the end-of-text token, if there is one."""
    if isinstance(text, str):
        return tokenizer(text + (tokenizer.eos_token or ""))["input_ids"]
    return tokenizer.apply_chat_template(text, tokenize=True, return_dict=True)["input_ids"]


def prompt_length(tokenizer: Any, prompt: Any) -> int:
    """How many of the tokens of `encoded` are the prompt's."""
    if isinstance(prompt, str):
        return len(tokenizer(prompt)["input_ids"])
    asked = tokenizer.apply_chat_template(
        prompt, tokenize=True, return_dict=True, add_generation_prompt=True
    )
    return len(asked["input_ids"])
