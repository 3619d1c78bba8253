"""Rows of local files, one at a time: a row that cannot be read comes as the reason, and the reading goes on."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from data.records import DataError

MAX_LINE = 1_000_000
"""Bytes a line may have."""

# A row's number in the file (1-based line) with its columns, or with the reason it cannot be read.
Row = tuple[int, dict[str, Any] | str]


def existing_file(path: Path) -> Path:
    """The path, if it is a file with something in it. Raises DataError otherwise."""
    if path.is_dir():
        raise DataError(f"{path}: a folder, where a file is needed")
    if not path.exists():
        raise DataError(f"{path}: no such file")
    if path.stat().st_size == 0:
        raise DataError(f"{path}: the file is empty")
    return path


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a .jsonl or .csv file. Raises DataError where the file itself is unfit."""
    readers = {".jsonl": _json_rows, ".csv": _csv_rows}
    if path.suffix not in readers:
        raise DataError(f"{path}: {path.suffix or 'no ending'}; files that can be read end in {', '.join(readers)}")
    return readers[path.suffix](existing_file(path))


def text_of(columns: dict[str, Any], column: str) -> str:
    """The text in a column, without blanks around it. Raises ValueError saying what is wrong with it."""
    if column not in columns:
        raise ValueError(f"no column {column!r}; it has {', '.join(map(repr, columns)) or 'none'}")
    value = columns[column]
    if not isinstance(value, str):
        raise ValueError(f"column {column!r}: {_brief(value)} is not text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"column {column!r}: not valid UTF-8") from None
    if not value.strip():
        raise ValueError(f"column {column!r} is empty")
    return value.strip()


def _brief(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def _lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines, None for one that is too long: it is passed over in pieces and never held in memory."""
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(MAX_LINE + 1):
                number += 1
                if len(line) <= MAX_LINE or line.endswith(b"\n"):
                    yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
                    continue
                while line and not line.endswith(b"\n"):
                    line = file.readline(MAX_LINE)
                yield number, None
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from error


def _json_rows(path: Path) -> Iterator[Row]:
    for number, line in _lines(path):
        yield number, _too_long() if line is None else _json_object(line)


def _too_long() -> str:
    return f"line longer than {MAX_LINE:,} bytes"


def _json_object(line: bytes) -> dict[str, Any] | str:
    if not line.strip():
        return "empty line"
    try:
        value = json.loads(line.decode())
    except UnicodeDecodeError as error:
        return f"not valid UTF-8 (byte {error.start + 1})"
    except json.JSONDecodeError as error:
        return f"not valid JSON (column {error.colno}: {error.msg})"
    except (ValueError, RecursionError) as error:
        return f"not valid JSON ({error})"
    return value if isinstance(value, dict) else f"{_brief(value)} is not an object with columns"


def _csv_rows(path: Path) -> Iterator[Row]:
    dropped: list[int] = []

    def lines() -> Iterator[str]:
        for number, line in _lines(path):
            if line is None:
                dropped.append(number)
                yield "\n"
            else:
                # Bytes that are no UTF-8 become lone surrogates, which `text_of` refuses row by row.
                yield line.decode(errors="surrogateescape")

    reader = csv.DictReader(lines(), strict=True)
    try:
        if not reader.fieldnames:
            raise DataError(f"{path}, row 1: no column names")
        for columns in reader:
            yield reader.line_num, {k: v for k, v in columns.items() if isinstance(k, str) and v is not None}
    except csv.Error as error:
        raise DataError(f"{path}, row {reader.line_num}: {error}") from error
    for number in dropped:
        yield number, _too_long()
