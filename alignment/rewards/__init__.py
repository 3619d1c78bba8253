"""Rewards by name, as TRL calls them.

`get("logic")(prompts, completions, reference=[...]) -> list[float | None]`. A reward is in the
registry once its module is imported: those below.
"""

from alignment.rewards import (
    baselines,
    correct,
    embedding,
    fol,
    mt,
    preference,
    regularisers,
    remote,
    story,
)
from alignment.rewards.combination import COMBINATIONS, TRANSFORMS, Combination, combine
from alignment.rewards.learned import implicit, reward_model, round_trip
from alignment.rewards.registry import (
    AsyncReward,
    Reward,
    RewardSettingError,
    get,
    is_rate,
    names,
    register,
    settings,
)

__all__ = [
    "COMBINATIONS",
    "TRANSFORMS",
    "AsyncReward",
    "Combination",
    "Reward",
    "RewardSettingError",
    "baselines",
    "combine",
    "correct",
    "embedding",
    "fol",
    "get",
    "implicit",
    "is_rate",
    "mt",
    "names",
    "preference",
    "register",
    "regularisers",
    "remote",
    "reward_model",
    "round_trip",
    "settings",
    "story",
]
