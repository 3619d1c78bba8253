"""Sampling with a vLLM engine in this process."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import torch

from alignment import engine
from alignment.sampling.constraints import masks
from alignment.sampling.sampler import Sampler
from alignment.sampling.settings import SamplingSettings


class VllmSampler(Sampler):
    """Samples with a vLLM engine; see `make_sampler` for the arguments.

    Raises ModuleNotFoundError where vLLM is not installed.
    """

    def __init__(
        self,
        model_path: str | os.PathLike[str],
        *,
        seed: int,
        max_model_len: int | None,
        dtype: str,
        batch_size: int,
        gpu_memory_utilization: float,
    ) -> None:
        engine.prepare()
        super().__init__(model_path, seed)
        from vllm import LLM

        with torch.random.fork_rng(devices=[]):  # the engine seeds the process it runs in
            self._llm: Any = LLM(
                model=os.fspath(model_path),
                max_model_len=max_model_len,
                max_num_seqs=batch_size,
                seed=seed,
                gpu_memory_utilization=gpu_memory_utilization,
                # A prompt that is read in parts has a token drawn for each part but the last thrown
                # away, and its generator set back, which those of the CPU cannot be: prompts are
                # read whole there.
                enable_chunked_prefill=False if engine.on_cpu() else None,
                **engine.engine_arguments(dtype),
            )
        self._is_checked = False
        self._context = self._llm.llm_engine.model_config.max_model_len

    def _sample(
        self,
        prompt_ids: list[list[int]],
        settings: SamplingSettings,
        seed: int,
        grammars: Sequence[str] | None,
    ) -> list[list[str]]:
        if not prompt_ids:
            return []
        if grammars is not None and not self._is_checked:
            masks.check(self._tokenizer)
            self._is_checked = True
        parameters = [
            _parameters(settings, seed, index, None if grammars is None else grammars[index])
            for index in range(len(prompt_ids))
        ]
        requests = [{"prompt_token_ids": ids} for ids in prompt_ids]
        outputs = self._llm.generate(requests, parameters, use_tqdm=False)
        # Decoded as the other sampler does it: vLLM holds back text that ends amid a character.
        completions = [
            self._tokenizer.batch_decode(
                [answer.token_ids for answer in output.outputs], skip_special_tokens=True
            )
            for output in outputs
        ]
        return [texts * settings.n for texts in completions] if settings.greedy else completions

    def close(self) -> None:
        if self._llm is not None:
            engine.shutdown(self._llm)
            self._llm = None


def _parameters(settings: SamplingSettings, seed: int, index: int, grammar: str | None) -> Any:
    """vLLM's parameters for the prompt at an index."""
    from vllm import SamplingParams
    from vllm.sampling_params import StructuredOutputsParams

    # vLLM seeds the n completions of a request seed, seed + 1, ...: n apart, no two share a stream.
    stream = (seed * 1_000_003 + index * settings.n) % 2**31
    return SamplingParams(
        n=1 if settings.greedy else settings.n,
        temperature=settings.temperature,
        top_p=settings.top_p,
        top_k=settings.top_k,
        max_tokens=settings.max_tokens,
        seed=None if settings.greedy else stream,
        # It looks for them in the text; without any, the text is made here alone.
        stop=list(settings.stop) or None,
        detokenize=bool(settings.stop),
        structured_outputs=None if grammar is None else StructuredOutputsParams(grammar=grammar),
    )
