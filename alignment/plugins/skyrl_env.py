"""SkyRL: the judge as a text environment of one turn.

skyrl_gym.register(id="fol", entry_point="alignment.plugins.skyrl_env:FolEnv")
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alignment.judging import Judge
from alignment.plugins import needs
from alignment.questions import questions
from logic.errors import installs

with needs(installs("skyrl")):
    from skyrl_gym.envs.base_text_env import BaseTextEnv, BaseTextEnvStepOutput


class FolEnv(BaseTextEnv):
    """One answer, scored against `extras["reward_spec"]["ground_truth"]`.

    `env_config` may name `names`, `domain` and `dialect`. SkyRL takes no missing reward: what is not
    judged is 0.0, and `judged` of the metadata and the metrics says so.
    """

    def __init__(
        self, env_config: Mapping[str, Any] | None = None, extras: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__()
        self._judge = Judge.of_row(env_config)
        self._reference = (extras or {})["reward_spec"]["ground_truth"]
        self._metrics: dict[str, float] = {}

    def step(self, action: str) -> BaseTextEnvStepOutput:
        """Judge the answer; the episode is then done."""
        score = self._judge.score(action, self._reference)
        self._metrics = {"equivalent": float(score == 1.0), "judged": float(score is not None)}
        return BaseTextEnvStepOutput(
            observations=[], reward=score or 0.0, done=True, metadata=dict(self._metrics)
        )

    def get_metrics(self) -> dict[str, float]:
        """What SkyRL averages over episodes."""
        return self._metrics


def rows(name: str = "synthetic", **settings: Any) -> list[dict[str, Any]]:
    """The rows of a data set as SkyRL reads them, for a Parquet file; arguments as in `questions`."""
    return [
        {
            "data_source": name,
            "prompt": question.messages,
            "env_class": "fol",
            "reward_spec": {"method": "rule", "ground_truth": question.reference},
        }
        for question in questions(name, **settings)
    ]
