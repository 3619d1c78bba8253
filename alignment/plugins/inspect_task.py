"""Inspect: the judge as a scorer, and translation into first-order logic as a task.

A task file of three lines serves `inspect eval`:

    @task
    def fol():
        return first_order_logic(data="synthetic", split="test")
"""

from __future__ import annotations

from alignment.judging import Judge
from alignment.plugins import needs
from alignment.questions import questions
from logic.errors import installs
from logic.judging.compare import Names

with needs(installs("inspect")):
    from inspect_ai import Task, task
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.scorer import (
        Metric,
        SampleScore,
        Score,
        Scorer,
        Target,
        mean,
        metric,
        scorer,
        stderr,
    )
    from inspect_ai.solver import TaskState, generate


@metric
def equivalent() -> Metric:
    """The share of answers that are proved equivalent to their target."""

    def share(scores: list[SampleScore]) -> float:
        proved = sum(score.score.as_float() == 1.0 for score in scores)
        return proved / len(scores) if scores else 0.0

    return share


@scorer(metrics=[mean(), stderr(), equivalent()])
def logic_score(names: Names = "match", domain: str = "fol", dialect: str | None = None) -> Scorer:
    """The judge's score of the completion against the target, a formula.

    What is not judged is Inspect's unscored, which its metrics leave out.
    """
    judge = Judge(names, domain, dialect)

    async def score(state: TaskState, target: Target) -> Score:
        found = await judge.judge_async(state.output.completion, target.text, explained=True)
        if found.score is None:
            return Score.unscored(reason="scoring_failed", explanation=found.explanation)
        return Score(
            value=found.score,
            answer=found.formula,
            explanation=found.explanation,
            reason="invalid_response_format" if found.verdict == "unreadable" else None,
            metadata={"verdict": found.verdict},
        )

    return score


@task
def first_order_logic(
    data: str = "synthetic",
    split: str = "test",
    size: int | None = None,
    path: str | None = None,
    names: Names = "match",
    domain: str = "fol",
    dialect: str | None = None,
) -> Task:
    """Sentences of a data set (the arguments of `data.load`), answered once each."""
    rows = questions(data, split=split, size=size, path=path, domain=domain, dialect=dialect)
    samples = [
        Sample(input=row.prompt, target=row.reference, metadata=dict(row.fields)) for row in rows
    ]
    return Task(
        dataset=MemoryDataset(samples, name=data),
        solver=generate(),
        scorer=logic_score(names, domain, dialect),
    )
