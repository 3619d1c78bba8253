"""The reward of a trained reward model, or of several that must agree."""

from __future__ import annotations

import functools
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from alignment.messages import given_text
from alignment.rewards.learned.features import FILE, FeatureModel
from alignment.rewards.registry import RewardSettingError, register

if TYPE_CHECKING:
    from alignment.rewards.learned.classifier import Classifier


@register("reward_model")
@dataclass(eq=False)
class RewardModel:
    """What sequence classifiers with one output give, or weights of the judge's features; unbounded.

    `models` are folders, as the stage `reward` leaves them, or hub names. Several are one by
    `ensemble`: "mean"; "min"; "mean_minus_variance", the mean less `variance_weight` times their
    variance (both conservative: Coste et al., arXiv 2310.02743); "mean_and_min", `mean_share` of
    the mean and the rest of the least. They are loaded at the first call, in `dtype`, on `device`,
    and score `batch_size` answers at a time. Those trained with the preferred answer beside the one
    to be scored read it from the column `reference`.
    """

    is_rate: ClassVar[bool] = False

    models: list[str]
    ensemble: Literal["mean", "min", "mean_minus_variance", "mean_and_min"] = "mean"
    variance_weight: float = 1.0
    mean_share: float = 0.5
    dtype: Literal["float32", "bfloat16", "float16"] = "float32"
    device: str | None = None
    batch_size: int = 32

    def __post_init__(self) -> None:
        if not self.models or not all(isinstance(name, str) for name in self.models):
            raise ValueError(f"models names at least one model, got {self.models!r}")
        if self.batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, got {self.batch_size}")
        if not 0.0 <= self.variance_weight < math.inf:
            raise ValueError(
                f"variance_weight must be a finite number of at least 0, got {self.variance_weight}"
            )
        if not 0.0 <= self.mean_share <= 1.0:
            raise ValueError(f"mean_share must be between 0 and 1, got {self.mean_share}")

    @functools.cached_property
    def members(self) -> list[Classifier | FeatureModel]:
        """The models, loaded when they are first asked for."""
        try:
            return [self._load(name) for name in self.models]
        except (OSError, ValueError) as error:
            raise RewardSettingError(f"the reward 'reward_model': {error}") from error

    def _load(self, name: str) -> Classifier | FeatureModel:
        if (Path(name) / FILE).is_file():
            return FeatureModel.load(name, dtype=self.dtype, batch_size=self.batch_size)
        # Late: it loads torch and transformers, which rewards do not need otherwise.
        from alignment.rewards.learned.classifier import Classifier

        return Classifier(name, dtype=self.dtype, device=self.device, batch_size=self.batch_size)

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        references = list(columns.get("reference", ()))
        reads = any(member.reads_reference for member in self.members)
        if reads and not references:
            raise RewardSettingError(
                "the reward 'reward_model' reads the preferred answer, and there is no column "
                "'reference'"
            )
        known = [None if answer is None else given_text(answer) for answer in references]
        preferred = [answer or "" for answer in known]
        by_model = [member.scores(prompts, completions, preferred) for member in self.members]
        found = [self._together(values) for values in zip(*by_model, strict=True)]
        lacking = {row for row, answer in enumerate(known) if reads and answer is None}
        return [None if row in lacking else score for row, score in enumerate(found)]

    def _together(self, scores: Sequence[float | None]) -> float | None:
        values = [score for score in scores if score is not None]
        if len(values) < len(scores):  # one cannot judge it
            return None
        mean = statistics.fmean(values)
        if self.ensemble == "min":
            return min(values)
        if self.ensemble == "mean_and_min":
            return self.mean_share * mean + (1.0 - self.mean_share) * min(values)
        if self.ensemble == "mean_minus_variance":
            return mean - self.variance_weight * statistics.pvariance(values, mean)
        return mean
