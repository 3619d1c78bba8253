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

from data.corpus import Corpus, Quarantined, first_fault, repaired_in
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
    dialect: str | None = None,
) -> Corpus[Record]:
    """The rows of a split, from a folder with one file per split or from a single file.

    A folder holds SPLIT.jsonl, SPLIT.csv and so on. A single file is divided 80/10/10 into train,
    validation and test by group (the `group` column; without one, each row is its own), groups
    that share a text staying together; split "all" is the whole file. `columns` names the file's
    columns for the task's; formulas are read in the `domain`, and in the
    `dialect` where one is named. A row that cannot be used is
    quarantined; DataError where the file cannot be used, or none of its rows can.
    """
    names = _names(columns, task)
    place = Path(path)
    if place.is_dir():
        file = _split_file(place, split)
        shares = None
    else:
        file = place
        shares = shares_of_file(file, split)
    # A column that the user names for the groups must be there; by default it may be missing.
    needs_group = "group" in (columns or {})
    corpus = _read(file, split, task, names, needs_group, domain)
    audited = corpus.audit(dialect)
    rows, repeats = distinct(audited.rows)
    faults = sorted(
        audited.quarantined + repeats,
        key=lambda fault: fault.row,
    )
    if not rows:
        reason = first_fault(faults)
        raise DataError(f"{file}: none of its {len(faults)} rows can be used{reason}")
    rows = portion(tie(rows), shares, split)
    if not rows:
        raise DataError(
            f"{file}: too few groups for a {split!r} split; give a folder with {split}.jsonl"
        )
    subset = take(rows, size, seed)
    return Corpus("jsonl", split, subset, faults, domain, repaired_in(subset, audited.repaired))


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
    names: list[str] = []
    for file in sorted(place.iterdir()):
        name = file.name.partition(".")[0]
        # A split may be there twice: train.jsonl and train.csv.
        if ending_of(file) in READERS and name not in names:
            names.append(name)
    if not names:
        raise DataError(f"{place}: no file that ends in {', '.join(READERS)}")
    return tuple(name for name in names if name not in (CARD_NAME, LEFT_OUT_NAME))


def has_column(path: str | Path, split: str, column: str) -> bool:
    """Whether the first readable row of a split's file has the column.

    Raises DataError for an unfit file.
    """
    file = Path(path)
    if file.is_dir():
        file = _split_file(file, split)
    for _, columns in read_rows(file):
        if isinstance(columns, dict):
            return column in columns
    return False


def _names(columns: Mapping[str, str] | None, task: str) -> dict[str, str]:
    """The file's column for each of the task's."""
    columns = columns or {}
    required, optional = column_names(task)
    allowed = [*required, *optional]
    unknown = sorted(set(columns) - set(allowed))
    if unknown:
        raise DataError(f"columns: {', '.join(unknown)} unknown; allowed: {', '.join(allowed)}")
    return {name: columns.get(name, name) for name in allowed}


def _split_file(folder: Path, split: str) -> Path:
    names = [f"{split}{ending}" for ending in READERS]
    for name in names:
        file = folder / name
        if file.exists():
            return file
    raise DataError(f"{folder}: no file {' or '.join(names)}")


def _read(
    file: Path, split: str, task: str, names: Mapping[str, str], needs_group: bool, domain: str
) -> Corpus[Record]:
    """The file's rows as records, formulas unread."""
    build: Callable[..., Record] = TASKS[task]
    source = str(file)
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
            rows.append(build(**values, group=group, source=source, row=number))
        except ValueError as error:
            faults.append(Quarantined(source, number, str(error)))
    return Corpus("jsonl", split, rows, faults, domain)


def _group(columns: Columns, column: str) -> str:
    value = columns.get(column)
    if isinstance(value, int):
        return str(value)  # groups may be numbered
    return text_of(columns, column)


def _values(task: str, columns: Columns, names: Mapping[str, str]) -> dict[str, Any]:
    """A record's own fields. Raises ValueError for a column that is missing or of another kind."""
    required, optional = column_names(task)
    values: dict[str, Any] = {}
    for name in required:
        read = _KINDS.get(name, text_of)
        values[name] = read(columns, names[name])
    for name in optional:
        if name == "group":
            continue
        column = names[name]
        if columns.get(column):
            values[name] = text_of(columns, column)
    return values


def _messages(columns: Columns, column: str) -> tuple[Message, ...]:
    turns = columns.get(column)
    if not isinstance(turns, list):
        text = text_of(columns, column)
        return (Message("user", text),)
    messages: list[Message] = []
    for turn in turns:
        if not isinstance(turn, dict):
            raise ValueError(
                f"column {column!r} is neither text nor a list of messages with role and content"
            )
        role = text_of(turn, "role")
        messages.append(Message(role, text_of(turn, "content")))
    return tuple(messages)


def _texts(columns: Columns, column: str) -> tuple[str, ...]:
    parts = columns.get(column)
    if not isinstance(parts, Sequence) or isinstance(parts, str):
        parts = [None]  # no list, as a list with a part that is no text
    if not all(isinstance(part, str) for part in parts):
        text_of(columns, column)  # says that the column is missing, or what is in it
        raise ValueError(f"column {column!r} is not a list of texts")
    return tuple(parts)


def _text_or_nothing(columns: Columns, column: str) -> str:
    if not columns.get(column):
        return ""
    return text_of(columns, column)


def _label(columns: Columns, column: str) -> Label:
    text = text_of(columns, column)
    return label_of(text)


# The fields that are no plain text, by their names; no two records use one name differently.
_KINDS: dict[str, Callable[[Columns, str], Any]] = {
    "prompt": _messages,
    "premises": _texts,
    "premise_formulas": _texts,
    "conclusion_formula": _text_or_nothing,
    "label": _label,
}
