"""HH-RLHF: conversations with a preferred and a rejected last answer.

Bai et al., "Training a Helpful and Harmless Assistant with RLHF", arXiv 2204.05862; MIT; on the hub as
Anthropic/hh-rlhf, 160,800 rows for training and 8,552 for testing, in four folders of train.jsonl.gz and
test.jsonl.gz. The text is upsetting in places. A row (the layout is theirs, the words are made up):
    {"chosen": "\\n\\nHuman: What do owls eat?\\n\\nAssistant: Mostly mice.",
     "rejected": "\\n\\nHuman: What do owls eat?\\n\\nAssistant: Owls eat nothing."}
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from data.files import text_of
from data.published.source import Source
from data.records import Message, Preference

_TURN = re.compile(r"(?:^|\n\n)(Human|Assistant):")
_ROLES = {"Human": "user", "Assistant": "assistant"}


def turns(transcript: str) -> list[Message]:
    """The turns of a transcript; turns of one speaker in a row are one. Raises ValueError where there is none."""
    pieces = _TURN.split(transcript.strip())
    if len(pieces) < 3 or pieces[0].strip():
        raise ValueError("transcript does not begin with 'Human:' or 'Assistant:'")
    found: list[Message] = []
    for speaker, text in zip(pieces[1::2], pieces[2::2], strict=True):
        role = _ROLES[speaker]
        if found and found[-1].role == role:
            found[-1] = Message(role, f"{found[-1].content}\n\n{text.strip()}".strip())
        else:
            found.append(Message(role, text.strip()))
    return found


def read(columns: dict[str, Any], source: str, row: int) -> Iterator[Preference]:
    """The conversation up to where the answers part. Raises ValueError where they have no common prompt."""
    chosen, rejected = turns(text_of(columns, "chosen")), turns(text_of(columns, "rejected"))
    if chosen[:-1] != rejected[:-1]:
        raise ValueError("the chosen and the rejected conversation differ before the last turn")
    if {chosen[-1].role, rejected[-1].role} != {"assistant"}:
        raise ValueError("the last turn is not the assistant's")
    first = chosen[0].content if len(chosen) > 1 else ""
    # Conversations that open alike are branches of one: the opening is the document.
    group = f"hh-rlhf {' '.join(first.split())}"
    yield Preference(
        tuple(chosen[:-1]), chosen[-1].content, rejected[-1].content, group, source, row
    )


SOURCE = Source(
    name="hh-rlhf",
    task="preference",
    licence="MIT",
    hub="Anthropic/hh-rlhf",
    read=read,
    files={"train": ("*-*/train.jsonl*",), "test": ("*-*/test.jsonl*",)},
    divided={"train": {"train": 95, "validation": 5}},
)
