"""Many scores at once: the batch form of `compare`, in this process or spread over workers."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Sequence

from logic import syntax as S
from logic.deciding.verdict import Budget
from logic.errors import LogicError
from logic.judging.compare import Names, Reference, check_names, compare
from logic.judging.workers.pool import Lost, Pool
from logic.languages import language
from logic.reading.notations.dialects import check_dialect

_log = logging.getLogger(__name__)
_WORTH_WORKERS = 4_000
"""Distinct pairs from which starting worker processes pays."""

Text = str | S.Formula
Task = tuple[Text, Text, Names, str, str | None, Budget | None]


def score(
    *,
    candidates: Sequence[str | S.Formula],
    references: Sequence[str | S.Formula],
    names: Names = "match",
    domain: str = "fol",
    dialect: str | None = None,
    workers: int | None = None,
    budget: Budget | None = None,
) -> list[float | None]:
    """The score of each candidate (raw model output or formula) against its reference, in order.

    1.0 is proved equivalent; a wrong candidate gets partial credit below 1.0, an unreadable one 0.0; None is not
    judged: the reference cannot be read, or the budget ran out. Both are counted in a logged warning. Each
    distinct reference is read once and each distinct pair judged once. `workers` is the number of processes (0: this
    one; None: this one for small batches, else one for each core); the result does not depend on it. Raises
    `ValueError` for lists of different length, an unknown `names`, domain or dialect, `TypeError` for what is
    neither text nor formula.
    """
    candidates, references = _texts("candidates", candidates), _texts("references", references)
    check_names(names)
    check_dialect(dialect)
    if budget is not None and not isinstance(budget, Budget):
        raise TypeError(f"budget must be a Budget, got {budget!r}")
    if len(candidates) != len(references):
        raise ValueError(
            f"{len(candidates)} candidates but {len(references)} references; one reference for each"
        )
    if workers is not None and (not isinstance(workers, int) or workers < 0):
        raise ValueError(f"workers must be a whole number of 0 or more, got {workers!r}")
    domain = language(domain).spec
    pairs = list(zip(candidates, references, strict=True))
    distinct = list(dict.fromkeys(pairs))
    tasks: list[Task] = [
        (candidate, reference, names, domain, dialect, budget) for candidate, reference in distinct
    ]
    if workers is None:
        workers = (os.cpu_count() or 1) if len(tasks) >= _WORTH_WORKERS else 0
    outcomes = (
        [score_task(task) for task in tasks] if workers == 0 else _spread(tasks, workers, budget)
    )
    found = dict(zip(distinct, outcomes, strict=True))
    _warn(outcomes, len(distinct))
    return [outcome if isinstance(outcome := found[pair], float) else None for pair in pairs]


def _texts(name: str, given: Sequence[Text]) -> list[Text]:
    if isinstance(given, str):
        raise TypeError(f"{name} must be a sequence of texts, got one text")
    texts = list(given)
    for index, text in enumerate(texts):
        if not isinstance(text, (str, S.Formula)):
            raise TypeError(
                f"{name}[{index}] must be text or a formula, got {type(text).__name__}: {text!r:.80}"
            )
    return texts


def score_task(task: Task) -> float | Lost:
    """One score, or why there is none."""
    candidate, reference, names, domain, dialect, budget = task
    try:
        target = _reference(reference, domain, dialect)
    except LogicError as error:
        return Lost(
            f"reference not readable: {getattr(error, 'reason', error)}: {str(reference)[:80]!r}"
        )
    try:
        found = compare(
            candidate=candidate, reference=target, names=names, domain=domain, budget=budget
        ).score
    except (
        Exception
    ) as error:  # a fault of ours must not end a training run; it is reported with what caused it
        return Lost(
            f"{type(error).__name__}: {error}: candidate {str(candidate)[:200]!r}, reference {str(reference)[:200]!r}"
        )
    return Lost("budget spent") if found is None else found


@functools.lru_cache(maxsize=4096)
def _reference(text: Text, domain: str, dialect: str | None) -> Reference:
    return Reference(text, domain=domain, dialect=dialect)


def _spread(tasks: list[Task], workers: int, budget: Budget | None) -> list[float | Lost]:
    seconds = (
        3 * (budget or Budget()).seconds
    )  # above the solver's own limit: only a true hang is killed
    order = sorted(
        range(len(tasks)), key=lambda i: str(tasks[i][1])
    )  # equal references to one worker, read once
    with Pool("logic.judging.batch:score_task", workers=workers, seconds=seconds) as pool:
        results = pool.map([tasks[i] for i in order])
    outcomes: list[float | Lost] = [Lost("not judged")] * len(tasks)
    for place, result in zip(order, results, strict=True):
        outcomes[place] = result
    return outcomes


def _warn(outcomes: Sequence[float | Lost], total: int) -> None:
    reasons: dict[str, int] = {}
    for outcome in outcomes:
        if isinstance(outcome, Lost):
            reasons[outcome.reason] = reasons.get(outcome.reason, 0) + 1
    for reason, count in reasons.items():
        _log.warning("not judged: %d of %d distinct pairs: %s", count, total, reason)
