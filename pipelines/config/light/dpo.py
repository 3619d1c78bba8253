"""The options of the stage `dpo` that are the project's own."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.config.arguments import RolloutArguments

PAIRS = ("sampled", "dataset")


@dataclass
class DPOArguments(RolloutArguments):
    """Own options of the DPO stage."""

    pairs: str = field(
        default="sampled",
        metadata={
            "help": "sampled: the best and the worst of the model's own samples, by the rewards; "
            "dataset: the chosen and the rejected answers of preferences"
        },
    )
    rounds: int = field(
        default=1,
        metadata={
            "help": "times to sample and train; rows and max_steps are divided by them. The model that "
            "the loss holds on to stays the one at the start"
        },
    )
    threshold: float | None = field(
        default=None,
        metadata={
            "help": "where the best sample scores less, the reference answer is chosen; absent: never"
        },
    )
    soft_labels: bool = field(
        default=False,
        metadata={
            "help": "a pair is the other way round with probability (1 - gap of the scores) / 2: the "
            "mean loss is that of soft labels. Needs rewards from 0 to 1"
        },
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.pairs not in PAIRS:
            raise ValueError(f"pairs must be {' or '.join(PAIRS)}, got {self.pairs!r}")
        if self.pairs == "dataset" and self.threshold is not None:
            raise ValueError("threshold has no effect on pairs of the dataset: it is of samples")
        if self.pairs == "dataset" and self.soft_labels:
            raise ValueError(
                "soft_labels has no effect on pairs of the dataset: they have no scores"
            )
        if self.pairs == "dataset" and self.rounds != 1:
            raise ValueError("rounds have no effect on pairs of the dataset: they are of samples")
