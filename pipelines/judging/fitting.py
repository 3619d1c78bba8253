"""Sampling where some prompts are too long: the others are sampled, and each has its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alignment.sampling import Sampler


@dataclass(frozen=True, kw_only=True)
class SamplingSettings:
    """How completions of a prompt are drawn; `temperature` 0 is greedy, `top_k` 0 keeps all."""

    n: int = 1
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    max_tokens: int = 256


def sample_fitting(
    sampler: Sampler,
    prompts: Sequence[str],
    *draws: SamplingSettings,
    seed: int,
    grammars: Sequence[str] | None = None,
    batch_size: int | None = None,
    advance: Callable[[int], object] | None = None,
) -> list[list[str] | None]:
    """The completions of each prompt, those of the first draw first; None where it is too long.

    Args:
        seed: of the first batch; one that begins at the i-th fitting prompt has seed + i.
        grammars: one for each prompt, the long ones included.
        batch_size: prompts at a time; all at once where absent.
        advance: called with the number of prompts done since the last call, long ones first.
    """
    completions: list[list[str] | None] = [None for _ in prompts]
    long = set(sampler.too_long(prompts, max(draw.max_tokens for draw in draws)))
    fitting = [index for index in range(len(prompts)) if index not in long]
    if advance is not None:
        advance(len(long))
    size = batch_size or len(fitting) or 1
    for start in range(0, len(fitting), size):
        batch = fitting[start : start + size]
        texts = _draw_all(
            sampler,
            [prompts[index] for index in batch],
            draws,
            seed + start,
            None if grammars is None else [grammars[index] for index in batch],
        )
        for index, of_prompt in zip(batch, texts, strict=True):
            completions[index] = of_prompt
        if advance is not None:
            advance(len(batch))
    return completions


def _draw_all(
    sampler: Sampler,
    prompts: Sequence[str],
    draws: Sequence[SamplingSettings],
    seed: int,
    grammars: Sequence[str] | None,
) -> list[list[str]]:
    texts: list[list[str]] = [[] for _ in prompts]
    for draw in draws:
        samples = sampler.sample(prompts, seed=seed, grammars=grammars, **asdict(draw))
        for of_prompt, more in zip(texts, samples, strict=True):
            of_prompt += more
    return texts
