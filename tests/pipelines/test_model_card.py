"""The card of a trained model, its adapter, and its way to the hub."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("trl")

from pipelines.cli import main
from pipelines.errors import UsageError
from pipelines.judging.intervals import margin_of_mean, margin_of_share
from pipelines.rundir.card import write_card
from pipelines.rundir.directory import RunDir
from pipelines.rundir.files import fingerprint
from pipelines.rundir.yaml_files import write_yaml
from pipelines.training import saving

SFT: dict[str, Any] = {
    "model": "Qwen/Qwen3-1.7B",
    "start": None,
    "task": None,
    "dataset": "malls",
    "train_split": "train",
    "train_size": 1000,
    "max_steps": 20,
    "learning_rate": 1e-5,
    "seed": 3,
}
SGRPO = SFT | {
    "model": None,
    "start": "sft",
    "dataset": "own",
    "train_size": None,
    "rewards": ["logic", "length"],
    "label_weight": 1.0,
    "prompt": "Say {sentence} | in\nlogic:",
}


def write_section(folder: Path, config: dict[str, Any]) -> Path:
    (folder / "model").mkdir(parents=True)
    (folder / "model" / "config.json").write_text("{}")
    write_yaml(folder / "config.yaml", config)
    manifest = {"stage": folder.name, "status": "done", "versions": {"trl": "1.16.0", "vllm": None}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    own = tmp_path / "secret" / "own.jsonl"
    own.parent.mkdir()
    own.write_text("{}\n")
    write_section(tmp_path / "cats" / "sft", SFT)
    write_section(tmp_path / "cats" / "sgrpo", SGRPO | {"dataset_path": str(own)})
    return tmp_path / "cats"


def test_a_card_says_where_a_model_comes_from(run: Path) -> None:
    write_card(run / "sgrpo")
    card = (run / "sgrpo" / "model" / "README.md").read_text()
    assert card.startswith("---\nlibrary_name: transformers\n")
    assert "base_model: Qwen/Qwen3-1.7B\n" in card
    assert (
        "1. sft: supervised training on reference answers; data: malls, split train, 1,000 rows"
        in card
    )
    assert "(licence: CC-BY-NC-4.0)" in card
    assert (
        "2. sgrpo: S-GRPO" in card and "data: own.jsonl, split train (licence: the owner's)" in card
    )
    assert "| rewards | logic, length |" in card
    assert "| prompt | Say {sentence} \\| in\\nlogic: |" in card
    assert "Not evaluated yet" in card and "trl 1.16.0" in card
    assert "secret" not in card and "vllm None" not in card


def test_a_card_names_a_folder_that_a_model_comes_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret" / "base" / "model").mkdir(parents=True)
    for model, said in [
        ("secret/base/model", "from `./secret/base/model`,"),
        (str(tmp_path / "secret" / "base" / "model"), "from `model`,"),
    ]:
        folder = tmp_path / said.split("`")[1].strip("./").replace("/", "-")
        write_section(folder / "sft", SFT | {"model": model})
        write_card(folder / "sft")
        card = (folder / "sft" / "model" / "README.md").read_text()
        assert said in card and "base_model" not in card


def test_a_card_has_the_results_with_intervals(run: Path) -> None:
    folder = run / "evaluate" / "sgrpo"
    folder.mkdir(parents=True)
    part = {"equivalent": 0.5, "margin": 0.043, "score": 0.7}
    (folder / "metrics.json").write_text(
        json.dumps({"split": "test", "items": 500, "greedy": part})
    )
    write_card(run / "sgrpo")
    card = (run / "sgrpo" / "model" / "README.md").read_text()
    assert "evaluate (split test, 500 rows):" in card
    assert "greedy: 50.0 % ± 4.3 equivalent to the reference (95 % interval)" in card


def test_a_card_is_no_part_of_what_a_model_is(run: Path) -> None:
    before = fingerprint(run / "sgrpo" / "model")
    write_card(run / "sgrpo")
    assert fingerprint(run / "sgrpo" / "model") == before


def test_other_folders_get_no_card(tmp_path: Path) -> None:
    (tmp_path / "downloaded" / "model").mkdir(parents=True)
    write_card(tmp_path / "downloaded")
    assert not list(tmp_path.rglob("README.md"))


def test_the_model_goes_to_the_hub(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[dict[str, Any]] = []

    class Hub:
        def create_repo(self, name: str, **options: Any) -> SimpleNamespace:
            calls.append({"name": name, **options})
            return SimpleNamespace(repo_id=f"me/{name}")

        def upload_folder(self, **options: Any) -> None:
            calls.append(options)

    monkeypatch.setattr(saving, "HfApi", Hub)
    section = RunDir(run / "sgrpo", stage="sgrpo", config={})
    resolved = {"hub_model_id": None, "hub_private_repo": True}
    saving.publish(section, resolved)
    assert calls[0] == {"name": "cats-sgrpo", "private": True, "exist_ok": True}
    assert calls[1] == {"repo_id": "me/cats-sgrpo", "folder_path": section.model}

    def refuse(self: Hub, name: str, **options: Any) -> None:
        raise OSError("401 Client Error")

    monkeypatch.setattr(Hub, "create_repo", refuse)
    with pytest.raises(UsageError, match="401 Client Error; the same command tries again"):
        saving.publish(section, resolved)


def test_who_pushes_is_logged_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("huggingface_hub.get_token", lambda: None)
    assert main(["sft", "--push_to_hub"]) == 2
    assert "push_to_hub: not logged in" in capsys.readouterr().err


def test_an_interval_of_none_or_all_is_not_of_width_zero() -> None:
    assert round(margin_of_mean([1.0] * 12), 3) == round(margin_of_share(0.0, 12), 3) == 0.121
    assert round(margin_of_mean([1.0] * 6 + [0.0] * 6), 3) == 0.295  # the normal approximation
    assert margin_of_mean([0.5] * 12) == margin_of_share(0.5, 12) > 0.2  # never of no width
