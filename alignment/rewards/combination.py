"""Several rewards as one: transformed, weighed, and judged together or not at all."""

from __future__ import annotations

import functools
import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from alignment.objective.lagrange import LagrangeWeights
from alignment.rewards.registry import Reward, RewardSettingError, column, get

TRANSFORMS = ("none", "log_sigmoid", "par")
COMBINATIONS = ("sum", "mean", "min", "mean_minus_variance")
DEFAULT_SCALES = {"par": 1.0, "log_sigmoid": 8.0}
START_REWARDS = "start_rewards"
"""The column of what samples of the start model got: for each row its samples, for each the parts."""

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
        constraints: Sequence[Reward] = (),
        shares: Sequence[float | None] = (),
        costs: Sequence[float] = (),
    ) -> None:
        super().__init__("combined", self._combined)
        self.parts = list(parts)
        self._constraints = list(constraints)
        asked = dict(zip(self._constraints, shares, strict=False))
        self._shares = {one: share for one, share in asked.items() if share is not None}
        self.lagrange = LagrangeWeights(list(self._shares.values()), list(costs))
        self._options: dict[str, Any] = {
            "weights": weights,
            "transform": transform,
            "combination": combination,
            "scale": scale,
            "constraints": constraints,
            "shares": shares,
        }
        self._weights = [1.0] * len(self.parts) if weights is None else list(weights)
        self._transform = transform
        self._combination = combination
        self._scale = scale

    @property
    def needs_start(self) -> bool:
        """Whether it compares with the start model's samples, in the column `start_rewards`."""
        return self._transform != "none"

    def __reduce__(self) -> tuple[Callable[..., Reward], tuple[Any, ...]]:
        options = self._options | {"costs": self.lagrange.weights}
        return functools.partial(Combination, **options), (self.parts,)

    @property
    def costs(self) -> dict[str, float]:
        """The Lagrange weight of each weighed constraint, by its name."""
        names = [part.__name__ for part in self._shares]
        return dict(zip(names, self.lagrange.weights, strict=True))

    @costs.setter
    def costs(self, found: Mapping[str, float]) -> None:
        # One that was not weighed before begins as in a new run.
        self.lagrange.weights = [found.get(part.__name__, 0.0) for part in self._shares]

    def begin(self, completions: Sequence[Any], **columns: Any) -> None:
        """Let each part that can work on a batch beside something else."""
        for part in (*self.parts, *self._constraints):
            part.begin(completions, **columns)

    def _answers(self, completions: Sequence[Any]) -> tuple[Sequence[Any], set[int]]:
        """The completions as they are: each part says of itself which it can read."""
        return completions, set()

    def _combined(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        values = [part(prompts, completions, **columns) for part in self.parts]
        self._log(self.parts, values, columns)
        rows: list[Values] = list(zip(*values, strict=True))
        if self.needs_start:
            start = column(columns, START_REWARDS, f"{self.__name__} ({self._transform})")
            rows = list(map(self._transformed, rows, start))
        paid = [self._together(row) for row in rows]
        return self._constrained(paid, prompts, completions, columns) if self._constraints else paid

    def _constrained(
        self,
        paid: list[float | None],
        prompts: Sequence[Any],
        completions: Sequence[str],
        columns: dict[str, Any],
    ) -> list[float | None]:
        """The rewards as `combine` says that constraints change them."""
        values = {part: part(prompts, completions, **columns) for part in self._constraints}
        self._log(self._constraints, list(values.values()), columns)
        weighed = [values[part] for part in self._shares]
        found: list[float | None] = []
        for reward, *row in zip(paid, *weighed, strict=True):
            judged = [value for value in (reward, *row) if value is not None]
            found.append(
                self.lagrange.paid(judged[0], judged[1:]) if len(judged) == 1 + len(row) else None
            )
        if weighed:
            self._move_weights(weighed, columns)
        rigid = [values[part] for part in self._constraints if part not in self._shares]
        return (
            _least_where_broken(found, prompts, list(zip(*rigid, strict=True))) if rigid else found
        )

    def _move_weights(self, weighed: Sequence[Values], columns: dict[str, Any]) -> None:
        log_metric = columns.get("log_metric")
        if log_metric is not None:
            for name, weight in self.costs.items():
                log_metric(f"rewards/{name}/weight", weight)
        self.lagrange.update(weighed)

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
        return mean - squares / whole_weight

    def _weighted_sum(self, values: Sequence[float]) -> float:
        pairs = zip(self._weights, values, strict=True)
        return math.fsum(weight * value for weight, value in pairs)

    def _transformed(self, values: Values, start: Sequence[Values]) -> Values:
        """The parts of a completion, each beside what the start model's samples got of it."""
        by_part = zip(*start, strict=True) if start else [()] * len(values)
        return tuple(map(self._beside, values, by_part))

    def _beside(self, value: float | None, start: Values) -> float | None:
        judged = [reward for reward in start if reward is not None]
        if value is None or not judged:
            return None
        if self._transform == "log_sigmoid":
            return _log_sigmoid(self._scale * (value - _centre(judged)))
        ahead = [math.exp(_log_sigmoid(self._scale * (value - reward))) for reward in judged]
        return math.fsum(ahead) / len(ahead)

    def of_parts(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[list[float | None]]:
        """What each part gives each completion, before any transform.

        Of samples of the start model these are the rows of the column `start_rewards`.
        """
        values = [part(prompts, completions, **columns) for part in self.parts]
        return [list(row) for row in zip(*values, strict=True)]

    def _log(
        self, parts: Sequence[Reward], values: Sequence[Values], columns: dict[str, Any]
    ) -> None:
        """The parts as they are, beside what TRL logs of the combined reward."""
        log_metric = columns.get("log_metric")
        log_extra = columns.get("log_extra")
        for part, rewards in zip(parts, values, strict=True):
            name = f"rewards/{part.__name__}"
            judged = [reward for reward in rewards if reward is not None]
            if judged and log_metric is not None:
                mean = math.fsum(judged) / len(judged)
                log_metric(f"{name}/mean", mean)
            if log_extra is not None:
                log_extra(name, rewards)


def _least_where_broken(
    paid: Sequence[float | None], prompts: Sequence[Any], constraints: Sequence[Values]
) -> list[float | None]:
    """The rewards, where what breaks a constraint gets the least of its prompt's completions."""
    asked = [repr(prompt) for prompt in prompts]
    least: dict[str, float] = {}
    for prompt, reward in zip(asked, paid, strict=True):
        if reward is not None:
            least[prompt] = min(reward, least.get(prompt, math.inf))
    found: list[float | None] = []
    for prompt, reward, row in zip(asked, paid, constraints, strict=True):
        judged = [value for value in row if value is not None]
        if reward is None or len(judged) < len(row):
            found.append(None)
        else:
            found.append(reward if min(judged) >= 1.0 else least[prompt])
    return found


def combine(
    rewards: Sequence[str | Callable[..., Any]],
    *,
    weights: Sequence[float] | None = None,
    transform: str = "none",
    combination: str = "sum",
    scale: float | None = None,
    constraints: Sequence[str | Callable[..., Any]]
    | Mapping[str | Callable[..., Any], float | None] = (),
) -> Combination:
    """One reward of several, a list of names or of functions in TRL's form.

    A completion that one of them does not judge gets None. Each part r is first transformed:
    "none"; "log_sigmoid", log sigmoid(scale * (r - c)), whose sum is a soft conjunction: what is
    good already counts little more, what is bad counts, c being the 85 % quantile of what the same
    part gives samples of the start model to the same prompt (Wang et al., arXiv 2402.00742); "par",
    the mean of sigmoid(scale * (r - r_m)) over the rewards r_m of these samples (Fu et al., arXiv
    2502.18770). Both read the column `start_rewards`, for each row the samples and for each of
    these what each part gives it (`Combination.of_parts`); where none was judged, nothing is.
    `scale` is 1 for "par", as there for reward models, and 8 for "log_sigmoid", which then bends
    within [0, 1]. Then they are combined: "sum" and "mean" by weights; "min", the worst part;
    "mean_minus_variance", the mean less the variance over the parts (the last two: Coste et al.,
    arXiv 2310.02743).

    `constraints` are rewards of which a completion must get 1: one that does not is paid the least
    that any completion of its prompt is, so that nothing else it is good at gives it an advantage.
    A mapping says of each what share of the completions shall meet it: None for all, which is the
    same rule; of the others breaking one costs what its Lagrange weight says (`LagrangeWeights`).
    The trainers here keep the weights in their checkpoints and do not move them in evaluation.

    Raises:
        RewardSettingError: no reward, the same one twice, an unknown choice, a share that is none,
            or weights that do not fit.
    """
    parts = _parts(rewards)
    required = _required(constraints)
    shares = _shares(constraints) if isinstance(constraints, Mapping) else []
    names = [part.__name__ for part in (*parts, *required)]
    if not parts:
        raise RewardSettingError("name at least one reward")
    if len(set(names)) < len(names):
        raise RewardSettingError(f"each reward once, got {', '.join(names)}")
    _check_choice("transform", transform, TRANSFORMS)
    _check_choice("combination", combination, COMBINATIONS)
    if weights is not None:
        _check_weights(weights, names[: len(parts)], transform, combination)
    if scale is None:
        scale = DEFAULT_SCALES.get(transform, 1.0)
    if not 0.0 < scale < math.inf:
        raise RewardSettingError(f"scale must be a finite number above 0, got {scale}")
    return Combination(
        parts,
        weights=weights,
        transform=transform,
        combination=combination,
        scale=scale,
        constraints=required,
        shares=shares,
    )


def _shares(constraints: Mapping[Any, float | None]) -> list[float | None]:
    for share in constraints.values():
        if share is None:
            continue
        is_number = isinstance(share, (int, float)) and not isinstance(share, bool)
        if not is_number or not 0.0 < share <= 1.0:
            raise RewardSettingError(
                "the share that shall meet a constraint must be a number above 0 and at most 1, "
                f"got {share!r}"
            )
    return list(constraints.values())


def _required(constraints: Any) -> list[Reward]:
    """The rewards that must be 1, which those can be that stay from 0 to 1."""
    if isinstance(constraints, str):
        raise RewardSettingError(
            f"constraints is a list, or a mapping to shares, as {{{constraints!r}: 0.95}}"
        )
    for name in constraints:
        if isinstance(name, str) and "=" in name:
            known, _, share = name.partition("=")
            raise RewardSettingError(
                f"in place of {name!r} give the mapping {{{known!r}: {share}}}"
            )
    required = [_part(reward) for reward in constraints]
    for part in required:
        if not part.is_rate:
            raise RewardSettingError(
                f"{part.__name__} cannot be a constraint: it does not stay from 0 to 1"
            )
    return required


def _parts(rewards: Any) -> list[Reward]:
    if isinstance(rewards, str) or callable(rewards):
        named = rewards if isinstance(rewards, str) else "logic"
        raise RewardSettingError(f"combine takes a list of rewards, as [{named!r}]")
    return [_part(reward) for reward in rewards]


def _part(reward: str | Callable[..., Any]) -> Reward:
    if isinstance(reward, Reward):
        return reward
    if isinstance(reward, str):
        return get(reward)
    return Reward(getattr(reward, "__name__", type(reward).__name__), reward)


def _log_sigmoid(value: float) -> float:
    # log(1 / (1 + exp(-x))), written so that no exponential overflows.
    return min(value, 0.0) - math.log1p(math.exp(-abs(value)))


def _centre(values: Sequence[float]) -> float:
    """Their 85 % quantile."""
    return (
        statistics.quantiles(values, n=20, method="inclusive")[16] if len(values) > 1 else values[0]
    )


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
