"""The load test of the service in small, and the files that put it into a container."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pipelines.service.command import make_parser

ROOT = Path(__file__).resolve().parents[2]
CONTAINER = ROOT / "examples" / "service"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_request_is_lost_with_killed_workers_and_a_restart() -> None:
    words = ["--seconds", "10", "--clients", "8", "--pairs", "200"]
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "service.py"), *words],
        capture_output=True,
        text=True,
        timeout=560,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert "lost requests: 0; scores that differ: 0" in done.stdout


def test_the_container_starts_a_command_that_there_is() -> None:
    lines = (CONTAINER / "Dockerfile").read_text().splitlines()
    (entry,) = [line for line in lines if line.startswith("ENTRYPOINT")]
    program, command, *words = yaml.safe_load(entry.removeprefix("ENTRYPOINT"))
    service = yaml.safe_load((CONTAINER / "compose.yaml").read_text())["services"]["judge"]
    arguments = make_parser().parse_args([*words, *service["command"]])
    assert (program, command) == ("folalign", "serve")
    assert arguments.host != "127.0.0.1"  # of the container, which the host's port leads to
    assert service["ports"] == [f"127.0.0.1:{arguments.port}:{arguments.port}"]
    for copied in [shlex.split(line)[1:-1] for line in lines if line.startswith("COPY")]:
        assert all((ROOT / name).exists() for name in copied), copied
