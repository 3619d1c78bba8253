"""Rows of a data set as questions with a reference, for the environments of other people's stacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import data
from data import prompts


@dataclass(frozen=True, slots=True)
class Question:
    """One prompt for a chat model, and the formula that its answer is judged against."""

    prompt: str
    reference: str
    fields: Mapping[str, str]
    """The row's own columns, as `sentence`."""

    @property
    def messages(self) -> list[dict[str, str]]:
        """The prompt as a conversation."""
        return [{"role": "user", "content": self.prompt}]


def questions(
    name: str = "synthetic",
    *,
    split: str = "train",
    size: int | None = None,
    prompt_template: str | None = None,
    **settings: Any,
) -> list[Question]:
    """The rows of a split, in order.

    The arguments are those of `data.load`: `name` is a data set of the catalogue, "synthetic" being
    made here and "jsonl", "json", "csv" or "parquet" a user's own `path`, which for the published
    ones may be a name on the hub. Of `task` those that have a formula as their answer are of use:
    "translate", "correct" and "distill". `prompt_template` is one of `data.prompts` or a format
    string.

    Raises `data.DataError` naming the setting, or the file and row.
    """
    corpus = data.load(name, split=split, size=size, **settings)
    task = corpus.rows[0].task if corpus.rows else "translate"
    template = prompts.choose(task, prompt_template, chat=True)
    rows = [prompts.row(record, template, domain=corpus.domain) for record in corpus.rows]
    return [_question(row) for row in rows]


def _question(row: dict[str, Any]) -> Question:
    others = ("prompt", "completion", "reference")
    fields = {name: value for name, value in row.items() if name not in others}
    return Question(row["prompt"], row["reference"], fields)


__all__ = ["Question", "questions"]
