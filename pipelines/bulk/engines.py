"""Who judges the shards: this machine's own workers, or a Ray cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipelines.bulk.formats import Format
from pipelines.bulk.judging import Judge, Question, Tick, judge_rows
from pipelines.bulk.parts import Part
from pipelines.bulk.sources import Shard, Source, shards_of
from pipelines.bulk.summary import Summary


@dataclass(frozen=True)
class Work:
    """All that an engine has to know, wherever it judges."""

    sources: Sequence[Source]
    question: Question
    shard_rows: int
    form: Format | None
    """None where only the summary is asked for."""

    def part(self, shard: Shard, judge: Judge, tick: Tick) -> Part:
        """A shard, judged and written."""
        rows = judge_rows(shard, judge, tick, with_source=len(self.sources) > 1)
        content = self.form.encode(rows) if self.form else b""
        return Part(shard.key, content, Summary.of(rows, shard.source))

    def remaining(self, done: Iterable[str]) -> Iterator[Shard]:
        """The shards whose keys are not among those that are done. Raises DataError on the way."""
        done = set(done)
        for shard in shards_of(self.sources, self.shard_rows):
            if shard.key not in done:
                yield shard


Engine = Callable[[Work, Iterable[str], int | None, Tick], Iterator[Part]]
"""The parts of the work that is not done yet, in any order, with so many workers."""


def judge_here(work: Work, done: Iterable[str], workers: int | None, tick: Tick) -> Iterator[Part]:
    """The parts, judged in processes of this machine."""
    with Judge(work.question, workers) as judge:
        for shard in work.remaining(done):
            yield work.part(shard, judge, tick)
