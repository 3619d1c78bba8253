"""BLEU of texts in any language, by nltk; that of formulas is `logic.baselines.bleu`."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence

from logic.baselines.text import tokens as words_and_signs

MAX_ORDER = 4
"""Longest n-gram that BLEU counts."""
_NO_BLEU = 1e-9  # nltk's BLEU without common 4-grams is not quite 0
# Written without blanks between words: each character is a token.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def tokens(text: str) -> list[str]:
    """Words and punctuation marks; single characters of Chinese and Japanese."""
    return words_and_signs(_UNSPACED.sub(r" \g<0> ", text))


def sentence_bleu(candidate: str, reference: str) -> float:
    """BLEU of one text in [0, 1], smoothed (Chen and Cherry 2014, method 3).

    Up to 4-grams, or as many as the texts have.
    """
    # Late, as nltk takes long to import and few runs need it.
    from nltk.translate import bleu_score

    candidate_tokens, reference_tokens = tokens(candidate), tokens(reference)
    order = min(MAX_ORDER, len(reference_tokens), len(candidate_tokens))
    if not order:
        return 0.0
    bleu = bleu_score.sentence_bleu(
        [reference_tokens],
        candidate_tokens,
        weights=[1 / order] * order,
        smoothing_function=bleu_score.SmoothingFunction().method3,
    )
    return float(bleu)


def corpus_bleu(candidates: Sequence[str], references: Sequence[str]) -> float:
    """BLEU of a corpus in [0, 1], 4-grams, unsmoothed (Papineni et al. 2002).

    Raises ValueError for no texts.
    """
    from nltk.translate import bleu_score

    if not candidates:
        raise ValueError("BLEU of no texts")
    candidate_tokens = [tokens(text) for text in candidates]
    # Without a single 4-gram the score is 0 by definition.
    if all(len(row) < MAX_ORDER for row in candidate_tokens):
        return 0.0
    with warnings.catch_warnings():  # it says at length that without common 4-grams BLEU is 0
        warnings.simplefilter("ignore", UserWarning)
        bleu = bleu_score.corpus_bleu([[tokens(text)] for text in references], candidate_tokens)
    return float(bleu) if bleu > _NO_BLEU else 0.0
