"""Baselines on text or tree: BLEU over logic tokens, exact match, canonical forms, what parses."""

from __future__ import annotations

import re

from logic.deciding.keys import normal_key
from logic.errors import ParseError, installs
from logic.reading.parse import parse

_TOKEN = re.compile(r"\w+|[^\w\s]")
MAX_ORDER = 4
"""Longest n-gram that BLEU counts."""


def tokens(text: str) -> list[str]:
    """Names, connectives, quantifiers, brackets and commas."""
    return _TOKEN.findall(text)


def bleu(*, candidate: str, reference: str) -> float:
    """Sentence BLEU over logic tokens, in [0, 1] (Papineni et al. 2002).

    Up to 4-grams, fewer for a shorter candidate (effective order); an n-gram order without a hit
    counts as half of one hit, the next one as a quarter and so on (exponential smoothing, Chen and
    Cherry 2014, method 3).

    Raises ImportError naming the extra where nltk is missing.
    """
    try:
        from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu
    except ImportError as error:
        raise ImportError(f"bleu needs nltk: {installs('train')}") from error
    left, right = tokens(candidate), tokens(reference)
    order = min(MAX_ORDER, len(left))
    if not order or not right:
        return float(left == right)
    weights = [1 / order] * order
    return float(
        sentence_bleu(
            [right],
            left,
            weights,
            smoothing_function=SmoothingFunction().method3,
        )
    )


def exact_match(*, candidate: str, reference: str) -> float:
    """1.0 where the texts are the same but for blanks around tokens, otherwise 0.0."""
    return float(tokens(candidate) == tokens(reference))


def canonical_match(*, candidate: str, reference: str) -> float | None:
    """1.0 where the canonical forms are the same, otherwise 0.0.

    None where the reference is no formula.
    """
    try:
        right = normal_key(parse(reference))
    except ParseError:
        return None
    try:
        return float(normal_key(parse(candidate)) == right)
    except ParseError:
        return 0.0


def parses(*, candidate: str, reference: str = "") -> float:
    """1.0 where the candidate is a formula, otherwise 0.0; its mean is the parse rate.

    The reference is not used.
    """
    try:
        parse(candidate)
    except ParseError:
        return 0.0
    return 1.0
