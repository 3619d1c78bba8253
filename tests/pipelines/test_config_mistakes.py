"""Mistakes in a config or its options that are told in a line before anything is trained."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("trl")

from pipelines.config.arguments import TINY
from pipelines.config.light.start import check_local, trained_model
from pipelines.config.load import load_run, load_stage
from pipelines.config.sections import output_dir
from pipelines.early.check import check_sections, check_stage
from pipelines.errors import UsageError

RUN = "backend: transformers\nsft: {max_steps: 2}\nsgrpo: {max_steps: 2}\nevaluate: {size: 3}\n"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(text: str, *options: str) -> None:
    """What `folalign run` checks first."""
    Path("c.yaml").write_text(text)
    check_sections(load_run(["--config", "c.yaml", *options]))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sft:\n  output_dir: there", "c.yaml:2: output_dir stands at the top of a run"),
        ("sft:\n  base: sft", "c.yaml:2: base: 'sft' is a section"),
        ("sft: {}\nt:\n  {stage: sft, model: tiny, base: sft}", "c.yaml:3: base: 'sft' is a"),
        ("sft: {}\nt: {stage: sft, base: {a: b}}", "base: {'a': 'b'} is the folder"),
        ("sft: {model: ''}", "model must be a path, a name on the hub or tiny, got ''"),
        ("sft: {}\nt:\n  stage: [sft]", "c.yaml:3: unknown stage ['sft']; allowed: sft, "),
        ("sft:\n  stage: {a: b}", "c.yaml:2: unknown stage {'a': 'b'}; allowed: sft, "),
        ("stf: {max_steps: 3}", "c.yaml:1: the section 'stf' is not called after a stage and"),
        ("stf: {max_steps: 3}", "did you mean sft? Else give it `stage: NAME`"),
        ("sft: {}\nevalute: {size: 3}", "did you mean evaluate?"),
        ("sft: {}\ncolums: {a: b}", "unknown key 'colums' for a run; did you mean columns?"),
        ("sft: {}\nonly: {a: b}", "only: no section {'a': 'b'}; it has sft"),
        ("sft: {}\nt: {stage: sft, like: {a: b}}", "like: {'a': 'b'} names no section"),
        ("sft: {}\nt: {stage: sft, start: {a: b}}", "start: {'a': 'b'} names no section"),
        ("sft: {}\nevaluate: {sections: {a: b}}", "sections: {'a': 'b'} is no name of a section"),
        ("sft: {}\nevaluate: {sections: [a]}", "sections: unknown 'a'; allowed: base, sft"),
        ("sft: {train_split: ''}", "has no split ''; it has train"),
        ('output_dir: "a\\0b"\nsft: {}', "c.yaml:1: output_dir names one folder, not 'a\\x00b'"),
        ("output_dir: [a]\nsft: {}", "c.yaml:1: output_dir names one folder, not ['a']"),
        ("output_dir: null\nsft: {}", "c.yaml:1: output_dir names one folder, not None"),
        ("? [a]\n: b", "c.yaml:1: a key is one word, not a sequence"),
    ],
)
def test_a_mistake_in_a_file(text: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        check(text)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--sft.output_dir", "x"], "--sft.output_dir: output_dir stands at the top of a run"),
        (["--sft={max_steps: 3}"], "--sft: a section's keys are set one by one: --sft.KEY"),
        (["--new={stage: sft}"], "--new: a section's keys are set one by one: --new.KEY"),
        (["--sft.model", ""], "model must be a path, a name on the hub or tiny, got ''"),
        (["--seed", "2001-13-45"], "--seed: argument --seed: invalid int value: '2001-13-45'"),
        (["--columns", "!!int x"], "columns is a mapping such as {sentence: NL}, got '!!int x'"),
        (["--sft.columns", "{sentence: 2026-02-30}"], "columns is a mapping such as"),
    ],
)
def test_a_mistake_on_the_command_line(options: list[str], message: str) -> None:
    with pytest.raises(UsageError) as error:
        check(RUN, *options)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        (RUN, []),
        (RUN, ["--sft.run_name", "2026-02-30", "--sgrpo.run_name", "2026-02-28"]),
        (RUN, ["--sft.run_name", "", "--sft.train_size", "null"]),
        (RUN, ["--sft.model", "tiny", "--sft.base", "mine"]),
        (RUN, ["--only", "[sft]", "--seed", "3"]),
        (RUN, ["--columns={sentence: NL}", "--output_dir", "~nobody-here/x"]),
        ("sft: {run_name: 2026-02-28, base: mine}\nevaluate: {sections: [mine, sft]}", []),
        ("sft:\n  run_name: '2026-02-30'\n  train_split: rl", []),
        ("output_dir: 2026\nsft: {}", []),
    ],
)
def test_what_is_right_stays_so(text: str, options: list[str]) -> None:
    check(text, *options)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("2026-02-30", "timestamp"),
        ("2001-01-01 00:00:00 +99:99", "timestamp"),
        ("!!timestamp x", "timestamp"),
        ("!!int abc", "int"),
        ("!!int ''", "int"),
        ("!!float abc", "float"),
        ("!!bool maybe", "bool"),
        ("[1, 2026-02-30]", "timestamp"),
    ],
)
def test_a_scalar_that_yaml_cannot_make(value: str, kind: str) -> None:
    message = rf"c\.yaml:3: run_name: YAML reads '.*' as its type {kind}, and it is none"
    with pytest.raises(UsageError, match=message):
        check(f"sft:\n  max_steps: 3\n  run_name: {value}")
    Path("s.yaml").write_text(f"\n\nrun_name: {value}\n")
    with pytest.raises(UsageError, match=message.replace("c", "s", 1)):
        load_stage("sft", ["--config", "s.yaml"])
    Path("s.yaml").write_text("columns: {sentence: NL,\n  formula: 2026-02-30}\n")
    with pytest.raises(UsageError, match=r"s\.yaml:2: formula: YAML reads '2026-02-30'"):
        load_stage("sft", ["--config", "s.yaml"])


@pytest.mark.parametrize(
    ("stage", "words"),
    [("sft", [""]), ("sgrpo", [" "]), ("rloo", [""]), ("evaluate", [""]), ("evaluate", ["a="])],
)
def test_a_model_without_a_name(stage: str, words: list[str]) -> None:
    with pytest.raises(UsageError, match="model must be a path, a name on the hub or tiny, got"):
        check_stage(stage, ["--model", *words])


def test_a_folder_too_high_is_no_model(elsewhere: Path) -> None:
    for section in ("sft", "sgrpo"):
        model = elsewhere / "runs" / "own" / section / "model"
        model.mkdir(parents=True)
        (model / "config.json").write_text("{}")
    (elsewhere / "weights").mkdir()
    (elsewhere / TINY / "sft" / "model").mkdir(parents=True)  # a run of that name
    (elsewhere / TINY / "sft" / "model" / "config.json").write_text("{}")
    for right in ("runs/own/sft/model", str(model), "weights", TINY):
        check_local(right)
    for wrong, meant in (
        ("runs/own/sgrpo", "did you mean runs/own/sgrpo/model?"),
        ("./runs/own", "did you mean runs/own/sft/model or runs/own/sgrpo/model?"),
    ):
        with pytest.raises(UsageError, match=meant.replace("?", r"\?")):
            check_local(wrong)


def test_a_finished_section_whose_model_is_gone(elsewhere: Path) -> None:
    (elsewhere / "out" / "sft").mkdir(parents=True)
    with pytest.raises(UsageError, match="train the section 'sft' first"):
        trained_model("out", "sft")
    (elsewhere / "out" / "sft" / "metrics.json").write_text("{}")
    told = "sft: it is finished in out/sft, but its model/ is gone; .* delete the folder out/sft"
    with pytest.raises(UsageError, match=told):
        trained_model("out", "sft")


def test_the_home_folder(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(elsewhere / "home"))
    Path("c.yaml").write_text("output_dir: ~/runs/a\nsft: {use_cpu: true}\n")
    there = str(elsewhere / "home" / "runs" / "a")
    assert str(output_dir(load_run(["--config", "c.yaml"]))) == there
    for words in (["--config", "c.yaml"], ["--output_dir=~/runs/a", "--use_cpu", "true"]):
        config = load_stage("sft", words)
        assert config.resolved["output_dir"] == there
        assert config.arguments.trainer.output_dir == there


ROW = {"NL": "Tom is a cat.", "FOL": "Cat(tom)", "group": 3}


@pytest.mark.parametrize(
    ("rows", "columns", "message"),
    [
        ([ROW], "{}", "no column 'sentence'; it has 'NL', 'FOL', 'group'; say which it is, as in "),
        ([ROW], "{sentence: NL, formula: FLO}", "no column 'FLO'; .* {formula: NAME}"),
        ([ROW], "{sentence: NL, formula: FOL, group: story}", "no column 'story'"),
        ([ROW, {"x": 1}], "{sentence: NL}", "no column 'formula'"),
        ([{"prompt": "a", "FOL": "A"}], "{formula: FOL}", "no column 'sentence'"),
    ],
)
def test_a_column_that_no_row_has(rows: list[object], columns: str, message: str) -> None:
    Path("own.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(UsageError, match=message):
        check(f"dataset: own.jsonl\ncolumns: {columns}\nsft: {{}}\n")
    Path("own").mkdir()
    Path("own.jsonl").rename("own/train.jsonl")
    with pytest.raises(UsageError, match=message):
        check(f"dataset: ./own\ncolumns: {columns}\nsft: {{}}\n")


@pytest.mark.parametrize(
    ("rows", "more"),
    [
        ([ROW], "columns: {sentence: NL, formula: FOL}"),
        ([{"x": 1}, "text", {"sentence": "a", "formula": "A"}], ""),
        ([{"sentence": "a", "formula": 3}], ""),  # another fault, which loading tells
        ([{"messages": [{"role": "user", "content": "a"}]}], "columns: {sentence: NL}"),
        ([{"prompt": "a", "completion": "A"}], ""),
        ([{"sentence": "a", "formula": "A"}], "task: correct"),
        ([{"prompt": "a", "chosen": "b", "rejected": "c"}], "task: preference"),
    ],
)
def test_rows_that_may_be_used(rows: list[object], more: str) -> None:
    Path("own.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    check(f"dataset: own.jsonl\n{more}\nsft: {{}}\n")
