"""BLEU as sacrebleu computes it (Post 2018, arXiv 1804.08771), where that is installed."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from typing import Any

_TOKENIZERS = {"ja": "char", "zh": "zh"}
"""By language, where words are not parted by blanks; Japanese words need packages of their own."""


def sacrebleu_measures(
    candidates: Sequence[str], references: Sequence[str], language: str
) -> dict[str, Any]:
    """`sacrebleu` in [0, 1] and the signature that says how it was computed.

    Empty where sacrebleu is not installed. `language` is that of the texts, as a code. nltk's figure
    is `corpus_bleu`: other tokens, so the two are not to be compared with each other.
    """
    if importlib.util.find_spec("sacrebleu") is None:
        return {}
    from sacrebleu.metrics import BLEU  # of an extra

    bleu = BLEU(tokenize=_TOKENIZERS.get(language, "13a"))
    score = bleu.corpus_score(list(candidates), [list(references)]).score / 100
    return {"sacrebleu": score, "sacrebleu_signature": str(bleu.get_signature())}
