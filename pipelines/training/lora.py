"""LoRA's settings, from a stage's options to the trainers' form."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from pipelines.config.arguments import TrainingArguments
from pipelines.config.stage_config import TrainingConfig
from pipelines.errors import UsageError


def check_lora(options: TrainingArguments) -> None:
    """Raise `UsageError` where peft is needed and not installed."""
    if options.lora_r and find_spec("peft") is None:
        raise UsageError("lora_r above 0 needs peft: pip install peft")


def peft_config(config: TrainingConfig[TrainingArguments, Any]) -> Any:
    """LoRA's settings as the trainers take them; None where all weights are trained."""
    options = config.arguments.options
    if options.lora_r == 0:
        return None
    from peft import LoraConfig  # seconds of import, for LoRA alone

    layers = options.lora_target_modules
    return LoraConfig(
        task_type="CAUSAL_LM",
        r=options.lora_r,
        lora_alpha=options.lora_alpha,
        lora_dropout=options.lora_dropout,
        target_modules=layers[0] if layers == ["all-linear"] else layers,
    )
