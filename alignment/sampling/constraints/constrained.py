"""Sampling under a grammar, as text: a prompt's grammar, and what a cut-off answer is worth.

Any sampler takes these grammars; `masks` is how they work with transformers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import logic
from logic.signatures.signature import Signature

GRAMMARS = ("none", "formula", "signature")
# Where a formula may end: after a bracket or a truth value, and after a name that is no first part
# of an equation.
_FORMULA_END = re.compile(
    r"""
      [)⊤⊥]                        # a bracket or a truth value
    | [\w'] (?= \) | [ ][^=≠≤≥<>])  # a name, before a bracket or a sign that compares nothing
    """,
    re.VERBOSE,
)


def grammars(
    kind: str,
    count: int,
    *,
    signatures: Sequence[Signature | str | Mapping[str, Any] | None] | None = None,
    wrapper: str | None = None,
    domain: str = "fol",
) -> list[str] | None:
    """The grammar of each of `count` prompts, for a sampler; a formula may end at a new line.

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
        return [logic.decoding_grammar(wrapper=wrapper, newline=True, domain=domain)] * count
    if signatures is None or len(signatures) != count:
        number = "none" if signatures is None else len(signatures)
        raise ValueError(
            f"grammar 'signature' needs one signature for each of {count} prompts, got {number}"
        )
    return [
        logic.decoding_grammar(
            None if signature is None else logic.read_signature(signature),
            wrapper=wrapper,
            newline=True,
            domain=domain,
        )
        for signature in signatures
    ]


def reference_signatures(references: Sequence[str], domain: str = "fol") -> list[Signature]:
    """The symbols of each reference formula.

    Raises `logic.ParseError` for one that is no formula.
    """
    return [logic.read_signature(logic.parse(reference, domain=domain)) for reference in references]


def cut_back(text: str, domain: str = "fol") -> str:
    """A text written under a grammar, or its longest beginning that is a formula, brackets closed.

    Two texts that keep to a grammar are cut: one that ran into the token limit, and, without a
    signature, one that gives a name two arities. A text with no such beginning is returned as it
    is.
    """
    if _is_whole(text, domain):
        return text
    for end in reversed(list(_FORMULA_END.finditer(text))):
        beginning = text[: end.end()]
        closed = beginning + ")" * (beginning.count("(") - beginning.count(")"))
        if _is_whole(closed, domain):
            return closed
    return text


def _is_whole(text: str, domain: str) -> bool:
    """Whether a text is a formula in which each name has one arity.

    The reader takes a name with two for two symbols, as people mean it who write so; a sampler that
    knew no names has slipped.
    """
    try:
        names = logic.read_signature(logic.parse(text, domain=domain))
    except logic.ParseError:
        return False
    applied = (names.predicates, names.functions)
    return all(len(dict(symbols)) == len(symbols) for symbols in applied)
