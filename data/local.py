"""A user's own rows for any task, from JSON lines, JSON lists, CSV or Parquet.

A row for the task `translate`, under the default column names:
    {"sentence": "Every cat sleeps.", "formula": "∀x (Cat(x) → Sleeps(x))", "group": "story 7"}
The other tasks' columns are the fields of their records: `wrong` beside these for `correct`,
`passage` and `formula` for `distill`, `prompt` (text, or a list of messages), `chosen` and
`rejected` for `preference`, `text`, `translation`, `from_language` and `to_language` for `mt`, the
fields of a story for `entail`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from data.corpus import Corpus, Quarantined, first_fault
from data.files import READERS, Columns, ending_of, read_rows, text_of
from data.records import TASKS, DataError, Label, Message, Record, column_names, label_of
from data.splits import SINGLE_FILE, distinct, portion, shares_of_file, take, tie

# Files beside the splits in a folder that `folalign data build` wrote.
CARD_NAME = "prepared"
LEFT_OUT_NAME = "quarantined"


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

    A folder holds SPLIT.jsonl, SPLIT.csv and so on. A single file is divided 80/10/10 into train,
    validation and test by group (the `group` column; without one, each row is its own), groups
    that share a text staying together; split "all" is the whole file. `columns` names the file's
    columns for the task's; formulas are read in the `domain`. A row that cannot be used is
    quarantined; DataError where the file cannot be used, or none of its rows can.
    """
    names = _names(columns, task)
    place = Path(path)
    if place.is_dir():
        file, shares = _split_file(place, split), None
    else:
        file, shares = place, shares_of_file(place, split)
    # A column that the user names for the groups must be there; by default it may be missing.
    needs_group = "group" in (columns or {})
    corpus = _read(file, split, task, names, needs_group, domain).audit()
    rows, repeats = distinct(corpus.rows)
    faults = sorted(corpus.quarantined + repeats, key=lambda fault: fault.row)
    if not rows:
        raise DataError(f"{file}: none of its {len(faults)} rows can be used{first_fault(faults)}")
    rows = portion(tie(rows), shares, split)
    if not rows:
        raise DataError(
            f"{file}: too few groups for a {split!r} split; give a folder with {split}.jsonl"
        )
    return Corpus("jsonl", split, take(rows, size, seed), faults, domain)


def split_names(path: str | Path | None) -> tuple[str, ...]:
    """The splits of a file (three), or of a folder (one for each file).

    Raises DataError where there are none.
    """
    if path is None:
        raise DataError(
            "a path is needed: a .jsonl, .json, .csv or .parquet file, or a folder of them"
        )
    place = Path(path)
    if not place.is_dir():
        return tuple(SINGLE_FILE)
    files = [file for file in sorted(place.iterdir()) if ending_of(file) in READERS]
    if not files:
        raise DataError(f"{place}: no file that ends in {', '.join(READERS)}")
    # A dictionary keeps the order and drops what is there twice: train.jsonl and train.csv.
    names = dict.fromkeys(file.name.partition(".")[0] for file in files)
    return tuple(name for name in names if name not in (CARD_NAME, LEFT_OUT_NAME))


def has_column(path: str | Path, split: str, column: str) -> bool:
    """Whether the first readable row of a split's file has the column.

    Raises DataError for an unfit file.
    """
    place = Path(path)
    rows = read_rows(_split_file(place, split) if place.is_dir() else place)
    return next((column in row for _, row in rows if isinstance(row, dict)), False)


def _names(columns: Mapping[str, str] | None, task: str) -> dict[str, str]:
    """The file's column for each of the task's."""
    columns = columns or {}
    required, optional = column_names(task)
    allowed = [*required, *optional]
    if unknown := set(columns) - set(allowed):
        raise DataError(
            f"columns: {', '.join(sorted(unknown))} unknown; allowed: {', '.join(allowed)}"
        )
    return {name: columns.get(name, name) for name in allowed}


def _split_file(folder: Path, split: str) -> Path:
    for ending in READERS:
        file = folder / f"{split}{ending}"
        if file.exists():
            return file
    raise DataError(f"{folder}: no file {' or '.join(split + ending for ending in READERS)}")


def _read(
    file: Path, split: str, task: str, names: Mapping[str, str], needs_group: bool, domain: str
) -> Corpus[Record]:
    """The file's rows as records, formulas unread."""
    rows: list[Record] = []
    faults: list[Quarantined] = []
    for number, columns in read_rows(file):
        try:
            if isinstance(columns, str):
                raise ValueError(columns)
            group = f"row {number}"
            if needs_group or names["group"] in columns:
                group = _group(columns, names["group"])
            values = _values(task, columns, names)
            build: Callable[..., Record] = TASKS[task]
            rows.append(build(**values, group=group, source=str(file), row=number))
        except ValueError as error:
            faults.append(Quarantined(str(file), number, str(error)))
    return Corpus("jsonl", split, rows, faults, domain)


def _group(columns: Columns, column: str) -> str:
    """Groups may be numbered."""
    value = columns.get(column)
    return str(value) if isinstance(value, int) else text_of(columns, column)


def _values(task: str, columns: Columns, names: Mapping[str, str]) -> dict[str, Any]:
    """A record's own fields. Raises ValueError for a column that is missing or of another kind."""
    required, optional = column_names(task)
    values: dict[str, Any] = {}
    for name in required:
        read = _KINDS.get(name, text_of)
        values[name] = read(columns, names[name])
    for name in optional:
        if name != "group" and columns.get(names[name]):
            values[name] = text_of(columns, names[name])
    return values


def _messages(columns: Columns, column: str) -> tuple[Message, ...]:
    turns = columns.get(column)
    if not isinstance(turns, list):
        return (Message("user", text_of(columns, column)),)
    if not all(isinstance(turn, dict) for turn in turns):
        raise ValueError(
            f"column {column!r} is neither text nor a list of messages with role and content"
        )
    return tuple(Message(text_of(turn, "role"), text_of(turn, "content")) for turn in turns)


def _texts(columns: Columns, column: str) -> tuple[str, ...]:
    parts = columns.get(column)
    if not isinstance(parts, Sequence) or isinstance(parts, str):
        parts = [None]  # no list, as a list with a part that is no text
    if not all(isinstance(part, str) for part in parts):
        text_of(columns, column)  # says that the column is missing, or what is in it
        raise ValueError(f"column {column!r} is not a list of texts")
    return tuple(parts)


def _text_or_nothing(columns: Columns, column: str) -> str:
    return text_of(columns, column) if columns.get(column) else ""


def _label(columns: Columns, column: str) -> Label:
    return label_of(text_of(columns, column))


# The fields that are no plain text, by their names; no two records use one name differently.
_KINDS: dict[str, Callable[[Columns, str], Any]] = {
    "prompt": _messages,
    "premises": _texts,
    "premise_formulas": _texts,
    "conclusion_formula": _text_or_nothing,
    "label": _label,
}
