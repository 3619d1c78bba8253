"""BLEU of texts in any language, by nltk; that of formulas is `logic.baselines.bleu`."""

from __future__ import annotations

import math
import re
import warnings
from collections import Counter
from collections.abc import Sequence

from logic.baselines.text import tokens as words_and_signs

MAX_ORDER = 4
"""Longest n-gram that BLEU counts."""
_DRAWS = 1000
_Z = 1.96
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


def bleu_margin(candidates: Sequence[str], references: Sequence[str]) -> float:
    """Half the 95 % interval of `corpus_bleu`, by a bootstrap over the texts; never 0.

    Where every draw has the same BLEU it is that of a share of so many texts.
    """
    import numpy

    counts = numpy.array(
        [_counts(tokens(one), tokens(two)) for one, two in zip(candidates, references, strict=True)]
    )
    rng = numpy.random.default_rng(0)
    draws = rng.integers(len(counts), size=(_DRAWS, len(counts)))
    values = [_bleu(counts[draw].sum(axis=0).tolist()) for draw in draws]
    low, high = numpy.quantile(values, (0.025, 0.975))
    least = _Z**2 / (len(counts) + _Z**2) / 2
    return float(high - low) / 2 or least


def _counts(candidate: list[str], reference: list[str]) -> list[int]:
    """Lengths of both, and for each order the n-grams found in the reference and all of them."""
    found = [len(candidate), len(reference)]
    for order in range(1, MAX_ORDER + 1):
        ours, theirs = _grams(candidate, order), _grams(reference, order)
        found += [(ours & theirs).total(), max(1, ours.total())]
    return found


def _grams(words: list[str], order: int) -> Counter[tuple[str, ...]]:
    starts = range(len(words) - order + 1)
    return Counter(tuple(words[start : start + order]) for start in starts)


def _bleu(sums: list[int]) -> float:
    """BLEU from sums of `_counts`."""
    length, reference, *matches = sums
    shares = [found / possible for found, possible in zip(matches[::2], matches[1::2], strict=True)]
    if not all(shares):
        return 0.0
    brevity = min(1.0, math.exp(1 - reference / length))
    return brevity * math.exp(sum(map(math.log, shares)) / MAX_ORDER)
