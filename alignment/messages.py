"""The text of what may be plain text, or a list of messages with role and content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import NoneType
from typing import Any

from logic.syntax import Formula

Text = str | Sequence[Mapping[str, Any]] | None


def given_text(value: Any) -> str | None:
    """What an answer or a reference of another stack says; None for what holds no text.

    It may be text, a formula, one message, or messages of which the last is it; None, and a message
    without content, say nothing, which is "".
    """
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, Formula):
        return str(value)
    if isinstance(value, Mapping):
        return _said([value]) if value.keys() & {"role", "content"} else None
    if isinstance(value, bytes) or not isinstance(value, Iterable):
        return None
    try:
        turns = list(value)
    except TypeError:  # a tensor of one number says that it can be gone through, and cannot
        return None
    return _said(turns) if all(isinstance(turn, Mapping) for turn in turns) else None


def _said(turns: Sequence[Mapping[str, Any]]) -> str | None:
    """As `last_text`; None where the content of the message that counts cannot hold text."""
    contents = [turn.get("content") for turn in turns if turn.get("role") != "tool"]
    holds_text = not contents or isinstance(contents[-1], (NoneType, str, list, tuple))
    return last_text(turns) if holds_text else None


def last_text(turns: Text) -> str:
    """The text itself, or the content of the last message; "" where there is none.

    What a tool said is no answer: of a rollout that ends with it, the message before counts.
    """
    if not turns:
        return ""
    if isinstance(turns, str):
        return turns
    spoken = [turn for turn in turns if turn.get("role") != "tool"]
    return content_text(spoken[-1]) if spoken else ""


def whole_text(turns: Text) -> str:
    """The text itself, or the contents of all messages, one space between them."""
    if not turns:
        return ""
    if isinstance(turns, str):
        return turns
    return " ".join(map(content_text, turns))


def spoken_text(turns: Text) -> str:
    """The text itself, or a line for each message, with who says it."""
    if not turns:
        return ""
    if isinstance(turns, str):
        return turns
    return "\n".join([f"{turn.get('role')}: {content_text(turn)}" for turn in turns])


def content_text(message: Mapping[str, Any]) -> str:
    """A message's content: text, or parts of which some are text or hold some; else ""."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    if not isinstance(content, (list, tuple)):
        return ""
    texts = [_part_text(part) for part in content]
    return "".join(text for text in texts if isinstance(text, str))


def _part_text(part: Any) -> Any:
    """The text of a part, or something else where it has none, as an image."""
    return part.get("text") if isinstance(part, Mapping) else part
