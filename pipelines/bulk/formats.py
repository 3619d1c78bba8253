"""How results are written: each shard as a part, and the parts as one file."""

from __future__ import annotations

import csv
import io
import json
import math
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from data.files import Columns
from logic.errors import installs
from pipelines.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as arrow


STDOUT = (Path("-"), Path("/dev/stdout"))


@dataclass(frozen=True)
class Format:
    """`encode` makes a part of a shard's results; `join` writes one file from all parts, in order."""

    encode: Callable[[Sequence[Columns]], bytes]
    join: Callable[[Sequence[Path], BinaryIO], None]


def format_of(output: Path) -> Format:
    """The format that a file's ending names; a stream gets JSON lines.

    Raises `UsageError`.
    """
    if is_stream(output):
        return FORMATS[".jsonl"]
    if output.suffix not in FORMATS:
        endings = ", ".join(FORMATS)
        raise UsageError(f"--output {output}: results are written to files that end in {endings}")
    if output.suffix == ".parquet":
        _need_arrow(output)
    return FORMATS[output.suffix]


def is_stream(output: Path) -> bool:
    """Whether it is standard output, a pipe or a device: what is written there is gone."""
    return output in STDOUT or (output.exists() and not output.is_file())


# ---- JSON lines and CSV -----------------------------------------------------------------------


def _json_lines(rows: Sequence[Columns]) -> bytes:
    lines = [f"{_json(row)}\n" for row in rows]
    # A lone surrogate has no UTF-8; escaped, it is still the same JSON string.
    return "".join(lines).encode("utf-8", errors="backslashreplace")


def _json(value: Any) -> str:
    # What JSON has no form for, such as the dates of a Parquet file, is text.
    try:
        return json.dumps(value, ensure_ascii=False, default=str, allow_nan=False)
    except ValueError:  # many a reader of JSON takes neither NaN nor Infinity, which it has not
        return json.dumps(_without_infinities(value), ensure_ascii=False, default=str)


def _without_infinities(value: Any) -> Any:
    """The value with None in place of numbers that JSON has not."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _without_infinities(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_without_infinities(one) for one in value]
    return value


def _append(parts: Sequence[Path], target: BinaryIO) -> None:
    for part in parts:
        with part.open("rb") as stream:
            shutil.copyfileobj(stream, target)


def _join_csv(parts: Sequence[Path], target: BinaryIO) -> None:
    """The parts are JSON lines, since only all of them tell which columns there are."""
    names = dict.fromkeys(name for row in _rows(parts) for name in row)
    text = io.TextIOWrapper(target, encoding="utf-8", errors="backslashreplace", newline="")
    writer = csv.DictWriter(text, list(names), lineterminator="\n")
    writer.writeheader()
    for row in _rows(parts):
        writer.writerow({name: _cell(value) for name, value in row.items()})
    text.flush()
    text.detach()


def _cell(value: Any) -> Any:
    return _json(value) if isinstance(value, list | dict | bool) else value


def _rows(parts: Iterable[Path]) -> Iterator[Columns]:
    for part in parts:
        with part.open("rb") as lines:
            yield from map(json.loads, lines)


# ---- Parquet ----------------------------------------------------------------------------------


def _need_arrow(output: Path) -> None:
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError as error:
        raise UsageError(f"{output}: Parquet needs {installs('train')}") from error


def _result_types() -> dict[str, arrow.DataType]:
    """Of the columns of a result, so that an empty one has its type too."""
    import pyarrow as arrow

    text = arrow.string()
    match = arrow.struct(
        [("candidate", text), ("reference", text), ("likeness", arrow.float64())],
    )
    return {
        "row": arrow.int64(),
        "score": arrow.float64(),
        "repairs": arrow.list_(text),
        "reference_repairs": arrow.list_(text),
        "matching": arrow.list_(match),
        **dict.fromkeys(
            ("verdict", "decided_by", "reference", "candidate", "error", "countermodel"), text
        ),
        **dict.fromkeys(("answer", "relation"), text),
    }


def _parquet(rows: Sequence[Columns]) -> bytes:
    import pyarrow as arrow
    from pyarrow import parquet

    types = _result_types()
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: _column([row.get(name) for row in rows], types.get(name)) for name in names}
    sink = io.BytesIO()
    parquet.write_table(arrow.table(columns), sink)
    return sink.getvalue()


def _column(values: list[Any], kind: arrow.DataType | None) -> arrow.Array:
    import pyarrow as arrow

    try:
        return arrow.array(values, type=kind)
    except (arrow.ArrowException, UnicodeEncodeError, OverflowError):
        return arrow.array(map(_text, values), type=arrow.string())


def _text(value: Any) -> str | None:
    """Text for a value of a column whose values have no type in common."""
    if value is None:
        return None
    text = value if isinstance(value, str) else _json(value)
    return text.encode("utf-8", errors="backslashreplace").decode()


def _join_parquet(parts: Sequence[Path], target: BinaryIO) -> None:
    from pyarrow import parquet

    schema = _common_schema([parquet.read_schema(part) for part in parts])
    with parquet.ParquetWriter(target, schema) as writer:
        for part in parts:
            writer.write_table(_cast(parquet.read_table(part), schema))


def _common_schema(schemas: Sequence[arrow.Schema]) -> arrow.Schema:
    """A type for each column: the widest of the parts', or text where they have none in common."""
    import pyarrow as arrow

    fields: dict[str, arrow.Field] = {}
    for field in (field for schema in schemas for field in schema):
        known = fields.get(field.name, field)
        try:
            both = [arrow.schema([known]), arrow.schema([field])]
            (fields[field.name],) = arrow.unify_schemas(both, promote_options="permissive")
        except (arrow.ArrowInvalid, arrow.ArrowTypeError):
            fields[field.name] = arrow.field(field.name, arrow.string())
    return arrow.schema(list(fields.values()))


def _cast(table: arrow.Table, schema: arrow.Schema) -> arrow.Table:
    import pyarrow as arrow

    columns = []
    for field in schema:
        if field.name not in table.column_names:
            columns.append(arrow.nulls(len(table), field.type))
            continue
        column = table[field.name]
        if arrow.types.is_string(field.type) and not arrow.types.is_string(column.type):
            column = arrow.array(map(_text, column.to_pylist()), type=field.type)
        columns.append(column.cast(field.type))
    return arrow.table(columns, schema=schema)


FORMATS = {
    ".jsonl": Format(_json_lines, _append),
    ".csv": Format(_json_lines, _join_csv),
    ".parquet": Format(_parquet, _join_parquet),
}
"""By the endings of files."""
