"""One run at a time has a folder: another one would put its own config where the steps of the first read theirs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("trl")

from pipelines.cli import main
from pipelines.commands import run
from pipelines.errors import UsageError
from pipelines.rundir import lock
from pipelines.rundir.lock import FolderLock

ROOT = Path(__file__).parents[2]
CONFIG = "backend: transformers\nsft: {max_steps: 2}\nsgrpo: {max_steps: 2}\n"


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(lock, "PATIENCE", 0.1)
    (tmp_path / "c.yaml").write_text(CONFIG)
    return ["run", "--config", str(tmp_path / "c.yaml"), "--output_dir", str(tmp_path / "out")]


def test_another_run_is_refused_before_it_writes(
    tmp_path: Path,
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "out"
    called: list[str] = []

    def apart(function: object, argv: list[str]) -> int:
        called.append(argv[0])
        return 0

    monkeypatch.setattr(run, "run_apart", apart)
    with FolderLock(folder):
        (folder / "config.yaml").write_text("of the first run")
        assert main([*words, "--sgrpo.max_steps", "3", "--overwrite"]) == 2
    assert f"{folder} is in use by another folalign process" in capsys.readouterr().err
    assert (folder / "config.yaml").read_text() == "of the first run"
    assert called == ["--config"]  # the check, and no step


def test_a_run_holds_its_folder_from_the_config_to_the_last_step(
    tmp_path: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    steps: list[str] = []

    def apart(function: object, argv: list[str]) -> int:
        if argv[0] == "--config":  # the check: nothing is written yet
            return 0
        steps.append(argv[0])
        assert (folder / "config.yaml").exists()
        with pytest.raises(UsageError, match="in use by another"), FolderLock(folder):
            pass
        with FolderLock(folder / argv[0]):  # that of the section is another
            pass
        return 2 if argv[0] == "sgrpo" else 0

    monkeypatch.setattr(run, "run_apart", apart)
    with pytest.raises(SystemExit):
        main(words)
    assert steps == ["sft", "sgrpo"]
    with FolderLock(folder):  # free again, also after a step that failed
        pass


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    script = (
        "import sys, time\nfrom pipelines.rundir.lock import FolderLock\n"
        "with FolderLock(sys.argv[1]):\n    print('held', flush=True)\n    time.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    process.kill()
    process.communicate()
    with FolderLock(tmp_path):
        pass
