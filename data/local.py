"""A user's own rows for any task, from JSON lines, JSON lists, CSV or Parquet.

A row for the task `translate`, under the default column names:
    {"sentence": "Every cat sleeps.", "formula": "∀x (Cat(x) → Sleeps(x))", "group": "story 7"}
The other tasks' columns are the fields of their records: `wrong` beside these for `correct`, `passage` and `formula`
for `distill`, `prompt` (text, or a list of messages), `chosen` and `rejected` for `preference`, `text`,
`translation`, `from_language` and `to_language` for `mt`, the fields of a story for `entail`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from data.files import READERS, ending_of, read_rows, text_of
from data.records import TASKS, Corpus, DataError, Label, Message, Quarantined, Record, column_names
from data.splits import distinct, share, take, tie

# Files beside the splits in a folder that `folalign data build` wrote.
CARD_NAME, LEFT_OUT_NAME = "prepared", "quarantined"
SPLITS = {"train": 80, "validation": 10, "test": 10}


def load(
    path: str | Path,
    split: str,
    size: int | None = None,
    seed: int = 0,
    columns: Mapping[str, str] | None = None,
    task: str = "translate",
    domain: str = "fol",
) -> Corpus[Record]:
    """The rows of a split, from a folder with one file per split or from a single file.

    A folder holds SPLIT.jsonl, SPLIT.csv and so on. A single file is divided 80/10/10 into train, validation and
    test by group (the `group` column; without one, each row is its own), groups that share a text staying together;
    split "all" is the whole file. `columns` names the file's columns for the task's; formulas are
    read in the `domain`. A row that cannot be used is quarantined; DataError where the file cannot be used, or none of
    its rows can.
    """
    names = _columns(columns, task)
    place = Path(path)
    file = _split_file(place, split) if place.is_dir() else place
    whole = file != place or split == "all"
    if not whole and split not in SPLITS:
        raise DataError(
            f"{file}: no split {split!r}; a single file has {', '.join(SPLITS)} and all"
        )
    corpus = _read(file, split, names, "group" in (columns or {}), task, domain).audit()
    found, repeated = distinct(corpus.rows)
    faults = sorted(corpus.quarantined + repeated, key=lambda fault: fault.row)
    if not found:
        first = f"; row {faults[0].row}: {faults[0].reason}" if faults else ""
        raise DataError(f"{file}: none of its {len(faults)} rows can be used{first}")
    rows = tie(found)
    if not whole:
        rows = [row for row in rows if share(row.group, SPLITS) == split]
        if not rows:
            raise DataError(
                f"{file}: too few groups for a {split!r} split; give a folder with {split}.jsonl"
            )
    return Corpus("jsonl", split, take(rows, size, seed), faults, domain)


def split_names(path: str | Path | None) -> tuple[str, ...]:
    """The splits of a file (three), or of a folder (one for each file). Raises DataError where there are none."""
    if path is None:
        raise DataError(
            "a path is needed: a .jsonl, .json, .csv or .parquet file, or a folder of them"
        )
    place = Path(path)
    if not place.is_dir():
        return tuple(SPLITS)
    found = {
        file.name.partition(".")[0]: None
        for file in sorted(place.iterdir())
        if ending_of(file) in READERS
    }
    if not found:
        raise DataError(f"{place}: no file that ends in {', '.join(READERS)}")
    return tuple(name for name in found if name not in (CARD_NAME, LEFT_OUT_NAME))


def has_column(path: str | Path, split: str, column: str) -> bool:
    """Whether the first readable row of a split's file has the column. Raises DataError for an unfit file."""
    place = Path(path)
    rows = read_rows(_split_file(place, split) if place.is_dir() else place)
    return next((column in row for _, row in rows if isinstance(row, dict)), False)


def _read(
    file: Path, split: str, names: Mapping[str, str], grouped: bool, task: str, domain: str
) -> Corpus[Record]:
    rows: list[Record] = []
    faults: list[Quarantined] = []
    for number, read in read_rows(file):
        try:
            if isinstance(read, str):
                raise ValueError(read)
            group = f"row {number}"
            if grouped or names["group"] in read:
                value = read.get(names["group"])
                group = str(value) if isinstance(value, int) else text_of(read, names["group"])
            rows.append(record(task, read, names, group=group, source=str(file), row=number))
        except ValueError as error:
            faults.append(Quarantined(str(file), number, str(error)))
    return Corpus("jsonl", split, rows, faults, domain)


def record(
    task: str,
    columns: dict[str, Any],
    names: Mapping[str, str],
    *,
    group: str,
    source: str,
    row: int,
) -> Record:
    """A record of the task from a row's columns. Raises ValueError for a column that is missing or of another kind."""
    needed, optional = column_names(task)
    values: dict[str, Any] = {}
    for name in needed:
        if task == "preference" and name == "prompt":
            values[name] = _messages(columns, names[name])
        elif task == "entail" and name.startswith("premise"):
            values[name] = _listed(columns, names[name])
        elif name == "conclusion_formula":
            values[name] = text_of(columns, names[name]) if columns.get(names[name]) else ""
        else:
            values[name] = text_of(columns, names[name])
    if task == "entail":
        values["label"] = label_of(values["label"])
    for name in optional:
        if name != "group" and columns.get(names[name]):
            values[name] = text_of(columns, names[name])
    return TASKS[task](**values, group=group, source=source, row=row)  # type: ignore[call-arg]


def label_of(text: str) -> Label:
    """ "True", "False" or "Uncertain" (which some call "Unknown"). Raises ValueError for another label."""
    label = {"Unknown": "Uncertain"}.get(text, text)
    if label not in ("True", "False", "Uncertain"):
        raise ValueError(f"label {text!r}; allowed: True, False, Uncertain, Unknown")
    return cast(Label, label)


def _messages(columns: dict[str, Any], column: str) -> tuple[Message, ...]:
    value = columns.get(column)
    if not isinstance(value, list):
        return (Message("user", text_of(columns, column)),)
    if not all(isinstance(turn, dict) for turn in value):
        raise ValueError(
            f"column {column!r} is neither text nor a list of messages with role and content"
        )
    return tuple(Message(text_of(turn, "role"), text_of(turn, "content")) for turn in value)


def _listed(columns: dict[str, Any], column: str) -> tuple[str, ...]:
    value = columns.get(column)
    if (
        not isinstance(value, Sequence)
        or isinstance(value, str)
        or not all(isinstance(part, str) for part in value)
    ):
        text_of(columns, column)
        raise ValueError(f"column {column!r} is not a list of texts")
    return tuple(value)


def _columns(columns: Mapping[str, str] | None, task: str) -> dict[str, str]:
    allowed = [name for part in column_names(task) for name in part]
    if unknown := set(columns or {}) - set(allowed):
        raise DataError(
            f"columns: {', '.join(sorted(unknown))} unknown; allowed: {', '.join(allowed)}"
        )
    return {name: (columns or {}).get(name, name) for name in allowed}


def _split_file(folder: Path, split: str) -> Path:
    for ending in READERS:
        if (folder / f"{split}{ending}").exists():
            return folder / f"{split}{ending}"
    raise DataError(f"{folder}: no file {' or '.join(split + ending for ending in READERS)}")
