"""The judge as other people's stacks ask for it: one answer or a batch, from any thread or event loop.

Scores are those of `logic.score`. They come from worker processes that stay (at most
`FOLALIGN_WORKERS` of them, else one for each core up to 8, the cores divided by the processes that
`LOCAL_WORLD_SIZE` says there are), because that is the only way to stop an answer that hangs, and
because Z3 is not to be used by two threads at once. No answer raises; what is not judged is None,
counted in `unjudged` by reason, and logged.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from typing import Any

import logic
from alignment.messages import given_text
from logic.domains.finding import SHIPPED
from logic.judging.batch import Task
from logic.judging.compare import Names, check_names
from logic.judging.workers.lost import Lost
from logic.judging.workers.standing import StandingPool
from logic.languages import language
from logic.reading.notations.dialects import check_dialect

logger = logging.getLogger(__name__)
MOST_WORKERS = 8
"""Processes unless `FOLALIGN_WORKERS` says otherwise: a trainer often has many reward processes."""

_SCORE = "logic.judging.batch:score_task"
_SCORES = "logic.judging.batch:score_tasks"
_JUDGE = f"{__name__}:judge_task"

unjudged: Counter[str] = Counter()
"""How many answers this process has not judged, by reason."""

_pools: dict[str, StandingPool] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of one answer: its score (None: not judged) and why, for people.

    `formula` is what was read from the answer, None where nothing was; `verdict` that of
    `logic.compare`, or "not judged". `explanation` is `logic.explain`'s, for people: it shows the
    reference. `hint` does not, so that a model may see it: a world in which the answer is true and
    should not be, or the other way round, or why nothing could be read.
    """

    score: float | None
    verdict: str
    formula: str | None = None
    explanation: str = ""
    hint: str = ""


