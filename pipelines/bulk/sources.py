"""Where pairs come from: files, or a data set on the hub, in shards that are held in memory one by one."""

from __future__ import annotations

import glob
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from data.files import READERS, Columns, Row, ending_of, read_rows, row_count
from data.published.hub import HUB_NAME, hub_rows
from data.records import DataError
from pipelines.rundir.files import fingerprint
from pipelines.streams import standard_input

MAX_CHARACTERS = 32_000_000
"""Text in a shard, whatever its number of rows: what bounds the memory."""

LOOKED_AT = 50
"""Rows of each file that are looked at before any work."""
STDIN = (Path("-"), Path("/dev/stdin"))


@dataclass(frozen=True)
class Source:
    """A file, or a split of a data set on the hub, which has no path."""

    name: str
    path: Path | None = None
    split: str = "train"

    def rows(self) -> Iterator[Row]:
        """Its rows with their numbers. Raises DataError, here or on the way."""
        if self.path is None:
            return hub_rows(self.name, self.split, streaming=True, alternatives="a file")
        return read_rows(self.path)

    def first_rows(self) -> list[Columns]:
        """Some rows of a file, of those that can be read; of a data set on the hub, none.

        Raises DataError where a file is not there or cannot be read at all.
        """
        if self.path is None:
            return []
        rows = islice(read_rows(self.path), LOOKED_AT)
        return [columns for _, columns in rows if not isinstance(columns, str)]

    def count(self) -> int | None:
        """About how many rows there are, where that is quickly told."""
        return None if self.path is None else row_count(self.path)

    def identity(self) -> dict[str, Any]:
        """What tells whether the rows are still the same: every byte of a file, not its time."""
        if self.path is None:
            return {"hub": self.name, "split": self.split}
        return {"bytes": self.path.stat().st_size, "sha256": fingerprint(self.path)}


@dataclass(frozen=True)
class Shard:
    """Rows that are judged, written and, after a kill, judged again together."""

    key: str
    """Its place among all: keys in order are the rows in order."""
    source: str
    rows: list[Row] = field(repr=False)


@contextmanager
def open_sources(pairs: str, split: str) -> Iterator[list[Source]]:
    """As `find_sources`; what a pipe holds is copied to a file first. Raises DataError.

    So its rows can be counted, and a run that was stopped can tell whether they are the same.
    """
    path = Path(pairs)
    is_stdin = path in STDIN
    if not is_stdin and (not path.exists() or path.is_file() or path.is_dir()):
        yield find_sources(pairs, split)
        return
    name = "standard input" if is_stdin else pairs
    # What has no ending is taken for JSON lines.
    ending = path.suffix if path.suffix in READERS else ".jsonl"
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / f"pairs{ending}"
        _copy(None if is_stdin else path, copy, name)
        try:
            yield [Source(name, copy)]
        except DataError as error:
            raise DataError(str(error).replace(str(copy), name)) from None


def _copy(path: Path | None, copy: Path, name: str) -> None:
    """Copy what a pipe holds, or standard input."""
    try:
        with copy.open("wb") as target, path.open("rb") if path else _stdin() as stream:
            shutil.copyfileobj(stream, target)
    except OSError as error:
        raise DataError(f"{name}: {error.strerror or error}") from error


def _stdin() -> AbstractContextManager[BinaryIO]:
    return nullcontext(standard_input())  # which is not ours to close


def find_sources(pairs: str, split: str) -> list[Source]:
    """The files that a path or a pattern names, or a data set on the hub. Raises DataError."""
    path = Path(pairs)
    if not path.exists():
        found = [Path(name) for name in sorted(glob.glob(pairs, recursive=True))]
        files = [file for file in found if file.is_file()]
        if files:
            return [Source(str(file), file) for file in files]
        if glob.has_magic(pairs):
            raise DataError(f"{pairs}: no file is named so")
        if HUB_NAME.fullmatch(pairs) and ending_of(path) not in READERS:
            return [Source(pairs, split=split)]
    return [Source(pairs, path)]


def read_shards(place: int, source: Source, size: int) -> Iterator[Shard]:
    """The shards of the source at a place among others: `size` rows, fewer where rows are long."""
    number, characters = 0, 0
    rows: list[Row] = []
    for row in source.rows():
        rows.append(row)
        characters += _characters(row)
        if len(rows) == size or characters > MAX_CHARACTERS:
            yield Shard(_key(place, number), source.name, rows)
            number, characters, rows = number + 1, 0, []
    if rows:
        yield Shard(_key(place, number), source.name, rows)


def shards_of(sources: Sequence[Source], size: int) -> Iterator[Shard]:
    """The shards of all sources, in order."""
    for place, source in enumerate(sources):
        yield from read_shards(place, source, size)


def _key(place: int, number: int) -> str:
    return f"{place:06}-{number:08}"


def _characters(value: Any) -> int:
    """Text in a row, at whatever depth."""
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, dict):
        return sum(map(_characters, value.values()))
    return sum(map(_characters, value)) if isinstance(value, list | tuple) else 0
