"""A model that answers prompts, freely or under a grammar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from alignment.sampling import (
    Sampler,
    SamplingSettings,
    StoryForm,
    chat,
    make_sampler,
    sample_fitting,
    sample_stories,
)
from alignment.sampling.constraints import constrained
from alignment.sampling.constraints.round_trip import TokenizerError
from logic.signatures.signature import Signature
from pipelines.errors import UsageError
from pipelines.judging.answers import Grammar


def open_sampler(
    backend: str,
    model: str,
    *,
    seed: int,
    batch_size: int,
    dtype: str | None = None,
    option: str = "backend: ",
) -> Sampler:
    """A sampler for a model; `UsageError` where the model or vLLM is not there.

    `dtype` is chosen by the machine where it is None; `option` is how the caller's user writes the
    choice of a backend.
    """
    try:
        return make_sampler(backend, model, seed=seed, batch_size=batch_size, dtype=dtype)
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

    def __init__(self, sampler: Sampler, max_tokens: int, stop: Sequence[str] = ()) -> None:
        self._sampler = sampler
        self._max_tokens = max_tokens
        self._stop = tuple(stop)

    def render(self, prompts: Sequence[Any]) -> list[str]:
        """Prompts as the model reads them; see `render_prompts`."""
        return render_prompts(self._sampler, prompts)

    def answers(
        self,
        prompts: Sequence[str],
        *,
        greedy: bool = True,
        samples: int = 0,
        temperature: float = 1.0,
        top_p: float = 1.0,
        seed: int,
        grammar: Grammar,
        batch_size: int | None = None,
        advance: Callable[[int], object] | None = None,
    ) -> list[list[str] | None]:
        """The answers to each rendered prompt, the greedy one before the sampled ones.

        None stands for a prompt that is too long. What was cut off under the grammar is cut back to
        a whole formula; a story has none to be cut back to. The rest is as in `alignment.sampling.sample_fitting`.
        """
        draws = []
        if greedy:
            draws.append(
                SamplingSettings(
                    temperature=0.0,
                    max_tokens=self._max_tokens,
                    stop=self._stop,
                )
            )
        if samples:
            draws.append(
                SamplingSettings(
                    n=samples,
                    temperature=temperature,
                    top_p=top_p,
                    max_tokens=self._max_tokens,
                    stop=self._stop,
                )
            )
        shared: dict[str, Any] = {"seed": seed, "batch_size": batch_size, "advance": advance}
        is_story = grammar.premises is not None and grammar.kind != "none"
        try:
            if is_story:
                forms = _forms(grammar)
                return sample_stories(
                    self._sampler, prompts, forms, *draws, domain=grammar.domain, **shared
                )
            chosen = self._grammars(grammar, len(prompts))
            completions = sample_fitting(self._sampler, prompts, *draws, grammars=chosen, **shared)
        except TokenizerError as error:
            raise UsageError(f"grammar: {error}") from None
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


def _forms(grammar: Grammar) -> list[StoryForm]:
    """What the answer to each story is to have."""
    premises = grammar.premises or ()
    signatures = grammar.signatures or [None] * len(premises)
    return [
        StoryForm(count, signature) for count, signature in zip(premises, signatures, strict=True)
    ]


def _formula(completion: str, grammar: Grammar) -> str:
    """What a completion says after the marker of free text, whole where it keeps to a grammar."""
    text = completion.rpartition(grammar.wrapper)[2] if grammar.wrapper else completion
    return (
        text if grammar.kind == "none" else constrained.cut_back(text.rstrip("\n"), grammar.domain)
    )
