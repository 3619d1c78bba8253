"""A user's own rows in the stages: `dataset` as a path, `columns`, and the splits that are there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl")

from pipelines.cli import main
from pipelines.config.corpus import load_held_out, load_training_rows
from pipelines.config.light.mappings import mapping_of
from pipelines.config.load import load_run, load_stage
from pipelines.config.resolve import section_config
from pipelines.errors import UsageError

CPU = ("--use_cpu", "true")


def write(path: Path, *rows: object) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def pairs(count: int, **names: str) -> list[dict[str, str]]:
    sentence, formula = names.get("sentence", "sentence"), names.get("formula", "formula")
    return [{sentence: f"Tom{n} is a cat.", formula: f"Kind{n}(tom{n})"} for n in range(count)]


@pytest.mark.parametrize(("stage", "key", "split"), [
    ("sft", "train_split", "train"),
    ("sgrpo", "train_split", "train"),
    ("dpo", "train_split", "train"),
    ("evaluate", "split", "test"),
])  # fmt: skip
def test_every_stage_takes_a_file(tmp_path: Path, stage: str, key: str, split: str) -> None:
    file = write(tmp_path / "own.jsonl", *pairs(20))
    options = [] if stage == "evaluate" else CPU
    config = load_stage(stage, ["--dataset", file, *options])
    assert config.resolved["dataset"] == "own"
    assert config.resolved["dataset_path"] == file
    assert config.resolved[key] == split
    load: Any = load_held_out if stage == "evaluate" else load_training_rows
    rows = load(config.arguments.options if stage == "evaluate" else config)
    assert 0 < len(rows) < 20


def test_the_splits_of_the_made_sets_stay() -> None:
    assert load_stage("sgrpo", [*CPU]).resolved["train_split"] == "rl"
    assert load_stage("sft", [*CPU]).resolved["train_split"] == "train"
    assert load_stage("evaluate", []).resolved["split"] == "test"
    assert load_stage("evaluate", ["--dataset", "folio"]).resolved["split"] == "validation"


def test_columns_are_a_shared_key(tmp_path: Path) -> None:
    write(tmp_path / "own.jsonl", *pairs(20, sentence="NL", formula="FOL"))
    config = tmp_path / "own.yaml"
    config.write_text(
        f"dataset: {tmp_path}/own.jsonl\ncolumns: {{sentence: NL, formula: FOL}}\n"
        "sft: {use_cpu: true}\nsgrpo: {use_cpu: true}\nevaluate: {size: 1}\n"
    )
    run = load_run(["--config", str(config)])
    for section in ("sft", "sgrpo"):
        part = section_config(run, section)
        assert part.resolved["columns"] == {"sentence": "NL", "formula": "FOL"}
        assert "Tom" in load_training_rows(part)[0]["prompt"]
    assert len(load_held_out(section_config(run, "evaluate").arguments.options)) == 1


def test_columns_on_the_command_line(tmp_path: Path) -> None:
    file = write(tmp_path / "own.jsonl", *pairs(20, sentence="NL"))
    config = load_stage("sft", ["--dataset", file, "--columns", '{"sentence": "NL"}', *CPU])
    assert "Tom" in load_training_rows(config)[0]["prompt"]


@pytest.mark.parametrize(
    ("stage", "task", "row"),
    [
        ("answers", "preference", {"prompt": "Who?", "chosen": "Tom.", "rejected": "Bob."}),
        ("mt", "mt", {"text": "a", "translation": "b", "from_language": "en", "to_language": "de"}),
    ],
)
def test_a_stage_knows_the_task_of_its_rows(
    tmp_path: Path, stage: str, task: str, row: dict[str, str]
) -> None:
    config = load_stage(stage, ["--dataset", write(tmp_path / "own.jsonl", row), "--split", "all"])
    assert config.resolved["task"] == task
    assert len(load_held_out(config.arguments.options)) == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--dataset", "synthetik"], "did you mean synthetic"),
        (["--dataset", "a/b", "--dataset_path", "c"], "say dataset or dataset_path, not both"),
        (["--columns", "sentence=NL"], "columns is a mapping such as {sentence: NL}"),
        (["--columns", '{"sentence": 5}'], "columns maps the names here to those of your file"),
    ],
)
def test_what_is_refused(words: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load_stage("sft", [*words, *CPU])


def test_columns_on_a_command_line_as_json_and_as_in_a_config() -> None:
    for text in ('{"sentence": "nl row"}', "{sentence: nl row}"):
        assert mapping_of("columns", text, "") == {"sentence": "nl row"}


def test_data_inspect_takes_a_path(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    turns = [
        {"role": "user", "content": "Tom is a cat."},
        {"role": "assistant", "content": "Cat(tom)"},
    ]
    file = write(tmp_path / "own.jsonl", {"messages": turns})
    assert main(["data", "inspect", file, "--split", "all"]) == 0
    shown = capsys.readouterr().out
    assert "Tom is a cat." in shown and "Cat(tom)" in shown and "role" not in shown
