"""What a trainer is given, checked and completed, before TRL sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from accelerate.utils import is_peft_model
from transformers import PreTrainedModel
from trl.trainer.utils import get_config_model_id

from alignment.trainers.config import SGRPOConfig


def short_name(model: Any) -> str:
    """The last part of a model's name, as TRL calls its runs."""
    name = model if isinstance(model, str) else get_config_model_id(model.config)
    return name.split("/")[-1]


def check_sampling(args: Any, *, use_vllm: bool, grammar: str | None, stop: Sequence[str]) -> None:
    """Raise ValueError where stop texts or a grammar do not go with how TRL samples, or what it masks."""
    if stop and args.mask_truncated_completions:
        raise ValueError(
            "mask_truncated_completions masks what does not end with the end of text, and so all "
            "that ends at a stop text: set it to false, or stop to []"
        )
    # It has a loop of its own, which asks neither for stop texts nor for a mask of the logits.
    batching = not use_vllm and getattr(args, "use_transformers_continuous_batching", False)
    if batching and (stop or grammar is not None):
        raise ValueError(
            "use_transformers_continuous_batching samples free text up to the end of text: set stop to "
            "[] and grammar to 'none', or sample with vLLM"
        )


def check_images(args: SGRPOConfig, output: Mapping[str, Any]) -> None:
    """Raise ValueError where the label term would ask a model without the prompt's images."""
    if args.label_weight > 0.0 and "pixel_values" in output:
        raise ValueError(
            "the label term is for prompts of text, and these have images: "
            "set label_weight to 0, which is GRPO alone"
        )


def check_config(args: Any) -> None:
    """Raise TypeError for a config without the label term."""
    if not isinstance(args, SGRPOConfig):
        raise TypeError(
            "SGRPOTrainer takes an SGRPOConfig, which has all settings of GRPOConfig, not "
            f"{type(args).__name__}; label_weight=0 trains as TRL does"
        )


def check_on_disk(args: SGRPOConfig, model: str | PreTrainedModel) -> None:
    """TRL reloads the reference policy, and vLLM the model, from where the model came from."""
    if isinstance(model, str) or not (args.beta > 0.0 or args.use_vllm):
        return
    unwrapped = model.get_base_model() if is_peft_model(model) else model
    if not unwrapped.name_or_path:
        raise ValueError(
            "beta above 0 and vLLM load the model from its path, and this one has none: "
            "save it with save_pretrained and pass the path"
        )


def dtype(model: str | PreTrainedModel, args: Any) -> torch.dtype | str:
    """The dtype in which vLLM should hold the weights: the one the policy computes in."""
    if args.bf16:
        return torch.bfloat16
    if args.fp16:
        return torch.float16
    if not isinstance(model, str):
        return model.dtype
    return (args.model_init_kwargs or {}).get("dtype", "float32")


def engine_settings(args: Any, grammar: str | None, stop: Sequence[str]) -> dict[str, Any] | None:
    """The settings of vLLM's sampling that TRL has no argument of its own for."""
    settings: dict[str, Any] = {}
    if grammar is not None:
        settings["structured_outputs"] = {"grammar": grammar}
    if stop:
        settings["stop"] = list(stop)
    return {**(args.generation_kwargs or {}), **settings} if settings else args.generation_kwargs
