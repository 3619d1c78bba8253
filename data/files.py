"""Rows of local files, one at a time: a row that cannot be read comes as the reason, and the reading goes on."""

from __future__ import annotations

import csv
import gzip
import json
import lzma
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, cast

from data.records import DataError

MAX_LINE = 1_000_000
"""Bytes a line, or a row of a .json or .parquet file, may have."""
MAX_JSON = 500_000_000
"""Bytes a .json file may have: it is read whole."""

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
    """The rows of a file whose ending is a key of `READERS`; .jsonl and .csv may be packed with gzip or xz.

    Raises DataError where the file itself is unfit, or breaks off.
    """
    ending = ending_of(path)
    if ending not in READERS:
        raise DataError(
            f"{path}: {ending or 'no ending'}; files that can be read end in {', '.join(READERS)}"
        )
    return READERS[ending](existing_file(path))


def ending_of(path: Path) -> str:
    """The ending that tells how a file is read: ".jsonl" for x.jsonl and x.jsonl.gz."""
    return (path.with_suffix("") if path.suffix in (".gz", ".xz") else path).suffix


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
    number = 0
    try:
        with _open(path) as file:
            while line := file.readline(MAX_LINE + 1):
                number += 1
                if len(line) <= MAX_LINE or line.endswith(b"\n"):
                    yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
                    continue
                while line and not line.endswith(b"\n"):
                    line = file.readline(MAX_LINE)
                yield number, None
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        raise DataError(
            f"{path}, row {number + 1}: {getattr(error, 'strerror', None) or error}"
        ) from error


def _open(path: Path) -> IO[bytes]:
    openers: dict[str, Callable[[Path, str], Any]] = {".gz": gzip.open, ".xz": lzma.open}
    return cast(IO[bytes], openers.get(path.suffix, open)(path, "rb"))


def _json_rows(path: Path) -> Iterator[Row]:
    for number, line in _lines(path):
        yield number, _too_long() if line is None else _json_object(line)


def _too_long(what: str = "line") -> str:
    return f"{what} longer than {MAX_LINE:,} bytes"


def _json_list_rows(path: Path) -> Iterator[Row]:
    """The objects of one JSON list, one after another; row 1 is the first."""
    if (size := path.stat().st_size) > MAX_JSON:
        raise DataError(
            f"{path}: {size:,} bytes; a .json file may have {MAX_JSON:,}; JSON lines have no limit"
        )
    try:
        text = path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not valid UTF-8 (byte {error.start + 1:,})") from None
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from error
    at, number, decoder = _past_blanks(text, 0), 0, json.JSONDecoder()
    if not text.startswith("[", at):
        raise DataError(f"{path}: not a list of objects; JSON lines need the ending .jsonl")
    at = _past_blanks(text, at + 1)
    while not text.startswith("]", at):
        number += 1
        try:
            value, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            where = f"line {error.lineno}, column {error.colno}"
            raise DataError(
                f"{path}, row {number}: not valid JSON ({where}: {error.msg}); is it cut off?"
            ) from None
        except (ValueError, RecursionError) as error:
            raise DataError(f"{path}, row {number}: not valid JSON ({error})") from None
        if end - at > MAX_LINE:
            yield number, _too_long("row")
        else:
            yield (
                number,
                value
                if isinstance(value, dict)
                else f"{_brief(value)} is not an object with columns",
            )
        at = _past_blanks(text, end)
        if text.startswith(",", at):
            at = _past_blanks(text, at + 1)
        elif not text.startswith("]", at):
            raise DataError(f"{path}, row {number}: no comma or ] behind it; is the file cut off?")
    if (end := _past_blanks(text, at + 1)) < len(text):
        raise DataError(f"{path}: {_brief(text[end : end + 41])} stands behind the end of the list")


def _past_blanks(text: str, at: int) -> int:
    while text[at : at + 1].isspace():
        at += 1
    return at


def _parquet_rows(path: Path) -> Iterator[Row]:
    try:
        import pyarrow as arrow  # comes with `datasets`
        from pyarrow import parquet
    except ImportError as error:
        raise DataError(f"{path}: Parquet needs pip install 'folalign[train]' ({error})") from error

    number = 0
    try:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=256):
                for value in batch.to_pylist():
                    number += 1
                    long = (
                        sum(len(part) for part in value.values() if isinstance(part, str))
                        > MAX_LINE
                    )
                    yield number, _too_long("row") if long else value
    except (arrow.ArrowException, OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}, row {number + 1}: not a whole Parquet file ({error})") from error


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

    csv.field_size_limit(
        max(csv.field_size_limit(), MAX_LINE)
    )  # its own limit is below that of a line
    reader = csv.DictReader(lines(), strict=True)
    try:
        if not reader.fieldnames:
            raise DataError(f"{path}, row 1: no column names")
        for columns in reader:
            yield (
                reader.line_num,
                {k: v for k, v in columns.items() if isinstance(k, str) and v is not None},
            )
    except csv.Error as error:
        raise DataError(f"{path}, row {reader.line_num}: {error}") from error
    for number in dropped:
        yield number, _too_long()


READERS: dict[str, Callable[[Path], Iterator[Row]]] = {
    ".jsonl": _json_rows,
    ".csv": _csv_rows,
    ".json": _json_list_rows,
    ".parquet": _parquet_rows,
}
"""Endings of the files that can be read."""
