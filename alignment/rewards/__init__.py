"""Rewards by name: `get("logic")(prompts, completions, reference=[...]) -> list[float | None]`, as TRL calls them."""

from alignment.rewards import correct, embedding, fol, mt, preference, regularisers
from alignment.rewards.combination import COMBINATIONS, TRANSFORMS, Combination, combine
from alignment.rewards.registry import Reward, RewardSettingError, get, names, register, settings

__all__ = [
    "COMBINATIONS",
    "TRANSFORMS",
    "Combination",
    "Reward",
    "RewardSettingError",
    "combine",
    "correct",
    "embedding",
    "fol",
    "get",
    "mt",
    "names",
    "preference",
    "register",
    "regularisers",
    "settings",
]
