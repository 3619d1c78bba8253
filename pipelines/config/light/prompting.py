"""How a stage asks a model: the template, the examples before a sentence, and where answers end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


def _help(text: str) -> dict[str, Any]:
    return {"help": text}


@dataclass
class PromptArguments:
    """How a model is asked, and where its answers end."""

    prompt: str | None = field(
        default=None,
        metadata=_help("prompt template with the task's fields; the task's own where absent"),
    )
    chat: bool = field(
        default=False,
        metadata=_help("prompts as messages, through the model's chat template, for chat models"),
    )
    signature: bool = field(
        default=False, metadata=_help("put the names that the reference uses into the prompt")
    )
    examples: str | None = field(
        default=None,
        metadata=_help(
            "solved examples before each prompt: a number of rows, drawn from train by the seed, "
            "or a file of rows"
        ),
    )
    stop: list[str] | None = field(
        default=None,
        metadata=_help(
            r"texts that end an answer, \n being a new line; where absent, what the prompt's own "
            "template begins with, and a blank line where there are examples"
        ),
    )

    def __post_init__(self) -> None:
        if self.stop is not None:
            self.stop = stop_texts(self.stop)
        number_of_examples(self.examples)


def stop_texts(words: list[str]) -> list[str]:
    r"""The texts that end an answer, with new lines for what a shell passes on as \n.

    Raises ValueError for an empty one, which would end every answer at once.
    """
    texts = [word.replace("\\n", "\n") for word in words]
    if not all(texts):
        raise ValueError("stop has an empty text, which would end every answer at once")
    return texts


def examples_file(examples: str | None) -> str | None:
    """The file that has the examples; None where there are none, or they are drawn."""
    return None if examples is None or examples.isdecimal() else examples


def number_of_examples(examples: str | None) -> int | None:
    """How many examples are to be drawn; None where there are none, or a file has them.

    Raises ValueError for 0.
    """
    if examples is None or not examples.isdecimal():
        return None
    if int(examples) < 1:
        raise ValueError(f"examples must be at least 1 or a file, got {examples}")
    return int(examples)