@dataclass(eq=False)
class Judge:
    """Scores answers against references; the settings are those of `logic.score`.

    Raises ValueError for an unknown setting, at the start.
    """

    names: Names = "match"
    domain: str = "fol"
    dialect: str | None = None
    budget: logic.Budget | None = None

    def __post_init__(self) -> None:
        check_names(self.names)
        check_dialect(self.dialect)
        self.domain = language(self.domain).spec

    @classmethod
    def of_row(cls, row: Any) -> Judge:
        """The judge that a row of data asks for by its columns `names`, `domain` and `dialect`.

        Raises ValueError for a domain that does not ship with folalign: a row runs no code.
        """
        given = row if isinstance(row, Mapping) else {}
        keys = ("names", "domain", "dialect")
        settings = {key: given[key] for key in keys if given.get(key) is not None}
        require_shipped(settings.get("domain", "fol"))
        return cls(**settings)

    def score(self, answer: Any, reference: Any) -> float | None:
        """The score of one answer; blocks the calling thread alone."""
        return self.scores([answer], [reference])[0]

    async def score_async(self, answer: Any, reference: Any) -> float | None:
        """The score of one answer; the event loop goes on meanwhile."""
        (score,) = await self.scores_async([answer], [reference])
        return score

    def scores(self, answers: Sequence[Any], references: Sequence[Any]) -> list[float | None]:
        """The score of each answer against its reference; a pair that recurs is judged once.

        Raises ValueError for lists of different length.
        """
        tasks = self._tasks(answers, references)
        futures = self._submit(tasks)
        outcomes = {task: future.result() for task, future in futures.items()}
        return [_score(outcomes[task]) for task in tasks]

    async def scores_async(
        self, answers: Sequence[Any], references: Sequence[Any]
    ) -> list[float | None]:
        """As `scores`; the event loop goes on meanwhile."""
        tasks = self._tasks(answers, references)
        futures = self._submit(tasks)
        results = await asyncio.gather(*map(asyncio.wrap_future, futures.values()))
        outcomes = dict(zip(futures, results, strict=True))
        return [_score(outcomes[task]) for task in tasks]

    def begin(self, answers: Sequence[Any], references: Sequence[Any]) -> BegunScores:
        """Begin with scores that are asked for later; the answers to one reference go together."""
        tasks = self._tasks(answers, references)
        groups: dict[Any, list[Task]] = {}
        for task in dict.fromkeys(tasks):
            if not isinstance(task, Lost):
                groups.setdefault(task[1], []).append(task)
        pool = self._pool(_SCORES)
        begun = [(group, pool.submit(group)) for group in groups.values()]
        return BegunScores(self, tasks, begun, os.getpid())

    def judge(self, answer: Any, reference: Any, *, explained: bool = False) -> Judgement:
        """The score of one answer, what was read, and with `explained` an explanation and a hint."""
        task = self._task(answer, reference)
        if isinstance(task, Lost):
            return _judgement(task)
        return _judgement(self._pool(_JUDGE).ask((task, explained)))

    async def judge_async(
        self, answer: Any, reference: Any, *, explained: bool = False
    ) -> Judgement:
        """As `judge`; the event loop goes on meanwhile."""
        task = self._task(answer, reference)
        if isinstance(task, Lost):
            return _judgement(task)
        return _judgement(await self._pool(_JUDGE).ask_async((task, explained)))

    def _task(self, answer: Any, reference: Any) -> Task | Lost:
        """What a worker is asked; why nobody is, where one of the two is no text."""
        told, known = given_text(answer), given_text(reference)
        if known is None:
            return Lost(f"reference is no text: {type(reference).__name__}")
        if told is None:
            return Lost(f"answer is no text: {type(answer).__name__}")
        return (told, known, self.names, self.domain, self.dialect, self.budget)

    def _tasks(self, answers: Sequence[Any], references: Sequence[Any]) -> list[Task | Lost]:
        if len(answers) != len(references):
            both = f"{len(answers)} answers but {len(references)} references"
            raise ValueError(f"{both}; one reference for each")
        return [self._task(*pair) for pair in zip(answers, references, strict=True)]

    def _submit(self, tasks: Sequence[Task | Lost]) -> dict[Task | Lost, Future[float | Lost]]:
        """Each distinct pair, asked once; what is lost already has its result."""
        pool = self._pool(_SCORE)
        return {
            task: _done(task) if isinstance(task, Lost) else pool.submit(task)
            for task in dict.fromkeys(tasks)
        }

    def _pool(self, function: str) -> StandingPool:
        return pool_for(function, self.budget)


@dataclass(frozen=True)
class BegunScores:
    """Scores that workers are at while the process does something else."""

    judge: Judge
    tasks: list[Task | Lost]
    """One for each answer."""
    groups: list[tuple[list[Task], Future[list[float | Lost] | Lost]]]
    process: int
    """Who began it: a forked child has the futures, and nobody who would ever fill them."""

    def cancel(self) -> None:
        """Let go what no worker is at yet; who asks for it none the less waits longer."""
        for _, future in self.groups:
            future.cancel()

    def result(self) -> list[float | None]:
        """The score of each answer, as `Judge.scores` gives it."""
        lost = [task for task in dict.fromkeys(self.tasks) if isinstance(task, Lost)]
        outcomes: dict[Task | Lost, float | None] = dict(zip(lost, map(_score, lost), strict=True))
        for group, future in self.groups:
            found = self._found(future)
            if isinstance(found, Lost):  # one of them hung or ended the worker: each by itself
                answers, references = [task[0] for task in group], [task[1] for task in group]
                outcomes |= zip(group, self.judge.scores(answers, references), strict=True)
            else:
                outcomes |= zip(group, map(_score, found), strict=True)
        return [outcomes[task] for task in self.tasks]

    def _found(self, future: Future[list[float | Lost] | Lost]) -> list[float | Lost] | Lost:
        if self.process != os.getpid():
            return Lost("begun in another process")
        try:
            return future.result()
        except CancelledError:
            return Lost("the workers were stopped")


