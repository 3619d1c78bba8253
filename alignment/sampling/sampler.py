"""Sampling completions from a model on disk: vLLM and transformers behind one interface."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Protocol

import torch
from transformers import PreTrainedTokenizerBase

from alignment import engine
from alignment.models import load, load_tokenizer
from alignment.sampling.constrained import Matchers, end_tokens

BACKENDS = ("vllm", "transformers")


class Sampler(Protocol):
    """Samples completions; `close` frees the model."""

    @property
    def tokenizer(self) -> PreTrainedTokenizerBase:
        """The model's tokenizer."""

    def sample(
        self,
        prompts: Sequence[str],
        *,
        n: int = 1,
        temperature: float = 1.0,
        top_p: float = 1.0,
        top_k: int = 0,
        max_tokens: int = 256,
        seed: int | None = None,
        grammars: Sequence[str] | None = None,
    ) -> list[list[str]]:
        """n completions for each prompt, in order; temperature 0 is greedy, top_k 0 keeps all tokens.

        Deterministic for a given seed (None: the sampler's own). With `grammars`, one for each
        prompt (see `constrained`), completions stay within their prompt's grammar; one that runs
        into max_tokens is the beginning of such a text.

        Raises:
            ValueError: a setting is out of range, a prompt is too long (see `too_long`), or a
                grammar is refused.
        """

    def too_long(self, prompts: Sequence[str], max_tokens: int) -> list[int]:
        """Indices of the prompts that, with max_tokens to come, do not fit in the context."""

    def close(self) -> None:
        """Free the model. The sampler cannot be used afterwards."""


def make_sampler(
    backend: str,
    model_path: str | os.PathLike[str],
    *,
    seed: int = 0,
    max_model_len: int | None = None,
    dtype: str = "float32",
    batch_size: int = 64,
    gpu_memory_utilization: float = 0.3,
) -> Sampler:
    """A sampler for the model at a path.

    Args:
        backend: "vllm" or "transformers".
        seed: used by `sample` calls that give none.
        max_model_len: context length, tokens; None takes the model's.
        dtype: float32, bfloat16 or float16.
        batch_size: prompts sampled at a time.
        gpu_memory_utilization: share of a GPU that vLLM may take; unused on the CPU.

    Raises:
        ValueError: unknown backend or dtype.
        FileNotFoundError: no model at the path.
        ModuleNotFoundError: vLLM is asked for and not installed.
    """
    if backend == "vllm":
        return VllmSampler(
            model_path, seed, max_model_len, dtype, batch_size, gpu_memory_utilization
        )
    if backend == "transformers":
        return TransformersSampler(model_path, seed, max_model_len, dtype, batch_size)
    raise ValueError(f"unknown sampling backend {backend!r}; allowed: {', '.join(BACKENDS)}")


class _Base:
    """What both samplers share: the tokenizer, the context limit and the checks."""

    def __init__(
        self, model_path: str | os.PathLike[str], seed: int, max_model_len: int | None
    ) -> None:
        self._tokenizer = load_tokenizer(model_path)
        self._seed = seed
        self._context = max_model_len or 0

    @property
    def tokenizer(self) -> PreTrainedTokenizerBase:
        """The model's tokenizer."""
        return self._tokenizer

    def too_long(self, prompts: Sequence[str], max_tokens: int) -> list[int]:
        lengths = (len(ids) for ids in self._encode(prompts))
        return [i for i, length in enumerate(lengths) if length + max_tokens > self._context]

    def _encode(self, prompts: Sequence[str]) -> list[list[int]]:
        return self._tokenizer(list(prompts), verbose=False)["input_ids"] if prompts else []

    def _check(
        self,
        prompts: Sequence[str],
        n: int,
        temperature: float,
        top_p: float,
        max_tokens: int,
        grammars: Sequence[str] | None,
    ) -> None:
        if grammars is not None and len(grammars) != len(prompts):
            raise ValueError(f"{len(grammars)} grammars for {len(prompts)} prompts; one for each")
        if n < 1 or max_tokens < 1:
            raise ValueError(f"n and max_tokens must be at least 1, got {n} and {max_tokens}")
        if not temperature >= 0.0 or not 0.0 < top_p <= 1.0:
            raise ValueError(
                f"temperature must be >= 0 and top_p in (0, 1], got {temperature} and {top_p}"
            )
        if long := self.too_long(prompts, max_tokens):
            length = len(self._encode([prompts[long[0]]])[0])
            raise ValueError(
                f"{len(long)} of {len(prompts)} prompts do not fit: prompt {long[0]} has {length} tokens, and with "
                f"{max_tokens} to come exceeds the context of {self._context} ({prompts[long[0]][:60]!r}...)"
            )


