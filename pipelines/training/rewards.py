"""From the keys of a config to the one reward that a stage pays."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from pipelines.config.arguments import RewardArguments
from pipelines.config.translators import locate
from pipelines.errors import UsageError


def build_reward(own: RewardArguments, weights: Sequence[float] | None = None) -> Any:
    """The reward that a stage's keys describe, `weights` being TRL's `reward_weights`: one function in TRL's form.

    Raises `UsageError` for an unknown reward, setting or value, naming what is allowed.
    """
    from alignment import rewards

    if not own.rewards:
        raise UsageError(f"rewards: name at least one; allowed: {', '.join(rewards.names())}")
    settings = own.reward_settings if isinstance(own.reward_settings, dict) else {}
    if unused := [name for name in settings if name not in own.rewards]:
        close = difflib.get_close_matches(unused[0], own.rewards, n=1)
        meant = f"; did you mean {close[0]}?" if close else f"; rewards: {', '.join(own.rewards)}"
        raise UsageError(
            f"reward_settings: {unused[0]!r} is none of the rewards of this stage{meant}"
        )
    try:
        parts = [
            rewards.get(name, **_filled_in(name, settings.get(name, {}), own))
            for name in own.rewards
        ]
        combined = rewards.combine(
            parts,
            weights=weights,
            transform=own.reward_transform,
            combination=own.reward_combination,
            scale=own.reward_scale,
            centre=own.reward_centre,
            variance_weight=own.reward_variance_weight,
        )
    except rewards.RewardSettingError as error:
        raise UsageError(f"rewards: {error}") from None
    return (
        parts[0]
        if len(parts) == 1 and own.reward_transform == "none" and weights is None
        else combined
    )


def _filled_in(name: str, settings: dict[str, Any], own: Any) -> dict[str, Any]:
    """A reward's settings with what the stage knows: where its translator lies, and the domain of the formulas."""
    from alignment import rewards

    settings = _located(settings, own.run_dir)
    return {"domain": own.domain} | settings if "domain" in rewards.settings(name) else settings


def _located(settings: dict[str, Any], run_dir: str) -> dict[str, Any]:
    """A reward's settings, its translator as a path where it is a section of the run."""
    if not isinstance(settings.get("translator"), str):
        return settings
    return settings | {"translator": locate(run_dir, settings["translator"])}


def models_of_rewards(own: Any) -> dict[str, str]:
    """The translators that a stage's rewards use, by the reward's name: inputs that its result depends on."""
    given = getattr(own, "reward_settings", None) or {}
    found = {
        name: _located(settings, own.run_dir).get("translator") for name, settings in given.items()
    }
    return {
        f"translator of {name}": model for name, model in found.items() if isinstance(model, str)
    }


def check_rates(own: RewardArguments, trainer: Any) -> None:
    """Raise `UsageError` for options that read a group's mean reward as a rate, with rewards that may leave [0, 1]."""
    reading = {
        "difficulty_power": trainer.difficulty_power > 0.0,
        "label_reward_weighted": trainer.label_reward_weighted,
        "label_schedule: adaptive": trainer.label_schedule == "adaptive",
    }
    wanted = next((key for key, value in reading.items() if value), None)
    weights = trainer.reward_weights or [1.0] * len(own.rewards)
    if wanted and own.reward_transform == "log_sigmoid":
        raise UsageError(
            f"{wanted} needs rewards from 0 to 1, and reward_transform log_sigmoid makes them negative"
        )
    if wanted and own.reward_combination == "sum" and sum(map(abs, weights)) > 1.0 + 1e-9:
        raise UsageError(
            f"{wanted} needs rewards from 0 to 1: take reward_combination mean, or weights of sum 1"
        )
