"""The text of what may be plain text, or a conversation as a list of messages with role and content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Text = str | Sequence[Mapping[str, Any]] | None


def last_text(turns: Text) -> str:
    """The text itself, or the content of the last message; "" where there is none."""
    if turns is None or isinstance(turns, str):
        return turns or ""
    return content_text(turns[-1]) if turns else ""


def whole_text(turns: Text) -> str:
    """The text itself, or the contents of all messages, one space between them."""
    return (
        turns or ""
        if turns is None or isinstance(turns, str)
        else " ".join(map(content_text, turns))
    )


def content_text(message: Mapping[str, Any]) -> str:
    """A message's content: text, or parts of which some are text or hold some; "" for anything else."""
    content = message.get("content")
    if not isinstance(content, (list, tuple)):
        return content if isinstance(content, str) else ""
    texts = [part.get("text") if isinstance(part, Mapping) else part for part in content]
    return "".join(text for text in texts if isinstance(text, str))
