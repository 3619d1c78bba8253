"""Rewards by name: `get("logic")(prompts, completions, reference=[...]) -> list[float | None]`, as TRL calls them."""

from alignment.rewards import embedding, fol, regularisers
from alignment.rewards.combination import COMBINATIONS, TRANSFORMS, Combination, combine
from alignment.rewards.registry import Reward, RewardSettingError, get, names, register, settings

__all__ = [
    "COMBINATIONS",
    "TRANSFORMS",
    "Combination",
    "Reward",
    "RewardSettingError",
    "combine",
    "embedding",
    "fol",
    "get",
    "names",
    "register",
    "regularisers",
    "settings",
]
