"""Two processes with n rows each train as one process with 2n does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from alignment_processes_run import main
from alignment_tiny import build_tiny
from safetensors.torch import load_file

SCRIPT = Path(__file__).with_name("alignment_processes_run.py")


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_two_processes_train_as_one(tmp_path):
    """Groups of 8 are split between processes that hold 4 rows each, so each of them carries labels of both."""
    model = build_tiny(tmp_path / "model")
    one, two = tmp_path / "one", tmp_path / "two"
    main(str(model), str(one), 8)
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2", str(SCRIPT)]
    root = SCRIPT.parent.parent
    result = subprocess.run(
        [*launch, str(model), str(two), "4"],
        capture_output=True,
        text=True,
        timeout=200,
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"},
    )
    assert result.returncode == 0, result.stderr[-3000:]
    losses = [json.loads((folder / "losses.json").read_text()) for folder in (one, two)]
    assert losses[0][0] > losses[0][-1]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)
    weights = [load_file(folder / "model.safetensors") for folder in (one, two)]
    for name, value in weights[0].items():
        torch.testing.assert_close(value, weights[1][name], atol=1e-4, rtol=1e-3)
