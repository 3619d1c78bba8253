"""Whether the rows of a local file have the columns that a task needs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from data.files import READERS, Columns, read_rows
from data.own.exchanges import COLUMNS as READY
from data.own.exchanges import Exchange, exchange_in
from data.own.values import values_of
from data.records import TASKS, DataError, column_names

_AS = {"correct": "translate"}  # whose wrong formulas may come from elsewhere
_MISSING = "no column "


def check_rows_have(
    columns: Mapping[str, str] | None, path: str | Path, split: str, task: str
) -> None:
    """Raise DataError where no row of the split has the columns, as loading it would later.

    The rows are read up to the first that has them, and other faults are left to the loading.
    """
    file, task = _file(Path(path), split), _AS.get(task, task)
    if file is None or task not in TASKS:
        return
    required, optional = column_names(task)
    named = dict(columns or {})
    names = {role: named.get(role, role) for role in [*required, *optional, *READY]}
    fault = ""
    for _, row in read_rows(file):
        if isinstance(row, str):
            continue
        missing = _missing(row, names, task, with_group="group" in named)
        if not missing:
            return
        fault = fault or missing
    if fault:
        raise DataError(f"{file}: {fault}{_cure(fault, names)}")


def _file(path: Path, split: str) -> Path | None:
    """The file of a split; None where it is none, which is told elsewhere."""
    if not path.is_dir():
        return path
    files = [path / f"{split}{ending}" for ending in READERS]
    return next((file for file in files if file.exists()), None)


def _missing(row: Columns, names: Mapping[str, str], task: str, *, with_group: bool) -> str:
    """What is told of a column that a row lacks; nothing where it has all that it needs."""
    if with_group and names["group"] not in row:
        return f"{_MISSING}{names['group']!r}; it has {', '.join(map(repr, row)) or 'none'}"
    try:
        place = {"group": "", "source": "", "row": 0}
        if task != Exchange.task or exchange_in(row, names, **place) is None:
            values_of(task, row, names)
    except ValueError as error:
        return str(error) if str(error).startswith(_MISSING) else ""
    return ""


def _cure(fault: str, names: Mapping[str, str]) -> str:
    roles = [role for role, column in names.items() if fault.startswith(f"{_MISSING}{column!r};")]
    return f"; say which it is, as in columns: {{{roles[0]}: NAME}}" if roles else ""
