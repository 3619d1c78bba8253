"""Training: S-GRPO and SFT on TRL, rewards, sampling.

Importing this package loads neither torch nor TRL.
"""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from runpy import run_path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alignment.trainers.config import SGRPOConfig
    from alignment.trainers.sgrpo import SGRPOTrainer

# Before any other import, so that no user's module is taken for one of ours.
run_path(str(Path(__file__).parents[1] / "logic" / "siblings.py"))["check_siblings"](__name__)

# vLLM reads this when it is first imported, which importing TRL does.
os.environ.setdefault("VLLM_LOGGING_LEVEL", "ERROR")

__all__ = ["SGRPOConfig", "SGRPOTrainer"]
_MODULES = {
    "SGRPOConfig": "alignment.trainers.config",
    "SGRPOTrainer": "alignment.trainers.sgrpo",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
