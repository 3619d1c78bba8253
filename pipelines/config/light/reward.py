"""The options of the stage `reward` that are the project's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from pipelines.config.arguments import TrainingArguments


@dataclass
class RewardModelArguments(TrainingArguments):
    """Own options of the reward stage."""

    own_task: ClassVar[str | None] = "preference"
    dataset: str = field(
        default="preference-synthetic", metadata={"help": "name of a data loader, or a place"}
    )
    task: str | None = field(default="preference", metadata={"help": "preference alone"})
    all_rejected: bool = field(
        default=False,
        metadata={"help": "a pair for each rejected answer of a row, and not for the first alone"},
    )
    flipped: float = field(
        default=0.0, metadata={"help": "share of the pairs whose labels are swapped, to add noise"}
    )
    margins: bool = field(
        default=False,
        metadata={
            "help": "the chosen answer must lead by 1 - the judge's score of the rejected formula"
        },
    )
    with_reference: bool = field(
        default=False,
        metadata={
            "help": "the model reads the preferred answer beside the one it scores, as the logic "
            "reward does; the chosen one is then another wording of it, where rows have one"
        },
    )
    features: bool = field(
        default=False,
        metadata={
            "help": "ten weights of what the judge finds out about an answer, and no network; "
            "start or model is then the translator that reads answers"
        },
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.features and (self.margins or self.with_reference):
            key = "margins" if self.margins else "with_reference"
            raise ValueError(f"{key} has no effect on features, which see the preferred answer")
        if not 0.0 <= self.flipped <= 1.0:
            raise ValueError(f"flipped must be between 0 and 1, got {self.flipped}")
