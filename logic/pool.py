"""Worker processes that can be killed: a task that hangs or eats memory costs its own result and nothing else.

Workers are plain `python -m logic.pool` processes, so a caller needs no `if __name__ == "__main__"` guard. Tasks and
results are pickled over pipes. A worker that passes its time for one task is killed and replaced, and that task's
result is `Lost`; one that has done its share of tasks is replaced, so that memory cannot creep.
"""

from __future__ import annotations

import importlib
import os
import pickle
import resource
import selectors
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Lost:
    """The result of a task whose worker failed: why."""

    reason: str


class Pool:
    """Maps `task`, named "module:function" and taking one picklable argument, over items in other processes.

    `seconds` is the wall-clock limit of one item, `megabytes` a worker's address space, `lifetime` the items after
    which a worker is replaced. Use as a context manager, or call `close()`.
    """

    CHUNK = 32

    def __init__(
        self, task: str, *, workers: int, seconds: float = 60.0, megabytes: int = 4096, lifetime: int = 20_000
    ) -> None:
        if workers < 1:
            raise ValueError(f"workers must be at least 1, got {workers}")
        self.task = task
        self.seconds = seconds
        self.megabytes = megabytes
        self.lifetime = lifetime
        self.killed = 0
        self._workers = [_Worker(self) for _ in range(workers)]

    def map(self, items: Sequence[Any]) -> list[Any]:
        """One result for each item, in order: what the task returned, or `Lost`."""
        results: list[Any] = [None] * len(items)
        for index, result in self.unordered(items):
            results[index] = result
        return results

    def unordered(self, items: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """(index, result) as results come in."""
        waiting = deque(range(len(items)))
        with selectors.DefaultSelector() as selector:
            for worker in self._workers:
                self._feed(worker, waiting, items, selector)
            while any(worker.pending for worker in self._workers):
                limit = min(worker.deadline for worker in self._workers if worker.pending)
                for ready, _ in selector.select(max(0.0, limit - time.monotonic())):
                    worker = ready.data
                    try:
                        results = worker.receive()
                    except (EOFError, OSError, pickle.UnpicklingError):
                        yield self._replace(worker, waiting, items, selector, "the worker died")
                        continue
                    for result in results:
                        yield worker.pending.popleft(), result
                    worker.deadline = time.monotonic() + self.seconds
                    if not worker.pending:
                        self._feed(worker, waiting, items, selector)
                for worker in self._workers:
                    if worker.pending and time.monotonic() > worker.deadline:
                        self.killed += 1
                        reason = f"no result after {self.seconds:g} s"
                        yield self._replace(worker, waiting, items, selector, reason)

    def close(self) -> None:
        for worker in self._workers:
            worker.stop()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _feed(
        self, worker: _Worker, waiting: deque[int], items: Sequence[Any], selector: selectors.BaseSelector
    ) -> None:
        """Give a worker its next chunk; small chunks at the end keep all workers busy."""
        if not waiting:
            return
        if worker.done >= self.lifetime:
            self._unwatch(worker, selector)
            worker.stop()
        size = max(1, min(self.CHUNK, len(waiting) // (2 * len(self._workers))))
        chunk = [waiting.popleft() for _ in range(min(size, len(waiting)))]
        worker.send([items[index] for index in chunk])
        worker.pending.extend(chunk)
        worker.done += len(chunk)
        worker.deadline = time.monotonic() + self.seconds + worker.grace
        worker.grace = 0.0
        if worker.output not in {key.fileobj for key in selector.get_map().values()}:
            selector.register(worker.output, selectors.EVENT_READ, worker)

    def _replace(
        self, worker: _Worker, waiting: deque[int], items: Sequence[Any], selector: selectors.BaseSelector, reason: str
    ) -> tuple[int, Lost]:
        """Drop a failed worker: its first item is lost, the rest of its chunk goes back to the queue."""
        self._unwatch(worker, selector)
        worker.kill()
        lost = worker.pending.popleft()
        waiting.extendleft(reversed(worker.pending))
        worker.pending.clear()
        self._feed(worker, waiting, items, selector)
        return lost, Lost(reason)

    @staticmethod
    def _unwatch(worker: _Worker, selector: selectors.BaseSelector) -> None:
        with suppress(KeyError, ValueError):
            selector.unregister(worker.output)


class _Worker:
    """One process, started when first needed."""

    START_SECONDS = 60.0

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.process: subprocess.Popen[bytes] | None = None
        self.pending: deque[int] = deque()
        self.done = 0
        self.deadline = 0.0
        self.grace = 0.0

    @property
    def output(self) -> Any:
        return None if self.process is None else self.process.stdout

    def send(self, chunk: list[Any]) -> None:
        if self.process is None:
            self._start()
        assert self.process is not None and self.process.stdin is not None
        with suppress(BrokenPipeError):  # a dead worker shows when its answer is read
            pickle.dump(chunk, self.process.stdin)
            self.process.stdin.flush()

    def receive(self) -> list[Any]:
        return pickle.load(self.output)

    def _start(self) -> None:
        root = str(Path(__file__).resolve().parent.parent)
        paths = os.pathsep.join([root, *[path for path in sys.path if path]])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "logic.pool", self.pool.task, str(self.pool.megabytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": paths},
            start_new_session=True,  # Ctrl-C is for the caller, who stops the workers
        )
        self.done = 0
        self.grace = self.START_SECONDS

    def stop(self) -> None:
        """Let the process end by closing its input, or kill it."""
        if self.process is None:
            return
        assert self.process.stdin is not None
        with suppress(OSError):
            self.process.stdin.close()
        if self.pending:
            self.kill()
            return
        try:
            self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.output.close()
        self.process = None

    def kill(self) -> None:
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                assert pipe is not None
                pipe.close()
        self.process = None

    def __del__(self) -> None:
        with suppress(Exception):  # the interpreter may be half gone
            self.kill()


def _serve(task: str, megabytes: int) -> None:
    """A worker's life: read a chunk, answer item by item, until the input ends."""
    limit = megabytes << 20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a task prints must not get among the answers
    module, name = task.split(":")
    function: Callable[[Any], Any] = getattr(importlib.import_module(module), name)
    while True:
        try:
            chunk: Iterable[Any] = pickle.load(source)
        except EOFError:
            return
        for item in chunk:
            try:
                result = function(item)
            except Exception as error:
                result = Lost(f"{type(error).__name__}: {error}")
            pickle.dump([result], sink)
            sink.flush()


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]))
