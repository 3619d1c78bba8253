"""What standard input and output are attached to: pipes that nobody reads, other encodings, nothing."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.cli import main

ROOT = Path(__file__).resolve().parents[2]
PROVED = ["--candidate", "P(a)", "--reference", "P(a)"]
REFUTED = ["--candidate", "∃x P(x)", "--reference", "∀x P(x)"]


def started(*words: str, **streams: int | bytes | str | None) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own, as a shell runs it; the encoding is that of its output."""
    encoding = str(streams.pop("encoding", "utf-8"))
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    environment.pop("PYTHONUNBUFFERED", None)
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    return subprocess.run(
        [sys.executable, "-m", "pipelines", *words], cwd=ROOT, env=environment, timeout=100, **streams
    )  # fmt: skip


def unread(*words: str, with_errors: bool = False) -> int:
    """The exit code of the command, into a pipe that nobody reads."""
    read, write = os.pipe()
    os.close(read)
    try:
        return started(
            *words, stdout=write, stderr=write if with_errors else subprocess.PIPE
        ).returncode
    finally:
        os.close(write)


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_a_verdict_is_told_to_a_reader_that_has_left(tmp_path: Path, as_json: list[str]) -> None:
    assert unread("verify", *PROVED, *as_json) == 0
    assert unread("verify", *REFUTED, *as_json) == 1
    pairs = tmp_path / "pairs.csv"
    for candidate, code in (("P(a)", 0), ("Q(b)", 1)):
        pairs.write_text(f"candidate,reference\n{candidate},P(a)\n", encoding="utf-8")
        words = ["--workers", "0", "--names", "exact", *as_json]
        assert unread("verify", "--pairs", str(pairs), *words) == code
        assert unread("verify", "--class", str(pairs), *words[2:]) == code


def test_an_output_is_whole_where_nobody_reads_the_notes(tmp_path: Path) -> None:
    pairs, output = tmp_path / "pairs.csv", tmp_path / "out.jsonl"
    pairs.write_text("candidate,reference\nP(a),P(a)\n", encoding="utf-8")
    words = ["verify", "--pairs", str(pairs), "--workers", "0"]
    assert unread(*words, "--output", str(output), with_errors=True) == 0
    assert json.loads(output.read_text(encoding="utf-8"))["verdict"] == "proved"
    assert unread(*words, "--output", "-") == 0
    assert unread("vrify", with_errors=True) == 2


@pytest.mark.parametrize(
    "words", [["domains"], ["configs"], ["data", "inspect", "synthetic", "--split", "test"]]
)
def test_a_list_that_nobody_reads_to_its_end_is_no_error(words: list[str]) -> None:
    assert unread(*words) == 0


def test_a_full_disk_is_told_once() -> None:
    for words in (PROVED, [*PROVED, "--json"]):
        with open("/dev/full", "wb") as full:
            done = started("verify", *words, stdout=full.fileno())
        assert done.returncode == 2
        assert done.stderr.count(b"\n") == 1 and b"the disk is full" in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_every_command_writes_to_any_terminal(encoding: str) -> None:
    words = ["data", "inspect", "synthetic", "--split", "test", "--size", "3"]
    done = started(*words, encoding=encoding)
    assert done.returncode == 0, done.stderr
    assert "\\u2200" in done.stdout.decode(encoding)
    done = started(*words, "--json", encoding=encoding)
    assert done.returncode == 0 and json.loads(done.stdout.decode(encoding))


@pytest.mark.parametrize("encoding", ["ascii", "latin1", "cp1252", "utf-8"])
def test_json_stays_json_with_signs_that_the_terminal_has_not(encoding: str) -> None:
    answer = "Café 😀 ∀: P(a)"
    words = ["--candidate", answer, "--reference", "P(a)", "--json"]
    done = started("verify", *words, encoding=encoding)
    assert json.loads(done.stdout.decode(encoding))["answer"] == answer


CLASS = "candidate,reference,name\n∀x P(x),∀x P(x),Café\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin1", "utf-8"])
@pytest.mark.parametrize("text", [CLASS, f"\ufeff{CLASS}"])
def test_a_class_is_read_as_utf8_whatever_the_terminal_has(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, encoding: str, text: str
) -> None:
    given = io.TextIOWrapper(io.BytesIO(text.encode()), encoding=encoding)
    monkeypatch.setattr(sys, "stdin", given)
    output = tmp_path / "out.jsonl"
    assert main(["verify", "--class", "-", "--output", str(output)]) == 0
    row = json.loads(output.read_text(encoding="utf-8"))
    assert (row["name"], row["verdict"]) == ("Café", "proved")


def test_json_lines_behind_a_byte_order_mark_are_a_class_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = b'\xef\xbb\xbf{"candidate": "P(a)", "reference": "P(a)"}'
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert main(["verify", "--class", "-"]) == 0
    assert "1 equivalent" in capsys.readouterr().out


def test_what_is_no_utf8_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    latin = CLASS + "P(a),P(a),café\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(latin.encode("utf-16"))))
    assert main(["verify", "--class", "-"]) == 2
    assert "standard input, row 1: UTF-16" in capsys.readouterr().err
    content = b"candidate,reference,name\nP(a),P(a),caf\xe9\nP(a),P(a),b\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert main(["verify", "--class", "-"]) == 1
    assert "row 2: column 'name': not valid UTF-8: 0xE9" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["verify", "--class", "-"],
        ["verify", "--pairs", "-"],
        ["translate", "--model", "tiny"],
        ["translate", "--model", "tiny", "--story"],
    ],
)
def test_standard_input_that_is_closed_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert main(words) == 2
    assert "standard input is closed" in capsys.readouterr().err
