"""Training: S-GRPO and SFT on TRL, rewards, sampling. Importing this package loads neither torch nor TRL."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alignment.trainers.sgrpo import SGRPOConfig, SGRPOTrainer

# vLLM reads this when it is first imported, which importing TRL does.
os.environ.setdefault("VLLM_LOGGING_LEVEL", "ERROR")

__all__ = ["SGRPOConfig", "SGRPOTrainer"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("alignment.trainers.sgrpo"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
