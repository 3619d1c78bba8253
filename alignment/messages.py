"""The text of what may be plain text, or a list of messages with role and content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Text = str | Sequence[Mapping[str, Any]] | None


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
