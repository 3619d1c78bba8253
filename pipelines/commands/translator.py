"""A model that answers sentences, greedily and by sampling, under a grammar or without."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from alignment.sampling import constrained
from logic.symbols import Signature
from pipelines.commands.sentences import Sentence
from pipelines.judging.sampling import GREEDY, Draw, open_sampler, sample_fitting


class Translator:
    """Samples as the options of `folalign translate` say; `close` frees the model.

    Raises `UsageError` where the model or the backend is not there.
    """

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._arguments = arguments
        self._sampler = open_sampler(
            arguments.backend,
            arguments.model,
            seed=arguments.seed,
            batch_size=arguments.batch_size,
            option="--backend ",
        )

    def answers(self, sentences: Sequence[Sentence]) -> list[list[str]]:
        """n answers to each sentence, the greedy one first; none where it is too long."""
        arguments = self._arguments
        draws = [GREEDY]
        if arguments.n > 1:
            draws.append(Draw(arguments.n - 1, arguments.temperature, arguments.top_p))
        prompts = [
            arguments.prompt.format(sentence=sentence.text, signature=_names(sentence.signature))
            for sentence in sentences
        ]
        grammars = constrained.grammars(
            arguments.grammar,
            len(sentences),
            signatures=[sentence.signature for sentence in sentences],
            wrapper=arguments.wrapper,
            domain=arguments.domain,
        )
        completions = sample_fitting(
            self._sampler,
            prompts,
            draws,
            max_tokens=arguments.max_tokens,
            # The row's own, so that a part of the input is sampled as it is in the whole.
            seed=arguments.seed + sentences[0].row,
            grammars=grammars,
        )
        return [[self._formula(text) for text in texts] for texts in completions]

    def _formula(self, completion: str) -> str:
        """What a completion says after the marker, whole where it was cut off in a grammar."""
        arguments = self._arguments
        text = completion.rpartition(arguments.wrapper)[2] if arguments.wrapper else completion
        if arguments.grammar == "none":
            return text
        return constrained.cut_back(text, arguments.domain)

    def close(self) -> None:
        """Free the model."""
        self._sampler.close()


def _names(signature: Signature | None) -> str:
    """A signature as prompts say it: Cat/1 Chases/2 anna."""
    if signature is None:
        return ""
    symbols = (*signature.predicates, *signature.functions)
    return " ".join([*(f"{name}/{arity}" for name, arity in symbols), *signature.constants])
