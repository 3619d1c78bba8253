"""Whole runs of a very small model: every stage, killed and continued, alone, and refused when changed."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("trl")

from pipelines.cli import main
from pipelines.commands.run import check

ROOT = Path(__file__).parents[2]
CONFIG = """\
output_dir: {output_dir}
seed: 3
backend: transformers
sft:
  train_size: 24
  hidden_size: 64
  heads: 2
  kv_heads: 1
  layers: 1
  ffn_size: 64
  vocab_size: 300
  max_steps: 8
  per_device_train_batch_size: 8
  learning_rate: 5.0e-3
  bf16: false
  gradient_checkpointing: false
  logging_steps: 1
  save_steps: 2
  save_total_limit: 2
sgrpo:
  train_size: 12
  rewards: [logic, readable]
  max_steps: 6
  num_generations: 4
  per_device_train_batch_size: 8
  max_completion_length: 12
  beta: 0.01
  learning_rate: 1.0e-3
  bf16: false
  gradient_checkpointing: false
  logging_steps: 1
  save_steps: 2
  save_total_limit: 2
control:
  stage: sft
  start: sft
  like: sft
  budget: sgrpo
  learning_rate: 1.0e-3
evaluate:
  size: 12
  samples: 2
  max_tokens: 12
"""
STAGES = ("base", "sft", "sgrpo", "control")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def start(*words: str) -> subprocess.Popen[str]:
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", *words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(
            signal.SIGINT, signal.SIG_DFL
        ),  # a test run in the background ignores it
    )


def folalign(*words: str) -> tuple[int, str, str]:
    process = start(*words)
    out, err = process.communicate(timeout=250)
    return process.returncode, out, err


def write_config(folder: Path) -> str:
    path = folder / "run.yaml"
    path.write_text(CONFIG.format(output_dir=folder / "run"))
    return str(path)


def final_metrics(run: Path) -> dict[str, object]:
    return {
        str(path.relative_to(run)): json.loads(path.read_text())
        for path in sorted(run.rglob("metrics.json"))
    }


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, float]:
    """A run that was left in peace: its folder, what it printed, and how long it took."""
    folder = tmp_path_factory.mktemp("peace")
    began = time.monotonic()
    code, out, err = folalign("run", "--config", write_config(folder))
    assert code == 0, out + err
    return folder, out, time.monotonic() - began


def test_run_leaves_every_artefact_and_ends_with_the_table(
    finished: tuple[Path, str, float],
) -> None:
    folder, out, _ = finished
    run = folder / "run"
    for stage in STAGES:
        assert (run / stage / "model" / "model.safetensors").exists()
        assert json.loads((run / stage / "manifest.json").read_text())["status"] == "done"
        assert json.loads((run / "evaluate" / stage / "metrics.json").read_text())["items"] == 12
    for stage, updates in (("sft", 8), ("sgrpo", 6), ("control", 6)):
        steps = [
            json.loads(line)["step"]
            for line in (run / stage / "metrics.jsonl").read_text().splitlines()
        ]
        assert sorted(set(steps)) == list(range(1, updates + 1))
        assert final_metrics(run)[f"{stage}/metrics.json"]["updates"] == updates
    assert "rewards/readable/mean" in final_metrics(run)["sgrpo/metrics.json"]
    sample = json.loads((run / "sgrpo" / "samples.jsonl").read_text().splitlines()[0])
    assert set(sample["rewards"]) == {"logic", "readable", "combined"}
    answers = [
        json.loads(line)
        for line in (run / "evaluate" / "sft" / "samples.jsonl").read_text().splitlines()
    ]
    assert [
        sum(answer["part"] == part for answer in answers) for part in ("greedy", "sampled")
    ] == [12, 24]
    table = out[out.index("Held-out sentences") :]
    assert [stage for stage in STAGES if f"{stage} " in table] == list(STAGES)
    assert str(run) in out.replace("\n", "")


def test_finished_run_is_kept(finished: tuple[Path, str, float]) -> None:
    folder, _, _ = finished
    before = {path: path.stat().st_mtime_ns for path in (folder / "run").rglob("metrics.json")}
    code, out, err = folalign("run", "--config", str(folder / "run.yaml"))
    assert code == 0, err
    assert "sgrpo: already finished" in out
    assert {
        path: path.stat().st_mtime_ns for path in (folder / "run").rglob("metrics.json")
    } == before


def test_changed_stage_is_refused_by_key(
    finished: tuple[Path, str, float], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _, _ = finished
    assert check(["--config", str(folder / "run.yaml")]) == 0
    assert check(["--config", str(folder / "run.yaml"), "--sgrpo.learning_rate", "2e-3"]) == 2
    err = capsys.readouterr().err
    assert "learning_rate: 0.001 -> 0.002" in err and "--overwrite" in err
    assert (
        check(
            ["--config", str(folder / "run.yaml"), "--sgrpo.learning_rate", "2e-3", "--overwrite"]
        )
        == 0
    )


def test_killed_run_ends_with_the_same_result(
    finished: tuple[Path, str, float], tmp_path: Path
) -> None:
    folder, _, seconds = finished
    moment = random.uniform(0.15, 0.9) * seconds
    print(f"killed after {moment:.1f} s of {seconds:.1f} s")
    process = start("run", "--config", write_config(tmp_path))
    time.sleep(moment)
    process.kill()
    process.communicate()
    code, out, err = folalign("run", "--config", str(tmp_path / "run.yaml"))
    assert code == 0, out + err
    assert final_metrics(tmp_path / "run") == final_metrics(folder / "run")


def test_ctrl_c_stops_at_once_and_says_how_to_go_on(tmp_path: Path) -> None:
    process = start("run", "--config", write_config(tmp_path))
    deadline = time.monotonic() + 100
    while not (tmp_path / "run" / "sft" / "manifest.json").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    stopped = time.monotonic()
    _, err = process.communicate(timeout=30)
    assert time.monotonic() - stopped < 10
    assert process.returncode == 130
    assert f"goes on from here: folalign run --config {tmp_path / 'run.yaml'}" in err
    assert "Traceback" not in err


def here(*words: str) -> int:
    """`folalign` in this process, on as many threads as the runs above: importing takes longer than training."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return main(list(words))
    finally:
        torch.set_num_threads(threads)


