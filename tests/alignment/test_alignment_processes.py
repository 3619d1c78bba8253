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

SCRIPT = Path(__file__).parents[1] / "support" / "alignment_processes_run.py"


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_two_processes_train_as_one(tmp_path):
    """The loss with all its terms, three groups of 8 an update: two processes hold one and a half each."""
    model = build_tiny(tmp_path / "model")
    one, two = tmp_path / "one", tmp_path / "two"
    main(str(model), str(one), 12)
    launch = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        "--nproc_per_node=2",
        str(SCRIPT),
    ]
    root = SCRIPT.parents[2]
    result = subprocess.run(
        [*launch, str(model), str(two), "6"],
        capture_output=True,
        text=True,
        timeout=200,
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"},
    )
    assert result.returncode == 0, result.stderr[-3000:]
    alone, together = (json.loads((folder / "logs.json").read_text()) for folder in (one, two))
    # Not kl and entropy: TRL logs the mean over minibatches, whose tokens differ in number. The loss has its kl.
    for name in ("loss", "grad_norm", "reward", "label/loss", "label/weight"):
        course = [row[name] for row in alone if name in row]
        assert len(set(course)) == 4, (name, course)  # it does not stand still
        assert course == pytest.approx(
            [row[name] for row in together if name in row], rel=1e-3, abs=1e-6
        ), name
    weights = [load_file(folder / "model.safetensors") for folder in (one, two)]
    for name, value in weights[0].items():
        torch.testing.assert_close(value, weights[1][name], atol=1e-4, rtol=1e-3)
