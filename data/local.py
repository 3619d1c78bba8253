"""A user's own pairs, from JSON lines or CSV.

A row, under the default column names:
    {"sentence": "Every cat sleeps.", "formula": "∀x (Cat(x) → Sleeps(x))", "group": "story 7"}
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from data.files import read_rows, text_of
from data.records import Corpus, DataError, Quarantined, Translation
from data.splits import share, take, tie

COLUMNS = ("sentence", "formula", "group")
SPLITS = {"train": 80, "validation": 10, "test": 10}
ENDINGS = (".jsonl", ".csv")


def load(
    path: str | Path, split: str, size: int | None = None, seed: int = 0, columns: Mapping[str, str] | None = None
) -> Corpus:
    """The pairs of a split, from a folder with one file per split or from a single file.

    A folder holds SPLIT.jsonl or SPLIT.csv. A single file is divided 80/10/10 into train, validation and test
    by group (the `group` column; without one, each row is its own), groups that share a sentence or a formula
    staying together; split "all" is the whole file. `columns` names the file's columns for `sentence`,
    `formula` and `group`. A row that cannot be used is quarantined; DataError where the file cannot be used,
    or no row of it can.
    """
    names = _columns(columns)
    place = Path(path)
    file = _split_file(place, split) if place.is_dir() else place
    whole = file != place or split == "all"
    if not whole and split not in SPLITS:
        raise DataError(f"{file}: no split {split!r}; a single file has {', '.join(SPLITS)} and all")
    corpus = _distinct(_read(file, split, names, "group" in (columns or {})).audit())
    if not corpus.rows:
        first = f"; row {corpus.quarantined[0].row}: {corpus.quarantined[0].reason}" if corpus.quarantined else ""
        raise DataError(f"{file}: none of its {len(corpus.quarantined)} rows can be used{first}")
    rows = tie(corpus.rows)
    if not whole:
        rows = [row for row in rows if share(row.group, SPLITS) == split]
        if not rows:
            raise DataError(f"{file}: too few groups for a {split!r} split; give a folder with {split}.jsonl")
    return Corpus("jsonl", split, take(rows, size, seed), corpus.quarantined)


def _read(file: Path, split: str, names: Mapping[str, str], grouped: bool) -> Corpus:
    rows: list[Translation] = []
    faults: list[Quarantined] = []
    for number, read in read_rows(file):
        try:
            if isinstance(read, str):
                raise ValueError(read)
            sentence, formula = text_of(read, names["sentence"]), text_of(read, names["formula"])
            group = f"row {number}"
            if grouped or names["group"] in read:
                value = read.get(names["group"])
                group = str(value) if isinstance(value, int) else text_of(read, names["group"])
        except ValueError as error:
            faults.append(Quarantined(str(file), number, str(error)))
        else:
            rows.append(Translation(sentence, formula, group, str(file), number))
    return Corpus("jsonl", split, rows, faults)


def _distinct(corpus: Corpus) -> Corpus:
    """The corpus with each row that repeats an earlier one in quarantine."""
    first: dict[tuple[str, str], Translation] = {}
    faults = list(corpus.quarantined)
    for row in corpus.rows:
        earlier = first.setdefault((row.sentence, row.formula), row)
        if earlier is not row:
            faults.append(Quarantined(row.source, row.row, f"repeats row {earlier.row}"))
    return Corpus(corpus.name, corpus.split, list(first.values()), sorted(faults, key=lambda fault: fault.row))


def _columns(columns: Mapping[str, str] | None) -> dict[str, str]:
    if unknown := set(columns or {}) - set(COLUMNS):
        raise DataError(f"columns: {', '.join(sorted(unknown))} unknown; allowed: {', '.join(COLUMNS)}")
    return {name: (columns or {}).get(name, name) for name in COLUMNS}


def _split_file(folder: Path, split: str) -> Path:
    for ending in ENDINGS:
        if (folder / f"{split}{ending}").exists():
            return folder / f"{split}{ending}"
    raise DataError(f"{folder}: no file {' or '.join(split + ending for ending in ENDINGS)}")
