"""From the keys of a config to the one reward that a stage pays."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from typing import Any

from alignment import rewards
from pipelines.config.arguments import RewardArguments, TrainingArguments
from pipelines.errors import UsageError
from pipelines.judging.remote import reward as _llm_judge  # noqa: F401 (registers it)
from pipelines.judging.translators import locate

Reward = Callable[..., list[float | None]]


def build_reward(
    options: RewardArguments, weights: Sequence[float] | None = None, *, trainer: Any = None
) -> Reward:
    """The reward that a stage's keys describe, `weights` being TRL's `reward_weights`.

    `trainer` are the trainer's arguments, whose precision a reward's own model takes. It is one
    function in TRL's form. Raises `UsageError` for an unknown reward, setting or value, naming what
    is allowed.
    """
    asked = list(map(_constraint, options.reward_constraints))
    known = [*options.rewards, *(name for name, _ in asked)]
    _check_names(options, known)
    settings = options.settings_by_reward()
    try:
        built = [
            rewards.get(name, **_filled_in(name, settings.get(name, {}), options, trainer))
            for name in known
        ]
        parts, required = built[: len(options.rewards)], built[len(options.rewards) :]
        combined = rewards.combine(
            parts,
            weights=weights,
            transform=options.reward_transform,
            combination=options.reward_combination,
            scale=options.reward_scale,
            constraints=dict(zip(required, (share for _, share in asked), strict=True)),
        )
    except rewards.RewardSettingError as error:
        raise UsageError(f"rewards: {error}") from None
    # A reward that nothing changes keeps its own name in the logs.
    alone = len(parts) == 1 and options.reward_transform == "none" and weights is None
    return parts[0] if alone and not required else combined


def _constraint(text: str) -> tuple[str, float | None]:
    """The reward that a constraint names, and the share that shall meet it, as in checked=0.95."""
    name, equals, share = map(str.strip, text.partition("="))
    allowed = "a reward, or a reward and a share above 0 and at most 1, as in checked=0.95"
    if name.startswith("{"):
        raise UsageError(f"reward_constraints is a list; allowed in it: {allowed}, got {text}")
    try:
        return name, float(share) if equals else None
    except ValueError:
        raise UsageError(
            f"reward_constraints: {text!r} ends in no number; allowed: {allowed}"
        ) from None


def _check_names(options: RewardArguments, known: Sequence[str]) -> None:
    if not options.rewards:
        raise UsageError(f"rewards: name at least one; allowed: {', '.join(rewards.names())}")
    for name in options.settings_by_reward():
        if name in known:
            continue
        close = difflib.get_close_matches(name, known, n=1)
        allowed = f"rewards: {', '.join(known)}"
        hint = f"did you mean {close[0]}?" if close else allowed
        raise UsageError(f"reward_settings: {name!r} is none of the rewards of this stage; {hint}")


def _filled_in(
    name: str, settings: dict[str, Any], options: RewardArguments, trainer: Any
) -> dict[str, Any]:
    """A reward's settings with what the stage knows: where its model is, the precision, the domain,
    and how references are written."""
    settings = _located(settings, options.run_dir)
    known = rewards.settings(name)
    if "canonical_references" in known:
        settings = {"canonical_references": True} | settings
    if "dtype" in known and trainer is not None:
        settings = {"dtype": _precision(trainer)} | settings
    if "domain" in known:
        settings = {"domain": options.domain} | settings
    return settings


def _precision(trainer: Any) -> str:
    """The precision that the policy computes in."""
    if trainer.bf16:
        return "bfloat16"
    return "float16" if trainer.fp16 else "float32"


def _located(settings: dict[str, Any], run_dir: str) -> dict[str, Any]:
    """A reward's settings, its models as paths where they are sections of the run."""
    translator, models = settings.get("translator"), settings.get("models")
    if isinstance(translator, str):
        settings = settings | {"translator": locate(run_dir, translator)}
    if isinstance(models, list):
        settings = settings | {"models": [locate(run_dir, str(name)) for name in models]}
    return settings


def reward_inputs(options: TrainingArguments) -> dict[str, str]:
    """The models that a stage's rewards use: inputs that its result depends on."""
    inputs: dict[str, str] = {}
    if isinstance(options, RewardArguments):
        for name, settings in options.settings_by_reward().items():
            located = _located(settings, options.run_dir)
            translator = located.get("translator")
            if isinstance(translator, str):
                inputs[f"translator of {name}"] = translator
            models = located.get("models")
            for number, model in enumerate(models if isinstance(models, list) else (), 1):
                inputs[f"model {number} of {name}"] = model
    return inputs


def check_rates(options: RewardArguments, trainer: Any) -> None:
    """Raise `UsageError` where a reward may leave [0, 1] and options need it as a rate."""
    needs_a_rate = {
        "difficulty_power": trainer.difficulty_power > 0.0,
        "label_reward_weighted": trainer.label_reward_weighted,
        "label_schedule: adaptive": trainer.label_schedule == "adaptive",
    }
    keys = [key for key, active in needs_a_rate.items() if active]
    if keys:
        require_rate(options, trainer.reward_weights, keys[0])


def require_rate(options: RewardArguments, weights: Sequence[float] | None, key: str) -> None:
    """Raise `UsageError` where a reward may leave [0, 1], as a key needs it not to."""
    problem = _no_rate(options, weights)
    if problem:
        raise UsageError(f"{key} needs rewards from 0 to 1{problem}")


def _no_rate(options: RewardArguments, weights: Sequence[float] | None) -> str:
    """What takes the rewards out of [0, 1], to end a message; "" where nothing does."""
    if options.reward_transform == "log_sigmoid":
        return ", and reward_transform log_sigmoid makes them negative"
    if options.reward_combination == "mean_minus_variance":
        return ", and reward_combination mean_minus_variance may make them negative"
    weighed = [text for text in options.reward_constraints if "=" in text]
    if weighed:
        return f", and the weight of the constraint {weighed[0]} may make them negative"
    # "par" makes a rate of whatever a reward is.
    beyond = [name for name in options.rewards if not rewards.is_rate(name)]
    if beyond and options.reward_transform == "none":
        return f", and {beyond[0]} is none"
    largest = sum(map(abs, weights or [1.0] * len(options.rewards)))
    if options.reward_combination == "sum" and largest > 1.0 + 1e-9:
        return ": take reward_combination mean, or weights of sum 1"
    return ""
