"""The run directory: finished stages stay, changed ones are refused, what was cut off is not trusted."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("yaml")

from pipelines.cli import main
from pipelines.errors import UsageError
from pipelines.rundir import lock
from pipelines.rundir.directory import RunDir
from pipelines.rundir.files import fingerprint, read_jsonl, write_json, write_jsonl


def stage(
    path: Path, *, overwrite: bool = False, inputs: dict[str, str] | None = None, **config: object
) -> RunDir:
    return RunDir(
        path, stage="sft", config={"seed": 0, **config}, inputs=inputs, overwrite=overwrite
    )


def manifest(path: Path) -> dict[str, object]:
    return json.loads((path / "manifest.json").read_text())


def test_finished_stage_is_done_when_opened_again(tmp_path: Path) -> None:
    with stage(tmp_path, steps=3) as run:
        assert not run.done
        assert manifest(tmp_path)["status"] == "running"
        run.finish({"loss": 1.5})
    with stage(tmp_path, steps=3) as run:
        assert run.done
        assert run.metrics == {"loss": 1.5}
    record = manifest(tmp_path)
    assert record["status"] == "done"
    assert set(record["versions"]) >= {
        "python",
        "torch",
        "transformers",
        "trl",
        "z3-solver",
        "lark",
    }


def test_changed_settings_are_refused_by_name(tmp_path: Path) -> None:
    with stage(tmp_path, steps=3, lr=0.1) as run:
        run.finish({})
    with pytest.raises(UsageError) as error, stage(tmp_path, steps=4, lr=0.1):
        pass
    assert "steps: 3 -> 4" in str(error.value)
    assert "lr:" not in str(error.value)
    assert "--overwrite" in str(error.value) and "--output_dir" in str(error.value)


def test_settings_that_change_no_number_are_no_change(tmp_path: Path) -> None:
    before: dict[str, object] = {"report_to": [], "logging_steps": 5, "save_total_limit": 2}
    with pytest.raises(KeyboardInterrupt), stage(tmp_path, steps=3, **before) as run:
        raise KeyboardInterrupt
    # As a manifest of an earlier version has it.
    record = manifest(tmp_path)
    write_json(tmp_path / "manifest.json", record | {"config": {"steps": 3, "seed": 0, **before}})
    after: dict[str, object] = {"report_to": ["wandb"], "logging_steps": 1, "run_name": "second"}
    with stage(tmp_path, steps=3, push_to_hub=True, **after) as run:
        assert not run.done


def test_checkpoints_of_other_processes_are_not_gone_on_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes train with twice the batch of one."""
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(KeyboardInterrupt), stage(tmp_path, steps=3):
        raise KeyboardInterrupt
    with stage(tmp_path, steps=3) as run:
        assert not run.done
    monkeypatch.delenv("WORLD_SIZE")
    with pytest.raises(UsageError, match="processes: 2 -> 1"), stage(tmp_path, steps=3):
        pass
    with stage(tmp_path, steps=3, overwrite=True) as run:
        run.finish({})
    monkeypatch.setenv("WORLD_SIZE", "2")
    with stage(tmp_path, steps=3) as run:
        assert run.done  # what is finished can be opened by any number


def test_a_stage_that_trains_nothing_takes_one_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("trl")
    monkeypatch.setenv("WORLD_SIZE", "2")
    for command in ("run", "evaluate", "entail"):
        assert main([command, "--model", "nowhere"]) == 2
        assert "takes one process" in capsys.readouterr().err


def test_overwrite_clears_only_what_changed(tmp_path: Path) -> None:
    with stage(tmp_path, steps=3) as run:
        (tmp_path / "checkpoints" / "checkpoint-2").mkdir(parents=True)
        run.finish({})
    with stage(tmp_path, steps=3, overwrite=True) as run:
        assert run.done
    with stage(tmp_path, steps=4, overwrite=True) as run:
        assert not run.done
        assert not run.checkpoints.exists()


def test_other_contents_of_an_input_count_as_a_change(tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "weights").write_bytes(b"1" * 3_000_000)
    with stage(tmp_path / "a", inputs={"model": str(model)}) as run:
        run.finish({})
    moved = model.rename(tmp_path / "moved")
    with stage(tmp_path / "a", inputs={"model": str(moved)}) as run:
        assert run.done
    (moved / "weights").write_bytes(b"1" * 2_999_999 + b"2")
    with (
        pytest.raises(UsageError, match="content of model"),
        stage(tmp_path / "a", inputs={"model": str(moved)}),
    ):
        pass