def judge_task(item: tuple[Task, bool]) -> Judgement | Lost:
    """The task of a worker: a judgement on one answer, with an explanation where one is asked for."""
    (candidate, reference, names, domain, dialect, budget), explained = item
    try:
        target = logic.Reference(reference, domain=domain, dialect=dialect)
    except logic.LogicError as error:
        return Lost(
            f"reference not readable: {getattr(error, 'reason', error)}: {str(reference)[:80]!r}"
        )
    comparison = logic.compare(
        candidate=candidate, reference=target, names=names, domain=domain, budget=budget
    )
    if comparison.score is None:
        return Lost("budget spent")
    formula = comparison.answer.formula
    explanation = logic.explain(comparison, budget=budget) if explained else None
    return Judgement(
        score=comparison.score,
        verdict=comparison.verdict,
        formula=None if formula is None else str(formula),
        explanation="" if explanation is None else str(explanation),
        hint="" if explanation is None else _hint(explanation),
    )


def _hint(explanation: logic.Explanation) -> str:
    """What a model may be told of a wrong answer: nothing of the reference but in which world it differs."""
    comparison = explanation.comparison
    if comparison.verdict == "proved":
        return ""
    if comparison.answer.error is not None:
        return f"No formula could be read.\n{comparison.answer.error}"
    if explanation.world is None or not explanation.because:
        return "The formula does not say what the sentence says."
    is_true = explanation.because[0][0]
    told = "is true in this world, where it should be false:"
    if not is_true:
        told = "is false in this world, where it should be true:"
    return "\n".join([f"The formula {told}", *explanation.world.sentences()])


def require_shipped(domain: str) -> None:
    """Raises ValueError for a domain that is not folalign's own: loading it would run its code."""
    own = {"fol", *SHIPPED}
    if not isinstance(domain, str) or not set(domain.split("+")) <= own:
        raise ValueError(f"domain {domain!r}; allowed here: {', '.join(sorted(own))}")


def pool_for(task: str, budget: logic.Budget | None = None) -> StandingPool:
    """This process's workers for a task "module:function"; they are started when first asked."""
    # Far above the solver's own limit, as in `logic.score`: only a true hang is killed.
    seconds = 3 * (budget or logic.Budget()).seconds
    name = f"{task} {seconds:g}"
    with _lock:
        pool = _pools.get(name)
        if pool is None or not pool.is_of_this_process:
            pool = _pools[name] = StandingPool(task, workers=_workers(), seconds=seconds)
    return pool


def close() -> None:
    """Stop the workers of this process; the next question starts new ones."""
    while _pools:
        _, pool = _pools.popitem()
        if pool.is_of_this_process:
            pool.close()


def _workers() -> int:
    stated = os.environ.get("FOLALIGN_WORKERS", "")
    if not stated:
        # Where accelerate or torchrun started several processes here, each has its share.
        processes = os.environ.get("LOCAL_WORLD_SIZE", "")
        beside = int(processes) if processes.isdecimal() else 1
        return max(1, min(MOST_WORKERS, (os.cpu_count() or 1) // max(1, beside)))
    if not stated.isdecimal() or int(stated) < 1:
        raise ValueError(f"FOLALIGN_WORKERS={stated!r}; allowed: a whole number from 1")
    return int(stated)


def _done(lost: Lost) -> Future[float | Lost]:
    """What nobody need be asked for."""
    future: Future[float | Lost] = Future()
    future.set_result(lost)
    return future


def _score(outcome: float | Lost) -> float | None:
    if not isinstance(outcome, Lost):
        return outcome
    _count(outcome.reason)
    return None


def _judgement(outcome: Judgement | Lost) -> Judgement:
    if not isinstance(outcome, Lost):
        return outcome
    _count(outcome.reason)
    return Judgement(None, "not judged", explanation=outcome.reason)


def _count(reason: str) -> None:
    """Count an answer that was not judged; a reason that recurs is logged ever more rarely."""
    kind = reason.partition(":")[0]
    unjudged[kind] += 1
    count = unjudged[kind]
    if count & (count - 1) == 0:  # 1, 2, 4, 8 ...
        logger.warning("not judged (%d so far): %s", count, reason)


__all__ = ["Judge", "Judgement", "close", "pool_for", "require_shipped", "unjudged"]
