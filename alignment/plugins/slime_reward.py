"""slime and miles: the judge as a custom reward model, `--custom-rm-path alignment.plugins.slime_reward.reward`."""

from __future__ import annotations

from typing import Any, overload

from alignment.judging import Judge
from alignment.questions import questions


@overload
async def reward(args: Any, samples: list[Any], **_: Any) -> list[float]: ...
@overload
async def reward(args: Any, samples: Any, **_: Any) -> float: ...


async def reward(args: Any, samples: Any, **_: Any) -> float | list[float]:
    """The score of a sample, or of each of a group (`--group-rm`, and agents of several samples).

    `sample.label` is the formula, `sample.metadata` may name its `domain`, `dialect` or `names`. A
    sample that is not judged is taken out of the loss (`remove_sample`); its reward is the mean of
    those of its group that are, or 0.0, since slime takes no missing ones.
    """
    group = samples if isinstance(samples, list) else [samples]
    scores = await _scores(group)
    judged = [score for score in scores if score is not None]
    neutral = sum(judged) / len(judged) if judged else 0.0
    for sample, score in zip(group, scores, strict=True):
        if score is None:
            sample.remove_sample = True
    rewards = [neutral if score is None else score for score in scores]
    return rewards if isinstance(samples, list) else rewards[0]


def rows(name: str = "synthetic", **settings: Any) -> list[dict[str, Any]]:
    """The rows of a data set for `--prompt-data`, `--input-key prompt`, `--label-key label`."""
    return [
        {"prompt": question.messages, "label": question.reference, "metadata": {**question.fields}}
        for question in questions(name, **settings)
    ]


async def _scores(group: list[Any]) -> list[float | None]:
    """The scores of a group, whose samples have one prompt and so one language."""
    if not group:
        return []
    # slime imports the function by its path and hands it no settings: the rows carry them.
    return await Judge.of_row(group[0].metadata).scores_async(
        [sample.response for sample in group], [sample.label for sample in group]
    )
