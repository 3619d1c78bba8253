"""Rows that bring their own prompts: conversations, and prompts with completions, as TRL has them.

    {"messages": [{"role": "user", "content": "All cats sleep."},
                  {"role": "assistant", "content": "∀x (Cat(x) → Sleeps(x))"}]}
    {"prompt": "All cats sleep. FOL:", "completion": " ∀x (Cat(x) → Sleeps(x))"}

They go to the model as they are. The reference is the formula that the answer gives, or that of a
column `formula`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import logic
from data.audit import Fault, meant, require_text, require_turns
from data.files import Columns, text_of
from data.own.values import messages_in
from data.records import Message, Record

COLUMNS = ("messages", "prompt", "completion")
"""What such rows have in place of a sentence."""


@dataclass(frozen=True, slots=True)
class Exchange(Record):
    """A prompt and its answer, word for word, and the formula that the answer gives.

    The prompt is a text, or a conversation that ends with the user's turn.
    """

    task: ClassVar[str] = "translate"
    prompt: str | tuple[Message, ...]
    completion: str
    formula: str
    group: str
    source: str
    row: int

    @property
    def sentence(self) -> str:
        """What the user says last."""
        return self.prompt if isinstance(self.prompt, str) else self.prompt[-1].content

    def checked(
        self, domain: str = "fol", repairs: list[str] | None = None, dialect: str | None = None
    ) -> Exchange:
        if isinstance(self.prompt, str):
            require_text(prompt=self.prompt)
        else:
            require_turns([message.role for message in self.prompt])
        require_text(completion=self.completion)
        formula = self.formula
        if not formula:
            answer = logic.read_answer(self.completion, domain=domain, dialect=dialect)
            if answer.formula is None:
                reason = answer.error.reason if answer.error else "there is none"
                raise Fault(f"no formula can be read in the answer: {reason}")
            formula = answer.text
        return replace(self, formula=meant(formula, domain, repairs, dialect))

    def parts(self) -> dict[str, str]:
        return {"sentence": self._whole_prompt(), "formula": self.formula}

    def _whole_prompt(self) -> str:
        if isinstance(self.prompt, str):
            return self.prompt
        return "\n".join([f"{message.role}: {message.content}" for message in self.prompt])

    def prompt_fields(self) -> dict[str, str]:
        return {"sentence": self.sentence}

    def answer(self) -> str:
        return self.formula

    def extras(self) -> dict[str, str]:
        return {"sentence": self.sentence}

    def ready(self) -> tuple[Any, Any]:
        if isinstance(self.prompt, str):
            return self.prompt, self.completion
        turns = [{"role": turn.role, "content": turn.content} for turn in self.prompt]
        return turns, [{"role": "assistant", "content": self.completion}]


def exchange_in(columns: Columns, names: Mapping[str, str], **place: Any) -> Exchange | None:
    """The exchange that a row holds; None for one with a sentence, or with neither.

    Raises ValueError for one that cannot be used.
    """
    if names["sentence"] in columns:
        return None
    prompt: str | tuple[Message, ...]
    if names["messages"] in columns:
        if isinstance(columns[names["messages"]], str):
            raise ValueError(f"column {names['messages']!r} is not a list of messages")
        *turns, last = messages_in(columns, names["messages"])
        if last.role != "assistant":
            raise ValueError(f"the last message is the {last.role}'s, not the assistant's")
        prompt, completion = tuple(turns), last.content
    elif names["prompt"] in columns and names["completion"] in columns:
        prompt = _prompt(columns, names["prompt"])
        completion = _completion(columns, names["completion"])
    else:
        return None
    formula = text_of(columns, names["formula"]) if columns.get(names["formula"]) else ""
    return Exchange(prompt, completion, formula, **place)


def _prompt(columns: Columns, column: str) -> str | tuple[Message, ...]:
    if isinstance(columns[column], list):
        return messages_in(columns, column)
    return _verbatim(columns, column)


def _completion(columns: Columns, column: str) -> str:
    if not isinstance(columns[column], list):
        return _verbatim(columns, column)
    messages = messages_in(columns, column)
    if [message.role for message in messages] != ["assistant"]:
        raise ValueError(f"column {column!r}: not one message of the assistant")
    return messages[0].content


def _verbatim(columns: Columns, column: str) -> str:
    """A text with the blanks around it, where prompt and completion meet."""
    if columns[column] == "":
        raise ValueError(f"empty {column}")
    text_of(columns, column)
    return columns[column]
