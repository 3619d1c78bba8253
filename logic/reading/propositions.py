"""Words of an answer that were read as propositions: labels, verdicts, sentences, the end of a phrase."""

from __future__ import annotations

import re

from logic import syntax as S
from logic.symbols import subnodes

VERDICTS = frozenset(
    """
    yes no none unknown uncertain true false null nan n/a
    either neither both not nor or and if then else otherwise unless implies iff xor
    wrong right correct incorrect valid invalid refuted proved disproved rejected error failed maybe
    """.split()
)
"""What answers say of a formula, or between two, and name no fact."""

_LABELS = frozenset(
    """
    answer formula fol result output translation response final solution conclusion hypothesis
    expression logic query
    """.split()
)
_WORD = re.compile(r"[a-z]{2,}")


def no_proposition(text: str, formula: S.Formula, bare: tuple[str, ...]) -> str | None:
    """Why a proposition of a compound formula is rather a word beside a formula; None where none is.

    `bare` are the formula's propositions: `Answer → P(a)`, `"All dogs bark" → ∀x (…)`, `P(a) and more`.
    """
    if isinstance(formula, S.Atom):
        return None
    nodes = list(subnodes(formula))
    has_atom = any(isinstance(node, S.Atom) and node.args for node in nodes)
    is_first_order = has_atom or any(isinstance(node, S.Quantified) for node in nodes)
    for name in bare:
        word = name.strip(" .:!").lower()
        if word in VERDICTS or word in _LABELS:
            return f"{name!r} is a label or a verdict beside a formula"
        if is_first_order and len(name.split()) > 2:
            return f"{name!r} is a sentence beside a formula"
        if has_atom and _WORD.fullmatch(name) and _is_joined_in_words(name, text):
            return f"{name!r} is a word beside a formula"
    return None


def _is_joined_in_words(name: str, text: str) -> bool:
    return name == "etc" or re.search(rf"\b(?:and|or)\s+{name}\b", text, re.IGNORECASE) is not None