def test_failed_and_interrupted_stages_say_so_and_go_on(tmp_path: Path) -> None:
    for error, status in ((RuntimeError, "failed"), (KeyboardInterrupt, "interrupted")):
        with pytest.raises(error), stage(tmp_path):
            raise error
        assert manifest(tmp_path)["status"] == status
    with stage(tmp_path) as run:
        assert not run.done
    assert len(manifest(tmp_path)["resumed"]) == 2


def test_a_directory_in_use_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.3)
    with stage(tmp_path), pytest.raises(UsageError, match="in use by another"), stage(tmp_path):
        pass


def test_unwritable_and_damaged_directories_are_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot write to"), stage(tmp_path / "file" / "sft"):
        pass
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(UsageError, match=r"manifest\.json: not JSON"), stage(tmp_path):
        pass


def test_rows_cut_off_while_being_written_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    assert read_jsonl(path) == []
    write_jsonl(path, [{"a": "∀"}, {"a": "b"}])
    path.write_bytes(path.read_bytes()[:-4])
    assert read_jsonl(path) == [{"a": "∀"}]


def test_any_text_a_model_writes_is_read_back(tmp_path: Path) -> None:
    rows = [
        {"a": text}
        for text in ("a\u2028b", "a\u2029", "\x85", "a\x0b\x0c\x1cb", "\r\n", "\ud800", "\x00")
    ]
    write_jsonl(tmp_path / "rows.jsonl", rows)
    assert read_jsonl(tmp_path / "rows.jsonl") == rows


def test_a_hub_name_stands_for_itself() -> None:
    assert fingerprint("Qwen/Qwen3-1.7B") == "Qwen/Qwen3-1.7B"


@pytest.mark.parametrize(
    "setting",
    [
        {"max_steps": 0},
        {"num_train_epochs": 0},
        {"max_steps": -5},
        {"save_total_limit": 1},
        {"save_only_model": True},
        {"do_train": True},
        {"resume_from_checkpoint": "there"},
    ],
)
def test_trainings_that_could_not_go_on_are_refused(
    tmp_path: Path, setting: dict[str, Any]
) -> None:
    transformers = pytest.importorskip("transformers")
    from pipelines.training.trainer import check_arguments

    arguments = transformers.TrainingArguments(str(tmp_path), use_cpu=True, **setting)
    with pytest.raises(UsageError, match=next(iter(setting))):
        check_arguments(arguments)


@pytest.mark.parametrize(
    "record",
    [
        {"name": "my web app"},
        {"config": "x", "inputs": 3, "status": "running"},
        {"stage": "sft", "status": "running", "config": {}, "inputs": {}, "seconds": "long"},
        {"stage": "other", "status": "done", "config": {}, "inputs": {}},
    ],
)
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_manifest_of_another_kind_is_refused_and_nothing_deleted(
    tmp_path: Path, record: dict[str, object], overwrite: bool
) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(record))
    (tmp_path / "thesis.txt").write_text("years")
    with (
        pytest.raises(UsageError, match="left as it is"),
        stage(tmp_path, steps=3, overwrite=overwrite),
    ):
        pass
    assert (tmp_path / "thesis.txt").read_text() == "years"
    assert json.loads((tmp_path / "manifest.json").read_text()) == record


def test_overwrite_deletes_what_a_stage_writes_and_nothing_else(tmp_path: Path) -> None:
    with stage(tmp_path, steps=3) as run:
        (tmp_path / "model").mkdir()
        run.finish({})
    record = json.loads((tmp_path / "manifest.json").read_text())
    record["files"] += ["thesis.txt", "../outside.txt"]
    (tmp_path / "manifest.json").write_text(json.dumps(record))
    outside = tmp_path.parent / "outside.txt"
    for path in (tmp_path / "thesis.txt", outside):
        path.write_text("years")
    with stage(tmp_path, steps=4, overwrite=True) as run:
        assert not run.done
    assert not (tmp_path / "model").exists() and not (tmp_path / "metrics.json").exists()
    assert (tmp_path / "thesis.txt").read_text() == outside.read_text() == "years"


def test_links_are_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("mine")
    (tmp_path / ".metrics.json.tmp").symlink_to(target)
    write_json(tmp_path / "metrics.json", {"a": 1})
    assert target.read_text() == "mine"
    assert not (tmp_path / "metrics.json").is_symlink()
    folder = tmp_path / "sft"
    folder.mkdir()
    (folder / ".lock").symlink_to(target)
    with pytest.raises(UsageError, match=r"\.lock is a link"), stage(folder):
        pass
    assert target.read_text() == "mine"


