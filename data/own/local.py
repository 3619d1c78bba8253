"""A user's own rows for any task, from JSON lines, JSON lists, CSV, Parquet or the hub.

A row for the task `translate`, under the default column names:
    {"sentence": "Every cat sleeps.", "formula": "∀x (Cat(x) → Sleeps(x))", "group": "story 7"}
The other tasks' columns are the fields of their records: `wrong` beside these for `correct`,
`passage` and `formula` for `distill`, `prompt` (text, or a list of messages), `chosen` and
`rejected` for `preference`, `text`, `translation`, `from_language` and `to_language` for `mt`, the
fields of a story for `entail`. Rows that bring their own prompts are in `data.own.exchanges`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.corpus import Corpus, Quarantined, first_fault, repaired_in
from data.files import READERS, Columns, Row, ending_of, read_rows, text_of
from data.own.exchanges import COLUMNS as READY
from data.own.exchanges import Exchange, exchange_in
from data.own.values import values_of
from data.published.hub import HUB_NAME, hub_rows, hub_splits
from data.records import TASKS, DataError, Record, column_names
from data.splits import SINGLE_FILE, distinct, portion, require_split, shares_of_file, take, tie

# Files beside the splits in a folder that `folalign data build` wrote.
CARD_NAME = "prepared"
LEFT_OUT_NAME = "quarantined"
WHERE = f"a file ({', '.join(READERS)}), a folder of them, or a name on the hub (owner/name)"


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
    """The rows of a split, from a folder with one file per split, a single file, or the hub.

    A folder holds SPLIT.jsonl, SPLIT.csv and so on. A single file, or a data set on the hub that
    has one split, is divided 80/10/10 into train, validation and test by group (the `group` column;
    without one, each row is its own), groups that share a text staying together; split "all" is all
    of it. `columns` names the file's columns for the task's; formulas are read in the `domain`, and
    in the `dialect` where one is named. A row that cannot be used is quarantined; DataError where
    the file cannot be used, or none of its rows can.
    """
    names = _names(columns, task)
    part = _open(path, split)
    # A column that the user names for the groups must be there; by default it may be missing.
    needs_group = "group" in (columns or {})
    corpus = _read(part, split, task, names, needs_group, domain)
    audited = corpus.audit(dialect)
    rows, repeats = distinct(audited.rows)
    faults = sorted(
        audited.quarantined + repeats,
        key=lambda fault: fault.row,
    )
    if not rows:
        reason = first_fault(faults)
        raise DataError(
            f"{part.source}: none of its {len(faults)} rows can be used{reason}"
            f"{_cure(reason, names)}"
        )
    usable = len(rows)
    rows = portion(tie(rows), part.shares, split)
    if not rows:
        of_all = f" ({usable} of its {usable + len(faults)} rows can be used)" if faults else ""
        reason = first_fault(faults)
        raise DataError(
            f"{part.source}: too few groups for a {split!r} split{of_all}{reason}"
            f"{_cure(reason, names)}; give a folder with {split}.jsonl, or take the split 'all'"
        )
    subset = take(rows, size, seed)
    return Corpus("own", split, subset, faults, domain, repaired_in(subset, audited.repaired))


@dataclass(frozen=True)
class _Part:
    """Where the rows of a split are, and the shares by which they are divided further, if so."""

    source: str
    rows: Iterable[Row]
    shares: Mapping[str, int] | None = None


def _open(path: str | Path, split: str) -> _Part:
    place = Path(path)
    if place.is_dir():
        file = _split_file(place, split)
        return _Part(str(file), read_rows(file))
    if not is_on_hub(path):
        shares = shares_of_file(place, split)
        return _Part(str(place), read_rows(place), shares)
    name = str(path)
    splits = hub_splits(name)
    if len(splits) > 1:
        require_split(name, split, splits)
        return _Part(f"{name}/{split}", hub_rows(name, split))
    (only,) = splits
    return _Part(f"{name}/{only}", hub_rows(name, only), shares_of_file(place, split))


def is_on_hub(path: str | Path) -> bool:
    """Whether a path that is none here can be a name on the hub."""
    place = Path(path)
    is_local = place.exists() or ending_of(place) in READERS
    return not is_local and HUB_NAME.fullmatch(str(path)) is not None


def split_names(path: str | Path | None) -> tuple[str, ...]:
    """The splits of a file (three), of a folder (one for each file), or of a set on the hub.

    Raises DataError where there are none.
    """
    if path is None:
        raise DataError(f"a path is needed: {WHERE}")
    if is_on_hub(path):
        splits = hub_splits(str(path))
        return splits if len(splits) > 1 else tuple(SINGLE_FILE)
    place = Path(path)
    if not place.is_dir():
        return tuple(SINGLE_FILE)
    names = _splits_in(place)
    if not names:
        raise DataError(f"{place}: no file that ends in {', '.join(READERS)}")
    return tuple(names)


def _splits_in(folder: Path) -> list[str]:
    names: list[str] = []
    for file in sorted(folder.iterdir()):
        name = file.name.partition(".")[0]
        # A split may be there twice: train.jsonl and train.csv.
        is_split = ending_of(file) in READERS and name not in (CARD_NAME, LEFT_OUT_NAME)
        if is_split and name not in names:
            names.append(name)
    return names


def has_column(path: str | Path, split: str, column: str) -> bool:
    """Whether the first readable row of a split has the column.

    Raises DataError for an unfit file.
    """
    for _, columns in _open(path, split).rows:
        if isinstance(columns, dict):
            return column in columns
    return False


def _cure(reason: str, names: Mapping[str, str]) -> str:
    """What to do where the columns have other names; `names` are the file's for the task's."""
    for role, column in names.items():
        # That of a message has a name that nobody can choose.
        if f"no column {column!r};" in reason:
            return (
                f"; say which it is, as in columns: {{{role}: NAME}} "
                f"(for folalign data: --column {role}=NAME)"
            )
    return ""


def check_columns(columns: Mapping[str, str], task: str) -> None:
    """Raises DataError for a column that the task does not have."""
    _names(columns, task)


def _names(columns: Mapping[str, str] | None, task: str) -> dict[str, str]:
    """The file's column for each of the task's."""
    columns = columns or {}
    required, optional = column_names(task)
    allowed = [*required, *optional, *(READY if task == Exchange.task else ())]
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
    raise DataError(
        f"{folder}: no file {' or '.join(names)}; it has {', '.join(_splits_in(folder)) or 'none'}"
    )


def _read(
    part: _Part, split: str, task: str, names: Mapping[str, str], needs_group: bool, domain: str
) -> Corpus[Record]:
    """The rows as records, formulas unread."""
    source = part.source
    rows: list[Record] = []
    faults: list[Quarantined] = []
    for number, columns in part.rows:
        try:
            if isinstance(columns, str):
                raise ValueError(columns)
            group = f"row {number}"
            if needs_group or names["group"] in columns:
                group = _group(columns, names["group"])
            record = _record(task, columns, names, group=group, source=source, row=number)
            if rows:
                _require_same_form(record, rows[0])
            rows.append(record)
        except ValueError as error:
            faults.append(Quarantined(source, number, str(error)))
    return Corpus("own", split, rows, faults, domain)


def _record(task: str, columns: Columns, names: Mapping[str, str], **place: Any) -> Record:
    """Raises ValueError for a row that has none."""
    if task == Exchange.task:
        exchange = exchange_in(columns, names, **place)
        if exchange is not None:
            return exchange
    build: Callable[..., Record] = TASKS[task]
    return build(**values_of(task, columns, names), **place)


def _require_same_form(record: Record, first: Record) -> None:
    """A column of the training rows cannot hold texts and conversations."""
    forms = ["a conversation" if _is_conversation(row) else "a text" for row in (record, first)]
    if forms[0] != forms[1]:
        raise ValueError(f"{forms[0]}, where the rows before have {forms[1]}")


def _is_conversation(record: Record) -> bool:
    return isinstance(record, Exchange) and not isinstance(record.prompt, str)


def _group(columns: Columns, column: str) -> str:
    value = columns.get(column)
    if isinstance(value, int):
        return str(value)  # groups may be numbered
    return text_of(columns, column)
