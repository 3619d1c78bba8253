"""A `folalign serve` in a process of its own, for tests and benchmarks that speak to it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TRAP = Path(__file__).with_name("trap.py")
"""A domain that is called `trap` in requests."""
STOP_SECONDS = 60


def start(
    *options: str, token: str | None = None, port: int = 0
) -> tuple[subprocess.Popen[str], str]:
    """The process and its address, once it listens."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    environment.pop("FOLALIGN_TOKEN", None)
    if token is not None:
        environment["FOLALIGN_TOKEN"] = token
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", "serve", "--port", str(port), *options],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"http://\S+", line)
    if found is None:
        process.kill()
        raise RuntimeError(f"the service did not start: {line!r}")
    return process, found[0]


def stop(process: subprocess.Popen[str]) -> int:
    """End it by SIGTERM; its exit code."""
    process.terminate()
    try:
        return process.wait(STOP_SECONDS)
    finally:
        process.kill()


@contextmanager
def served(*options: str, token: str | None = None) -> Iterator[str]:
    """The address of a service that ends with the block, in peace."""
    process, address = start(*options, token=token)
    try:
        yield address
    except BaseException:
        process.kill()
        raise
    assert stop(process) == 0


def workers(process: subprocess.Popen[str]) -> list[int]:
    """The process ids of its workers."""
    listing = Path(f"/proc/{process.pid}/task")
    found: list[int] = []
    for task in listing.iterdir():
        found += map(int, (task / "children").read_text().split())
    return found
