"""Published data sets: from the hub or a local copy with the same files, to records.

A source says which files make up its original splits, how these are divided further, and how a
row becomes records. Local files are read by this project's own reader, which names file and row of
every fault; the hub is read through `datasets`, which gives the same columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from data.corpus import Corpus, Quarantined, Repaired, first_fault, repaired_in
from data.files import READERS, Columns, ending_of, read_rows
from data.published.hub import HUB_NAME, hub_rows
from data.records import DataError, Record
from data.splits import distinct, portion, require_split, shares_of_file, take, tie, unseen

Reader = Callable[[Columns, str, int], Iterable[Record]]
"""What a loader makes of a row: its columns, the file, the row's number -> records.

Raises ValueError with the reason where it makes none.
"""
SourceRow = tuple[str, int, Columns | str]
"""The file, the row's number in it, and its columns or the reason why there are none."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A published data set.

    `files` are glob patterns of each of its original splits; `divided` says which of them are
    divided further, by group, into percentages of which splits. `hubs` names another hub for a
    split that is published apart; `subsets` are folders of the files, in place of `*-*`.
    """

    name: str
    task: str
    licence: str
    hub: str
    read: Reader
    files: Mapping[str, tuple[str, ...]]
    divided: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    hubs: Mapping[str, str] = field(default_factory=dict)
    subsets: tuple[str, ...] = ()

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that can be loaded."""
        splits: list[str] = []
        for origin in self.files:
            splits += self._splits_of(origin)
        return tuple(splits)

    def origin(self, split: str) -> str:
        """The original split that a split is taken from. Raises DataError for an unknown one."""
        require_split(self.name, split, self.splits)
        origins = [origin for origin in self.files if split in self._splits_of(origin)]
        return origins[0]

    def _splits_of(self, origin: str) -> Iterable[str]:
        return self.divided.get(origin, (origin,))


def load(
    source: Source,
    path: str | Path | None,
    split: str,
    size: int | None = None,
    seed: int = 0,
    domain: str = "fol",
    dialect: str | None = None,
) -> Corpus[Record]:
    """The audited rows of a split.

    `path` is a folder with the source's files (or SPLIT.jsonl and the like), a single file, or a
    hub name (the default is the source's own). Quarantined: rows that cannot be read, whose
    formula is no formula, that repeat another, or that share a text with train. A subset of `size`
    keeps groups whole. Raises DataError where the data cannot be found, or no row of it can be
    used.
    """
    place = Path(path) if path is not None else None
    if place is not None and place.is_file():
        shares = shares_of_file(place, split)
        file_rows = _file_rows(place)
        rows, faults, repaired = gather(source.read, file_rows, domain, dialect)
    else:
        origin = source.origin(split)
        shares = source.divided.get(origin)
        split_rows = open_split(source, path, origin)
        rows, faults, repaired = gather(source.read, split_rows, domain, dialect)
        if origin != "train" and _has_train(source, place):
            train = _train_records(source, path)
            rows, leaks = unseen(rows, train)
            faults += leaks
    name = str(path or source.hub)
    if not rows:
        reason = first_fault(faults, with_source=True)
        raise DataError(f"{name}, split {split}: none of its rows can be used{reason}")
    rows = portion(tie(rows), shares, split)
    if not rows:
        reason = first_fault(faults, with_source=True)
        raise DataError(f"{name}: too few groups for a {split!r} split{reason}")
    subset = take(rows, size, seed)
    return Corpus(source.name, split, subset, faults, domain, repaired_in(subset, repaired))


def gather(
    read: Reader, rows: Iterable[SourceRow], domain: str = "fol", dialect: str | None = None
) -> tuple[list[Record], list[Quarantined], list[Repaired]]:
    """The distinct, validated records of the rows; what was left out, and what mended, with why."""
    records: list[Record] = []
    faults: list[Quarantined] = []
    repaired: list[Repaired] = []
    for file, number, columns in rows:
        repairs: list[str] = []
        try:
            if isinstance(columns, str):
                raise ValueError(columns)
            # All records of a row or none: a faulty one takes the others with it.
            candidates = read(columns, file, number)
            records += [record.checked(domain, repairs, dialect) for record in candidates]
        except ValueError as error:  # data.audit.Fault is one
            faults.append(Quarantined(file, number, str(error)))
        else:
            repaired += [Repaired(file, number, repair) for repair in repairs]
    records, repeats = distinct(records)
    return records, faults + repeats, repaired


def _train_records(source: Source, path: str | Path | None) -> Iterator[Record]:
    """The training records as they are written, formulas unread.

    They are what a test row must not repeat.
    """
    for file, number, columns in open_split(source, path, "train"):
        if isinstance(columns, str):
            continue
        try:
            yield from source.read(columns, file, number)
        except ValueError:
            continue  # counted when train itself is loaded


def open_split(source: Source, path: str | Path | None, origin: str) -> Iterator[SourceRow]:
    """The rows of one of the original splits. Raises DataError where there are none."""
    place = Path(path) if path is not None else None
    if place is not None and place.is_dir():
        return _folder_rows(source, place, origin)
    name = str(path or source.hubs.get(origin, source.hub))
    if not HUB_NAME.fullmatch(name):
        raise DataError(
            f"{name}: no such file or folder, and not a name on the hub such as {source.hub}"
        )
    return _hub_files(source, name, origin)


def _hub_files(source: Source, name: str, origin: str) -> Iterator[SourceRow]:
    """The rows on the hub, subset by subset, as the hub does not say which file a row is from."""
    for subset in source.subsets or ("",):
        files = [pattern.replace("*-*", subset or "*-*") for pattern in source.files[origin]]
        rows = hub_rows(name, origin, files=files, alternatives="a file, a folder")
        place = "/".join(part for part in (name, subset, origin) if part)
        for number, columns in rows:
            yield place, number, columns


def split_files(source: Source, folder: Path, origin: str) -> list[Path]:
    """The folder's files of an original split.

    They match the source's patterns, or else the names in these alone, or else SPLIT.ending.
    """
    patterns = source.files[origin]
    names = [Path(pattern).name for pattern in patterns]
    files = _matches(folder, patterns) or _matches(folder, names)
    if files:
        return files
    files = _matches(folder, [f"{origin}.*"])
    return [file for file in files if ending_of(file) in READERS]


def _matches(folder: Path, patterns: Iterable[str]) -> list[Path]:
    """The files that match any of the patterns, each once."""
    matches: set[Path] = set()
    for pattern in patterns:
        matches.update(folder.glob(pattern))
    return sorted(file for file in matches if file.is_file())


def _has_train(source: Source, place: Path | None) -> bool:
    """Whether there is a train split beside the one asked for."""
    if "train" not in source.files:
        return False
    if place is None or not place.is_dir():
        return True
    return bool(split_files(source, place, "train"))


def _folder_rows(source: Source, folder: Path, origin: str) -> Iterator[SourceRow]:
    files = split_files(source, folder, origin)
    if not files:
        patterns = ", ".join(source.files[origin])
        endings = ",".join(READERS)
        raise DataError(
            f"{folder}: no file {patterns} or {origin}{{{endings}}} for split {origin!r}"
        )
    return (row for file in files for row in _file_rows(file))


def _file_rows(file: Path) -> Iterator[SourceRow]:
    for number, columns in read_rows(file):
        yield str(file), number, columns
