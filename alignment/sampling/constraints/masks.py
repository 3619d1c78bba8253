"""Sampling under a grammar with transformers: a logits processor on llguidance's matcher.

It is the matcher that vLLM uses. Tokens that would leave the grammar get no probability, and the
end of text gets some only where a formula is whole.
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from transformers import LogitsProcessor, PreTrainedTokenizerBase

from alignment.sampling.constraints.round_trip import check_round_trip

_MATCHERS_KEPT = 1024


class Matchers:
    """Makes llguidance matchers for one model's vocabulary.

    Args:
        tokenizer: the model's; a fast one.
        vocab_size: width of the model's logits.
        eos_token_ids: the tokens that end a completion.

    Raises:
        ModuleNotFoundError: llguidance is not installed.
        TokenizerError: a formula does not come back from the tokenizer (see `round_trip`).
    """

    def __init__(
        self, tokenizer: PreTrainedTokenizerBase, vocab_size: int, eos_token_ids: Sequence[int]
    ) -> None:
        if importlib.util.find_spec("llguidance") is None:
            raise ModuleNotFoundError(
                "sampling under a grammar needs llguidance: pip install llguidance"
            )
        import llguidance.hf

        self._tokenizer = llguidance.hf.from_tokenizer(
            tokenizer, vocab_size, list(eos_token_ids), slices=[]
        )
        check_round_trip(tokenizer, self._tokenizer)
        self._executor = llguidance.LLExecutor()
        self._templates: dict[str, Any] = {}

    def processor(self, grammars: Sequence[str]) -> GrammarProcessor:
        """A processor for one call of generate, whose rows have these grammars.

        Raises:
            ValueError: llguidance refuses a grammar.
        """
        return GrammarProcessor([self._matcher(grammar) for grammar in grammars], self._executor)

    def _matcher(self, grammar: str) -> Any:
        """A matcher at its start; a grammar is compiled once and copied from then on."""
        import llguidance

        if grammar not in self._templates:
            matcher = llguidance.LLMatcher(
                self._tokenizer,
                llguidance.grammar_from("grammar", grammar),
                log_level=0,
            )
            if matcher.is_error():
                raise ValueError(f"llguidance refuses the grammar: {matcher.get_error()}")
            # Each row may have a signature, and so a grammar, of its own.
            if len(self._templates) >= _MATCHERS_KEPT:
                self._templates.clear()
            self._templates[grammar] = matcher
        return self._templates[grammar].deep_copy()


def end_tokens(model: Any, tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """The tokens that end a model's completions."""
    ends = model.generation_config.eos_token_id
    if ends is None:
        return [tokenizer.eos_token_id]
    return [ends] if isinstance(ends, int) else list(ends)


def check(tokenizer: PreTrainedTokenizerBase) -> None:
    """Raise TokenizerError for a tokenizer that cannot be held to a grammar, whoever samples."""
    Matchers(tokenizer, vocab_size=len(tokenizer), eos_token_ids=[tokenizer.eos_token_id])


def constrain(model: Any, tokenizer: PreTrainedTokenizerBase, grammar: str) -> None:
    """Make the model's own `generate` keep to one grammar from now on, whoever calls it."""
    matchers = Matchers(
        tokenizer,
        vocab_size=model.config.vocab_size,
        eos_token_ids=end_tokens(model, tokenizer),
    )
    free = model.generate

    @functools.wraps(free)
    def generate(**arguments: Any) -> Any:
        rows = arguments["input_ids"].size(0)
        # A processor serves one call: it counts the tokens that it has seen.
        return free(**arguments, logits_processor=[matchers.processor([grammar] * rows)])

    model.generate = generate


class GrammarProcessor(LogitsProcessor):
    """Sets the scores of tokens that the grammar of a row does not admit to minus infinity.

    It keeps a matcher for each row and reads the tokens sampled since its last call, so it serves
    one generate call without beams, whose rows stay in place.
    """

    def __init__(self, matchers: list[Any], executor: Any) -> None:
        self._matchers = matchers
        self._executor = executor
        self._begun = False

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        """Scores (rows, vocabulary), masked."""
        from llguidance.numpy import allocate_token_bitmask, fill_next_token_bitmask_par

        if self._begun:  # before the first call nothing has been sampled: the rows are prompts
            self._consume(input_ids[:, -1].tolist())
        self._begun = True
        rows, vocabulary = scores.shape
        bits = allocate_token_bitmask(rows, vocabulary)
        numbered = [(matcher, row) for row, matcher in enumerate(self._matchers)]
        fill_next_token_bitmask_par(self._executor, numbered, bits)
        # 32 tokens to a word, the lowest bit first.
        admitted = np.unpackbits(
            bits.view(np.uint8),
            axis=1,
            count=vocabulary,
            bitorder="little",
        )
        mask = torch.from_numpy(admitted).to(device=scores.device, dtype=torch.bool)
        return scores.masked_fill(~mask, float("-inf"))

    def _consume(self, tokens: list[int]) -> None:
        for matcher, token in zip(self._matchers, tokens, strict=True):
            if not matcher.is_stopped():  # a row that has ended is padded
                matcher.consume_token(token)
