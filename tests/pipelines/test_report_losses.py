"""What a run directory has lost is named by `folalign report` and `folalign samples`, and costs itself alone."""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines import report
from pipelines.cli import main
from pipelines.report.runs import read_run

REFERENCE = "∀x (Cat(x) → Sleeps(x))"
ITEMS = 20


def write_run(folder: Path) -> Path:
    """A finished run: a stage that trained for 4 steps, and the evaluation of two models."""
    files = folder / "sgrpo"
    files.mkdir(parents=True)
    (files / "manifest.json").write_text('{"status": "done", "config": {"max_steps": 4}}')
    (files / "metrics.json").write_text('{"updates": 4}')
    logs = [{"step": step, "loss": 1.0} for step in range(1, 5)]
    (files / "metrics.jsonl").write_text("".join(f"{json.dumps(log)}\n" for log in logs))
    for name, right in (("control", 5), ("sgrpo", 15)):
        files = folder / "evaluate" / name
        files.mkdir(parents=True)
        (files / "manifest.json").write_text('{"stage": "evaluate", "status": "done"}')
        part = {"answers": ITEMS, "equivalent": right / ITEMS, "margin": 0.1, "score": 0.7}
        metrics = {"items": ITEMS, "greedy": part | {"readable": 1.0, "not_judged": 0}}
        (files / "metrics.json").write_text(json.dumps(metrics))
        rows = [
            {"part": "greedy", "sentence": f"{item}.", "reference": REFERENCE}
            | {"completion": REFERENCE, "score": float(item < right)}
            for item in range(ITEMS)
        ]
        (files / "samples.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return folder


def page_of(run: Path) -> str:
    return re.sub(r"<[^>]*>", " ", report.write(run).read_text("utf-8"))


def cut(path: Path, share: float = 0.3) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])


