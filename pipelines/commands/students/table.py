"""The table of a class: read from a spreadsheet, a file or standard input, and written with the grades."""

from __future__ import annotations

import codecs
import csv
import io
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from data.files import Columns, Row, read_rows
from data.records import DataError
from pipelines.errors import UsageError
from pipelines.rundir.files import write_atomic
from pipelines.streams import standard_input

STANDARD_INPUT = "-"
MAX_ROWS = 10_000
"""Rows of a class, each of which is explained; `--pairs` has no such limit."""


def read_table(name: str) -> list[Row]:
    """The rows of a file with their numbers, or of standard input for `-`. Raises `UsageError`."""
    try:
        rows = _typed() if name == STANDARD_INPUT else list(read_rows(Path(name)))
    except DataError as error:
        raise UsageError(str(error)) from None
    if not rows:
        raise UsageError(f"{name}: no rows")
    if len(rows) > MAX_ROWS:
        raise UsageError(
            f"{name}: {len(rows):,} rows; --class takes {MAX_ROWS:,}, --pairs any number"
        )
    return rows


def _typed() -> list[Row]:
    """The rows of standard input: JSON lines where it begins with a brace, else CSV."""
    content = standard_input().read()
    start = content.removeprefix(codecs.BOM_UTF8).lstrip()
    ending = ".jsonl" if start.startswith(b"{") else ".csv"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"standard-input{ending}"
        path.write_bytes(content)
        try:
            return list(read_rows(path))
        except DataError as error:
            raise DataError(str(error).replace(str(path), "standard input")) from None


def check_output(path: Path) -> None:
    """Raises `UsageError` for a file whose ending says no kind of table that is written."""
    if path.suffix not in WRITERS:
        raise UsageError(f"--output {path}: a class is written to {', '.join(WRITERS)}")


def write_table(path: Path, rows: Sequence[Columns]) -> None:
    """Write the rows as the file's ending says."""
    write_atomic(path, WRITERS[path.suffix](rows))


def _names(rows: Sequence[Columns]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _cell(value: Any) -> Any:
    """A value of a table; several in one cell are parted by semicolons."""
    return "; ".join(map(str, value)) if isinstance(value, list) else value


def _separated(rows: Sequence[Columns], delimiter: str) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, _names(rows), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})
    # Without the mark, spreadsheets take the signs of formulas for letters of another alphabet.
    return "\ufeff" + text.getvalue()


def _csv(rows: Sequence[Columns]) -> str:
    return _separated(rows, ",")


def _tsv(rows: Sequence[Columns]) -> str:
    return _separated(rows, "\t")


def _json_lines(rows: Sequence[Columns]) -> str:
    return "".join(f"{json.dumps(row, ensure_ascii=False, default=str)}\n" for row in rows)


def _xlsx(rows: Sequence[Columns]) -> bytes:
    from openpyxl import Workbook  # here: most classes are in other files

    book = Workbook()
    sheet = book.active
    names = _names(rows)
    sheet.append(names)
    for place, row in enumerate(rows, start=2):
        for column, name in enumerate(names, start=1):
            cell = sheet.cell(place, column)
            cell.value = _cell(row.get(name))
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a text that begins with = is no formula of the sheet
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


WRITERS: dict[str, Callable[[Sequence[Columns]], str | bytes]] = {
    ".csv": _csv,
    ".tsv": _tsv,
    ".jsonl": _json_lines,
    ".xlsx": _xlsx,
}
