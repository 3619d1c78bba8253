"""Where `folalign translate` writes: a file that it goes on with, or a stream.

A file is gone on with where all that it holds was written by this very command; no other is touched.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from pipelines.commands.translating.sentences import Sentence
from pipelines.commands.translating.stories import StoryText
from pipelines.errors import UsageError
from pipelines.rundir.files import read_jsonl
from pipelines.streams import is_same_file


def check_target(output: Path | None, source: str) -> None:
    """Raise `UsageError` for an output that cannot be one, or would replace the input."""
    if output is None:
        return
    if output.is_dir():
        raise UsageError(f"--output {output} is a folder; name a file")
    if source != "-" and is_same_file(output, Path(source)):
        raise UsageError(f"--output {output} is the file with the sentences; name another")


def rows_there(output: Path | None, first: Sentence | StoryText) -> dict[Any, dict[str, Any]]:
    """The rows that an output has already, by their numbers; `first` is the first of the input.

    What is read from a stream, such as a pipe, is no output that was kept. Raises `UsageError` for a
    file that holds something else.
    """
    if output is None or (output.exists() and not output.is_file()):
        return {}
    try:
        rows = {row["row"]: row for row in read_jsonl(output, keys=("row",))}
        tail = b"" if rows or not output.exists() else output.read_bytes()
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise UsageError(f"{output}: not an output of this command ({error!r})") from None
    start = _start(first)
    if tail and not tail.startswith(start) and not start.startswith(tail):
        raise UsageError(
            f"{output} is there already, and is no output of this command; name another --output"
        )
    return rows


def _start(item: Sentence | StoryText) -> bytes:
    """How the row of a sentence or a story begins, whatever is found for it."""
    kept = item.kept if isinstance(item, Sentence) else {}
    line = line_of(kept | {"row": item.row, **item.identity()})
    return line.removesuffix("}\n").encode(errors="backslashreplace")


def line_of(row: dict[str, Any]) -> str:
    """A row as it is written."""
    # What JSON has no form for, such as the dates of a Parquet file, is text.
    return json.dumps(row, ensure_ascii=False, default=str) + "\n"


@contextmanager
def writer(path: Path | None) -> Iterator[IO[str]]:
    """Standard output, or the file to append to, without a last line that was cut off."""
    if path is None:
        yield sys.stdout
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file():
            # Cut off, not written again: a kill here costs no row.
            os.truncate(path, path.read_bytes().rfind(b"\n") + 1)
        # A lone surrogate has no UTF-8; escaped, it is still the same JSON string.
        stream = path.open("a", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from None
    with stream:
        yield stream
