"""Worker processes for requests that come at the same time, each of which gets its turn.

Each worker is a `Pool` of one process with a thread that feeds it. The threads take the next few
items of one request after the other, so that a request of many slow items does not keep out one of
a single quick item; the time of an item is counted from when its worker begins it.
"""

from __future__ import annotations

import asyncio
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from logic.judging.workers.lost import Lost
from logic.judging.workers.pool import Pool

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 16
"""Items of a request that a worker is given at once, as long as they are quick."""
QUICK = 0.25
"""Seconds within which such items should be done; after slower ones there is one at a time."""
LIFETIME = 200_000
"""Items after which a worker is replaced."""
STOP_SECONDS = 5.0
RESTART_SECONDS = 1.0


class Full(Exception):
    """Too much is waiting; `seconds` is when it may be worth another try."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"the queue is full; try again in {seconds} s")
        self.seconds = seconds


@dataclass(eq=False)
class _Job:
    """The items of one request."""

    items: Sequence[Any]
    done: asyncio.Future[list[Any]]
    at_once: int = 1
    results: list[Any] = field(init=False)
    waiting: deque[int] = field(init=False)
    left: int = field(init=False)

    def __post_init__(self) -> None:
        self.left = len(self.items)
        self.results = [None] * self.left
        self.waiting = deque(range(self.left))


class Crew:
    """Answers items by `task` ("module:function") in `workers` processes.

    `seconds` is the limit of one item, `queue` how many may wait, `observe` is told the seconds and
    the result of each. Each worker begins with `warm_up`, for which nobody waits. An item that hangs,
    or that alone ends its workers (`Pool`), is `Lost`.
    """

    def __init__(
        self,
        task: str,
        *,
        workers: int,
        seconds: float,
        queue: int,
        warm_up: Sequence[Any] = (),
        observe: Callable[[float, Any], None] = lambda seconds, result: None,
    ) -> None:
        self.waiting = 0
        self._queue = queue
        self._warm_up = warm_up
        self._observe = observe
        self._jobs: deque[_Job] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._pace = 0.01  # seconds of an item, lately
        self._pools = [
            Pool(task, workers=1, seconds=seconds, lifetime=LIFETIME) for _ in range(workers)
        ]
        self._threads = [
            threading.Thread(target=self._work, args=(pool,), daemon=True) for pool in self._pools
        ]
        for thread in self._threads:
            thread.start()

    @property
    def killed(self) -> int:
        """Workers that died or were stopped by force."""
        return sum(pool.killed for pool in self._pools)

    async def run(self, items: Sequence[Any]) -> list[Any]:
        """The result of each item, in order: what the task returned, or `Lost`.

        Raises `Full` where too much is waiting. Who is cancelled has nothing more done for it.
        """
        if not items:
            return []
        job = _Job(items, asyncio.get_running_loop().create_future())
        with self._changed:
            if self.waiting + len(items) > self._queue:
                raise Full(self._wait())
            self._jobs.append(job)
            self.waiting += len(items)
            self._changed.notify(len(items))
        try:
            return await job.done
        finally:
            with self._changed:
                self.waiting -= len(job.waiting)
                job.waiting.clear()

    def _wait(self) -> int:
        """Seconds after which half of what waits should be done; 1 to 60."""
        return max(1, min(60, math.ceil(self.waiting * self._pace / len(self._pools) / 2)))

    def close(self) -> None:
        """End the workers, after what they are at."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(STOP_SECONDS)

    # ---- the threads ----

    def _work(self, pool: Pool) -> None:
        with pool:
            pool.map(self._warm_up)
            while (taken := self._next()) is not None:
                job, places = taken
                start = time.monotonic()
                self._answer(pool, job, places)
                seconds = time.monotonic() - start
                self._pace += 0.1 * (seconds / len(places) - self._pace)
                job.at_once = min(2 * len(places), MOST_AT_ONCE) if seconds < QUICK else 1

    def _next(self) -> tuple[_Job, list[int]] | None:
        """Items of the request whose turn it is; None at the end."""
        with self._changed:
            while True:
                while not (self._jobs or self._closing):
                    self._changed.wait()
                if self._closing:
                    return None
                job = self._jobs.popleft()
                count = min(job.at_once, len(job.waiting))
                if not count:  # nobody waits for it any longer
                    continue
                places = [job.waiting.popleft() for _ in range(count)]
                self.waiting -= count
                if job.waiting:
                    self._jobs.append(job)
                    self._changed.notify()
                return job, places

    def _answer(self, pool: Pool, job: _Job, places: list[int]) -> None:
        open_places = set(places)
        try:
            begun = time.monotonic()
            for index, result in pool.unordered([job.items[place] for place in places]):
                place = places[index]
                open_places.discard(place)
                self._give(job, place, result, time.monotonic() - begun)
                begun = time.monotonic()
        except Exception as error:  # no process can be started: the next request may fare better
            logger.exception("a worker failed")
            pool.close()
            for place in open_places:
                self._give(job, place, Lost(f"no worker: {type(error).__name__}"), 0.0)
            time.sleep(RESTART_SECONDS)

    def _give(self, job: _Job, place: int, result: Any, seconds: float) -> None:
        self._observe(seconds, result)
        with self._changed:
            job.results[place] = result
            job.left -= 1
            is_last = not job.left
        if is_last:
            with suppress(RuntimeError):  # its loop has ended, and nobody waits
                job.done.get_loop().call_soon_threadsafe(_finish, job)


def _finish(job: _Job) -> None:
    if not job.done.done():
        job.done.set_result(job.results)