def test_each_stage_alone(finished: tuple[Path, str, float], tmp_path: Path) -> None:
    folder, _, _ = finished
    config = str(folder / "run.yaml")
    model = str(folder / "run" / "sft" / "model")
    assert here("sgrpo", "--config", config, "--model", model, "--output_dir", str(tmp_path)) == 0
    assert (
        final_metrics(tmp_path)["sgrpo/metrics.json"]
        == final_metrics(folder / "run")["sgrpo/metrics.json"]
    )
    options = (
        "--output_dir",
        str(tmp_path),
        "--samples",
        "0",
        "--model",
        str(tmp_path / "sgrpo" / "model"),
    )
    assert here("evaluate", "--config", config, *options) == 0
    alone, whole = (
        json.loads((run / "evaluate" / "sgrpo" / "metrics.json").read_text())["greedy"]
        for run in (tmp_path, folder / "run")
    )
    assert alone == whole


def test_half_written_checkpoint_is_passed_over(
    finished: tuple[Path, str, float], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _, _ = finished
    config = (
        "--config",
        str(folder / "run.yaml"),
        "--output_dir",
        str(tmp_path),
        "--max_steps",
        "4",
    )
    assert here("sft", *config) == 0
    stage = tmp_path / "sft"
    expected = json.loads((stage / "metrics.json").read_text())
    record = json.loads((stage / "manifest.json").read_text())
    (stage / "manifest.json").write_text(json.dumps(record | {"status": "running"}))
    last = stage / "checkpoints" / "checkpoint-4"
    (last / "trainer_state.json").write_text('{"log_history": [')
    (last / "model.safetensors").write_bytes(b"cut off")
    assert here("sft", *config) == 0
    assert "checkpoint-2" in capsys.readouterr().out.replace("\n", "")
    assert json.loads((stage / "metrics.json").read_text()) == expected


@pytest.mark.parametrize(("stage", "steps"), [("sft", 4), ("sft", 6), ("sgrpo", 4)])
def test_killed_before_the_model_is_written_makes_no_further_step(
    finished: tuple[Path, str, float], tmp_path: Path, stage: str, steps: int
) -> None:
    """Three updates of SFT are an epoch."""
    folder, _, _ = finished
    model = str(folder / "run" / ("base" if stage == "sft" else "sft") / "model")
    words = [stage, "--config", str(folder / "run.yaml"), "--model", model]
    words += ["--output_dir", str(tmp_path), "--max_steps", str(steps)]
    assert here(*words) == 0
    section = tmp_path / stage
    weights = (section / "model" / "model.safetensors").read_bytes()
    expected = json.loads((section / "metrics.json").read_text())
    lines = (section / "metrics.jsonl").read_text().count("\n")
    record = json.loads((section / "manifest.json").read_text())
    (section / "manifest.json").write_text(json.dumps(record | {"status": "running"}))
    shutil.rmtree(section / "model")
    (section / "metrics.json").unlink()
    assert here(*words) == 0
    assert json.loads((section / "metrics.json").read_text()) == expected
    assert expected["updates"] == steps
    assert (section / "metrics.jsonl").read_text().count("\n") == lines
    assert (section / "model" / "model.safetensors").read_bytes() == weights


@pytest.mark.parametrize(
    "damaged",
    [
        ("checkpoint-4/optimizer.pt",),
        ("checkpoint-4/model.safetensors", "checkpoint-2/sgrpo_state_0.pt"),
    ],
)
def test_a_damaged_checkpoint_never_changes_the_result(
    finished: tuple[Path, str, float],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    damaged: tuple[str, ...],
) -> None:
    """From the checkpoint before, or from the start where there is none."""
    folder, _, _ = finished
    words = ["sgrpo", "--config", str(folder / "run.yaml"), "--max_steps", "4"]
    words += ["--model", str(folder / "run" / "sft" / "model"), "--output_dir", str(tmp_path)]
    assert here(*words) == 0
    section = tmp_path / "sgrpo"
    weights = (section / "model" / "model.safetensors").read_bytes()
    expected = json.loads((section / "metrics.json").read_text())
    record = json.loads((section / "manifest.json").read_text())
    (section / "manifest.json").write_text(json.dumps(record | {"status": "running"}))
    for name in damaged:
        path = section / "checkpoints" / name
        path.write_bytes(path.read_bytes()[:1000]) if "model" in name else path.unlink()
    assert here(*words) == 0
    out = capsys.readouterr().out.replace("\n", "")
    assert all(f"{name.partition('/')[0]} is passed over" in out for name in damaged)
    assert json.loads((section / "metrics.json").read_text()) == expected
    assert (section / "model" / "model.safetensors").read_bytes() == weights
    (section / "manifest.json").write_text(json.dumps(record | {"status": "running"}))
    log = section / "metrics.jsonl"
    log.write_text('{"x": 1}\n' + log.read_text())
    assert here(*words) == 2
    assert "metrics.jsonl, line 1: no row of a log" in capsys.readouterr().err.replace("\n", " ")


@pytest.mark.parametrize("kilobytes", [600, 1200])
def test_a_full_disk_is_one_message_and_costs_nothing(
    finished: tuple[Path, str, float],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    kilobytes: int,
) -> None:
    folder, _, _ = finished
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        words = ["sft", "--config", str(folder / "run.yaml"), "--output_dir", str(disk / "run")]
        assert here(*words) == 2
        err = capsys.readouterr().err
        assert err.count("\n") == 1 and "the disk is full" in err
        remount = ["mount", "-o", "remount,size=20m", str(disk)]
        subprocess.run(remount, check=True)
        assert here(*words) == 0
        again = final_metrics(disk / "run")
        assert again == {name: final_metrics(folder / "run")[name] for name in again}
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=False)


