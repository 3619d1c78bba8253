"""Worker processes that can be killed: a task that hangs or eats memory costs its own result alone.

Workers are plain `python -m logic.judging.workers.worker` processes, so a caller needs no `if
__name__ == "__main__"` guard. Tasks and results are pickled over a pipe. A worker that passes its
time for one task is killed and replaced, and that task's result is `Lost`; one that has done its
share of tasks is replaced, so that memory cannot creep.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any

from logic.judging.workers.lost import Lost

CHUNK = 32
"""Most items that a worker is given at once."""
START_SECONDS = 60.0
"""Time that a new worker has to start, on top of its first item's."""
DIED = "the worker died"
"""Why a task has no result whose worker ended by itself, or was killed by another."""


class Pool:
    """Maps `task` over items in other processes.

    A task is named "module:function" and takes one picklable argument. `seconds` is the wall-clock
    limit of one item, `megabytes` a worker's address space, `lifetime` the items after which a
    worker is replaced; `killed` counts workers stopped by force. Use as a context manager, or call
    `close()`.

    Raises ValueError for fewer than one worker.
    """

    def __init__(
        self,
        task: str,
        *,
        workers: int,
        seconds: float = 60.0,
        megabytes: int = 4096,
        lifetime: int = 20_000,
    ) -> None:
        if workers < 1:
            raise ValueError(f"workers must be at least 1, got {workers}")
        self.seconds = seconds
        self.lifetime = lifetime
        self.killed = 0
        # -P: a `logic.py` in the working folder is not what is to be run.
        program = [sys.executable, "-P", "-m", "logic.judging.workers.worker"]
        self._command = [*program, task, str(megabytes)]
        self._workers = [_Worker(self._command) for _ in range(workers)]

    def map(self, items: Sequence[Any]) -> list[Any]:
        """One result for each item, in order: what the task returned, or `Lost`."""
        results: list[Any] = [None] * len(items)
        for index, result in self.unordered(items):
            results[index] = result
        return results

    def unordered(self, items: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """(index, result) as results come in."""
        waiting = deque(range(len(items)))
        for worker in self._workers:
            self._feed(worker, waiting, items)
        while busy := [worker for worker in self._workers if worker.pending]:
            deadline = min(worker.deadline for worker in busy)
            ready = wait(
                [worker.connection for worker in busy],
                timeout=max(0.0, deadline - time.monotonic()),
            )
            late = [worker for worker in busy if worker.connection not in ready]
            for worker in busy:
                if worker.connection in ready:
                    yield self._received(worker, waiting)
                    self._feed(worker, waiting, items)
            # After the others: they are fed before a process is killed, which takes time.
            for worker in late:
                if worker.pending and time.monotonic() > worker.deadline:
                    yield self._replaced(
                        worker,
                        waiting,
                        f"no result after {self.seconds:g} s",
                    )
                    self._feed(worker, waiting, items)

    def _received(self, worker: _Worker, waiting: deque[int]) -> tuple[int, Any]:
        """The next result of a worker that has one, or that died."""
        try:
            result = worker.connection.recv()
        except (EOFError, OSError):
            return self._replaced(worker, waiting, DIED)
        worker.deadline = time.monotonic() + self.seconds
        return worker.pending.popleft(), result

    def close(self) -> None:
        """Stop all workers."""
        for worker in self._workers:
            worker.stop()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _feed(self, worker: _Worker, waiting: deque[int], items: Sequence[Any]) -> None:
        """Give an idle worker its next chunk; small chunks at the end keep all workers busy."""
        if worker.pending or not waiting:
            return
        if worker.done >= self.lifetime:
            worker.stop()
        share = len(waiting) // (2 * len(self._workers))
        size = max(1, min(CHUNK, share))
        chunk = [waiting.popleft() for _ in range(size)]
        started = worker.start()
        with suppress(OSError):  # a dead worker shows when its answer is read
            worker.connection.send([items[index] for index in chunk])
        worker.pending.extend(chunk)
        worker.done += len(chunk)
        worker.deadline = time.monotonic() + self.seconds
        if started:
            worker.deadline += START_SECONDS

    def _replaced(self, worker: _Worker, waiting: deque[int], reason: str) -> tuple[int, Lost]:
        """Stop a failed worker: its first item is lost, the rest of its chunk waits again."""
        self.killed += 1
        index = worker.pending.popleft()
        waiting.extendleft(reversed(worker.pending))
        worker.pending.clear()
        worker.stop(kill=True)
        return index, Lost(reason)


class _Worker:
    """One process, started when first needed."""

    connection: Connection

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self.pending: deque[int] = deque()
        self.done = 0
        self.deadline = 0.0

    def start(self) -> bool:
        """Whether a process had to be started."""
        if self._process is not None:
            return False
        self.connection, worker_end = Pipe()
        # The worker imports what the caller could: the caller's path goes along.
        root = str(Path(__file__).resolve().parents[3])
        path = os.pathsep.join([root, *(folder or os.getcwd() for folder in sys.path)])
        self._process = subprocess.Popen(
            [*self._command, str(worker_end.fileno())],
            pass_fds=[worker_end.fileno()],
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,  # Ctrl-C is for the caller, who stops the workers
        )
        # The worker holds its end alone, so that reading fails when it dies.
        worker_end.close()
        self.done = 0
        return True

    def stop(self, *, kill: bool = False) -> None:
        """End the process: an idle one when its pipe closes, another by force."""
        if self._process is None:
            return
        self.connection.close()
        if kill or self.pending:
            self._process.kill()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        self.pending.clear()
