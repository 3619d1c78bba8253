"""Worker processes that stay: any thread or event loop of this process asks them, one item at a time.

A `Pool` maps over a list and has one caller. Where answers come one by one, from many threads or
as coroutines, starting processes for each would cost more than judging, and one list would wait for
its slowest item. Here each worker has a thread of its own that hands it one item after another: an
item that hangs costs its own result and the time of one worker.
"""

from __future__ import annotations

import asyncio
import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from logic.judging.workers.lost import Lost
from logic.judging.workers.pool import Pool


class StandingPool:
    """Answers `task` ("module:function", as in `Pool`) in processes that are started when needed.

    `workers` is the most processes there are, `seconds` the wall-clock limit of one item, counted
    from the start of its work: waiting for a free worker is no part of it. Safe to be asked from
    any thread.

    Raises ValueError for fewer than one worker.
    """

    def __init__(self, task: str, *, workers: int, seconds: float) -> None:
        self._task = task
        self._seconds = seconds
        self._process = os.getpid()
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="judge")
        self._own = threading.local()
        self._pools: list[Pool] = []

    @property
    def is_of_this_process(self) -> bool:
        """False in a forked child, which has the object but not its threads."""
        return self._process == os.getpid()

    @property
    def killed(self) -> int:
        """Workers stopped by force."""
        return sum(pool.killed for pool in self._pools)

    def submit(self, item: Any) -> Future[Any]:
        """The result of an item to come: what the task returned, or `Lost`."""
        return self._threads.submit(self._answer, item)

    def ask(self, item: Any) -> Any:
        """The result of an item."""
        return self.submit(item).result()

    async def ask_async(self, item: Any) -> Any:
        """The result of an item; the event loop goes on meanwhile."""
        return await asyncio.wrap_future(self.submit(item))

    def close(self) -> None:
        """Stop all workers; what still waits is cancelled, and what they are at is `Lost`."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for pool in self._pools:
            pool.end()

    def _answer(self, item: Any) -> Any:
        """One item, in the thread of a worker."""
        pool = getattr(self._own, "pool", None)
        try:
            if pool is None:
                pool = Pool(self._task, workers=1, seconds=self._seconds)
                self._own.pool = pool
                self._pools.append(pool)
            return pool.map([item])[0]
        except Exception as error:  # a machine without processes to give is no answer's fault
            return Lost(f"{type(error).__name__}: {error}")
