"""A whole run killed at some of its writes (`scripts/kills.py` kills at all), and the soak in small."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("trl")

ROOT = Path(__file__).parents[2]
KILLS = 1


def script(*words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=500,
    )


@pytest.mark.slow
@pytest.mark.timeout(520)
def test_a_run_killed_at_a_write_ends_as_if_it_had_not_been() -> None:
    done = script("scripts/kills.py", "--sample", str(KILLS), "--workers", "1", "--seed", "7")
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert f"{KILLS} kills, 0 with another result" in done.stdout
    events = int(done.stdout.split(" events")[0])
    assert events > 300  # files opened, made, renamed, deleted and synced


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_workers_lose_no_pair_and_score_as_this_process_does() -> None:
    done = script("benchmarks/soak.py", "--pairs", "2000", "--hostile", "0.2", "--again", "0.2")
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert "2,000 pairs of 2,000" in done.stdout
    assert "lost: none" in done.stdout and "other scores in process: 0 of" in done.stdout
