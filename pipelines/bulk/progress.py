"""How far a job is: rows, rows a second, time that remains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from pipelines.bulk.sources import Source

STEP = 50
"""Pairs after which the bar moves: rich measures the rate over its last thousand moves."""


class Rate(ProgressColumn):
    """Rows a second."""

    def render(self, task: Task) -> Text:
        """The rate, once there is one."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "")


class Bar:
    """The bar of a job; `tick` is called for single pairs, `reach` knows better after a shard."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task
        self._ticks = 0

    def tick(self) -> None:
        """One pair more."""
        self._ticks += 1
        if self._ticks % STEP == 0:
            self._progress.advance(self._task, STEP)

    def reach(self, rows: int) -> None:
        """So many rows are done."""
        self._progress.update(self._task, completed=rows)


@contextmanager
def progress_of(sources: Sequence[Source], done: int, where: Console) -> Iterator[Bar]:
    """A bar for the rows of the sources, of which some are done already."""
    counts = [source.count() for source in sources]
    known = [count for count in counts if count is not None]
    total = sum(known) if len(known) == len(counts) else None
    progress = Progress(
        TextColumn("judging"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        Rate(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=where,
        transient=True,
        disable=not where.is_terminal,
        refresh_per_second=4,
        speed_estimate_period=60,
    )
    with progress:
        yield Bar(progress, progress.add_task("judging", total=total, completed=done))