def test_a_whole_run_has_nothing_to_name(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    assert read_run(run, "run").problems == []
    page = page_of(run)
    assert "Not shown" not in page and "p 0.002" in page and "20 items" not in page


LOSSES: dict[str, tuple[Callable[[Path], object], str]] = {
    "samples cut": (
        lambda run: cut(run / "evaluate/sgrpo/samples.jsonl"),
        "evaluate/sgrpo/samples.jsonl: only 6 of 20 greedy answers are there",
    ),
    "samples removed": (
        lambda run: (run / "evaluate/sgrpo/samples.jsonl").unlink(),
        "evaluate/sgrpo/samples.jsonl: only 0 of 20 greedy answers are there",
    ),
    "samples of one binary line": (
        lambda run: (run / "evaluate/sgrpo/samples.jsonl").write_bytes(b"\xff\x00\xfe" * 50),
        "evaluate/sgrpo/samples.jsonl: 1 of 1 lines are broken and left out",
    ),
    "figures removed": (
        lambda run: (run / "evaluate/sgrpo/metrics.json").unlink(),
        "evaluate/sgrpo/metrics.json: missing, though the stage is finished",
    ),
    "figures of another kind": (
        lambda run: (run / "evaluate/sgrpo/metrics.json").write_text('{"greedy": "x"}'),
        "evaluate/sgrpo/metrics.json: has no figures of greedy answers; left out",
    ),
    "log cut": (
        lambda run: cut(run / "sgrpo/metrics.jsonl", 0.5),
        "sgrpo/metrics.jsonl: the log ends at step 2 of 4",
    ),
    "log removed": (
        lambda run: (run / "sgrpo/metrics.jsonl").unlink(),
        "sgrpo/metrics.jsonl: the log ends at step 0 of 4",
    ),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_a_loss_is_named_and_costs_itself_alone(tmp_path: Path, loss: str) -> None:
    run = write_run(tmp_path / "run")
    lose, told = LOSSES[loss]
    lose(run)
    page = page_of(run)
    assert told in page
    # The other model's chart and table are as they were.
    assert "Greedy answers proved equivalent" in page and "25.0 %" in page and "McNemar" in page


def test_p_of_a_part_of_the_items_says_of_how_many(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    cut(run / "evaluate/sgrpo/samples.jsonl", 0.52)
    assert ", 10 items" in page_of(run)
    cut(run / "evaluate/control/samples.jsonl", 0.52)
    assert ", 10 items" in page_of(run)


def test_a_line_in_writing_is_no_loss(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    going = run / "evaluate" / "sgrpo"
    (going / "metrics.json").unlink()
    (going / "manifest.json").write_text('{"stage": "evaluate", "status": "running"}')
    cut(going / "samples.jsonl")
    assert read_run(run, "run").problems == []


def refuse(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, locked: Path) -> None:
    """Let a function refuse a path, as the file system does for whoever is not root."""
    before = getattr(module, name)

    def refusing(path: Any, *words: Any) -> Any:
        if Path(path) == locked:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return before(path, *words)

    monkeypatch.setattr(module, name, refusing)


def test_a_folder_that_cannot_be_read_costs_itself_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = write_run(tmp_path / "run")
    locked = run / "evaluate" / "sgrpo"
    refuse(monkeypatch, Path, "iterdir", locked)
    for name in ("stat", "open"):
        before = getattr(os, name)

        def refusing(path: Any, *words: Any, before: Any = before, **named: Any) -> Any:
            if not isinstance(path, int) and locked in Path(path).parents:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            return before(path, *words, **named)

        monkeypatch.setattr(os, name, refusing)
    page = page_of(run)
    assert page.count("evaluate/sgrpo: cannot be read: Permission denied") == 1
    assert "25.0 %" in page
    assert main(["samples", str(run), "--number", "1"]) == 0
    assert "evaluate/sgrpo: cannot be read" in capsys.readouterr().err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_locked_folder(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    for mode in (0o000, 0o400):
        (run / "evaluate" / "sgrpo").chmod(mode)
        try:
            page = page_of(run)
        finally:
            (run / "evaluate" / "sgrpo").chmod(0o700)
        assert page.count("evaluate/sgrpo: cannot be read: Permission denied") == 1


def test_a_file_that_cannot_be_read_is_named_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_run(tmp_path / "run")
    refuse(monkeypatch, os, "open", run / "sgrpo" / "metrics.json")
    problems = read_run(run, "run").problems
    assert problems == ["sgrpo/metrics.json: cannot be read: Permission denied"]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", ["samples.jsonl", "metrics.json", "manifest.json"])
def test_a_pipe_is_not_waited_for(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run = write_run(tmp_path / "run")
    place = run / "evaluate" / "sgrpo" / name
    place.unlink()
    os.mkfifo(place)
    assert f"evaluate/sgrpo/{name}: is no file" in page_of(run)
    assert main(["samples", str(run), "--section", "control", "--number", "1"]) == 0
    shown = capsys.readouterr()
    assert "and 19 more" in shown.out
    assert ("is no file" in shown.err) is (name != "metrics.json")


def test_samples_name_the_lines_that_are_broken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = write_run(tmp_path / "run")
    cut(run / "evaluate/sgrpo/samples.jsonl")
    assert main(["samples", str(run)]) == 0
    shown = capsys.readouterr()
    assert "evaluate/sgrpo/samples.jsonl: 1 of 7 lines are broken and left out" in shown.err
    assert "and 16 more" in shown.out


@pytest.mark.parametrize("number", ["0", "-1"])
def test_at_least_one_sample_is_shown(
    tmp_path: Path, number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run = write_run(tmp_path / "run")
    assert main(["samples", str(run), "--number", number]) == 2
    assert f"{number} is less than 1" in capsys.readouterr().err


def test_a_report_replaces_a_report_and_no_other_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = write_run(tmp_path / "run")
    config = run / "config.yaml"
    config.write_text("seed: 1\n")
    assert main(["report", str(run), "--output", str(config)]) == 2
    assert "config.yaml is there already" in capsys.readouterr().err
    assert config.read_text() == "seed: 1\n"
    other = tmp_path / "both.html"
    for _ in range(2):  # a page is written again as a run goes on
        assert main(["report", str(run), "--output", str(other)]) == 0
    assert main(["report", str(run), "--output", str(config), "--overwrite"]) == 0
    assert "folalign report" in config.read_text()
