"""A shard of rows to a shard of results: the one function that every engine runs."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import logic
from data.files import Columns, text_of
from logic.judging.compare import Names, Reference
from logic.judging.workers.lost import Lost
from logic.judging.workers.pool import Pool
from pipelines.bulk.sources import Shard

BROKEN = "broken"
"""The verdict of a row that cannot be judged."""
UNDECIDED = "undecided within the budget"
WORTH_WORKERS = 500
"""Pairs from which starting more than one worker process pays."""
SECONDS = 12 * logic.Budget().seconds
"""Time of one pair, of which up to four questions are asked: far above their own limits, for a hang."""

Pair = tuple[str, str]
"""Candidate and reference."""
Found = dict[str, Any] | str
"""What was found about a pair, or why it cannot be judged."""
Tick = Callable[[], None]
"""Called for each pair that is judged."""

RESULT = (
    "score",
    "verdict",
    "decided_by",
    "reference",
    "candidate",
    "repairs",
    "reference_repairs",
    "error",
    "matching",
    "countermodel",
    "answer",
    "relation",
)
"""The columns of a result, beside the row's number and its file."""


@dataclass(frozen=True)
class Question:
    """What is asked of every pair, and in which columns the pairs are."""

    candidate: str = "candidate"
    reference: str = "reference"
    names: Names = "match"
    domain: str = "fol"
    dialect: str | None = None
    relation: bool = True
    """Whether to tell how a refuted candidate stands to its reference, which takes the longest."""
    strict: bool = False
    """Whether nothing is repaired: what needs a repair is no formula then."""

    def pair(self, columns: Columns | str) -> Pair | str:
        """A row's pair, or why it has none; an empty candidate is an answer too, an unreadable one."""
        if isinstance(columns, str):
            return columns
        try:
            candidate = columns.get(self.candidate)
            if not isinstance(candidate, str):
                candidate = text_of(columns, self.candidate)
            reference = text_of(columns, self.reference)
        except ValueError as error:
            return str(error)
        return candidate, reference


def judge_pair(task: tuple[Question, Pair]) -> Found:
    """What the judge finds about a pair; a fault of ours costs this pair alone, and is told."""
    question, (candidate, reference) = task
    try:
        target = _target(reference, question.domain, question.dialect)
        if question.strict:
            target.answer.refuse_repairs()
    except logic.ParseError as error:
        return f"the reference is not a formula: {error}"
    except (Exception, SystemExit) as error:
        return _fault(error)
    try:
        comparison = logic.compare(
            candidate=candidate,
            reference=target,
            names=question.names,
            domain=question.domain,
            dialect=question.dialect,
            strict=question.strict,
        )
        found = comparison.to_dict()
        found["relation"] = comparison.relation() if question.relation else None
    except (Exception, SystemExit) as error:
        return _fault(error)
    del found["seconds"]  # of this machine and this moment: the same command gives the same file
    if found["score"] is None:
        found["error"] = UNDECIDED
    return found


def _fault(error: BaseException) -> str:
    return f"cannot be judged: {type(error).__name__}: {error}"


@functools.lru_cache(maxsize=4096)
def _target(text: str, domain: str, dialect: str | None) -> Reference:
    return Reference(text, domain=domain, dialect=dialect)


class Judge:
    """Judges pairs, in this process (`workers=0`) or in others that can be killed.

    None: in one other while there are few, else in one for each core. A context manager.
    """

    def __init__(self, question: Question, workers: int | None = None) -> None:
        self.question = question
        self.workers = workers
        self._open = ExitStack()
        self._pool: Pool | None = None

    def __enter__(self) -> Judge:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def __call__(self, pairs: Sequence[Pair], tick: Tick) -> list[Found]:
        """What is found about each."""
        found: list[Found | Lost] = [Lost("not judged")] * len(pairs)
        for index, result in self._unordered(pairs):
            found[index] = result
            tick()
        return [
            f"cannot be judged: {result.reason}" if isinstance(result, Lost) else result
            for result in found
        ]

    def _unordered(self, pairs: Sequence[Pair]) -> Iterable[tuple[int, Found | Lost]]:
        """Place and result of each, as they come."""
        tasks = [(self.question, pair) for pair in pairs]
        workers = self.workers
        if workers is None:
            workers = (os.cpu_count() or 1) if len(tasks) >= WORTH_WORKERS else 1
        if workers == 0 and self._pool is None:
            return enumerate(map(judge_pair, tasks))
        if self._pool is None:
            task = f"{judge_pair.__module__}:{judge_pair.__name__}"
            pool = Pool(task, workers=workers, seconds=SECONDS)
            self._pool = self._open.enter_context(pool)
        return self._pool.unordered(tasks)


def judge_rows(shard: Shard, judge: Judge, tick: Tick, *, with_source: bool) -> list[Columns]:
    """A row of results for each row, in order; each distinct pair is judged once."""
    question = judge.question
    pairs = [question.pair(columns) for _, columns in shard.rows]
    distinct = dict.fromkeys(pair for pair in pairs if not isinstance(pair, str))
    # Equal references one after another: they are read once.
    order = sorted(distinct, key=lambda pair: pair[1])
    found = dict(zip(order, judge(order, tick), strict=True))
    results = []
    for (number, columns), pair in zip(shard.rows, pairs, strict=True):
        place = {"row": number, "file": shard.source} if with_source else {"row": number}
        own = {} if isinstance(columns, str) else columns
        result = pair if isinstance(pair, str) else found[pair]
        results.append(_row(place, own, result, question.candidate))
    return results


def _row(place: Columns, own: Columns, found: Found, candidate: str) -> Columns:
    """The number, the row's own columns and the result; an own name that a result has is `input_NAME`."""
    answer = own.get(candidate)
    if isinstance(found, str):
        found = {**dict.fromkeys(RESULT), "verdict": BROKEN, "error": found}
        found |= {"repairs": [], "reference_repairs": []}
    found = {**found, "answer": None if answer is None else str(answer)}
    result = {name: found[name] for name in RESULT}
    taken = {*place, *RESULT}
    kept = {}
    for name, value in own.items():
        if name not in taken:
            kept[name] = value
        elif name != candidate:  # whose text is the column `answer`
            kept[_free_name(name, taken | set(own))] = value
    return {**place, **kept, **result}


def _free_name(name: str, taken: set[str]) -> str:
    while name in taken:
        name = f"input_{name}"
    return name