def test_hostile_rows_are_left_out_and_counted(
    finished: tuple[Path, str, float], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sentence of 100,000 characters took all memory and the run with it."""
    folder, _, _ = finished
    rows = [{"sentence": f"Cat {n} sleeps.", "formula": f"Sleeps(cat{n})"} for n in range(12)]
    rows[1]["sentence"] = "a\0b sleeps"
    rows[2]["sentence"] = "x" * 100_000
    rows[3]["sentence"] = "cat " * 25_000
    data = tmp_path / "data"
    data.mkdir()
    lines = [json.dumps(row) for row in rows]
    lines += ['{"sentence": "deep", "formula": ' + "[" * 5_000, '{"sentence": "\\ud800"}']
    (data / "rl.jsonl").write_text("\n".join(lines) + "\n")
    words = ["sgrpo", "--config", str(folder / "run.yaml"), "--output_dir", str(tmp_path / "run")]
    words += ["--model", str(folder / "run" / "sft" / "model"), "--max_steps", "2"]
    words += ["--dataset", "jsonl", "--dataset_path", str(data)]
    assert here(*words) == 0
    out = capsys.readouterr().out
    assert "12 rows, 2 left out" in out
    assert "2 prompts are too long for the model and are left out" in out.replace("\n", " ")
    assert final_metrics(tmp_path / "run")["sgrpo/metrics.json"]["updates"] == 2


RAFT = """\
raft:
  train_size: 12
  start: sft
  rounds: 2
  samples: 4
  max_steps: 4
  per_device_train_batch_size: 2
  max_tokens: 12
  threshold: 0.0
  bf16: false
  gradient_checkpointing: false
"""


@pytest.mark.timeout(600)
def test_two_processes_train_together_resume_and_leave_their_group(tmp_path: Path) -> None:
    """Apart, each would write its own metrics; raft resumes in every round; torch aborts at times where a process ends
    within its group."""
    script = tmp_path / "stage.py"
    script.write_text(
        "import os, sys\n"
        "from accelerate import PartialState\n"
        "from torch import distributed\n"
        "from pipelines.cli import main\n"
        "code = main(sys.argv[1:])\n"
        "assert os.environ['WORLD_SIZE'] == '2' and PartialState().num_processes == 2\n"
        "assert not distributed.is_initialized()\n"
        "sys.exit(code)\n"
    )
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--config_file"]
    launch += [
        str(ROOT / "pipelines" / "configs" / "accelerate" / "two-process-cpu.yaml"),
        "--main_process_port",
        "0",
    ]
    config = Path(write_config(tmp_path))
    config.write_text(config.read_text() + RAFT)
    for stage, rows, steps in (
        ("sft", "synthetic train: 24 rows", range(1, 9)),
        ("raft", "synthetic rl: 12 rows", (2, 4)),
    ):
        result = subprocess.run(
            [*launch, str(script), stage, "--config", str(config)],
            cwd=ROOT,
            env=os.environ
            | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT), "CUDA_VISIBLE_DEVICES": ""},
            capture_output=True,
            text=True,
            timeout=250,
        )
        assert result.returncode == 0, result.stdout + result.stderr[-3000:]
        assert result.stdout.count(rows) == 1
        run = tmp_path / "run" / stage
        logged = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
        assert [row["step"] for row in logged if "loss" in row] == list(steps)
        assert json.loads((run / "manifest.json").read_text())["status"] == "done"
