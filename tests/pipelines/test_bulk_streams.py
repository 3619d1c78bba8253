"""What `folalign verify --pairs` reads from and writes to beside plain files in UTF-8."""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from logic.judging.workers.pool import MAX_WORKERS, Pool
from pipelines.cli import main

ALL = "∀x (Cat(x) → Sleeps(x))"
SOME = "∃x (Cat(x) ∧ Sleeps(x))"


def bulk(pairs: Path | str, output: Path) -> int:
    return main(["verify", "--pairs", str(pairs), "--output", str(output)])


def lines(path: Path, count: int) -> Path:
    row = json.dumps({"candidate": SOME, "reference": ALL})
    path.write_text(f"{row}\n" * count, encoding="utf-8")
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("output", ["-", "/dev/stdout"])
def test_standard_output_gets_json_lines_and_nothing_else(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], output: str
) -> None:
    origin = lines(tmp_path / "pairs.jsonl", 3)
    assert bulk(origin, Path(output)) == 1
    captured = capfdbinary.readouterr()
    assert [json.loads(line)["row"] for line in captured.out.splitlines()] == [1, 2, 3]
    assert b"equivalent" in captured.err
    assert list(tmp_path.iterdir()) == [origin]


def test_pairs_come_from_standard_input_and_from_pipes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    origin = lines(tmp_path / "pairs.jsonl", 7)
    with origin.open() as stream, monkeypatch.context() as patch:
        patch.setattr(sys, "stdin", stream)
        assert bulk("-", tmp_path / "by-stdin.jsonl") == 1
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    text = f"candidate,reference\n{ALL},{ALL}\n{SOME},{ALL},too many\n"
    writer = threading.Thread(target=pipe.write_text, args=(text,), kwargs={"encoding": "utf-8"})
    writer.start()
    assert bulk(pipe, tmp_path / "by-pipe.jsonl") == 1
    writer.join()
    assert f"{pipe}, row 3: 3 fields" in "".join(capsys.readouterr().err.split("\n"))
    assert (
        len(read(tmp_path / "by-stdin.jsonl")) == 7 and len(read(tmp_path / "by-pipe.jsonl")) == 2
    )


def test_numbers_that_json_has_not_come_out_as_null(tmp_path: Path) -> None:
    origin = tmp_path / "pairs.jsonl"
    pair = f'"candidate": "{ALL}", "reference": "{ALL}"'
    values = ["NaN", "[-Infinity, 1]", '{"a": 1e999}']
    origin.write_text("".join([f'{{{pair}, "own": {value}}}\n' for value in values]))
    output = tmp_path / "out.jsonl"
    assert bulk(origin, output) == 0
    assert [row["own"] for row in read(output)] == [None, [None, 1], {"a": None}]


@pytest.mark.parametrize(("encoding", "message"), [
    ("utf-16", "row 1: UTF-16 or UTF-32, where UTF-8 is needed"),
    ("utf-16-be", "row 1: UTF-16 or UTF-32, where UTF-8 is needed"),
    ("latin-1", "0xE9; is it Latin-1 or Windows-1252?"),
])  # fmt: skip
@pytest.mark.parametrize("ending", [".csv", ".jsonl"])
def test_a_file_in_another_encoding_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: str, message: str, ending: str
) -> None:
    rows = ["candidate,reference,name", "P(a),P(a),café"]
    if ending == ".jsonl":
        rows = ['{"candidate": "P(a)", "reference": "P(a)", "name": "café"}']
    path = tmp_path / f"pairs{ending}"
    path.write_text("\n".join([*rows, ""]), encoding=encoding)
    assert bulk(path, tmp_path / "out.jsonl") == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out.jsonl.parts").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--workers", "9" * 23], "--workers must be at most 4,096, got 99,999,"),
        (["--split", "x"], "--split is of a data set on the hub, and "),
        (["--column", "candidate=a", "--column", "candidate=b"], "--column candidate is given twice"),
    ],
)  # fmt: skip
def test_options_that_cannot_be_or_would_do_nothing_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    origin = lines(tmp_path / "pairs.jsonl", 1)
    assert main(["verify", "--pairs", str(origin), *words]) == 2
    assert message in capsys.readouterr().err


def test_two_columns_of_two_names_are_taken(tmp_path: Path) -> None:
    origin = tmp_path / "pairs.csv"
    origin.write_text(f"a,b\n{ALL},{ALL}\n", encoding="utf-8")
    columns = ["--column", "candidate=a", "--column", "reference=b"]
    for option in ("--pairs", "--class"):
        assert main(["verify", option, str(origin), *columns]) == 0


def test_a_pool_is_of_no_more_workers_than_any_machine_has_use_for() -> None:
    for workers in (0, MAX_WORKERS + 1):
        with pytest.raises(ValueError, match="workers must be at"):
            Pool("pipelines.bulk.judging:judge_pair", workers=workers)
    Pool("pipelines.bulk.judging:judge_pair", workers=MAX_WORKERS).close()
