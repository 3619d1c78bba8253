"""Worker processes that can be killed: a task that hangs or eats memory costs its own result alone.

Workers are plain `python -m logic.judging.workers.worker` processes, so a caller needs no `if
__name__ == "__main__"` guard. Tasks and results are pickled over a pipe. A worker that passes its
time for one task is killed and replaced, and that task's result is `Lost`; one that has done its
share of tasks is replaced, so that memory cannot creep.

A worker that dies may have been killed by someone who meant no task of it. What it was at is tried
again in a worker that has nothing else, and is `Lost` when it has been alone in two that died.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any

from logic.judging.workers.lost import Lost

CHUNK = 32
"""Most items that a worker is given at once."""
START_SECONDS = 60.0
"""Time that a new worker has to start, on top of its first item's."""
MAX_WORKERS = 4096
MOST_DEATHS = 2
"""Workers that an item may end, each of which had been given nothing else."""
DIED = "the worker died"
"""Why an item has no result that did."""


@dataclass
class _Backlog:
    """The items that no worker has, by their places."""

    waiting: deque[int]
    suspects: deque[int] = field(default_factory=deque)
    """What workers were at that died: for workers that are given nothing else."""
    deaths: Counter[int] = field(default_factory=Counter)
    """How many workers died that had been given nothing else."""

    def take(self, workers: int) -> list[int]:
        """What a worker, one of so many, is to do next: few at the end, so that all keep busy."""
        if self.suspects:
            return [self.suspects.popleft()]
        share = len(self.waiting) // (2 * workers)
        size = min(len(self.waiting), max(1, min(CHUNK, share)))
        return [self.waiting.popleft() for _ in range(size)]

    def is_lost(self, place: int, *, was_alone: bool) -> bool:
        """Whether an item is given up whose worker died; it is tried again where it is not."""
        self.deaths[place] += was_alone
        if self.deaths[place] == MOST_DEATHS:
            return True
        self.suspects.append(place)
        return False


class Pool:
    """Maps `task` over items in other processes.

    A task is named "module:function" and takes one picklable argument. `seconds` is the wall-clock
    limit of one item, `megabytes` a worker's address space, `lifetime` the items after which a
    worker is replaced; `killed` counts workers stopped by force. Use as a context manager, or call
    `close()`.

    Raises ValueError for fewer than one worker, and for more than any machine has use for.
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
        if workers > MAX_WORKERS:
            raise ValueError(f"workers must be at most {MAX_WORKERS:,}, got {workers:,}")
        self.seconds = seconds
        self.lifetime = lifetime
        self.killed = 0
        self._has_ended = False
        self._starting = threading.Lock()
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
        backlog = _Backlog(deque(range(len(items))))
        for worker in self._workers:
            self._feed(worker, backlog, items)
        while busy := [worker for worker in self._workers if worker.pending]:
            deadline = min(worker.deadline for worker in busy)
            ready = wait(
                [worker.connection for worker in busy],
                timeout=max(0.0, deadline - time.monotonic()),
            )
            late = [worker for worker in busy if worker.connection not in ready]
            for worker in busy:
                if worker.connection in ready:
                    yield from self._received(worker, backlog)
                    self._feed(worker, backlog, items)
            # After the others: they are fed before a process is killed, which takes time.
            for worker in late:
                if worker.pending and time.monotonic() > worker.deadline:
                    index = self._stopped(worker, backlog)
                    yield index, Lost(f"no result after {self.seconds:g} s")
                    self._feed(worker, backlog, items)

    def _received(self, worker: _Worker, backlog: _Backlog) -> Iterator[tuple[int, Any]]:
        """The next result of a worker; none where it died over an item that is tried again."""
        try:
            result = worker.connection.recv()
        except (EOFError, OSError):
            was_alone = worker.given == 1
            index = self._stopped(worker, backlog)
            if backlog.is_lost(index, was_alone=was_alone):
                yield index, Lost(DIED)
            return
        worker.deadline = time.monotonic() + self.seconds
        yield worker.pending.popleft(), result

    def close(self) -> None:
        """Stop all workers."""
        for worker in self._workers:
            worker.stop()
            worker.pending.clear()

    def end(self) -> None:
        """Stop all workers for good, from any thread: who waits for a result gets an exception."""
        with self._starting:
            self._has_ended = True
        for worker in self._workers:
            worker.stop()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _feed(self, worker: _Worker, backlog: _Backlog, items: Sequence[Any]) -> None:
        """Give an idle worker its next chunk."""
        if worker.pending:
            return
        chunk = backlog.take(len(self._workers))
        if not chunk:
            return
        if worker.done >= self.lifetime:
            worker.stop()
        with self._starting:
            if self._has_ended:
                raise RuntimeError("the workers were stopped")
            started = worker.start()
        with suppress(OSError):  # a dead worker shows when its answer is read
            worker.connection.send([items[index] for index in chunk])
        worker.pending.extend(chunk)
        worker.given = len(chunk)
        worker.done += len(chunk)
        worker.deadline = time.monotonic() + self.seconds
        if started:
            worker.deadline += START_SECONDS

    def _stopped(self, worker: _Worker, backlog: _Backlog) -> int:
        """Stop a failed worker: the item that it was at; the rest of its chunk waits again."""
        self.killed += 1
        index = worker.pending.popleft()
        backlog.waiting.extendleft(reversed(worker.pending))
        worker.pending.clear()
        worker.stop(kill=True)
        return index


class _Worker:
    """One process, started when first needed."""

    connection: Connection

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self.pending: deque[int] = deque()
        self.given = 0
        """Items of the chunk that it was given last."""
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
        process, self._process = self._process, None  # at once: two threads may stop it
        if process is None:
            return
        self.connection.close()
        if kill or self.pending:
            process.kill()
        try:
            process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
