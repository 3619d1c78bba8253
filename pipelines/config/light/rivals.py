"""The options of the stages `kto` and `rloo` that are the project's own."""

from __future__ import annotations

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
    threshold: float = field(
        default=1.0, metadata={"help": "what the score of a good sample is at least"}
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.pairs not in PAIRS:
            raise ValueError(f"pairs must be {' or '.join(PAIRS)}, got {self.pairs!r}")


@dataclass
class RLOOArguments(RewardArguments):
    """Own options of the RLOO stage."""

    splits: ClassVar[tuple[str, ...]] = ("rl", "train")
    train_split: str | None = field(default=None, metadata={"help": PROMPTS_SPLIT})
    backend: Literal["vllm", "transformers"] = field(
        default="vllm", metadata={"help": "what samples completions"}
    )
