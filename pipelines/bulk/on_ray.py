"""Bulk judging on a Ray cluster: shards go through Ray Data, which places, retries and orders them.

The shards are read on the machine where the command runs, and their parts are written there: the
others need folalign installed, and none of the files.
"""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Iterable, Iterator
from typing import Any

from data.records import DataError
from logic.errors import installs
from pipelines.bulk.engines import Work
from pipelines.bulk.judging import Judge, Question, Tick
from pipelines.bulk.parts import Part
from pipelines.errors import UsageError

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is reported to anyone
try:
    import ray
    import ray.data
except ImportError as error:
    raise UsageError(f"--engine ray needs {installs('ray')} ({error})") from error

Batch = dict[str, Any]
"""A column, `shard` or `part`, with one of them in it."""


def judge_on_ray(
    work: Work, done: Iterable[str], workers: int | None, tick: Tick
) -> Iterator[Part]:
    """The parts, judged by the cluster of RAY_ADDRESS, or by one that is started on this machine."""
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    is_ours = not ray.is_initialized()
    if is_ours:
        ray.init(include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    try:
        for row in _parts(work, set(done), workers).iter_rows():
            if isinstance(row["part"], DataError):
                raise row["part"]
            yield row["part"]
    finally:
        if is_ours:
            ray.shutdown()


def _parts(work: Work, done: set[str], workers: int | None) -> ray.data.Dataset:
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    # Parts know their places: none waits for one that a dead node was judging.
    context.execution_options.preserve_order = False
    # Each shard is a block, and so a task, of its own.
    context.target_max_block_size = 1
    here = ray.get_runtime_context().get_node_id()
    start = ray.data.from_items([{"start": 0}])
    shards = start.map_batches(
        _read,
        fn_kwargs={"work": work, "done": done},
        num_cpus=0,
        label_selector={"ray.io/node-id": here},
    )
    return shards.map_batches(
        _judged,
        fn_kwargs={"work": work},
        batch_size=1,
        concurrency=workers or None,
    )


def _read(batch: Batch, work: Work, done: set[str]) -> Iterator[Batch]:
    """The shards that are not done, one after another; what cannot be read ends them, as itself."""
    try:
        for shard in work.remaining(done):
            yield {"shard": [shard]}
    except DataError as error:
        yield {"shard": [error]}


def _judged(batch: Batch, work: Work) -> Batch:
    (shard,) = batch["shard"]
    if isinstance(shard, DataError):
        return {"part": [shard]}
    return {"part": [work.part(shard, _judge(work.question), _no_tick)]}


@functools.lru_cache(maxsize=1)
def _judge(question: Question) -> Judge:
    """Of one Ray worker: a process beside it, so that a pair that hangs costs itself alone."""
    return Judge(question, workers=1)


def _no_tick() -> None:
    """Nobody counts single pairs across machines."""
