"""Several rewards as one: transformed, weighed, and judged together or not at all."""

from __future__ import annotations

import functools
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
# Arguments of TRL's calls that are no columns of the data set.
_NO_COLUMNS = ("trainer_state", "log_metric", "log_extra", "completion_ids", "environments")

Values = Sequence[float | None]
"""One number for each part, of one completion; or for each completion, of one part."""


class Combination(Reward):
    """One reward of several parts, as TRL calls it; made by `combine`, which says what it does."""

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
        self._options: dict[str, Any] = {
            "weights": weights,
            "transform": transform,
            "combination": combination,
            "scale": scale,
            "centre": centre,
            "variance_weight": variance_weight,
        }
        self._weights = [1.0] * len(self.parts) if weights is None else list(weights)
        self._transform = transform
        self._combination = combination
        self._scale = scale
        self._centre = centre
        self._variance_weight = variance_weight
        self._reference_values: dict[tuple[str, str], Values] = {}

    def __reduce__(self) -> tuple[Callable[..., Reward], tuple[Any, ...]]:
        # Without the rewards of references, which a copy asks for again.
        return functools.partial(Combination, **self._options), (self.parts,)

    def begin(self, completions: Sequence[Any], **columns: Any) -> None:
        """Let each part that can work on a batch beside something else."""
        for part in self.parts:
            part.begin(completions, **columns)

    def _combined(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        values = [part(prompts, completions, **columns) for part in self.parts]
        self._log(values, columns)
        rows: list[Values] = list(zip(*values, strict=True))
        if self._transform == "par":
            references = self._reference_rewards(prompts, columns)
            rows = list(map(self._preferences, rows, references))
        if self._transform == "log_sigmoid":
            rows = [tuple(map(self._log_sigmoid, row)) for row in rows]
        return [self._together(row) for row in rows]

    def _together(self, values: Values) -> float | None:
        """One number of a completion's parts; None where any of them is."""
        judged = [value for value in values if value is not None]
        if len(judged) < len(values):
            return None
        if self._combination == "min":
            return min(judged)
        total = self._weighted_sum(judged)
        if self._combination == "sum":
            return total
        whole_weight = math.fsum(self._weights)
        mean = total / whole_weight
        if self._combination == "mean":
            return mean
        squares = self._weighted_sum([(value - mean) ** 2 for value in judged])
        return mean - self._variance_weight * squares / whole_weight

    def _weighted_sum(self, values: Sequence[float]) -> float:
        pairs = zip(self._weights, values, strict=True)
        return math.fsum(weight * value for weight, value in pairs)

    def _log_sigmoid(self, value: float | None) -> float | None:
        return None if value is None else _log_sigmoid(self._scale * (value - self._centre))

    def _preferences(self, values: Values, references: Values) -> Values:
        return tuple(map(self._preference, values, references))

    def _preference(self, value: float | None, reference: float | None) -> float | None:
        if value is None or reference is None:
            return None
        return math.exp(_log_sigmoid(self._scale * (value - reference)))

    def _reference_rewards(self, prompts: Sequence[Any], columns: dict[str, Any]) -> list[Values]:
        """What each part gives the reference answer of each row; asked once per prompt.

        None where there is no reference answer.
        """
        references = column(columns, "reference", self.__name__)
        answers = [last_text(reference) for reference in references]
        written = [repr(prompt) for prompt in prompts]
        keys = list(zip(written, answers, strict=True))
        cache = self._reference_values
        if len(cache) > MAX_CACHED:
            cache.clear()
        # One row of each prompt that is new and has a reference answer.
        rows: dict[tuple[str, str], int] = {}
        for row, key in enumerate(keys):
            if answers[row] and key not in cache:
                rows[key] = row
        if rows:
            values = self._values_at(list(rows.values()), prompts, answers, columns)
            cache.update(zip(rows, values, strict=True))
        absent = [None] * len(self.parts)
        return [cache.get(key, absent) for key in keys]

    def _values_at(
        self,
        rows: list[int],
        prompts: Sequence[Any],
        answers: Sequence[str],
        columns: dict[str, Any],
    ) -> list[Values]:
        """What each part gives the answers of some rows."""
        selected = {
            name: [values[row] for row in rows]
            for name, values in columns.items()
            if name not in _NO_COLUMNS and isinstance(values, (list, tuple))
        }
        selected_prompts = [prompts[row] for row in rows]
        selected_answers = [answers[row] for row in rows]
        by_part = [
            part(
                selected_prompts,
                selected_answers,
                **selected,
            )
            for part in self.parts
        ]
        return list(zip(*by_part, strict=True))

    def _log(self, values: Sequence[Values], columns: dict[str, Any]) -> None:
        """The parts as they are, beside what TRL logs of the combined reward."""
        log_metric = columns.get("log_metric")
        log_extra = columns.get("log_extra")
        for part, rewards in zip(self.parts, values, strict=True):
            name = f"rewards/{part.__name__}"
            judged = [reward for reward in rewards if reward is not None]
            if judged and log_metric is not None:
                mean = math.fsum(judged) / len(judged)
                log_metric(f"{name}/mean", mean)
            if log_extra is not None:
                log_extra(name, rewards)


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
    is good already counts little more, what is bad counts (Wang et al., arXiv 2402.00742, with a
    centre for each prompt); "par", sigmoid(scale * (r - r_ref)), r_ref being what the same part
    gives the reference answer, the column `reference` (after Fu et al., arXiv 2502.18770, where it
    is the reward of answers that the start model samples). `scale` is 1 for "par", as there for
    reward models, and 8 for "log_sigmoid", which then bends within [0, 1]. Then they are combined:
    "sum" and "mean" by weights; "min", the worst part; "mean_minus_variance", the mean less
    `variance_weight` times the variance over the parts (the last two: Coste et al., arXiv
    2310.02743).

    Raises:
        RewardSettingError: no reward, the same one twice, an unknown choice, or weights that do not
            fit.
    """
    parts = [_part(reward) for reward in rewards]
    names = [part.__name__ for part in parts]
    if not parts:
        raise RewardSettingError("name at least one reward")
    if len(set(names)) < len(names):
        raise RewardSettingError(f"each reward once, got {', '.join(names)}")
    _check_choice("transform", transform, TRANSFORMS)
    _check_choice("combination", combination, COMBINATIONS)
    if weights is not None:
        _check_weights(weights, names, transform, combination)
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
    return Combination(
        parts,
        weights=weights,
        transform=transform,
        combination=combination,
        scale=scale,
        centre=centre,
        variance_weight=variance_weight,
    )


def _part(reward: str | Callable[..., Any]) -> Reward:
    if isinstance(reward, Reward):
        return reward
    if isinstance(reward, str):
        return get(reward)
    return Reward(getattr(reward, "__name__", type(reward).__name__), reward)


def _log_sigmoid(value: float) -> float:
    # log(1 / (1 + exp(-x))), written so that no exponential overflows.
    return min(value, 0.0) - math.log1p(math.exp(-abs(value)))


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise RewardSettingError(f"unknown {name} {value!r}; allowed: {', '.join(choices)}")


def _check_weights(
    weights: Sequence[float], names: list[str], transform: str, combination: str
) -> None:
    if len(weights) != len(names):
        raise RewardSettingError(
            f"{len(weights)} weights for {len(names)} rewards ({', '.join(names)})"
        )
    if combination == "min":
        raise RewardSettingError("the combination 'min' takes no weights")
    # A plain sum alone may count a reward as a cost.
    signed = (transform, combination) == ("none", "sum")
    lowest = -math.inf if signed else 0.0
    if not all(lowest < weight < math.inf for weight in weights):
        kind = "finite" if signed else "positive"
        numbers = ", ".join(map(str, weights))
        raise RewardSettingError(f"weights must be {kind} here, got {numbers}")
