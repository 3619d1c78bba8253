"""Published data sets: from the hub or a local copy with the same files, to audited and divided records.

A source says which files make up its own splits, how they are divided further, and how a row becomes records.
Local files are read by this project's own reader, which names file and row of every fault; the hub is read through
`datasets`, which gives the same columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data.files import READERS, ending_of, read_rows
from data.records import Corpus, DataError, Quarantined, Record
from data.splits import distinct, share, take, tie, unseen

HUB_NAME = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")
SINGLE_FILE = {"train": 80, "validation": 10, "test": 10}
"""Percent of the groups in each split of a single file that has no split of its own."""

# What a loader makes of a row: its columns, the file, the row's number -> records. Raises ValueError with a reason;
# an empty answer leaves the row out on purpose (not preferred, not faithful ...), uncounted among the faults.
Reader = Callable[[dict[str, Any], str, int], Iterable[Record]]
# (file, row number, columns or the reason why there are none)
Sourced = tuple[str, int, dict[str, Any] | str]


@dataclass(frozen=True)
class Source:
    """A published data set.

    `files` are glob patterns of each of its own splits; `divided` says which of them are divided further, by group,
    into percentages of which splits. `hubs` names another hub for a split that is published apart.
    """

    name: str
    task: str
    licence: str
    hub: str
    read: Reader
    files: Mapping[str, tuple[str, ...]]
    divided: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    hubs: Mapping[str, str] = field(default_factory=dict)

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that can be loaded."""
        return tuple(part for own in self.files for part in self.divided.get(own, (own,)))

    def origin(self, split: str) -> str:
        """The source's own split that a split is taken from. Raises DataError for an unknown one."""
        for own in self.files:
            if split in self.divided.get(own, (own,)):
                return own
        raise DataError(f"{self.name} has no split {split!r}; it has {', '.join(self.splits)}")


def load(
    source: Source,
    path: str | Path | None,
    split: str,
    size: int | None = None,
    seed: int = 0,
    domain: str = "fol",
) -> Corpus[Record]:
    """The audited rows of a split.

    `path` is a folder with the source's files (or SPLIT.jsonl and the like), a single file, or a hub name (the
    default is the source's own). Quarantined: rows that cannot be read, whose formula is no formula, that repeat
    another, or that share a text with train. A subset of `size` keeps groups whole.
    Raises DataError where the data cannot be found, or no row of it can be used.
    """
    place = Path(path) if path is not None else None
    if place is not None and place.is_file():
        rows, faults = gather(source.read, _file_rows(place), domain)
        shares: Mapping[str, int] | None = None if split == "all" else SINGLE_FILE
        if shares is not None and split not in shares:
            raise DataError(
                f"{place}: no split {split!r}; a single file has {', '.join(SINGLE_FILE)} and all"
            )
    else:
        own = source.origin(split)
        rows, faults = gather(source.read, open_split(source, path, own), domain)
        shares = source.divided.get(own)
        if own != "train" and "train" in source.files and _has(source, place, "train"):
            rows, leaked = unseen(rows, _parts(source, path))
            faults += leaked
    name = str(path or source.hub)
    if not rows:
        first = f"; {faults[0].source}, row {faults[0].row}: {faults[0].reason}" if faults else ""
        raise DataError(f"{name}, split {split}: none of its rows can be used{first}")
    rows = tie(rows)
    if shares is not None:
        rows = [row for row in rows if share(row.group, shares) == split]
        if not rows:
            raise DataError(f"{name}: too few groups for a {split!r} split")
    return Corpus(source.name, split, take(rows, size, seed), faults, domain)


def gather(
    read: Reader, rows: Iterable[Sourced], domain: str = "fol"
) -> tuple[list[Record], list[Quarantined]]:
    """The distinct, validated records of the rows, and what was left out with the reason."""
    found: list[Record] = []
    faults: list[Quarantined] = []
    for name, number, columns in rows:
        try:
            if isinstance(columns, str):
                raise ValueError(columns)
            found += [record.checked(domain) for record in read(columns, name, number)]
        except ValueError as error:  # data.audit.Fault is one
            faults.append(Quarantined(name, number, str(error)))
    kept, repeated = distinct(found)
    return kept, faults + repeated


def _parts(source: Source, path: str | Path | None) -> Iterator[Record]:
    """The training records as they are written, formulas unread: what a test row must not repeat."""
    for name, number, columns in open_split(source, path, "train"):
        if isinstance(columns, dict):
            try:
                yield from source.read(columns, name, number)
            except ValueError:
                continue  # counted when train itself is loaded


def open_split(source: Source, path: str | Path | None, own: str) -> Iterator[Sourced]:
    """The rows of one of the source's own splits, with file and row number. Raises DataError where there are none."""
    place = Path(path) if path is not None else None
    if place is not None and place.is_dir():
        files = split_files(source, place, own)
        if not files:
            wanted = ", ".join(source.files[own])
            raise DataError(
                f"{place}: no file {wanted} or {own}{{{','.join(READERS)}}} for split {own!r}"
            )
        return (row for file in files for row in _file_rows(file))
    name = str(path or source.hubs.get(own, source.hub))
    if not HUB_NAME.fullmatch(name):
        raise DataError(
            f"{name}: no such file or folder, and not a name on the hub such as {source.hub}"
        )
    return _hub_rows(name, source.files[own], own)


def split_files(source: Source, folder: Path, own: str) -> list[Path]:
    """The folder's files of a split: by the source's patterns, else by their names alone, else SPLIT.ending."""
    for patterns in (source.files[own], [Path(pattern).name for pattern in source.files[own]]):
        if files := sorted(
            {file for pattern in patterns for file in folder.glob(pattern) if file.is_file()}
        ):
            return files
    return sorted(
        file for file in folder.glob(f"{own}.*") if file.is_file() and ending_of(file) in READERS
    )


def _has(source: Source, place: Path | None, own: str) -> bool:
    return place is None or not place.is_dir() or bool(split_files(source, place, own))


def _file_rows(file: Path) -> Iterator[Sourced]:
    for number, columns in read_rows(file):
        yield str(file), number, columns


def _hub_rows(name: str, patterns: tuple[str, ...], own: str) -> Iterator[Sourced]:
    try:
        import datasets
    except ImportError as error:
        raise DataError(f"{name}: the hub needs pip install 'folalign[train]' ({error})") from error
    try:
        rows = datasets.load_dataset(name, data_files={own: list(patterns)}, split=own)
    except Exception as error:  # the hub's client raises many unrelated kinds
        raise DataError(
            f"{name}: neither a file, a folder nor a data set that could be loaded: {error}"
        ) from error
    for number, row in enumerate(rows, start=1):
        yield f"{name}/{own}", number, dict(row)
