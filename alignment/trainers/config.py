"""The settings of S-GRPO: TRL's, and those of the label term, the advantages and the grammar."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf

from trl import GRPOConfig

from alignment.objective.loss import LABEL_LOSSES, LABEL_SCHEDULES

GRAMMARS = ("none", "formula")
"""What rollouts may be held to: TRL samples all of them alike, so no row has names of its own."""
CREDITS = ("sequence", "located")


@dataclass
class SGRPOConfig(GRPOConfig):
    """TRL's GRPOConfig with the label term's settings.

    Raises ValueError when one of them is out of range.
    """

    label_loss: str = field(
        default="nll",
        metadata={
            "help": "Label term: nll (acts from step 0), ratio (clipped, needs a reference), "
            "published."
        },
    )
    label_weight: float = field(
        default=1.0, metadata={"help": "Weight of the label term; 0 is plain GRPO."}
    )
    label_schedule: str = field(
        default="constant",
        metadata={
            "help": "Weight over training: constant, linear or cosine to zero, adaptive (to reward "
            "and entropy)."
        },
    )
    label_reward_weighted: bool = field(
        default=False,
        metadata={"help": "Multiply each prompt's label loss by 1 - the mean reward of its group."},
    )
    label_column: str = field(
        default="completion",
        metadata={"help": "Column with the reference answer, as it follows the prompt."},
    )
    credit: str = field(
        default="sequence",
        metadata={
            "help": "Which tokens a negative advantage blames: all of the completion (sequence), or "
            "those of the parts that the judge finds wrong (located; needs the column reference)."
        },
    )
    filter_keep: int = field(
        default=0,
        metadata={
            "help": "Best and worst completions of a group that take part, each so many; 0 is all."
        },
    )
    difficulty_power: float = field(
        default=0.0,
        metadata={"help": "Advantages times (1 - mean reward of the group) to this power."},
    )
    grammar: str = field(
        default="none",
        metadata={
            "help": "What rollouts may be: none (any text) or formula; docs/sampling.md says why "
            "it is off."
        },
    )

    def __post_init__(self) -> None:
        self._check_label_term()
        _check_choice("grammar", self.grammar, GRAMMARS)
        super().__post_init__()
        # After TRL, which fills in num_generations and where vLLM runs.
        self._check_advantages()
        if self.grammar != "none" and self.use_vllm and self.vllm_mode != "colocate":
            raise ValueError(
                f"grammar needs vllm_mode 'colocate' or use_vllm false, not {self.vllm_mode!r}"
            )

    def _check_label_term(self) -> None:
        _check_choice("label_loss", self.label_loss, LABEL_LOSSES)
        _check_choice("label_schedule", self.label_schedule, LABEL_SCHEDULES)
        _check_finite("label_weight", self.label_weight)

    def _check_advantages(self) -> None:
        _check_choice("credit", self.credit, CREDITS)
        if self.filter_keep < 0 or 2 * self.filter_keep > (self.num_generations or 0):
            raise ValueError(
                f"filter_keep must be from 0 to half of num_generations "
                f"({self.num_generations}), got {self.filter_keep}"
            )
        _check_finite("difficulty_power", self.difficulty_power)

    @property
    def label_needs_reference(self) -> bool:
        """Whether the label term compares the policy with the reference policy."""
        return self.label_weight > 0.0 and self.label_loss != "nll"


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"unknown {name} {value!r}; allowed: {', '.join(choices)}")


def _check_finite(name: str, value: float) -> None:
    # Written so that a value that is not a number is refused too.
    if not 0.0 <= value < inf:
        raise ValueError(f"{name} must be a finite number of at least 0, got {value}")
