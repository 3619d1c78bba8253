"""CSV as people write it: commas without quotes, columns twice, a line that is too long."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.files import MAX_LINE, read_rows
from data.records import DataError


def written(folder: Path, text: str) -> Path:
    path = folder / "rows.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_row_with_more_fields_than_the_header_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, "candidate,reference\nLoves(a,b),Loves(a,b)\nP(a),P(a)\n")
    (_, surplus), (_, whole) = read_rows(path)
    assert isinstance(surplus, str) and "4 fields, where the header has 2" in surplus
    assert whole == {"candidate": "P(a)", "reference": "P(a)"}


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "candidate,reference,reference\nP(a),P(a),Q(a)\n")
    with pytest.raises(DataError, match="two columns are called 'reference'"):
        list(read_rows(path))


def test_rows_keep_their_order_around_a_line_that_is_too_long(tmp_path: Path) -> None:
    lines = ["a,b", "1,x", f"2,{'y' * (MAX_LINE + 10)}", "3,z", f"4,{'y' * (MAX_LINE + 10)}"]
    rows = list(read_rows(written(tmp_path, "\n".join(lines) + "\n")))
    assert [number for number, _ in rows] == [2, 3, 4, 5]
    assert [isinstance(columns, str) for _, columns in rows] == [False, True, False, True]


def test_a_quote_that_is_not_closed_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a quote not closed"):
        list(read_rows(written(tmp_path, 'a,b\n"1,x\n2,y\n')))
