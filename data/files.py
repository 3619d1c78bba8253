"""Rows of local files, one at a time.

A row that cannot be read comes as the reason why, and the reading goes on. No line is held in
memory that is longer than `MAX_LINE`, and only a .json file is read whole.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import itertools
import json
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator
from io import BufferedIOBase
from pathlib import Path
from typing import Any

from data.records import DataError
from logic.errors import installs

MAX_LINE = 1_000_000
"""Bytes a line, or a row of a .json or .parquet file, may have."""
MAX_JSON = 500_000_000
"""Bytes a .json file may have: it is read whole."""

_BYTE_ORDER_MARK = codecs.BOM_UTF8

_OLD_ENCODINGS = "is it Latin-1 or Windows-1252?"

Columns = dict[str, Any]
"""What a row holds, by the names of its columns."""
Row = tuple[int, Columns | str]
"""A row's number in its file (the 1-based line), with its columns or the reason it has none."""


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
    """The rows of a file whose ending is a key of `READERS`.

    .jsonl, .csv and .tsv may be packed with gzip or xz. Raises DataError where the file itself is unfit,
    or breaks off.
    """
    ending = ending_of(path)
    if ending not in READERS:
        raise DataError(
            f"{path}: {ending or 'no ending'}; files that can be read end in {', '.join(READERS)}"
        )
    return READERS[ending](existing_file(path))


def ending_of(path: Path) -> str:
    """The ending that tells how a file is read: ".jsonl" for x.jsonl and x.jsonl.gz."""
    is_packed = path.suffix in (".gz", ".xz")
    return (path.with_suffix("") if is_packed else path).suffix


def row_count(path: Path) -> int | None:
    """About how many rows a file has, for a bar of progress; None where only reading would tell."""
    if ending_of(path) == ".parquet":
        return _parquet_count(path)
    if path.suffix not in (".jsonl", ".csv", ".tsv"):
        return None
    with path.open("rb") as file:
        return sum(piece.count(b"\n") for piece in iter(lambda: file.read(1 << 20), b""))


def text_of(columns: Columns, column: str) -> str:
    """The text in a column, without blanks around it. Raises ValueError: what is wrong with it."""
    if column not in columns:
        raise ValueError(f"no column {column!r}; it has {', '.join(map(repr, columns)) or 'none'}")
    value = columns[column]
    if not isinstance(value, str):
        raise ValueError(f"column {column!r}: {_brief(value)} is not text")
    try:
        value.encode()  # lone surrogates stand for bytes that were no UTF-8
    except UnicodeEncodeError:
        raise ValueError(f"column {column!r}: not valid UTF-8") from None
    if not value.strip():
        raise ValueError(f"column {column!r} is empty")
    return value.strip()


def not_utf8(error: UnicodeDecodeError) -> str:
    """Why a line has no text."""
    byte = error.object[error.start]
    return f"not valid UTF-8 (byte {error.start + 1:,}): 0x{byte:02X}; {_OLD_ENCODINGS}"


