"""Where pairs come from: files, or a data set on the hub, in shards that are held in memory one by one."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data.files import READERS, Row, ending_of, read_rows, row_count
from data.published.hub import HUB_NAME, hub_rows
from data.records import DataError

MAX_CHARACTERS = 32_000_000
"""Text in a shard, whatever its number of rows: what bounds the memory."""


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

    def check(self) -> None:
        """Raises DataError where a file is not there or cannot be read at all."""
        if self.path is not None:
            read_rows(self.path)

    def count(self) -> int | None:
        """About how many rows there are, where that is quickly told."""
        return None if self.path is None else row_count(self.path)

    def identity(self) -> dict[str, Any]:
        """What tells whether the rows are still the same."""
        if self.path is None:
            return {"hub": self.name, "split": self.split}
        state = self.path.stat()
        return {"file": str(self.path.resolve()), "bytes": state.st_size, "ns": state.st_mtime_ns}


@dataclass(frozen=True)
class Shard:
    """Rows that are judged, written and, after a kill, judged again together."""

    key: str
    """Its place among all: keys in order are the rows in order."""
    source: str
    rows: list[Row] = field(repr=False)


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


def _characters(row: Row) -> int:
    columns = row[1]
    if isinstance(columns, str):
        return len(columns)
    return sum(len(value) for value in columns.values() if isinstance(value, str | bytes))
