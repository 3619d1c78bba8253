"""Sampling with transformers' generate, in batches of prompts of similar length."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, TypeVar

import torch

from alignment.models import load
from alignment.sampling.constraints.masks import Matchers, end_tokens
from alignment.sampling.sampler import Sampler
from alignment.sampling.settings import SamplingSettings
from alignment.sampling.stopping import stopping

T = TypeVar("T")


class TransformersSampler(Sampler):
    """Samples with transformers' generate; see `make_sampler` for the arguments.

    Raises ValueError where `batch_size` is not positive.
    """

    def __init__(
        self,
        model_path: str | os.PathLike[str],
        *,
        seed: int,
        max_model_len: int | None,
        dtype: str,
        batch_size: int,
    ) -> None:
        super().__init__(model_path, seed)
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, got {batch_size}")
        model, self._tokenizer = load(model_path, dtype)
        device = "cuda" if torch.cuda.is_available() else "cpu"
        self._model: Any = model.to(device).eval().requires_grad_(False)
        self._context = max_model_len or model.config.max_position_embeddings
        self._batch_size = batch_size
        self._matchers: Matchers | None = None

    def _sample(
        self,
        prompt_ids: list[list[int]],
        settings: SamplingSettings,
        seed: int,
        grammars: Sequence[str] | None,
    ) -> list[list[str]]:
        # Prompts of similar length side by side: a batch is padded to its longest.
        lengths = [len(ids) for ids in prompt_ids]
        order = sorted(range(len(lengths)), key=lengths.__getitem__)
        completions: list[list[str]] = [[] for _ in prompt_ids]
        device = self._model.device
        devices = [device] if device.type == "cuda" else []
        with torch.random.fork_rng(devices=devices), torch.inference_mode():
            torch.manual_seed(seed)
            for start in range(0, len(order), self._batch_size):
                indices = order[start : start + self._batch_size]
                batch = self._generate(
                    _at(indices, prompt_ids),
                    settings,
                    None if grammars is None else _at(indices, grammars),
                )
                for index, texts in zip(indices, batch, strict=True):
                    completions[index] = texts
        return completions

    def _generate(
        self,
        prompt_ids: list[list[int]],
        settings: SamplingSettings,
        grammars: list[str] | None,
    ) -> list[list[str]]:
        """The completions of each prompt of a batch."""
        # Greedy completions are all the same, so one is generated and repeated.
        drawn = 1 if settings.greedy else settings.n
        batch = self._tokenizer.pad(
            {"input_ids": prompt_ids}, padding_side="left", return_tensors="pt"
        ).to(self._model.device)
        output = self._model.generate(
            input_ids=batch["input_ids"],
            attention_mask=batch["attention_mask"],
            max_new_tokens=settings.max_tokens,
            pad_token_id=self._tokenizer.pad_token_id,
            logits_processor=self._processors(grammars, drawn),
            num_return_sequences=drawn,
            **_distribution(settings),
            **stopping(self._tokenizer, settings.stop),
        )
        texts = self._tokenizer.batch_decode(
            output[:, batch["input_ids"].size(1) :], skip_special_tokens=True
        )
        groups = [texts[start : start + drawn] for start in range(0, len(texts), drawn)]
        return [group * (settings.n // drawn) for group in groups]

    def _processors(self, grammars: list[str] | None, drawn: int) -> list[Any]:
        """The grammar's mask, for the rows as generate lays them out: prompt by prompt."""
        if grammars is None:
            return []
        if self._matchers is None:
            self._matchers = Matchers(
                self._tokenizer,
                vocab_size=self._model.config.vocab_size,
                eos_token_ids=end_tokens(self._model, self._tokenizer),
            )
        rows = [grammar for grammar in grammars for _ in range(drawn)]
        return [self._matchers.processor(rows)]

    def close(self) -> None:
        self._model = None


def _at(indices: Sequence[int], values: Sequence[T]) -> list[T]:
    return [values[index] for index in indices]


def _distribution(settings: SamplingSettings) -> dict[str, Any]:
    """Arguments of generate; it warns of a temperature where nothing is drawn."""
    if settings.greedy:
        return {"do_sample": False}
    return {
        "do_sample": True,
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "top_k": settings.top_k,
    }
