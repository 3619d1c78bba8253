"""verifiers 0.4 and prime-rl: translation into first-order logic as a taskset.

verifiers finds a taskset by the name of a top-level module: `fol_taskset.py`, of one line,

    from alignment.plugins.verifiers_taskset import FolTaskset, __all__

makes it `vf-eval fol-taskset`. In another taskset the judge is a reward plugged in by name:
`[env.taskset.task.rewards] fol = { fn = "alignment.plugins.verifiers_taskset:fol_reward" }`, where
the rows have a `reference`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from alignment.judging import Judge
from alignment.plugins import needs
from alignment.questions import questions
from logic.errors import installs
from logic.judging.compare import Names

with needs(installs("verifiers")):
    import verifiers.v1 as vf

__all__ = ["FolTaskset"]


class NotJudged(Exception):
    """verifiers records it on the trace, whose rollout then counts as failed and not as wrong."""


class FolData(vf.TaskData):
    """A sentence in the prompt, its formula, and how answers are to be judged."""

    reference: str
    names: Names = "match"
    domain: str = "fol"
    dialect: str | None = None

    @property
    def judge(self) -> Judge:
        """The judge that the taskset was configured with."""
        return Judge(self.names, self.domain, self.dialect)


async def fol_reward(task: Any, trace: vf.Trace) -> float:
    """The score of the last reply against `task.reference`; the event loop goes on meanwhile."""
    judge = task.judge if isinstance(task, FolData) else Judge.of_row(task.model_dump())
    score = await judge.score_async(trace.last_reply, task.reference)
    if score is None:
        raise NotJudged(task.reference)
    return score


class FolTask(vf.Task[FolData]):
    """One translation."""

    @vf.reward(weight=1.0)
    async def logic_score(self, trace: vf.Trace) -> float:
        """1 for a proved equivalence, less for less; the metric `equivalent` is 1 or 0."""
        score = await fol_reward(self.data, trace)
        trace.record_metric("equivalent", float(score == 1.0))
        return score


class FolConfig(vf.TasksetConfig):
    """Which rows (the arguments of `data.load`), and how answers are judged."""

    data: str = "synthetic"
    split: str = "train"
    path: str | None = None
    size: int | None = None
    seed: int = 0
    names: Names = "match"
    domain: str = "fol"
    dialect: str | None = None


class FolTaskset(vf.Taskset[FolTask, FolConfig]):
    """Sentences and their formulas, in the order of the data set."""

    def load(self) -> Iterator[FolTask]:
        """One task for each row."""
        config = self.config
        rows = questions(
            config.data,
            split=config.split,
            path=config.path,
            size=config.size,
            seed=config.seed,
            domain=config.domain,
            dialect=config.dialect,
        )
        for question in rows:
            row = FolData(
                prompt=question.prompt,
                reference=question.reference,
                names=config.names,
                domain=config.domain,
                dialect=config.dialect,
            )
            yield FolTask(row, config.task)
