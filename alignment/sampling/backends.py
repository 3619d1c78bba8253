"""Which library samples: vLLM or transformers."""

from __future__ import annotations

import os

from alignment.models import machine_dtype, pinned
from alignment.sampling.sampler import Sampler
from alignment.sampling.transformers_sampler import TransformersSampler
from alignment.sampling.vllm_sampler import VllmSampler

BACKENDS = ("vllm", "transformers")


def make_sampler(
    backend: str,
    model_path: str | os.PathLike[str],
    *,
    seed: int = 0,
    max_model_len: int | None = None,
    dtype: str | None = None,
    batch_size: int = 64,
    gpu_memory_utilization: float = 0.3,
) -> Sampler:
    """A sampler for the model at a path.

    Args:
        backend: "vllm" or "transformers".
        seed: used by `sample` calls that give none.
        max_model_len: context length, tokens; None takes the model's.
        dtype: float32, bfloat16 or float16; None chooses by the machine (`models.machine_dtype`).
        batch_size: prompts sampled at a time.
        gpu_memory_utilization: share of a GPU that vLLM may take; unused on the CPU.

    Raises:
        ValueError: unknown backend or dtype.
        FileNotFoundError: no model at the path.
        ModuleNotFoundError: vLLM is asked for and not installed.
    """
    model_path = pinned(model_path)
    dtype = dtype or machine_dtype()
    if backend == "vllm":
        return VllmSampler(
            model_path,
            seed=seed,
            max_model_len=max_model_len,
            dtype=dtype,
            batch_size=batch_size,
            gpu_memory_utilization=gpu_memory_utilization,
        )
    if backend == "transformers":
        return TransformersSampler(
            model_path,
            seed=seed,
            max_model_len=max_model_len,
            dtype=dtype,
            batch_size=batch_size,
        )
    raise ValueError(f"unknown sampling backend {backend!r}; allowed: {', '.join(BACKENDS)}")
