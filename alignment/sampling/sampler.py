"""What every sampler does; the ways to do it are `vllm_sampler` and `transformers_sampler`."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Sequence

from transformers import PreTrainedTokenizerBase

from alignment.models import load_tokenizer
from alignment.sampling.settings import SamplingSettings
from alignment.sampling.stopping import cut_before


class Sampler(ABC):
    """Samples completions of prompts from a model on disk; `close` frees the model.

    Args:
        model_path: a model's folder or hub name.
        seed: used by `sample` calls that give none.

    Raises FileNotFoundError where the path has no tokenizer.
    """

    # Length of prompt and completion together, in tokens; set by the subclass, from its model.
    _context: int

    def __init__(self, model_path: str | os.PathLike[str], seed: int) -> None:
        self._tokenizer = load_tokenizer(model_path)
        self._seed = seed

    @property
    def tokenizer(self) -> PreTrainedTokenizerBase:
        """The model's tokenizer."""
        return self._tokenizer

    def sample(
        self,
        prompts: Sequence[str],
        *,
        n: int = SamplingSettings.n,
        temperature: float = SamplingSettings.temperature,
        top_p: float = SamplingSettings.top_p,
        top_k: int = SamplingSettings.top_k,
        max_tokens: int = SamplingSettings.max_tokens,
        stop: Sequence[str] = (),
        seed: int | None = None,
        grammars: Sequence[str] | None = None,
    ) -> list[list[str]]:
        """n completions for each prompt, in order; see `SamplingSettings`.

        Deterministic for a given seed (None: the sampler's own). With `grammars`, one for each
        prompt (see `constrained`), completions stay within their prompt's grammar; one that runs
        into max_tokens is the beginning of such a text.

        Raises:
            ValueError: a setting is out of range, a prompt is too long (see `too_long`), or a
                grammar is refused.
        """
        if grammars is not None and len(grammars) != len(prompts):
            raise ValueError(f"{len(grammars)} grammars for {len(prompts)} prompts; one for each")
        settings = SamplingSettings(
            n=n,
            temperature=temperature,
            top_p=top_p,
            top_k=top_k,
            max_tokens=max_tokens,
            stop=tuple(stop),
        )
        self._check_lengths(prompts, max_tokens)
        completions = self._sample(
            self._encode(prompts), settings, self._seed if seed is None else seed, grammars
        )
        return [[cut_before(text, settings.stop) for text in texts] for texts in completions]

    def too_long(self, prompts: Sequence[str], max_tokens: int) -> list[int]:
        """Indices of the prompts that, with max_tokens to come, do not fit in the context."""
        room = self._context - max_tokens
        return [index for index, ids in enumerate(self._encode(prompts)) if len(ids) > room]

    @abstractmethod
    def close(self) -> None:
        """Free the model. The sampler cannot be used afterwards."""

    @abstractmethod
    def _sample(
        self,
        prompt_ids: list[list[int]],
        settings: SamplingSettings,
        seed: int,
        grammars: Sequence[str] | None,
    ) -> list[list[str]]:
        """`sample`, once everything has been checked and the prompts are tokens.

        A completion need not be sampled further than its first stop text; what is, is cut off.
        """

    def _encode(self, prompts: Sequence[str]) -> list[list[int]]:
        # A tokenizer refuses an empty batch.
        return self._tokenizer(list(prompts), verbose=False)["input_ids"] if prompts else []

    def _check_lengths(self, prompts: Sequence[str], max_tokens: int) -> None:
        indices = self.too_long(prompts, max_tokens)
        if not indices:
            return
        first = indices[0]
        length = len(self._encode([prompts[first]])[0])
        raise ValueError(
            f"{len(indices)} of {len(prompts)} prompts do not fit: prompt {first} has {length} "
            f"tokens, and with {max_tokens} to come exceeds the context of {self._context} "
            f"({prompts[first][:60]!r}...)"
        )
