"""The options of the stages `kto` and `rloo` that are the project's own."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from pipelines.config.arguments import PROMPTS_SPLIT, RewardArguments, RolloutArguments
from pipelines.config.light.dpo import PAIRS


@dataclass
class KTOArguments(RolloutArguments):
    """Own options of the KTO stage."""

    pairs: str = field(
        default="sampled",
        metadata={
            "help": "sampled: the model's own samples, good where the rewards reach the threshold; "
            "dataset: the chosen answers of preferences, and as bad ones the rejected"
        },
    )
    threshold: float | None = field(
        default=None, metadata={"help": "what the score of a good sample is at least; absent: 1"}
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.pairs not in PAIRS:
            raise ValueError(f"pairs must be {' or '.join(PAIRS)}, got {self.pairs!r}")
        if self.pairs == "dataset" and self.threshold is not None:
            raise ValueError("threshold has no effect on pairs of the dataset: it is of samples")
        if self.threshold is not None and not math.isfinite(self.threshold):
            raise ValueError(f"threshold must be a finite number, got {self.threshold}")


@dataclass
class RLOOArguments(RewardArguments):
    """Own options of the RLOO stage."""

    splits: ClassVar[tuple[str, ...]] = ("rl", "train")
    train_split: str | None = field(default=None, metadata={"help": PROMPTS_SPLIT})
    backend: Literal["vllm", "transformers"] = field(
        default="vllm", metadata={"help": "what samples completions"}
    )
