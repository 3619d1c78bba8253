"""Rewards by name: `get("logic")(prompts, completions, reference=[...]) -> list[float | None]`, as TRL calls them."""

from alignment.rewards import fol
from alignment.rewards.registry import Reward, RewardSettingError, get, names, register

__all__ = ["Reward", "RewardSettingError", "fol", "get", "names", "register"]
