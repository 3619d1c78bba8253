"""OpenRLHF: the judge as a reward function in a file, `--reward.remote_url FILE`.

OpenRLHF takes the path of a file: that of this one, or of one of your own that imports
`reward_func`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from alignment.judging import Judge
from alignment.questions import questions


def reward_func(
    queries: Sequence[str], prompts: Sequence[str], labels: Sequence[str], **_: Any
) -> dict[str, Any]:
    """Rewards of answers, each being what follows its prompt in the query; labels are formulas.

    `rewards` and `scores` are tensors of shape (batch,). OpenRLHF takes no missing reward: what is
    not judged is 0.0, and 0 in the log `judged`; `equivalent` is 1 where equivalence is proved.
    Raises ValueError for lists of different length.
    """
    import torch  # here: OpenRLHF has it, and judging does without

    if len(queries) != len(prompts):
        raise ValueError(f"{len(queries)} queries but {len(prompts)} prompts; one for each")
    answers = [query.removeprefix(prompt) for query, prompt in zip(queries, prompts, strict=True)]
    scores = Judge().scores(answers, labels)
    rewards = torch.tensor([score or 0.0 for score in scores])
    logs = {
        "judged": torch.tensor([float(score is not None) for score in scores]),
        "equivalent": torch.tensor([float(score == 1.0) for score in scores]),
    }
    return {"rewards": rewards, "scores": rewards, "extra_logs": logs}


def rows(name: str = "synthetic", **settings: Any) -> list[dict[str, Any]]:
    """The rows of a data set for `--data.input_key prompt --data.label_key label`, with a chat template."""
    return [
        {"prompt": question.messages, "label": question.reference}
        for question in questions(name, **settings)
    ]
