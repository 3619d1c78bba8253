"""HH-RLHF: conversations with a preferred and a rejected last answer.

Bai et al., "Training a Helpful and Harmless Assistant with RLHF", arXiv 2204.05862; MIT; on the
hub as Anthropic/hh-rlhf, 160,800 rows for training and 8,552 for testing, in four folders of
train.jsonl.gz and test.jsonl.gz, each a subset that is reported apart. The text is upsetting in
places. A row (the layout is theirs, the words are made up):
    {"chosen": "\\n\\nHuman: What do owls eat?\\n\\nAssistant: Mostly mice.",
     "rejected": "\\n\\nHuman: What do owls eat?\\n\\nAssistant: Owls eat nothing."}
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from data.files import Columns, text_of
from data.published.source import Source
from data.records import Message, Preference

_TURN = re.compile(r"(?:^|\n\n)(Human|Assistant):")
SUBSETS = ("harmless-base", "helpful-base", "helpful-online", "helpful-rejection-sampled")
_ROLES = {"Human": "user", "Assistant": "assistant"}


def turns(transcript: str) -> list[Message]:
    """The turns of a transcript; turns of one speaker in a row are one.

    Raises ValueError where there is none.
    """
    # What stands before the first speaker, then speakers and texts by turns.
    before, *pieces = _TURN.split(transcript.strip())
    if not pieces or before.strip():
        raise ValueError("transcript does not begin with 'Human:' or 'Assistant:'")
    messages: list[Message] = []
    for speaker, text in zip(pieces[::2], pieces[1::2], strict=True):
        role = _ROLES[speaker]
        text = text.strip()
        if messages and messages[-1].role == role:
            earlier = messages.pop().content
            text = f"{earlier}\n\n{text}".strip()
        messages.append(Message(role, text))
    return messages


def read(columns: Columns, source: str, row: int) -> Iterator[Preference]:
    """The conversation up to where the answers part.

    Raises ValueError where they have no common prompt.
    """
    *prompt, chosen = turns(text_of(columns, "chosen"))
    *other_prompt, rejected = turns(text_of(columns, "rejected"))
    if prompt != other_prompt:
        raise ValueError("the chosen and the rejected conversation differ before the last turn")
    if {chosen.role, rejected.role} != {"assistant"}:
        raise ValueError("the last turn is not the assistant's")
    # Conversations that open alike are branches of one: the opening is the document.
    opening = prompt[0].content if prompt else ""
    yield Preference(
        prompt=tuple(prompt),
        chosen=chosen.content,
        rejected=rejected.content,
        group=f"hh-rlhf {' '.join(opening.split())}",
        source=source,
        row=row,
        subset=next((part for part in PurePath(source).parts if part in SUBSETS), ""),
    )


SOURCE = Source(
    name="hh-rlhf",
    task="preference",
    licence="MIT",
    hub="Anthropic/hh-rlhf",
    read=read,
    files={"train": ("*-*/train.jsonl*",), "test": ("*-*/test.jsonl*",)},
    divided={"train": {"train": 95, "validation": 5}},
    subsets=SUBSETS,
)
