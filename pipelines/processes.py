"""Run a stage in a process of its own, which ends when this one does, however this one ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

PARENT_PIPE = "FOLALIGN_PARENT_PIPE"
GRACE = 3.0  # seconds between asking a stage to stop and killing it; every stage can be killed at any moment


def run_stage(argv: list[str]) -> int:
    """Run `folalign ARGV` in a new process group and return its exit code.

    Training leaves threads, engines and global state behind, so each stage gets a process. It leads its own group:
    on Ctrl-C or an error here the whole group is stopped, whatever it has started.
    """
    reader, writer = os.pipe()
    environment = os.environ | {PARENT_PIPE: str(reader)}
    command = [sys.executable, "-m", "pipelines.cli", *argv]
    process = subprocess.Popen(command, env=environment, pass_fds=(reader,), start_new_session=True)
    os.close(reader)
    try:
        return process.wait()
    finally:
        _stop(process)
        os.close(writer)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def is_child() -> bool:
    """True in a process that `run_stage` started."""
    return PARENT_PIPE in os.environ


def follow_parent() -> None:
    """In a process that `run_stage` started: end this process group when the parent is gone, killed or not."""
    descriptor = int(os.environ[PARENT_PIPE])
    os.set_inheritable(descriptor, False)

    def wait_for_end() -> None:
        os.read(descriptor, 1)  # the parent never writes: this returns when its end closes
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=wait_for_end, daemon=True).start()
