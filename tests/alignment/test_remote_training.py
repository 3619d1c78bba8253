"""A run whose rewards come from a service is the run that judges by itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import service
import torch
from alignment_tiny import build_tiny, dataset
from safetensors.torch import load_file
from trl import GRPOConfig, GRPOTrainer

from alignment import rewards

SCRIPT = Path(__file__).parents[1] / "support" / "remote_training_run.py"
TIMES = ("time", "runtime", "per_second")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_processes_train_by_a_service_as_by_themselves(tmp_path: Path) -> None:
    model = build_tiny(tmp_path / "model")
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--cpu", "--num_processes", "2",
              "--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no"]  # fmt: skip
    with service.served("--workers", "2") as address:
        result = subprocess.run(
            [*launch, str(SCRIPT), str(model), str(tmp_path), address],
            capture_output=True,
            text=True,
            timeout=560,
            env=os.environ | {"PYTHONPATH": str(SCRIPT.parents[2]), "OMP_NUM_THREADS": "1"},
        )
    assert result.returncode == 0, result.stderr[-3000:]
    here, there = (_course(tmp_path / name) for name in ("logic", "remote"))
    assert len({row["reward"] for row in here if "reward" in row}) == 3  # it does not stand still
    assert here == there
    weights = [load_file(tmp_path / name / "model.safetensors") for name in ("logic", "remote")]
    assert all(torch.equal(value, weights[1][name]) for name, value in weights[0].items())


def _course(folder: Path) -> list[dict[str, float]]:
    """What was logged, but for times and what names the reward."""
    rows = json.loads((folder / "logs.json").read_text())
    return [
        {
            key.replace("/remote/", "/logic/"): value
            for key, value in row.items()
            if not key.endswith(TIMES) and "unanswered" not in key and "per_second" not in key
        }
        for row in rows
    ]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_plain_trl_takes_it_as_a_coroutine(tmp_path: Path) -> None:
    model = build_tiny(tmp_path / "model")
    arguments = GRPOConfig(
        output_dir=str(tmp_path / "run"), max_steps=1, num_generations=4, per_device_train_batch_size=4,
        max_completion_length=8, bf16=False, use_cpu=True, report_to=[], save_strategy="no", disable_tqdm=True,
    )  # fmt: skip
    with service.served("--workers", "1") as address:
        reward = rewards.AsyncReward(rewards.get("remote", urls=[address]))
        both = [reward, rewards.AsyncReward(rewards.get("readable"))]
        trainer = GRPOTrainer(str(model), both, args=arguments, train_dataset=dataset())
        trainer.train()
    logged = trainer.state.log_history[0]
    assert {"rewards/remote/mean", "rewards/readable/mean"} <= logged.keys()
    assert logged["rewards/remote/not_judged"] == 0.0
