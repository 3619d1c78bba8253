"""A grammar for the formulas of a story, once its names are declared."""

from __future__ import annotations

from logic.decoding.grammar import (
    DEPTH_LEFT,
    END,
    OPERANDS,
    VARIABLES,
    formula_at,
    formula_rules,
)
from logic.languages import language
from logic.signatures.signature import Signature


def story_grammar(signature: Signature, *, premises: int, domain: str = "fol") -> str:
    """A grammar, in llguidance's Lark, of what stands behind "Premises:" in a story's answer.

    So many formulas over the signature, each on a line, then "Conclusion:" and one more. It goes on
    where `logic.decoding.declarations.signature_grammar` ends.
    """
    if premises < 1:
        raise ValueError(f"a story has at least 1 premise, got {premises}")
    rules = formula_rules(
        signature,
        OPERANDS,
        VARIABLES,
        language(domain),
    )
    lines = [
        rf'start: line{{{premises}}} "Conclusion:\n" formula END?',
        r'line: formula "\n"',
        f"formula: {formula_at(DEPTH_LEFT)}",
        END,
    ]
    return "\n".join([*lines, rules])
