"""Many scores at once: the batch form of `compare`, in this process or spread over workers."""

from __future__ import annotations

import functools
import logging
import os
from collections import Counter
from collections.abc import Sequence

from logic import syntax as S
from logic.deciding.verdict import Budget
from logic.errors import LogicError
from logic.judging.compare import Comparison, Names, Reference, check_names, compare
from logic.judging.workers.lost import Lost
from logic.languages import language
from logic.reading.notations.dialects import check_dialect

_log = logging.getLogger(__name__)
_WORTH_WORKERS = 4_000
"""Distinct pairs from which starting worker processes pays."""

Text = str | S.Formula
Task = tuple[Text, Text, Names, str, str | None, Budget | None]


def score(
    candidates: Sequence[str | S.Formula],
    references: Sequence[str | S.Formula],
    *,
    names: Names = "match",
    domain: str = "fol",
    dialect: str | None = None,
    workers: int | None = None,
    budget: Budget | None = None,
) -> list[float | None]:
    """The score of each candidate (raw model output or formula) against its reference, in order.

    1.0 is proved equivalent; a wrong candidate gets partial credit below 1.0, an unreadable one
    0.0; None is not judged: the reference cannot be read, or the budget ran out. Both are counted
    in a logged warning. Each distinct reference is read once and each distinct pair judged once.
    `workers` is the number of processes (0: this one; None: this one for small batches, else one
    for each core); the result does not depend on it. Raises `ValueError` for lists of different
    length, an unknown `names`, domain or dialect, `TypeError` for what is neither text nor formula.
    """
    candidates = _texts("candidates", candidates)
    references = _texts("references", references)
    if len(candidates) != len(references):
        both = f"{len(candidates)} candidates but {len(references)} references"
        raise ValueError(f"{both}; one reference for each")
    check_names(names)
    check_dialect(dialect)
    _check_limits(workers, budget)
    domain = language(domain).spec
    pairs = list(zip(candidates, references, strict=True))
    distinct = list(dict.fromkeys(pairs))
    tasks: list[Task] = []
    for candidate, reference in distinct:
        task = (
            candidate,
            reference,
            names,
            domain,
            dialect,
            budget,
        )
        tasks.append(task)
    outcomes = _outcomes(tasks, workers, budget)
    _warn(outcomes)
    scores = dict(zip(distinct, map(_score, outcomes), strict=True))
    return [scores[pair] for pair in pairs]


def _texts(name: str, texts: Sequence[Text]) -> list[Text]:
    if isinstance(texts, str):
        raise TypeError(f"{name} must be a sequence of texts, got one text")
    texts = list(texts)
    for index, text in enumerate(texts):
        if not isinstance(text, str | S.Formula):
            kind = type(text).__name__
            raise TypeError(f"{name}[{index}] must be text or a formula, got {kind}: {text!r:.80}")
    return texts


def _check_limits(workers: int | None, budget: Budget | None) -> None:
    if budget is not None and not isinstance(budget, Budget):
        raise TypeError(f"budget must be a Budget, got {budget!r}")
    if workers is None:
        return
    if not isinstance(workers, int) or workers < 0:
        raise ValueError(f"workers must be a whole number of 0 or more, got {workers!r}")


def _outcomes(tasks: list[Task], workers: int | None, budget: Budget | None) -> list[float | Lost]:
    """The score of each task, or why there is none."""
    if workers is None:
        workers = os.cpu_count() or 1
        if len(tasks) < _WORTH_WORKERS:
            workers = 0
    if workers == 0:
        return list(map(score_task, tasks))
    return _spread(tasks, workers, budget)


def _score(outcome: float | Lost) -> float | None:
    return None if isinstance(outcome, Lost) else outcome


def score_task(task: Task) -> float | Lost:
    """One score, or why there is none."""
    comparison = compare_task(task)
    if isinstance(comparison, Lost):
        return comparison
    if comparison.score is None:
        return Lost("budget spent")
    return comparison.score


def score_tasks(tasks: Sequence[Task]) -> list[float | Lost]:
    """Some scores, one after another; those of one reference share what is read of it."""
    return list(map(score_task, tasks))


def compare_task(task: Task) -> Comparison | Lost:
    """What a score comes from, or why there is none; its reference is kept for the next one."""
    candidate, reference, names, domain, dialect, budget = task
    try:
        target = _reference(reference, domain, dialect)
    except LogicError as error:
        reason = getattr(error, "reason", error)
        return Lost(f"reference not readable: {reason}: {str(reference)[:80]!r}")
    try:
        return compare(
            candidate=candidate,
            reference=target,
            names=names,
            domain=domain,
            budget=budget,
        )
    except (Exception, SystemExit) as error:
        # A fault, of ours or of a domain's code, must not end a training run; it is reported with
        # what caused it.
        reason = f"{type(error).__name__}: {error}"
        pair = f"candidate {str(candidate)[:200]!r}, reference {str(reference)[:200]!r}"
        return Lost(f"{reason}: {pair}")


@functools.lru_cache(maxsize=4096)
def _reference(text: Text, domain: str, dialect: str | None) -> Reference:
    return Reference(text, domain=domain, dialect=dialect)


def _spread(tasks: list[Task], workers: int, budget: Budget | None) -> list[float | Lost]:
    """The same in worker processes."""
    from logic.judging.workers.pool import Pool  # here: most who judge start no process

    # Far above the solver's own limit: only a true hang is killed.
    seconds = 3 * (budget or Budget()).seconds
    # Equal references go to one worker, which reads them once.
    order = sorted(
        range(len(tasks)),
        key=lambda index: str(tasks[index][1]),
    )
    with Pool(
        "logic.judging.batch:score_task",
        workers=workers,
        seconds=seconds,
    ) as pool:
        results = pool.map([tasks[index] for index in order])
    outcomes: list[float | Lost] = [Lost("not judged")] * len(tasks)
    for index, result in zip(order, results, strict=True):
        outcomes[index] = result
    return outcomes


def _warn(outcomes: Sequence[float | Lost]) -> None:
    """Say how many pairs are not judged, by reason."""
    reasons = Counter([outcome.reason for outcome in outcomes if isinstance(outcome, Lost)])
    for reason, count in reasons.items():
        _log.warning(
            "not judged: %d of %d distinct pairs: %s",
            count,
            len(outcomes),
            reason,
        )
