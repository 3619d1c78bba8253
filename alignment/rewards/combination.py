"""Several rewards as one: transformed, weighed, and judged together or not at all."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from alignment.messages import last_text
from alignment.rewards.registry import Reward, RewardSettingError, column, get

TRANSFORMS = ("none", "log_sigmoid", "par")
COMBINATIONS = ("sum", "mean", "min", "mean_minus_variance")
DEFAULT_SCALES = {"par": 1.0, "log_sigmoid": 8.0}
MAX_CACHED = 100_000
"""Prompts whose reference answer's rewards are kept."""
_OF_THE_TRAINER = ("trainer_state", "log_metric", "log_extra", "completion_ids", "environments")


class Combination(Reward):
    """One reward of several parts, as TRL calls it; made by `combine`."""

    def __init__(
        self,
        parts: Sequence[Reward],
        weights: Sequence[float] | None = None,
        transform: str = "none",
        combination: str = "sum",
        scale: float = 1.0,
        centre: float = 0.5,
        variance_weight: float = 1.0,
    ) -> None:
        super().__init__("combined", self._combined)
        self.parts = list(parts)
        self._arguments = (
            self.parts,
            weights,
            transform,
            combination,
            scale,
            centre,
            variance_weight,
        )
        self._weights = [1.0] * len(self.parts) if weights is None else list(weights)
        self._transform = transform
        self._combination = combination
        self._scale = scale
        self._centre = centre
        self._variance_weight = variance_weight
        self._of_references: dict[tuple[str, str], list[float | None]] = {}

    def __reduce__(self) -> tuple[Callable[..., Combination], tuple[Any, ...]]:
        return Combination, self._arguments

    def _combined(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        values = [part(prompts, completions, **columns) for part in self.parts]
        self._log(values, columns)
        rows: list[tuple[float | None, ...]] = list(zip(*values, strict=True))
        if self._transform == "par":
            references = self._reference_rewards(prompts, columns)
            rows = [
                tuple(map(self._preference, row, own))
                for row, own in zip(rows, references, strict=True)
            ]
        elif self._transform == "log_sigmoid":
            rows = [tuple(map(self._log_sigmoid, row)) for row in rows]
        return [self._together(row) for row in rows]

    def _together(self, values: Sequence[float | None]) -> float | None:
        """One number of a completion's parts; None where any of them is."""
        judged = [value for value in values if value is not None]
        if len(judged) < len(values):
            return None
        if self._combination == "min":
            return min(judged)
        total = math.fsum(
            weight * value for weight, value in zip(self._weights, judged, strict=True)
        )
        if self._combination == "sum":
            return total
        mean = total / math.fsum(self._weights)
        if self._combination == "mean":
            return mean
        squares = math.fsum(
            w * (value - mean) ** 2 for w, value in zip(self._weights, judged, strict=True)
        )
        return mean - self._variance_weight * squares / math.fsum(self._weights)

    def _log_sigmoid(self, value: float | None) -> float | None:
        return None if value is None else _log_sigmoid(self._scale * (value - self._centre))

    def _preference(self, value: float | None, of_reference: float | None) -> float | None:
        if value is None or of_reference is None:
            return None
        return math.exp(_log_sigmoid(self._scale * (value - of_reference)))

    def _reference_rewards(
        self, prompts: Sequence[Any], columns: dict[str, Any]
    ) -> list[list[float | None]]:
        """What each part gives the reference answer of each row; asked once per prompt."""
        answers = [last_text(answer) for answer in column(columns, "reference", self.__name__)]
        keys = [(repr(prompt), answer) for prompt, answer in zip(prompts, answers, strict=True)]
        if len(self._of_references) > MAX_CACHED:
            self._of_references.clear()
        new = {key: row for row, key in enumerate(keys) if key not in self._of_references}
        if new:
            rows = list(new.values())
            chosen = {
                name: [values[row] for row in rows]
                for name, values in columns.items()
                if name not in _OF_THE_TRAINER and isinstance(values, (list, tuple))
            }
            found = [
                part([prompts[row] for row in rows], [answers[row] for row in rows], **chosen)
                for part in self.parts
            ]
            self._of_references.update(zip(new, map(list, zip(*found, strict=True)), strict=True))
        return [self._of_references[key] for key in keys]

    def _log(self, values: list[list[float | None]], columns: dict[str, Any]) -> None:
        """The parts as they are, beside what TRL logs of the combined reward."""
        for part, column_values in zip(self.parts, values, strict=True):
            judged = [value for value in column_values if value is not None]
            if judged and columns.get("log_metric") is not None:
                columns["log_metric"](
                    f"rewards/{part.__name__}/mean", math.fsum(judged) / len(judged)
                )
            if columns.get("log_extra") is not None:
                columns["log_extra"](f"rewards/{part.__name__}", column_values)


def combine(
    rewards: Sequence[str | Callable[..., Any]],
    *,
    weights: Sequence[float] | None = None,
    transform: str = "none",
    combination: str = "sum",
    scale: float | None = None,
    centre: float = 0.5,
    variance_weight: float = 1.0,
) -> Combination:
    """One reward of several, given by name or as functions in TRL's form.

    A completion that one of them does not judge gets None. Each part r is first transformed:
    "none"; "log_sigmoid", log sigmoid(scale * (r - centre)), whose sum is a soft conjunction: what
    is good already counts little more, what is bad counts (Wang et al., arXiv 2402.00742); "par",
    sigmoid(scale * (r - r_ref)), r_ref being what the same part gives the reference answer, the
    column `reference` (Fu et al., arXiv 2502.18770). `scale` is 1 for "par", as published for
    reward models, and 8 for "log_sigmoid", which then bends within [0, 1]. Then they are combined:
    "sum" and "mean" by weights; "min", the worst part; "mean_minus_variance", the mean less
    `variance_weight` times the variance over the parts (the last two: Coste et al., arXiv
    2310.02743).

    Raises:
        RewardSettingError: no reward, the same one twice, an unknown choice, or weights that do not
            fit.
    """
    parts = [_part(reward) for reward in rewards]
    named = [part.__name__ for part in parts]
    if not parts:
        raise RewardSettingError("name at least one reward")
    if len(set(named)) < len(named):
        raise RewardSettingError(f"each reward once, got {', '.join(named)}")
    _check_choice("transform", transform, TRANSFORMS)
    _check_choice("combination", combination, COMBINATIONS)
    if weights is not None:
        _check_weights(weights, named, transform, combination)
    if scale is None:
        scale = DEFAULT_SCALES.get(transform, 1.0)
    if not 0.0 < scale < math.inf:
        raise RewardSettingError(f"scale must be a finite number above 0, got {scale}")
    if not math.isfinite(centre):
        raise RewardSettingError(f"centre must be a finite number, got {centre}")
    if not 0.0 <= variance_weight < math.inf:
        raise RewardSettingError(
            f"variance_weight must be a finite number of at least 0, got {variance_weight}"
        )
    return Combination(parts, weights, transform, combination, scale, centre, variance_weight)


def _part(reward: str | Callable[..., Any]) -> Reward:
    if isinstance(reward, Reward):
        return reward
    if isinstance(reward, str):
        return get(reward)
    return Reward(getattr(reward, "__name__", type(reward).__name__), reward)


def _log_sigmoid(value: float) -> float:
    return min(value, 0.0) - math.log1p(math.exp(-abs(value)))


def _check_choice(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise RewardSettingError(f"unknown {name} {value!r}; allowed: {', '.join(allowed)}")


def _check_weights(
    weights: Sequence[float], named: list[str], transform: str, combination: str
) -> None:
    if len(weights) != len(named):
        raise RewardSettingError(
            f"{len(weights)} weights for {len(named)} rewards ({', '.join(named)})"
        )
    if combination == "min":
        raise RewardSettingError("the combination 'min' takes no weights")
    lowest_allowed = -math.inf if (transform, combination) == ("none", "sum") else 0.0
    if not all(lowest_allowed < weight < math.inf for weight in weights):
        kind = "finite" if lowest_allowed < 0.0 else "positive"
        raise RewardSettingError(f"weights must be {kind} here, got {', '.join(map(str, weights))}")