class VllmSampler(_Base):
    """Samples with a vLLM engine in this process."""

    def __init__(
        self,
        model_path: str | os.PathLike[str],
        seed: int,
        max_model_len: int | None,
        dtype: str,
        batch_size: int,
        gpu_memory_utilization: float,
    ) -> None:
        engine.prepare()
        super().__init__(model_path, seed, max_model_len)
        from vllm import LLM

        self._environment = engine.distributed_environment()
        with torch.random.fork_rng(devices=[]):  # the engine seeds the process it runs in
            self._llm: Any = LLM(
                model=os.fspath(model_path),
                max_model_len=max_model_len,
                max_num_seqs=batch_size,
                seed=seed,
                gpu_memory_utilization=gpu_memory_utilization,
                **engine.engine_arguments(dtype),
            )
        self._context = self._llm.llm_engine.model_config.max_model_len

    def sample(
        self,
        prompts: Sequence[str],
        *,
        n: int = 1,
        temperature: float = 1.0,
        top_p: float = 1.0,
        top_k: int = 0,
        max_tokens: int = 256,
        seed: int | None = None,
        grammars: Sequence[str] | None = None,
    ) -> list[list[str]]:
        from vllm import SamplingParams
        from vllm.sampling_params import StructuredOutputsParams

        self._check(prompts, n, temperature, top_p, max_tokens, grammars)
        seed = self._seed if seed is None else seed
        # vLLM seeds the n completions of a request seed, seed + 1, ...: n apart, no two share a
        # stream.
        greedy = temperature == 0.0
        parameters = [
            SamplingParams(
                n=1 if greedy else n,
                temperature=temperature,
                top_p=top_p,
                top_k=top_k,
                max_tokens=max_tokens,
                seed=None if greedy else (seed * 1_000_003 + i * n) % 2**31,
                detokenize=False,
                structured_outputs=None
                if grammars is None
                else StructuredOutputsParams(grammar=grammars[i]),
            )
            for i in range(len(prompts))
        ]
        requests = [{"prompt_token_ids": ids} for ids in self._encode(prompts)]
        outputs = self._llm.generate(requests, parameters, use_tqdm=False) if requests else []
        # Decoded as the other sampler does it: vLLM holds back text that ends amid a character.
        texts = [
            self._tokenizer.batch_decode(
                [one.token_ids for one in output.outputs], skip_special_tokens=True
            )
            for output in outputs
        ]
        return [own * n for own in texts] if greedy else texts

    def close(self) -> None:
        if self._llm is not None:
            engine.shutdown(self._llm, self._environment)
            self._llm = None


class TransformersSampler(_Base):
    """Samples with transformers' generate, in batches of prompts of similar length."""

    def __init__(
        self,
        model_path: str | os.PathLike[str],
        seed: int,
        max_model_len: int | None,
        dtype: str,
        batch_size: int,
    ) -> None:
        super().__init__(model_path, seed, max_model_len)
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, got {batch_size}")
        model, self._tokenizer = load(model_path, dtype)
        self._model: Any = (
            model.to("cuda" if torch.cuda.is_available() else "cpu").eval().requires_grad_(False)
        )
        self._batch_size = batch_size
        self._matchers: Matchers | None = None
        self._context = max_model_len or model.config.max_position_embeddings

    def sample(
        self,
        prompts: Sequence[str],
        *,
        n: int = 1,
        temperature: float = 1.0,
        top_p: float = 1.0,
        top_k: int = 0,
        max_tokens: int = 256,
        seed: int | None = None,
        grammars: Sequence[str] | None = None,
    ) -> list[list[str]]:
        self._check(prompts, n, temperature, top_p, max_tokens, grammars)
        settings: dict[str, Any] = {"do_sample": False, "num_return_sequences": n}
        if temperature == 0.0:
            settings["num_return_sequences"] = 1  # greedy completions are all the same
        else:
            settings |= {
                "do_sample": True,
                "temperature": temperature,
                "top_p": top_p,
                "top_k": top_k,
            }
        encoded = self._encode(prompts)
        order = sorted(range(len(prompts)), key=lambda i: len(encoded[i]))
        results: list[list[str]] = [[] for _ in prompts]
        devices = [self._model.device] if self._model.device.type == "cuda" else []
        with torch.random.fork_rng(devices=devices), torch.inference_mode():
            torch.manual_seed(self._seed if seed is None else seed)
            for start in range(0, len(order), self._batch_size):
                rows = order[start : start + self._batch_size]
                chosen = None if grammars is None else [grammars[i] for i in rows]
                texts = self._generate([encoded[i] for i in rows], max_tokens, settings, chosen)
                per_prompt = len(texts) // len(rows)
                for position, row in enumerate(rows):
                    own = texts[position * per_prompt : (position + 1) * per_prompt]
                    results[row] = own * n if temperature == 0.0 else own
        return results

    def _generate(
        self,
        prompt_ids: list[list[int]],
        max_tokens: int,
        settings: dict[str, Any],
        grammars: list[str] | None,
    ) -> list[str]:
        batch = self._tokenizer.pad(
            {"input_ids": prompt_ids}, padding_side="left", return_tensors="pt"
        )
        batch = batch.to(self._model.device)
        output = self._model.generate(
            input_ids=batch["input_ids"],
            attention_mask=batch["attention_mask"],
            max_new_tokens=max_tokens,
            pad_token_id=self._tokenizer.pad_token_id,
            logits_processor=self._processors(grammars, settings["num_return_sequences"]),
            **settings,
        )
        return self._tokenizer.batch_decode(
            output[:, batch["input_ids"].size(1) :], skip_special_tokens=True
        )

    def _processors(self, grammars: list[str] | None, n: int) -> list[Any]:
        """The grammar's mask, for the rows as generate lays them out: the n of one prompt side by side."""
        if grammars is None:
            return []
        if self._matchers is None:
            self._matchers = Matchers(
                self._tokenizer,
                self._model.config.vocab_size,
                end_tokens(self._model, self._tokenizer),
            )
        return [self._matchers.processor([grammar for grammar in grammars for _ in range(n)])]

    def close(self) -> None:
        self._model = None