def _brief(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def _is_too_long(texts: Iterable[str]) -> bool:
    return sum([len(text.encode(errors="surrogatepass")) for text in texts]) > MAX_LINE


def _too_long(what: str) -> str:
    return f"{what} longer than {MAX_LINE:,} bytes"


def _object(value: Any) -> Columns | str:
    """What a row of JSON must be."""
    if isinstance(value, dict):
        return value
    return f"{_brief(value)} is not an object with columns"


# ---- lines: JSON lines, CSV and TSV --------------------------------------------------------------


def _lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines, None for one that is too long."""
    number = 0
    try:
        with _open(path) as file:
            while line := file.readline(MAX_LINE + 1):
                number += 1
                if number == 1:
                    _check_encoding(path, line)
                if len(line) <= MAX_LINE or line.endswith(b"\n"):
                    yield number, line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line
                    continue
                # The rest is passed over in pieces and never held in memory.
                while line and not line.endswith(b"\n"):
                    line = file.readline(MAX_LINE)
                yield number, None
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{path}, row {number + 1}: {reason}") from error


def _check_encoding(path: Path, start: bytes) -> None:
    """Raises DataError for a file that begins like one in UTF-16 or UTF-32, as some editors save."""
    # No text in UTF-8 has the character NUL, and the first of a table or of JSON is in ASCII.
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in start[:4]:
        raise DataError(
            f"{path}, row 1: UTF-16 or UTF-32, where UTF-8 is needed; this makes it so: "
            f"iconv -f UTF-16 -t UTF-8 {path.name} > utf8-{path.name}"
        )


def _open(path: Path) -> BufferedIOBase:
    if path.suffix == ".gz":
        return gzip.open(path, "rb")
    if path.suffix == ".xz":
        return lzma.open(path, "rb")
    return path.open("rb")


def _json_rows(path: Path) -> Iterator[Row]:
    for number, line in _lines(path):
        yield number, _too_long("line") if line is None else _json_line(line)


def _json_line(line: bytes) -> Columns | str:
    if not line.strip():
        return "empty line"
    try:
        return _object(json.loads(line.decode()))
    except UnicodeDecodeError as error:
        return not_utf8(error)
    except json.JSONDecodeError as error:
        return f"not valid JSON (column {error.colno}: {error.msg})"
    except (ValueError, RecursionError) as error:  # a number or a nesting beyond all bounds
        return f"not valid JSON ({error})"


def _csv_rows(path: Path) -> Iterator[Row]:
    long_lines: list[int] = []
    # The limit of the csv module is below that of a line.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE))
    lines = _csv_lines(path, long_lines)
    head = next(lines, "")
    reader = csv.DictReader(
        itertools.chain([head], lines), strict=True, delimiter=_delimiter(path, head)
    )
    try:
        names = reader.fieldnames
        if not names:
            raise DataError(f"{path}, row 1: no column names")
        if doubled := {name for name in names if names.count(name) > 1}:
            raise DataError(f"{path}, row 1: two columns are called {min(doubled)!r}")
        for cells in reader:
            while long_lines and long_lines[0] < reader.line_num:
                yield long_lines.pop(0), _too_long("line")
            yield reader.line_num, _csv_columns(cells, len(names))
    except csv.Error as error:
        hint = "is a quote not closed?"
        raise DataError(f"{path}, row {reader.line_num}: {error}; {hint}") from error
    for number in long_lines:
        yield number, _too_long("line")


def _delimiter(path: Path, head: str) -> str:
    """What parts the cells: of a .csv file a semicolon or a tab where its header has no comma."""
    if ending_of(path) == ".tsv":
        return "\t"
    return next((sign for sign in (",", ";", "\t") if sign in head), ",")


def _csv_columns(cells: dict[str | Any, Any], names: int) -> Columns | str:
    """What a row holds; cells beyond the header have the key None, missing ones the value None."""
    surplus = cells.get(None)
    if surplus:
        return (
            f"{names + len(surplus)} fields, where the header has {names}; "
            "a text with a comma (or what else parts the fields) stands between quotes"
        )
    columns = {name: cell for name, cell in cells.items() if name is not None and cell is not None}
    for name, cell in columns.items():
        try:
            cell.encode()
        except UnicodeEncodeError as error:
            byte = ord(cell[error.start]) & 0xFF  # what surrogateescape made of it
            return f"column {name!r}: not valid UTF-8: 0x{byte:02X}; {_OLD_ENCODINGS}"
    return columns


def _csv_lines(path: Path, long_lines: list[int]) -> Iterator[str]:
    """The lines as text; a line that is too long is empty, and its number goes into the list."""
    for number, line in _lines(path):
        if line is None:
            long_lines.append(number)
            yield "\n"
        else:
            # Bytes that are no UTF-8 become lone surrogates, which are refused row by row.
            yield line.decode(errors="surrogateescape")


# ---- one JSON list --------------------------------------------------------------------------


def _json_list_rows(path: Path) -> Iterator[Row]:
    """The objects of one JSON list, one after another; row 1 is the first."""
    text = _json_text(path)
    position = _past_blanks(text, 0)
    if not text.startswith("[", position):
        raise DataError(f"{path}: not a list of objects; JSON lines need the ending .jsonl")
    position = _past_blanks(text, position + 1)
    number = 0
    while not text.startswith("]", position):
        number += 1
        place = f"{path}, row {number}"
        value, end = _decode(text, position, place)
        is_long = _is_too_long([text[position:end]])
        yield number, _too_long("row") if is_long else _object(value)
        position = _next_item(text, end, place)
    end = _past_blanks(text, position + 1)
    if end < len(text):
        rest = _brief(text[end : end + 41])
        raise DataError(f"{path}: {rest} stands behind the end of the list")


def _json_text(path: Path) -> str:
    size = path.stat().st_size
    if size > MAX_JSON:
        raise DataError(
            f"{path}: {size:,} bytes; a .json file may have {MAX_JSON:,}; JSON lines have no limit"
        )
    try:
        content = path.read_bytes()
        _check_encoding(path, content)
        return content.removeprefix(_BYTE_ORDER_MARK).decode()
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: {not_utf8(error)}") from None
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from error


def _decode(text: str, position: int, place: str) -> tuple[Any, int]:
    """The value that begins at a position, and where it ends."""
    try:
        return json.JSONDecoder().raw_decode(text, position)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise DataError(f"{place}: not valid JSON ({where}: {error.msg}); is it cut off?") from None
    except (ValueError, RecursionError) as error:
        raise DataError(f"{place}: not valid JSON ({error})") from None


def _next_item(text: str, position: int, place: str) -> int:
    """Where the next value begins, or the list ends."""
    position = _past_blanks(text, position)
    if text.startswith(",", position):
        return _past_blanks(text, position + 1)
    if not text.startswith("]", position):
        raise DataError(f"{place}: no comma or ] behind it; is the file cut off?")
    return position


def _past_blanks(text: str, position: int) -> int:
    while text[position : position + 1].isspace():
        position += 1
    return position


# ---- Parquet --------------------------------------------------------------------------------


def _parquet_rows(path: Path) -> Iterator[Row]:
    try:
        import pyarrow as arrow  # comes with `datasets`
        from pyarrow import parquet
    except ImportError as error:
        raise DataError(f"{path}: Parquet needs {installs('train')} ({error})") from error

    number = 0
    try:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=256):
                for columns in batch.to_pylist():
                    number += 1
                    texts = [part for part in columns.values() if isinstance(part, str)]
                    yield number, _too_long("row") if _is_too_long(texts) else columns
    except (arrow.ArrowException, OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}, row {number + 1}: not a whole Parquet file ({error})") from error


def _parquet_count(path: Path) -> int | None:
    try:
        from pyarrow import parquet

        return parquet.read_metadata(path).num_rows
    except Exception:  # what is wrong with the file is told when it is read
        return None


# ---- spreadsheets ---------------------------------------------------------------------------


def _sheet_rows(path: Path) -> Iterator[Row]:
    """The rows of a workbook's first sheet, whose first row names the columns.

    Cells are texts, and an empty one is an empty text, as in CSV; rows without any are left out.
    """
    try:
        from openpyxl import load_workbook  # here: few files are spreadsheets
    except ImportError as error:
        raise DataError(f"{path}: spreadsheets need pip install openpyxl ({error})") from error
    try:
        sheet = load_workbook(path, read_only=True, data_only=True).worksheets[0]
        rows = sheet.iter_rows(values_only=True)
        names = [None if cell is None else str(cell) for cell in next(rows, ())]
    except Exception as error:  # what the library raises for a broken file is not written down
        raise DataError(f"{path}: not a whole .xlsx file ({error})") from error
    if not any(names):
        raise DataError(f"{path}, row 1: no column names")
    for number, cells in enumerate(rows, start=2):
        columns = {
            name: "" if cell is None else str(cell)
            for name, cell in itertools.zip_longest(names, cells[: len(names)])
            if name is not None
        }
        if any(columns.values()):
            is_long = sum(map(len, columns.values())) > MAX_LINE
            yield number, _too_long("row") if is_long else columns


READERS: dict[str, Callable[[Path], Iterator[Row]]] = {
    ".jsonl": _json_rows,
    ".csv": _csv_rows,
    ".tsv": _csv_rows,
    ".xlsx": _sheet_rows,
    ".json": _json_list_rows,
    ".parquet": _parquet_rows,
}
"""Endings of the files that can be read."""
