"""What is wrong with a command is told before torch and transformers are loaded."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytest.importorskip("trl")

from pipelines.cli import main
from pipelines.config.light.keys import OPTIONS, known_keys
from pipelines.config.parser import StageParser
from pipelines.registry import STAGES

ROOT = Path(__file__).parents[2]
TINY = str(ROOT / "pipelines" / "configs" / "tiny.yaml")


@pytest.fixture(scope="module")
def loaded_by_mistakes(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a process printed that was given many wrong commands, and what it had loaded then."""
    folder = tmp_path_factory.mktemp("mistakes")
    (folder / "own.jsonl").write_text('{"sentence": "a", "formula": "A"}\n')
    (folder / "own.yaml").write_text("sft:\n  train_size: many\n")
    script = f"""
        import sys
        from pipelines.cli import main
        for command in [
            "sft --lr 3",
            "sft --config {TINY} --max_step=3",
            "run --config {TINY} --sgrpo.x 1",
            "run --config {TINY} --sgrpo.rewards logik",
            "sgrpo --dataset own.jsonl --train_split rl --model tiny",
            "sgrpo --dataset nothing.jsonl --model tiny",
            "sgrpo --output_dir here --section second",
            "dpo --model ./nowhere --dataset own.jsonl",
            "evaluate --model ./nowhere",
            "evaluate --output_dir here",
            "raft --dataset own.jsonl --columns {{\\"sentense\\":\\"x\\"}} --model tiny",
            "sft --config own.yaml",
            "sft --seed -1",
            "sft --report_to codecarbon trackio",
            "run --config {TINY} --sft.report_to wanb",
            "sft --hub_token secret",
            "sft --config tinny",
        ]:
            assert main(command.split()) == 2, command
        print(*[name for name in ("torch", "transformers", "vllm") if name in sys.modules])
    """
    done = subprocess.run(
        [sys.executable, "-P", "-c", textwrap.dedent(script)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""
    return done.stderr


@pytest.mark.parametrize(
    "message",
    [
        "unknown key 'lr' for the sft stage",
        "unknown key 'max_step' for the sft stage; did you mean max_steps",
        "--sgrpo.x: unknown key 'x' for the sgrpo stage",
        "unknown reward 'logik'",
        "own.jsonl has no split 'rl'; it has train, validation, test",
        "nothing.jsonl: no such file",
        "no model in here/sft/model: train the section 'sft' first",
        "no model folder './nowhere'",
        "no model to evaluate: here has none",
        "columns: sentense unknown; allowed: sentence, formula",
        "own.yaml:2: argument --train_size/--train-size: invalid int value: 'many'",
        "seed must be between 0",
        "report_to: codecarbon is not installed: pip install codecarbon",
        "report_to: no tracker 'wanb'; allowed: tensorboard, trackio, wandb",
        "hub_token would lie in the run directory",
        "no config 'tinny', neither a file nor a name; did you mean tiny?",
    ],
)
def test_a_mistake_is_told_before_the_training_packages_load(
    loaded_by_mistakes: str, message: str
) -> None:
    assert message in loaded_by_mistakes


@pytest.mark.parametrize("stage", STAGES)
def test_the_keys_are_those_of_the_stage(stage: str) -> None:
    assert OPTIONS[stage] is STAGES[stage].stage().argument_types()[0]
    assert known_keys(stage) == set(StageParser(stage).known)


def test_other_releases_of_the_libraries_are_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(stage: str) -> frozenset[str]:
        raise LookupError("sft_config.py")

    monkeypatch.setattr("pipelines.early.check.known_keys", unknown)
    monkeypatch.setattr("pipelines.config.resolve.known_keys", unknown)
    assert main(["sft", "--config", TINY, "--max_step=3"]) == 2
