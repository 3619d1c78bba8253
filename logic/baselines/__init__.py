"""Published scores of formulas, in one interface, to compare with and to reproduce.

Every one takes the keywords `candidate` and `reference`, both texts of formulas in Unicode
notation, and returns a number in [0, 1] or None (not judged).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from logic.baselines.le import ALIGNMENT_THRESHOLD, le_logicllama, le_sgrpo
from logic.baselines.similarity import SentenceEmbedding, Similarity, lexical
from logic.baselines.text import bleu, canonical_match, exact_match, parses

__all__ = [
    "ALIGNMENT_THRESHOLD",
    "BASELINES",
    "SentenceEmbedding",
    "Similarity",
    "bleu",
    "canonical_match",
    "exact_match",
    "le_bleu",
    "le_logicllama",
    "le_sgrpo",
    "lexical",
    "parses",
    "score",
]


def le_bleu(*, candidate: str, reference: str, similarity: Similarity = lexical) -> float | None:
    """The reward described with S-GRPO for translation into logic: half LE, half BLEU.

    None where LE is None. The published code matches characters position by position in place of
    BLEU, so its figures are none of this reward's.
    """
    le = le_sgrpo(candidate=candidate, reference=reference, similarity=similarity)
    if le is None:
        return None
    return 0.5 * (le + bleu(candidate=candidate, reference=reference))


BASELINES: dict[str, Callable[..., float | None]] = {
    "le_logicllama": le_logicllama,
    "le_sgrpo": le_sgrpo,
    "le_bleu": le_bleu,
    "bleu": bleu,
    "exact_match": exact_match,
    "canonical_match": canonical_match,
    "parses": parses,
}
"""The baselines by name."""


def score(
    name: str, *, candidates: Sequence[str], references: Sequence[str], **options: object
) -> list[float | None]:
    """One baseline on pairs of texts, in order; `options` go to the baseline.

    Raises ValueError for an unknown name and for lists of different length.
    """
    if name not in BASELINES:
        raise ValueError(f"unknown baseline {name!r}; allowed: {', '.join(sorted(BASELINES))}")
    if len(candidates) != len(references):
        raise ValueError(f"{len(candidates)} candidates for {len(references)} references")
    judge = BASELINES[name]
    scores = []
    for candidate, reference in zip(candidates, references, strict=True):
        scores.append(judge(candidate=candidate, reference=reference, **options))
    return scores
