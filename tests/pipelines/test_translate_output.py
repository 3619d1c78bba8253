"""`folalign translate --output`: what is gone on with, and files that are none of its own."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines import cli
from pipelines.commands import translate

Run = Callable[..., int]
LINES = [{"id": 7, "sentence": "A cat sleeps."}, {"id": 8, "sentence": "A dog sleeps."}]


class Scripted:
    """Says the same of every sentence."""

    def render(self, prompts: list[Any]) -> list[Any]:
        return prompts

    def answers(self, prompts: list[Any], **_: Any) -> list[list[str]]:
        return [["∃x Sleeps(x)"] for _ in prompts]

    def close(self) -> None: ...


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.setattr(translate, "open_answerer", lambda *_, **__: Scripted())
    monkeypatch.chdir(tmp_path)
    text = "".join(f"{json.dumps(line)}\n" for line in LINES)
    Path("in.jsonl").write_text(text, encoding="utf-8")

    def with_options(*options: str) -> int:
        return cli.main(["translate", "--model", "tiny", "--n", "1", *options])

    return with_options


def numbers(path: Path) -> list[int]:
    return [json.loads(line)["row"] for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    "content",
    [
        "One line of notes, without an end",
        "∀x Cat(x)",
        '{"name": "a notebook", "cells": []}',
        '{"row": 1, "sentence": "Another sentence.", "formula": "P(a)"}',
        '{"row": 2, "sentence": "A dog sleeps."',
        '["row"]',
        "[{]",
    ],
)
def test_a_file_of_someone_else_is_left_as_it_is(
    run: Run, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    output = Path("notes.txt")
    output.write_text(content, encoding="utf-8")
    assert run("--input", "in.jsonl", "--output", "notes.txt") == 2
    assert "is there already, and is no output of this command" in capsys.readouterr().err
    assert output.read_text(encoding="utf-8") == content


@pytest.mark.parametrize("length", [0, 1, 8, 20, 40, 70])
@pytest.mark.parametrize(
    "options",
    [
        ["--input", "in.jsonl"],
        ["--input", "in.jsonl", "--keep", "id"],
        ["--input", "in.txt", "--story"],
        ["--input", "in.txt", "--story", "--whole"],
    ],
)
def test_a_row_that_was_cut_off_is_written_again(run: Run, length: int, options: list[str]) -> None:
    Path("in.txt").write_text("A cat sleeps.\nIt sleeps.\n\nA dog.\nA dog.\n", "utf-8")
    assert run(*options, "--output", "whole.jsonl") == 0
    whole = Path("whole.jsonl").read_bytes()
    first, second = whole.splitlines(keepends=True)
    output = Path("out.jsonl")
    for before in (b"", first):
        rest = second if before else first
        output.write_bytes(before + rest[:length])
        assert run(*options, "--output", "out.jsonl") == 0
        assert output.read_bytes() == whole
    output.write_bytes(first.rstrip())  # an editor took the end of the line
    assert run(*options, "--output", "out.jsonl") == 0
    assert output.read_bytes() == whole


def test_the_input_is_never_the_output(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    for content in ("A cat sleeps.", "A cat sleeps.\n", ""):
        Path("in.txt").write_text(content, encoding="utf-8")
        Path("link.txt").unlink(missing_ok=True)
        os.link("in.txt", "link.txt")
        for output in ("in.txt", "./in.txt", "link.txt"):
            assert run("--input", "in.txt", "--output", output) == 2
            assert "is the file with the sentences" in capsys.readouterr().err
        assert Path("in.txt").read_text(encoding="utf-8") == content


def test_a_pipe_is_written_to_and_not_read(run: Run, tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    writer = threading.Thread(
        target=run, args=("--input", "in.jsonl", "--output", "pipe"), daemon=True
    )
    writer.start()
    writer.join(timeout=60)
    reader.join(timeout=1)
    assert read and [json.loads(line)["row"] for line in read[0].splitlines()] == [1, 2]


def test_a_folder_is_no_output(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("A cat.", "--output", ".") == 2
    assert "is a folder; name a file" in capsys.readouterr().err


def test_columns_that_json_or_utf8_has_no_form_for_are_kept(run: Run) -> None:
    Path("in.jsonl").write_text('{"sentence": "A cat.", "id": "\\ud800"}\n', encoding="utf-8")
    assert run("--input", "in.jsonl", "--keep", "id", "--output", "out.jsonl") == 0
    assert json.loads(Path("out.jsonl").read_text(encoding="utf-8"))["id"] == "\ud800"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--examples", "-1"], "--examples must be a whole number of at least 1, got -1"),
        (["--examples", "2.5"], "--examples must be a whole number of at least 1, got 2.5"),
        (["--examples", "solved.jsonl"], "--examples solved.jsonl: no such file"),
        (["--examples", "solved"], "--examples solved: no such file"),
        (["--column", "zz"], "--column is for a file of sentences"),
        (["--endpoint_key", "zz"], "--endpoint_key goes with --endpoint"),
        (["--seed", "-1"], "--seed must be from 0 to 4294967295, got -1"),
        (["--seed", "4294967296"], "--seed must be from 0 to 4294967295, got 4294967296"),
        (["--model", "./nosuch"], "no model folder './nosuch'"),
        (["--model", ""], "model must be a path, a name on the hub or tiny, got ''"),
        (["--model", "", "--endpoint", "http://localhost:1/v1"], "--model must be the name that"),
    ],
)
def test_what_would_do_nothing_or_cannot_be_is_told(
    run: Run, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    assert run("A cat sleeps.", *options) == 2
    assert message in capsys.readouterr().err


def test_options_that_do_something_are_taken(run: Run) -> None:
    assert run("A cat.", "--seed", "4294967295", "--output", "1.jsonl") == 0
    assert run("--input", "in.jsonl", "--column", "sentence", "--output", "2.jsonl") == 0
    solved = {"sentence": "Tom is calm.", "formula": "Calm(tom)"}
    Path("solved.jsonl").write_text(json.dumps(solved) + "\n", encoding="utf-8")
    for number, examples in enumerate(("2", "solved.jsonl"), start=3):
        assert run("A cat.", "--examples", examples, "--output", f"{number}.jsonl") == 0
    assert numbers(Path("2.jsonl")) == [1, 2]
