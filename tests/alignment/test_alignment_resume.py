"""A run killed with SIGKILL and started again ends as if nothing had happened."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from alignment_resume_run import main
from alignment_tiny import build_tiny
from safetensors.torch import load_file

SCRIPT = Path(__file__).parents[1] / "support" / "alignment_resume_run.py"


def train(model: Path, output_dir: Path, *die_after: int) -> subprocess.CompletedProcess:
    command = [sys.executable, str(SCRIPT), str(model), str(output_dir), *map(str, die_after)]
    root = SCRIPT.parents[2]
    environment = os.environ | {"PYTHONPATH": str(root)}
    return subprocess.run(
        command, capture_output=True, text=True, timeout=100, cwd=root, env=environment
    )


def metrics(output_dir: Path) -> list[dict]:
    """The logged metrics, less those that measure time."""
    rows = [json.loads(line) for line in (output_dir / "metrics.jsonl").read_text().splitlines()]
    clocks = ("time", "second")
    return [
        {k: v for k, v in row.items() if not any(clock in k for clock in clocks)} for row in rows
    ]


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_killed_twice_and_resumed_equals_uninterrupted(tmp_path):
    model = build_tiny(tmp_path / "model")
    main(str(model), str(tmp_path / "whole"))
    for step in (
        8,
        28,
    ):  # in the first epoch with a checkpoint amid a generation, and in the second
        killed = train(model, tmp_path / "killed", step)
        assert killed.returncode == -signal.SIGKILL, killed.stderr[-2000:]
    resumed = train(model, tmp_path / "killed")
    assert resumed.returncode == 0, resumed.stderr[-2000:]

    assert metrics(tmp_path / "killed") == metrics(tmp_path / "whole")
    one, other = (
        load_file(tmp_path / name / "final" / "model.safetensors") for name in ("whole", "killed")
    )
    assert one.keys() == other.keys()
    assert all(torch.equal(one[key], other[key]) for key in one)


@pytest.mark.slow
@pytest.mark.parametrize("max_steps", [10, 24])  # amid an epoch, and at its end
@pytest.mark.parametrize("closing_line", [True, False])
def test_resumed_at_its_end_makes_no_further_step(tmp_path, max_steps, closing_line):
    """Killed after the last checkpoint, with the summary of the whole training logged or not."""
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    model = build_tiny(tmp_path / "model")
    main(str(model), str(whole), max_steps=max_steps)
    shutil.copytree(whole, killed, ignore=shutil.ignore_patterns("final"))
    if not closing_line:
        log = killed / "metrics.jsonl"
        log.write_text("".join(log.read_text().splitlines(keepends=True)[:-1]))
    main(str(model), str(killed), max_steps=max_steps)

    assert metrics(killed) == metrics(whole)
    one, other = (load_file(folder / "final" / "model.safetensors") for folder in (whole, killed))
    assert all(torch.equal(one[key], other[key]) for key in one)
