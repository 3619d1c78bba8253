"""The numbers that a stage's keys can be: what lies outside fails, or means nothing, in every run.

Unusual values are no matter of this table, and what depends on other keys is checked by the stages.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.errors import UsageError


@dataclass(frozen=True)
class Range:
    """The numbers between two ends; an end that is open does not belong to it."""

    least: float
    most: float = math.inf
    open_least: bool = False
    open_most: bool = False

    def __contains__(self, value: float) -> bool:
        # Written so that NaN is in no range.
        above = value > self.least if self.open_least else value >= self.least
        below = value < self.most if self.open_most else value <= self.most
        return above and below

    def __str__(self) -> str:
        least = f"above {self.least:g}" if self.open_least else f"at least {self.least:g}"
        if self.most == math.inf:
            return f"{least} and finite" if self.open_most else least
        most = f"below {self.most:g}" if self.open_most else f"at most {self.most:g}"
        return f"{least} and {most}"


MAX_SEED = 2**32 - 1
"""What NumPy and transformers take."""
FROM_0 = Range(0, open_most=True)
ABOVE_0 = Range(0, open_least=True, open_most=True)
COUNT = Range(1)
SHARE = Range(0, 1)
BELOW_1 = Range(0, 1, open_most=True)
PART = Range(0, 1, open_least=True)

RANGES: dict[str, Range] = {
    # The optimizer and its batches.
    "learning_rate": FROM_0,
    "weight_decay": FROM_0,
    "adam_beta1": BELOW_1,
    "adam_beta2": BELOW_1,
    "adam_epsilon": FROM_0,
    "max_grad_norm": Range(0),  # 0 clips nothing, and infinity neither
    "warmup_steps": FROM_0,
    "label_smoothing_factor": SHARE,
    "per_device_train_batch_size": COUNT,
    "per_device_eval_batch_size": COUNT,
    "gradient_accumulation_steps": COUNT,
    "dataloader_num_workers": Range(0),
    "logging_steps": ABOVE_0,
    "save_steps": ABOVE_0,
    # The losses.
    "beta": FROM_0,
    "epsilon": FROM_0,
    "epsilon_high": FROM_0,
    "delta": ABOVE_0,
    "top_entropy_quantile": SHARE,
    "label_smoothing": SHARE,
    "desirable_weight": FROM_0,
    "undesirable_weight": FROM_0,
    "ref_model_mixup_alpha": SHARE,
    "ref_model_sync_steps": COUNT,
    "num_iterations": COUNT,
    "max_length": COUNT,
    "lora_r": Range(0),
    "lora_alpha": Range(1),
    "lora_dropout": BELOW_1,
    # Sampling.
    "num_generations": Range(2),
    "num_generations_eval": COUNT,
    "generation_batch_size": COUNT,
    "steps_per_generation": COUNT,
    "max_completion_length": COUNT,
    "temperature": ABOVE_0,
    "top_p": PART,
    "top_k": Range(-1),  # which vLLM takes for all tokens
    "min_p": SHARE,
    "repetition_penalty": ABOVE_0,
    "vllm_gpu_memory_utilization": PART,
    "vllm_tensor_parallel_size": COUNT,
    "vllm_max_model_length": COUNT,
    # Judging.
    "max_tokens": COUNT,
    "batch_size": COUNT,
    "train_size": COUNT,
    "size": COUNT,
    "formula_tokens": COUNT,
    "judge_timeout": ABOVE_0,
    "judge_retries": Range(0),
    "judge_tokens": COUNT,
}
_SAMPLED = {"samples": Range(1), "top_k": Range(0)}
OF_STAGE: dict[str, dict[str, Range]] = {
    "dpo": _SAMPLED,
    "kto": _SAMPLED,
    "raft": _SAMPLED,
    "evaluate": {"samples": Range(0), "temperature": FROM_0},  # a temperature of 0 is greedy
    "answers": {"samples": Range(0)},
}
"""What a key can be in one stage, where it means something else there."""
AT_STEPS = {"logging_steps": "logging_strategy", "save_steps": "save_strategy"}
"""Keys that count only where another one is `steps`."""
OF_SAMPLES = ("samples", "max_tokens", "batch_size", "temperature", "top_p", "top_k")
"""Keys that nothing reads where pairs are those of the data set."""


def check_ranges(stage: str, values: Mapping[str, Any]) -> None:
    """Raise `UsageError` for a value that cannot be, naming section, key, value and what is allowed.

    `values` may be some of a stage's keys; a key that is open (None) is right.
    """
    ranges = RANGES | OF_STAGE.get(stage, {})
    for key, value in values.items():
        if key not in ranges or not _is_number(value) or not _is_read(key, values):
            continue
        if value not in ranges[key]:
            told = f"{key} must be {ranges[key]}, got {value:g}"
            raise UsageError(f"{place(stage, values)}: {told}")


def place(stage: str, values: Mapping[str, Any]) -> str:
    """What a message calls the keys of a stage: its command, and the section of another name."""
    section = values.get("section")
    named = f", section {section}" if section and section != stage else ""
    return f"folalign {stage}{named}"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_read(key: str, values: Mapping[str, Any]) -> bool:
    if key in AT_STEPS:
        return values.get(AT_STEPS[key]) == "steps"
    return key not in OF_SAMPLES or values.get("pairs") != "dataset"
