"""Sampling where some prompts are too long: the others are sampled, and each answer has its place.

A sampler refuses a call in which one prompt does not fit its context. What the missing answer
counts as (wrong, or left out) is for the caller to say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict

from alignment.sampling.sampler import Sampler
from alignment.sampling.settings import SamplingSettings


def sample_fitting(
    sampler: Sampler,
    prompts: Sequence[str],
    *draws: SamplingSettings,
    seed: int | None = None,
    grammars: Sequence[str] | None = None,
    batch_size: int | None = None,
    advance: Callable[[int], object] | None = None,
) -> list[list[str] | None]:
    """The completions of each prompt, those of the first draw first; None where it is too long.

    Args:
        draws: how completions are drawn, such as one greedy answer and then eight sampled ones.
        seed: of the first batch, which the next ones count on from; None for the sampler's own.
        grammars: one for each prompt, the long ones included.
        batch_size: prompts sampled before `advance` hears of them; all at once where absent.
        advance: called with the number of prompts done since the last call, long ones first.

    Raises:
        ValueError: no draw, or what `Sampler.sample` raises for a setting or a grammar.
    """
    if not draws:
        raise ValueError("sample_fitting needs at least one draw, got none")
    completions: list[list[str] | None] = [None for _ in prompts]
    longest = max(draw.max_tokens for draw in draws)
    too_long = set(sampler.too_long(prompts, longest))
    fitting = [index for index in range(len(prompts)) if index not in too_long]
    progress = advance or _ignore
    progress(len(too_long))
    size = batch_size or max(1, len(fitting))
    for start in range(0, len(fitting), size):
        indices = fitting[start : start + size]
        batch = _sample_batch(
            sampler,
            [prompts[index] for index in indices],
            draws,
            seed=None if seed is None else seed + start,
            grammars=None if grammars is None else [grammars[index] for index in indices],
        )
        for index, texts in zip(indices, batch, strict=True):
            completions[index] = texts
        progress(len(indices))
    return completions


def _sample_batch(
    sampler: Sampler,
    prompts: list[str],
    draws: Sequence[SamplingSettings],
    *,
    seed: int | None,
    grammars: list[str] | None,
) -> list[list[str]]:
    """The completions of all draws of each prompt, one draw after another."""
    completions: list[list[str]] = [[] for _ in prompts]
    for draw in draws:
        samples = sampler.sample(
            prompts,
            seed=seed,
            grammars=grammars,
            **asdict(draw),
        )
        for texts, more in zip(completions, samples, strict=True):
            texts.extend(more)
    return completions


def _ignore(count: int) -> None:
    """Nobody follows the progress."""