def test_every_byte_of_an_input_counts(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    content = bytearray(5 << 20)
    path.write_bytes(content)
    before = fingerprint(path)
    content[len(content) // 2] = 1
    path.write_bytes(content)
    assert fingerprint(path) != before


@pytest.mark.parametrize("line", [b"xx", b"[1]", b'{"a": "\xff"}', b"[" * 100_000])
def test_a_damaged_row_is_named(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"a": 1}\n' + line + b'\n{"b": 2}\n')
    with pytest.raises(UsageError, match=r"rows\.jsonl, line 2: "):
        read_jsonl(path)


def test_a_row_of_another_kind_is_named(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "rows.jsonl", [{"a": 1}, {"x": 1}])
    with pytest.raises(UsageError, match=r"rows\.jsonl, line 2: the key 'a' is missing"):
        read_jsonl(tmp_path / "rows.jsonl", keys=("a",))


def test_parts_of_an_evaluation_that_lack_answers_are_answered_again() -> None:
    pytest.importorskip("trl")
    from pipelines.config.arguments import EvaluateArguments
    from pipelines.stages.evaluate import _whole_parts

    options = EvaluateArguments(samples=2)
    answers = [{"part": part} for part in ("greedy", "greedy", "sampled", "sampled", "sampled")]
    assert list(_whole_parts(answers, ["greedy", "sampled"], 2, options)) == ["greedy"]
    answers.append({"part": "sampled"})
    assert list(_whole_parts(answers, ["greedy", "sampled"], 2, options)) == ["greedy", "sampled"]


@pytest.mark.parametrize(
    "words",
    [
        ("sft", "--base", "../../x"),
        ("sft", "--base", "/tmp/x"),
        ("sft", "--section", "../x"),
        ("sgrpo", "--start", "../x"),
        ("evaluate", "--model", "../../x=tiny"),
        ("evaluate", "--model", "=tiny"),
    ],
)
def test_names_stay_inside_the_run_directory(
    in_temporary_folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    pytest.importorskip("trl")
    output = in_temporary_folder / "a" / "b" / "run"
    assert main([*words, "--output_dir", str(output)]) == 2
    assert "must be of letters" in (err := capsys.readouterr().err) or "cannot be the name" in err
    assert not output.exists() or not list(output.rglob("*"))


@pytest.mark.parametrize("failing", ["write", "fsync", "replace"])
def test_a_full_disk_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    write_json(tmp_path / "metrics.json", {"a": 1})

    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if failing == "write":
        monkeypatch.setattr("data.writing.open_new", full)
    else:
        monkeypatch.setattr(f"data.writing.os.{failing}", full)
    with pytest.raises(UsageError, match=r"metrics\.json: No space left on device"):
        write_json(tmp_path / "metrics.json", {"a": 2})
    assert json.loads((tmp_path / "metrics.json").read_text()) == {"a": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["metrics.json"]


def test_a_model_has_nothing_of_one_that_was_cut_off(tmp_path: Path) -> None:
    """What libraries write under names of their own, before they rename it, is left by a kill."""
    pytest.importorskip("transformers")
    from pipelines.training.saving import write_model

    def write(folder: Path) -> None:
        folder.mkdir()
        (folder / "config.json").write_text("{}")

    with stage(tmp_path) as run:
        for folder in (run.model, tmp_path / ".model.tmp"):
            folder.mkdir()
            (folder / ".tmpjYZJqv").write_text("cut off")
        write_model(write, run)
        assert [path.name for path in run.model.iterdir()] == ["config.json"]
        assert not (tmp_path / ".model.tmp").exists()


def test_a_finished_base_whose_model_is_gone_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("trl")
    from pipelines.config.load import load_stage
    from pipelines.training import base_model

    monkeypatch.setattr(base_model, "write_model", lambda write, run: None)
    monkeypatch.setattr(base_model, "count_parameters", lambda folder: 0)
    resolved = load_stage("sft", ["--output_dir", str(tmp_path), "--use_cpu", "true"]).resolved
    base_model.build_base(resolved, list)
    with pytest.raises(UsageError, match=f"delete the folder {tmp_path / 'base'}"):
        base_model.build_base(resolved, list)


def test_a_finished_section_whose_model_is_gone_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("trl")
    from pipelines.training.trainer import _say_finished

    options = SimpleNamespace(section="sft")
    config: Any = SimpleNamespace(
        arguments=SimpleNamespace(options=options), resolved={"push_to_hub": False}
    )
    run = stage(tmp_path / "sft")
    _say_finished(config, run)
    told = f"its model/ is gone; to make it again, delete the folder {run.path}"
    assert told in capsys.readouterr().out
    config.resolved["push_to_hub"] = True
    with pytest.raises(UsageError, match="its model/ is gone"):
        _say_finished(config, run)
    run.model.mkdir(parents=True)
    _say_finished(config, run)
    assert "already finished" in capsys.readouterr().out
