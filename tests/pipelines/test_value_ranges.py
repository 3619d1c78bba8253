"""Values that no run can have are refused before a model loads, with section, key and what is allowed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl")

from pipelines.cli import FAULT, main
from pipelines.commands import run
from pipelines.config.light.ranges import check_ranges
from pipelines.errors import UsageError
from pipelines.rundir.directory import RunDir

CONFIG = """\
output_dir: {output_dir}
backend: transformers
sft:
  train_size: 24
  max_steps: 2
second:
  stage: sgrpo
  train_size: 12
  max_steps: 2
  num_generations: 4
  per_device_train_batch_size: 8
evaluate:
  size: 12
"""
REFUSED = [
    ("sft", "learning_rate", -1, "at least 0 and finite"),
    ("sft", "learning_rate", float("nan"), "at least 0 and finite"),
    ("sft", "learning_rate", float("inf"), "at least 0 and finite"),
    ("sft", "adam_beta1", 2, "at least 0 and below 1"),
    ("sft", "max_grad_norm", -1, "at least 0"),
    ("sft", "lora_r", -3, "at least 0"),
    ("sft", "gradient_accumulation_steps", 0, "at least 1"),
    ("sgrpo", "max_completion_length", 0, "at least 1"),
    ("sgrpo", "beta", -1, "at least 0 and finite"),
    ("sgrpo", "temperature", 0, "above 0 and finite"),
    ("sgrpo", "top_p", 2, "above 0 and at most 1"),
    ("sgrpo", "num_generations", 1, "at least 2"),
    ("raft", "samples", 0, "at least 1"),
    ("dpo", "temperature", 0.0, "above 0 and finite"),
    ("evaluate", "samples", -1, "at least 0"),
    ("evaluate", "max_tokens", 0, "at least 1"),
    ("evaluate", "temperature", -1, "at least 0 and finite"),
    ("answers", "judge_timeout", 0, "above 0 and finite"),
]
UNUSUAL = [
    ("sft", {"learning_rate": 0.0, "weight_decay": 0.0, "max_grad_norm": float("inf")}),
    ("sft", {"learning_rate": 50.0, "max_grad_norm": 0.0, "max_length": None, "lora_r": 0}),
    ("sft", {"save_steps": 0, "save_strategy": "no", "logging_steps": 0.1}),
    ("sgrpo", {"beta": 0.0, "temperature": 5.0, "top_k": -1, "top_p": 1.0, "epsilon": 0.0}),
    ("evaluate", {"samples": 0, "temperature": 0.0, "max_tokens": 1}),
    ("dpo", {"samples": 0, "temperature": 0.0, "pairs": "dataset", "beta": 0.1}),
]


@pytest.mark.parametrize(("stage", "key", "value", "allowed"), REFUSED)
def test_impossible_values_are_refused_by_name(
    stage: str, key: str, value: float, allowed: str
) -> None:
    with pytest.raises(UsageError) as error:
        check_ranges(stage, {"section": "mine", key: value})
    told = f"folalign {stage}, section mine: {key} must be {allowed}, got {value:g}"
    assert str(error.value) == told


@pytest.mark.parametrize(("stage", "values"), UNUSUAL)
def test_unusual_values_are_not(stage: str, values: dict[str, Any]) -> None:
    check_ranges(stage, values)


def config_in(folder: Path) -> str:
    path = folder / "run.yaml"
    path.write_text(CONFIG.format(output_dir=folder / "run"))
    return str(path)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--second.num_generations=0", "section second: num_generations must be at least 2, got 0"),
        ("--sft.learning_rate=-1", "folalign sft: learning_rate must be at least 0"),
        ("--evaluate.samples=-1", "folalign evaluate: samples must be at least 0, got -1"),
        ("--second.lora_dropout=1", "section second: lora_dropout must be at least 0 and below 1"),
        ("--output_dir=''", "output_dir must name a folder"),
        ("--second.train_size=0", "section second: train_size must be at least 1, got 0"),
    ],
)
def test_a_run_with_an_impossible_value_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, message: str
) -> None:
    assert main(["run", "--config", config_in(tmp_path), option]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--second.save_total_limit=1"], "section second: save_total_limit must be at least 2"),
        (["--second.max_steps=-5"], "section second: max_steps must be above 0, or -1"),
        (["--second.save_steps=0"], "section second: save_steps must be above 0"),
        (["--second.eval_strategy=steps"], "section second: eval_strategy has no effect here"),
        (["--second.label_loss=ratio"], "second: label_loss: ratio needs a reference policy"),
        (["--second.label_loss=published"], "second: label_loss: published needs a reference"),
    ],
)
def test_a_later_section_is_checked_before_the_first_one_trains(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    assert run.check(["--config", config_in(tmp_path), *options]) == 2
    assert message in capsys.readouterr().err


def test_what_can_be_goes_on_being_taken(tmp_path: Path) -> None:
    for options in (
        ["--second.label_loss=ratio", "--second.beta=0.01"],
        ["--second.label_loss=ratio", "--second.lora_r=4"],
        ["--second.label_loss=ratio", "--second.label_weight=0"],
        ["--second.max_steps=-1", "--sft.save_total_limit=2", "--evaluate.temperature=0"],
        ["--sft.save_strategy='no'", "--sft.save_steps=0"],
    ):
        assert run.check(["--config", config_in(tmp_path), *options]) == 0


def test_a_fault_while_a_run_is_checked_has_the_code_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(argv: list[str]) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(run, "load_run", broken)
    assert run.check(["--config", config_in(tmp_path)]) == FAULT


def test_settings_that_failed_at_once_do_not_stand_in_the_way(tmp_path: Path) -> None:
    def opened(**config: object) -> RunDir:
        return RunDir(tmp_path, stage="sft", config={"seed": 0, **config})

    with pytest.raises(ValueError), opened(odd=1):
        (tmp_path / "checkpoints").mkdir()
        raise ValueError
    assert json.loads((tmp_path / "manifest.json").read_text())["status"] == "failed"
    with pytest.raises(ValueError), opened(odd=2) as stage:
        assert not stage.done
        (tmp_path / "metrics.jsonl").write_text("{}\n")
        raise ValueError
    with pytest.raises(UsageError, match="odd: 2 -> 3"), opened(odd=3):
        pass
