"""The values of a record from the columns of a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from data.files import Columns, text_of
from data.records import Label, Message, column_names, label_of


def values_of(task: str, columns: Columns, names: Mapping[str, str]) -> dict[str, Any]:
    """A record's own fields. Raises ValueError for a column that is missing or of another kind."""
    required, optional = column_names(task)
    values: dict[str, Any] = {}
    for name in required:
        read = _KINDS.get(name, text_of)
        values[name] = read(columns, names[name])
    for name in optional:
        if name == "group":
            continue
        column = names[name]
        if columns.get(column):
            read = _KINDS.get(name, text_of)
            values[name] = read(columns, column)
    return values


def _prompt(columns: Columns, column: str) -> tuple[Message, ...]:
    turns = columns.get(column)
    if not isinstance(turns, list):
        text = text_of(columns, column)
        return (Message("user", text),)
    return messages_in(columns, column)


def messages_in(columns: Columns, column: str) -> tuple[Message, ...]:
    """The turns of a conversation. Raises ValueError for what is none."""
    turns = columns[column]
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        raise ValueError(
            f"column {column!r} is neither text nor a list of messages with role and content"
        )
    if not turns:
        raise ValueError(f"column {column!r}: no messages")
    return tuple([Message(text_of(turn, "role"), text_of(turn, "content")) for turn in turns])


def _texts(columns: Columns, column: str) -> tuple[str, ...]:
    parts = columns.get(column)
    if not isinstance(parts, Sequence) or isinstance(parts, str):
        parts = [None]  # no list, as a list with a part that is no text
    if not all(isinstance(part, str) for part in parts):
        text_of(columns, column)  # says that the column is missing, or what is in it
        raise ValueError(f"column {column!r} is not a list of texts")
    return tuple(parts)


def _text_or_nothing(columns: Columns, column: str) -> str:
    if not columns.get(column):
        return ""
    return text_of(columns, column)


def _label(columns: Columns, column: str) -> Label:
    text = text_of(columns, column)
    return label_of(text)


# The fields that are no plain text, by their names; no two records use one name differently.
_KINDS: dict[str, Callable[[Columns, str], Any]] = {
    "prompt": _prompt,
    "premises": _texts,
    "premise_formulas": _texts,
    "conclusion_formula": _text_or_nothing,
    "label": _label,
    "more_rejected": _texts,
    "more_kinds": _texts,
    "also_chosen": _texts,
}
