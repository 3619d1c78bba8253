"""LoRA's settings, from a stage's options to the trainers' form."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from pipelines.config.arguments import TrainingArguments
from pipelines.config.stage_config import TrainingConfig
from pipelines.errors import UsageError


def peft_config(config: TrainingConfig[TrainingArguments, Any]) -> Any:
    """LoRA's settings as the trainers take them; None where all weights are trained.

    Raises `UsageError` for settings out of range, or where peft is not installed.
    """
    options = config.arguments.options
    if options.lora_r < 0 or options.lora_alpha <= 0 or not 0 <= options.lora_dropout < 1:
        raise UsageError(
            "lora_r must be at least 0, lora_alpha above 0 and lora_dropout in [0, 1), "
            f"got {options.lora_r}, {options.lora_alpha} and {options.lora_dropout}"
        )
    if options.lora_r == 0:
        return None
    if find_spec("peft") is None:
        raise UsageError("lora_r above 0 needs peft: pip install peft")
    from peft import LoraConfig  # seconds of import, for LoRA alone

    layers = options.lora_target_modules
    return LoraConfig(
        task_type="CAUSAL_LM",
        r=options.lora_r,
        lora_alpha=options.lora_alpha,
        lora_dropout=options.lora_dropout,
        target_modules=layers[0] if layers == ["all-linear"] else layers,
    )
