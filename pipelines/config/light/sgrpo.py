"""The options of the stage `sgrpo` that are the project's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from pipelines.config.arguments import PROMPTS_SPLIT, RewardArguments


@dataclass
class SGRPOArguments(RewardArguments):
    """Own options of the S-GRPO stage."""

    splits: ClassVar[tuple[str, ...]] = ("rl", "train")
    train_split: str | None = field(default=None, metadata={"help": PROMPTS_SPLIT})
    backend: Literal["vllm", "transformers"] = field(
        default="vllm", metadata={"help": "what samples completions"}
    )
    order: Literal["given", "short_first", "hard_first"] = field(
        default="given",
        metadata={
            "help": "order of the rows: short references first, or those whose greedy answer of the "
            "start model has the lowest BLEU; both need shuffle_dataset: false"
        },
    )
    feedback: Literal["none", "solver", "reference"] = field(
        default="none",
        metadata={
            "help": "a tool that checks formulas before the answer: solver tells what needs no "
            "reference, reference also where a formula fails. Needs chat: true, a model that calls "
            "tools, and max_tool_calling_iterations"
        },
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.feedback != "none" and not self.chat:
            raise ValueError(f"feedback: {self.feedback} needs chat: true, as tools are of chats")
