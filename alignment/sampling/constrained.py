"""Sampling under a grammar with transformers: a logits processor on llguidance's matcher, the one that vLLM uses.

Tokens that would leave the grammar get no probability, and the end of text gets some only where a
formula is whole.
"""

from __future__ import annotations

import functools
import importlib.util
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from transformers import LogitsProcessor, PreTrainedTokenizerBase

import logic
from logic.symbols import Signature

GRAMMARS = ("none", "formula", "signature")
# Where a formula may end: after a bracket or a truth value, and after a name that is no first part
# of an equation.
_MAY_END = re.compile(r"[)⊤⊥]|[\w'](?=\)| [^=≠≤≥<>])")


def grammars(
    kind: str,
    count: int,
    *,
    signatures: Sequence[Signature | str | Mapping[str, Any] | None] | None = None,
    wrapper: str | None = None,
    domain: str = "fol",
) -> list[str] | None:
    """The grammar of each of `count` prompts, for a sampler.

    Args:
        kind: "none" (free sampling), "formula" (any closed formula) or "signature" (formulas over
            given names).
        signatures: for "signature", what each prompt may name (see `logic.read_signature`); None
            for any name.
        wrapper: the marker before which free text may stand (see `logic.decoding_grammar`).
        domain: the domain of the formulas, by name or path.

    Raises:
        ValueError: unknown kind or domain, or signatures that are missing, too few or unreadable.
    """
    if kind not in GRAMMARS:
        raise ValueError(f"unknown grammar {kind!r}; allowed: {', '.join(GRAMMARS)}")
    if kind == "none":
        return None
    if kind == "formula":
        return [logic.decoding_grammar(wrapper=wrapper, domain=domain)] * count
    if signatures is None or len(signatures) != count:
        found = "none" if signatures is None else len(signatures)
        raise ValueError(
            f"grammar 'signature' needs one signature for each of {count} prompts, got {found}"
        )
    return [
        logic.decoding_grammar(
            None if given is None else logic.read_signature(given), wrapper=wrapper, domain=domain
        )
        for given in signatures
    ]


def reference_signatures(references: Sequence[str], domain: str = "fol") -> list[Signature]:
    """The symbols of each reference formula. Raises `logic.ParseError` for one that is no formula."""
    return [logic.read_signature(logic.parse(reference, domain=domain)) for reference in references]


def cut_back(text: str, domain: str = "fol") -> str:
    """A text written under a grammar as it stands, or its longest beginning that is a formula with brackets closed.

    Two texts that keep to a grammar are no formula: one that ran into the token limit, and, without
    a signature, one that gives a name two arities. A text with no such beginning is returned as it
    is.
    """
    if _is_formula(text, domain):
        return text
    for place in reversed(list(_MAY_END.finditer(text))):
        beginning = text[: place.end()]
        closed = beginning + ")" * (beginning.count("(") - beginning.count(")"))
        if _is_formula(closed, domain):
            return closed
    return text


def _is_formula(text: str, domain: str) -> bool:
    try:
        logic.parse(text, domain=domain)
    except logic.ParseError:
        return False
    return True


class Matchers:
    """Makes llguidance matchers for one model's vocabulary.

    Args:
        tokenizer: the model's; a fast one.
        vocab_size: width of the model's logits.
        eos_token_ids: the tokens that end a completion.

    Raises:
        ModuleNotFoundError: llguidance is not installed.
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
        self._executor = llguidance.LLExecutor()
        self._known: dict[str, Any] = {}

    def processor(self, grammars: Sequence[str]) -> GrammarProcessor:
        """A processor for one call of generate, whose rows have these grammars.

        Raises:
            ValueError: llguidance refuses a grammar.
        """
        return GrammarProcessor([self._matcher(grammar) for grammar in grammars], self._executor)

    def _matcher(self, grammar: str) -> Any:
        import llguidance

        if grammar not in self._known:
            matcher = llguidance.LLMatcher(
                self._tokenizer, llguidance.grammar_from("grammar", grammar), log_level=0
            )
            if matcher.is_error():
                raise ValueError(f"llguidance refuses the grammar: {matcher.get_error()}")
            if len(self._known) >= 1024:
                self._known.clear()
            self._known[grammar] = matcher
        return self._known[grammar].deep_copy()


def end_tokens(model: Any, tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """The tokens that end a model's completions."""
    ends = model.generation_config.eos_token_id
    return (
        [tokenizer.eos_token_id]
        if ends is None
        else [ends]
        if isinstance(ends, int)
        else list(ends)
    )


def constrain(model: Any, tokenizer: PreTrainedTokenizerBase, grammar: str) -> None:
    """Make the model's own `generate` keep to one grammar from now on, whoever calls it."""
    matchers = Matchers(tokenizer, model.config.vocab_size, end_tokens(model, tokenizer))
    free = model.generate

    @functools.wraps(free)
    def generate(**arguments: Any) -> Any:
        rows = arguments["input_ids"].size(0)
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

        if self._begun:
            for matcher, token in zip(self._matchers, input_ids[:, -1].tolist(), strict=True):
                if not matcher.is_stopped():
                    matcher.consume_token(token)
        self._begun = True
        bits = allocate_token_bitmask(len(self._matchers), scores.size(1))
        fill_next_token_bitmask_par(
            self._executor, [(m, i) for i, m in enumerate(self._matchers)], bits
        )
        admitted = np.unpackbits(
            bits.view(np.uint8), axis=1, count=scores.size(1), bitorder="little"
        )
        allowed = torch.from_numpy(admitted).to(device=scores.device, dtype=torch.bool)
        return scores.masked_fill(~allowed, float("-inf"))
