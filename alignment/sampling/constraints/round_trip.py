"""Whether a tokenizer's formulas reach the grammar's matcher, and come back, as they were.

llguidance learns the bytes of each token from the tokenizer's decoder. One that it misreads, such
as that of a tokenizer converted from GGUF, would have a model held to a grammar of other signs.
"""

from __future__ import annotations

from typing import Any

from transformers import PreTrainedTokenizerBase

import logic

FORMULA = "∀x (∃!y (¬Cat(x) ∧ x ≠ y ∨ (Sees(x, f(y)) ⊕ x = y)) → (Red(anna) ↔ ⊤) ∧ ¬⊥)"
"""A formula with every sign of the canonical notation."""


class TokenizerError(ValueError):
    """A tokenizer that cannot be held to a grammar; names its decoder and the cure."""


def check_round_trip(tokenizer: PreTrainedTokenizerBase, matching: Any) -> None:
    """Raise TokenizerError where a formula is another one to the matcher, or after decoding.

    Args:
        tokenizer: the model's.
        matching: llguidance's own tokenizer, made of it.
    """
    import llguidance

    text = f" {FORMULA}"
    tokens = tokenizer(text, add_special_tokens=False)["input_ids"]
    decoded = tokenizer.decode(tokens, skip_special_tokens=True)
    matched = bytes(matching.decode_bytes(tokens)).decode("utf-8", errors="replace")
    grammar = llguidance.grammar_from("grammar", logic.decoding_grammar())
    matcher = llguidance.LLMatcher(matching, grammar, log_level=0)
    back = decoded if decoded.strip() != FORMULA else matched
    if back.strip() == FORMULA and matcher.validate_tokens(tokens) == len(tokens):
        return
    raise TokenizerError(
        f"this tokenizer cannot be held to a grammar: {FORMULA!r} comes back from it as {back!r}. "
        f"Its decoder is {_decoder(tokenizer)}, and a byte-level one is needed; for a model from a "
        "GGUF file, folalign model convert FILE.gguf makes a folder that has it"
    )


def _decoder(tokenizer: PreTrainedTokenizerBase) -> str:
    """The kind of a tokenizer's decoder, and of its parts."""
    return repr(getattr(getattr(tokenizer, "backend_tokenizer", None), "decoder", None))
