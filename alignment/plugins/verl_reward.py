"""verl: the judge as a custom reward function, and rows as verl reads them.

`reward.custom_reward_function.path=pkg://alignment.plugins.verl_reward`, `.name=compute_score`; its
settings under `reward.custom_reward_function.reward_kwargs`. With the reward manager `batch` the
name is `compute_scores`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from alignment.judging import Judge
from alignment.questions import questions
from logic.judging.compare import Names


def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: str,
    extra_info: dict[str, Any] | None = None,
    *,
    names: Names = "match",
    domain: str = "fol",
    dialect: str | None = None,
    not_judged: float = 0.0,
    **_: Any,
) -> dict[str, float]:
    """The score of one answer against its formula, with what verl is to log of it.

    `acc` is 1 where equivalence is proved; `judged` is 0 where it was not judged, and the score is
    then `not_judged`: verl takes no missing ones.
    """
    judge = Judge(names, domain, dialect)
    return _result(judge.score(solution_str, ground_truth), not_judged)


def compute_scores(
    data_sources: Sequence[str],
    solution_strs: Sequence[str],
    ground_truths: Sequence[str],
    extra_infos: Sequence[dict[str, Any]],
    *,
    names: Names = "match",
    domain: str = "fol",
    dialect: str | None = None,
    not_judged: float = 0.0,
    **_: Any,
) -> list[dict[str, float]]:
    """`compute_score` of a batch. Raises ValueError for lists of different length."""
    scores = Judge(names, domain, dialect).scores(solution_strs, ground_truths)
    return [_result(score, not_judged) for score in scores]


def rows(name: str = "synthetic", **settings: Any) -> list[dict[str, Any]]:
    """The rows of a data set as verl reads them, for a Parquet file; arguments as in `questions`."""
    return [
        {
            "data_source": name,
            "prompt": question.messages,
            "ability": "logic",
            "reward_model": {"style": "rule", "ground_truth": question.reference},
            "extra_info": {"index": index, **question.fields},
        }
        for index, question in enumerate(questions(name, **settings))
    ]


def _result(score: float | None, not_judged: float) -> dict[str, float]:
    if score is None:
        return {"score": not_judged, "acc": 0.0, "judged": 0.0}
    return {"score": score, "acc": float(score == 1.0), "judged": 1.0}
