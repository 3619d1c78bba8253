"""`folalign samples`, and what a report says of what it has nothing of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines import report
from pipelines.cli import main

RIGHT, WRONG = "∀x (Cat(x) → Sleeps(x))", "∃x (Cat(x) ∧ Sleeps(x))"
SAMPLE = {
    "prompt": "Sentence: Every cat sleeps.\nFOL:",
    "reference": RIGHT,
    "rewards": {"logic": 0.5},
}


def write_stage(folder: Path, *samples: dict[str, Any], logs: str = "", **manifest: Any) -> Path:
    folder.mkdir(parents=True)
    record = {"stage": folder.name, "status": "done", "config": {"max_steps": 5}} | manifest
    (folder / "manifest.json").write_text(json.dumps(record))
    (folder / "metrics.json").write_text('{"updates": 5}')
    (folder / "metrics.jsonl").write_text(logs)
    (folder / "samples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in samples))
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    write_stage(
        tmp_path / "sgrpo",
        SAMPLE | {"step": 1, "completion": WRONG, "verdict": "refuted"},
        SAMPLE | {"step": 6, "completion": RIGHT, "verdict": "proved"},
    )
    answer = {"part": "greedy", "sentence": "Every cat sleeps.", "reference": RIGHT}
    write_stage(
        tmp_path / "evaluate" / "sgrpo",
        answer | {"completion": RIGHT, "score": 1.0},
        answer | {"completion": "\x1b[31mno", "score": 0.0},
    )
    return tmp_path


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["samples", *words]) == 0
    return capsys.readouterr().out


def test_samples_are_shown_with_reference_and_verdict(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = shown(capsys, str(run))
    assert "sgrpo, step 1, wrong, refuted, logic 0.5" in text
    assert f"  completion  {WRONG}\n  reference   {RIGHT}" in text
    assert "evaluate: sgrpo, greedy, right, score 1" in text
    assert "\x1b" not in text  # nothing that a model writes reaches the terminal as a command


def test_samples_that_are_asked_for(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, str(run), "--wrong").count("wrong") == 2
    assert shown(capsys, str(run), "--step", "6").count("step") == 1
    assert "step" not in shown(capsys, str(run), "--section", "evaluate")
    assert "and 3 more" in shown(capsys, str(run), "--number", "1")
    assert "step 1" in shown(capsys, str(run / "sgrpo"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--step", "2"], "no samples of step 2; of steps 1, 6"),
        (["--section", "dpo"], "no samples of 'dpo'; of evaluate, sgrpo"),
        (["--step", "6", "--wrong"], "all 1 samples are right"),
    ],
)
def test_what_is_not_there_is_told(
    run: Path, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["samples", str(run), *words]) == 2
    assert message in capsys.readouterr().err


def test_a_run_without_samples(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_stage(tmp_path / "sft")
    assert main(["samples", str(tmp_path)]) == 2
    assert "S-GRPO and evaluations write one" in capsys.readouterr().err
    assert main(["samples", str(tmp_path / "nowhere")]) == 2


def test_the_report_says_what_is_missing_and_why(tmp_path: Path) -> None:
    write_stage(tmp_path / "sft", logs='{"step": 5, "train_runtime": 1.0}\n')
    write_stage(tmp_path / "sgrpo", status="running")
    page = report.write(tmp_path).read_text()
    assert "sft has no learning curve: it ended after 5 updates, before its first log" in page
    assert "sgrpo has no learning curve yet" in page
    assert f"folalign evaluate --output_dir {tmp_path}" in page


def test_a_whole_report_misses_nothing(tmp_path: Path) -> None:
    write_stage(tmp_path / "sft", logs='{"step": 1, "loss": 1.0}\n')
    write_stage(tmp_path / "evaluate" / "sft")
    assert "What is missing" not in report.write(tmp_path).read_text()
