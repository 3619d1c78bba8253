"""`folalign translate --story`: the formulas of a story, their signature, and what they prove.

Sentence by sentence; then names that differ in spelling alone are joined over the story.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import logic
from data.files import READERS, Columns, ending_of, read_rows, text_of
from data.records import DataError, label_of
from logic.signatures.merging import Merging
from logic.signatures.signature import Signature
from logic.stories.verdict import story_verdict
from pipelines.commands.translating.sentences import named, signature_of
from pipelines.errors import UsageError
from pipelines.streams import standard_input

MOST_PREMISES = 200
"""Premises of a story: a file of sentences without blank lines is one story, and no prover's."""
Choices = list[dict[str, Any]]
"""What is chosen for each sentence: its formula, confidence and alternatives."""


@dataclass(frozen=True, slots=True)
class StoryText:
    """A story of the input: its number, its sentences, its label where it has one, and the names it may use."""

    row: int
    premises: tuple[str, ...]
    conclusion: str
    label: str | None = None
    signature: Signature | None = None

    @property
    def sentences(self) -> tuple[str, ...]:
        """The premises and then the conclusion."""
        return (*self.premises, self.conclusion)

    def identity(self) -> dict[str, Any]:
        """The columns of the output by which the row is known again."""
        return {"story": "\n".join(self.sentences), **named(self.signature)}


def read_stories(
    source: str, *, signature: Signature | None = None, per_row: bool = False
) -> tuple[list[StoryText], list[tuple[int, str]]]:
    """The stories of a file or of standard input ("-"), and the rows that are none, with the reason.

    A file with columns has `premises` (a list, or a sentence on each line) and `conclusion`, and may
    have `label`; a text has a sentence on each line, the conclusion last, and a blank line between
    stories. All have the `signature`, unless each brings its own in a column of that name
    (`per_row`). Raises `UsageError` for a file that cannot be read.
    """
    stories: list[StoryText] = []
    broken: list[tuple[int, str]] = []
    try:
        for number, row in _rows(source):
            try:
                if isinstance(row, str):
                    raise ValueError(row)
                names = signature_of(row, signature, per_row=per_row)
                stories.append(_story(number, row, names))
            except ValueError as error:
                broken.append((number, str(error)))
    except (DataError, OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{source}: {error}") from None
    return stories, broken


def _rows(source: str) -> Iterator[tuple[int, Columns | str]]:
    if source != "-" and ending_of(Path(source)) in READERS:
        yield from read_rows(Path(source))
        return
    content = standard_input().read() if source == "-" else Path(source).read_bytes()
    text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    if text.lstrip().startswith("{"):
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                yield number, _json_row(line)
        return
    blocks = [block.strip() for block in text.split("\n\n") if block.strip()]
    for number, block in enumerate(blocks, start=1):
        *premises, conclusion = block.splitlines()
        yield number, {"premises": premises, "conclusion": conclusion}


def _json_row(line: str) -> Columns | str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"not valid JSON ({error})"
    return row if isinstance(row, dict) else "not a JSON object"


def _story(number: int, row: Columns, signature: Signature | None) -> StoryText:
    """Raises ValueError for a row that is no story."""
    premises = row.get("premises")
    if isinstance(premises, str):
        premises = premises.splitlines()
    if not isinstance(premises, list) or not all(isinstance(text, str) for text in premises):
        raise ValueError(f"premises must be a list of sentences, got {premises!r:.60}")
    premises = [text.strip() for text in premises if text.strip()]
    if not premises:
        raise ValueError("no premises")
    if len(premises) > MOST_PREMISES:
        raise ValueError(f"{len(premises):,} premises, where at most {MOST_PREMISES} are taken")
    label = row.get("label")
    return StoryText(
        number,
        tuple(premises),
        text_of(row, "conclusion").strip(),
        None if label is None else label_of(str(label)),
        signature,
    )


def translated(story: StoryText, choices: Choices, *, domain: str) -> dict[str, Any]:
    """What the formulas chosen for a story's sentences say together, as plain values.

    The story's signature, if it has one, is what the names are to be; names that differ from one of
    it, or from an earlier one, in spelling alone are replaced by it, and listed.
    """
    formulas = [
        None if choice["formula"] is None else logic.parse(choice["formula"], domain=domain)
        for choice in choices
    ]
    merging = (story.signature or Signature()).merge(
        [each for each in formulas if each is not None]
    )
    parts = list(_parts(story, choices, merging, domain))
    *premises, conclusion = parts
    told = {
        "row": story.row,
        **story.identity(),
        "premises": premises,
        "conclusion": conclusion,
        "signature": merging.signature.to_dict(),
        "renamed": _renamed(merging),
        "label": story.label,
    }
    return told | _verdict(formulas, merging, domain)


def _parts(
    story: StoryText, choices: Choices, merging: Merging, domain: str
) -> Iterator[dict[str, Any]]:
    merged = iter(merging.formulas)
    for sentence, choice in zip(story.sentences, choices, strict=True):
        formula = None
        if choice["formula"] is not None:
            formula = logic.to_text(next(merged), domain=domain)
        yield {"sentence": sentence, **choice, "formula": formula}


def _renamed(merging: Merging) -> dict[str, str]:
    """Names that were joined, each with the one that stands for it now."""
    return {
        match.candidate[1]: match.reference[1]
        for match in merging.renamed
        if match.candidate is not None and match.reference is not None
    }


def _verdict(formulas: Sequence[Any], merging: Merging, domain: str) -> dict[str, Any]:
    """What is proved, and by which premises, counted from 1."""
    if None in formulas:
        number = list(formulas).index(None) + 1
        reason = f"no formula for sentence {number}"
        return {"verdict": "not judged", "used": [], "reason": reason}
    *premises, conclusion = merging.formulas
    try:
        found = story_verdict(premises, conclusion, domain=domain)
    except logic.LogicError as error:
        return {"verdict": "not judged", "used": [], "reason": str(error)}
    used = [place + 1 for place in found.used]
    return {"verdict": found.finding, "used": used, "reason": found.reason}
