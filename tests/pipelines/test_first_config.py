"""The first config: found by name, written by `init`, without sections, and on any machine."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("trl")

from pipelines.cli import main
from pipelines.config.load import load_run, load_stage
from pipelines.config.parser import chosen_precision
from pipelines.config.settings import plain
from pipelines.config.shipped import shipped
from pipelines.early.trackers import EXTRAS, check_trackers
from pipelines.errors import UsageError


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_shipped_configs_are_found_by_name(elsewhere: Path) -> None:
    assert load_run(["--config", "tiny"])["output_dir"].value == "runs/tiny"
    assert load_stage("sft", ["--config", "tasks/mt"]).resolved["dataset"] == "mt-synthetic"
    (elsewhere / "tiny").write_text("output_dir: runs/mine\nsft: {}\n")
    assert load_run(["--config", "tiny"])["output_dir"].value == "runs/mine"


def test_a_name_that_is_none(elsewhere: Path) -> None:
    with pytest.raises(UsageError, match=r"no config 'tasks/nt'.*did you mean tasks/mt\?"):
        load_run(["--config", "tasks/nt"])
    with pytest.raises(UsageError, match=r"cannot read the config own\.yaml"):
        load_run(["--config", "own.yaml"])


def test_configs_lists_each_with_its_purpose(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["configs"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert all(name in shown for name in shipped())
    assert "own Your model on your data" in shown
    assert "fsdp" not in shown  # a config of accelerate


@pytest.mark.parametrize("name", shipped())
def test_init_writes_what_loads_to_the_same(elsewhere: Path, name: str) -> None:
    assert main(["init", name, "--output", "here.yaml"]) == 0
    assert plain(load_run(["--config", "here.yaml"])) == plain(load_run(["--config", name]))


def test_init_writes_the_starter_once(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 0
    assert "folalign run --config own.yaml" in capsys.readouterr().out
    assert main(["init", "tiny", "--output", "a b/x.yaml"]) == 0
    assert "folalign run --config 'a b/x.yaml'" in capsys.readouterr().out
    assert main(["init"]) == 2
    assert "own.yaml is there already" in capsys.readouterr().err
    assert main(["init", "tinny"]) == 2
    assert "did you mean tiny" in capsys.readouterr().err


def test_a_stage_without_a_section_has_the_shared_keys(elsewhere: Path) -> None:
    (elsewhere / "c.yaml").write_text("output_dir: runs/own\nseed: 5\nchat: true\nsft: {}\n")
    resolved = load_stage("evaluate", ["--config", "c.yaml", "--size", "3"]).resolved
    assert (resolved["output_dir"], resolved["seed"], resolved["chat"]) == ("runs/own", 5, True)
    assert (resolved["section"], resolved["size"]) == ("evaluate", 3)
    assert load_stage("sgrpo", ["--config", "c.yaml"]).resolved["seed"] == 5
    with pytest.raises(UsageError, match="has no section 'second'"):
        load_stage("sft", ["--config", "c.yaml", "--section", "second"])


def test_the_machine_chooses_the_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    open_keys = {"bf16": None, "fp16": False, "use_cpu": False}
    machine = {"bf16": True}
    monkeypatch.setattr("transformers.utils.is_torch_bf16_gpu_available", lambda: machine["bf16"])
    assert chosen_precision(dict(open_keys)) == ["--bf16=True"]
    machine["bf16"] = False
    assert chosen_precision(dict(open_keys)) == ["--bf16=False"]
    assert load_stage("sft", []).arguments.trainer.bf16 is False
    assert load_stage("sft", ["--fp16", "--use_cpu"]).resolved["bf16"] is None
    assert load_stage("sft", ["--bf16", "true", "--use_cpu"]).arguments.trainer.bf16


def test_extras_of_trackers_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.early.trackers.find_spec", lambda name: None)
    for name in EXTRAS:
        with pytest.raises(UsageError, match=rf"pip install '\.\[{name}\]'"):
            check_trackers([name])
    check_trackers(["none"])
