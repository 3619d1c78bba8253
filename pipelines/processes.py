"""Run each stage in a process of its own, which ends when this one does, however this one ends.

Training leaves threads, engines and global state behind, so no two stages share a process.
Importing the training packages takes longer than many a stage, so it is done once, in a server
process that does nothing else and of which every stage is a fork.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait

# Seconds between asking a stage to stop and killing it; every stage can be killed at any moment.
GRACE = 3.0

SAFE_PATH = "PYTHONSAFEPATH"

_context = multiprocessing.get_context("forkserver")
# Starting a process asks all others how they ended. What one thread is told so, another that joins
# that process at this moment is not: it takes it for killed.
_one_at_a_time = threading.Lock()


def run_apart(function: Callable[[list[str]], int], argv: list[str]) -> int:
    """Call `function(argv)` in a new process and return its result.

    That is a negative signal number where it was killed. The process leads its own group: on Ctrl-C
    or an error here the whole group is stopped, whatever it has started.
    """
    process = _context.Process(target=_call, args=(function, argv))
    with _one_at_a_time, _safe_path():
        _context.set_forkserver_preload(["pipelines.preload"])
        process.start()
    try:
        wait([process.sentinel])
        with _one_at_a_time:
            process.join()
    finally:
        _stop(process)
    return process.exitcode or 0


@contextmanager
def _safe_path() -> Iterator[None]:
    """Start no server that looks for modules in the working folder, which `python -c` does.

    A data.py of a user's there would hide ours.
    """
    if SAFE_PATH in os.environ:
        yield
        return
    os.environ[SAFE_PATH] = "1"
    try:
        yield
    finally:
        del os.environ[SAFE_PATH]


def _call(function: Callable[[list[str]], int], argv: list[str]) -> None:
    os.setsid()
    threading.Thread(target=_follow_parent, daemon=True).start()
    sys.exit(function(argv))


def _follow_parent() -> None:
    """End this process group when the parent is gone, killed or not."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.killpg(os.getpgrp(), signal.SIGKILL)


def _stop(process: multiprocessing.process.BaseProcess) -> None:
    for number in (signal.SIGINT, signal.SIGKILL):
        if process.is_alive() and process.pid is not None:
            os.killpg(process.pid, number)
            process.join(GRACE)


def is_child() -> bool:
    """True in a process that `run_apart` started."""
    return multiprocessing.parent_process() is not None


def launched() -> int:
    """How many processes `accelerate launch` or torchrun has started for this command."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def is_main_process() -> bool:
    """True in the one process that speaks and writes files, where a launch has started several."""
    return int(os.environ.get("RANK", "0")) == 0


def join_without_accelerator() -> None:
    """Let the processes of a launch work together on a machine without an accelerator.

    Call it before any configuration. accelerate joins processes on the CPU only where it is told
    to: otherwise each of them would train alone, and write.
    """
    if launched() > 1:
        import torch  # late: commands that train nothing do without it

        if not torch.accelerator.is_available():
            os.environ.setdefault("ACCELERATE_USE_CPU", "true")
            # Not cpu:0, from which torch resumes no optimizer.
            os.environ.setdefault("ACCELERATE_TORCH_DEVICE", "cpu")
