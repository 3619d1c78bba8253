"""How near translations are to their references: BLEU, and COMET where it is installed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from alignment.metrics.bleu import bleu_margin, corpus_bleu
from alignment.metrics.comet import COMET_MODEL, NO_COMET, Comet, comet_installed
from alignment.metrics.sacre import sacrebleu_measures
from pipelines.errors import UsageError
from pipelines.judging.answers import same_words
from pipelines.judging.intervals import margin_of_mean, margin_of_share


def check_comet() -> None:
    """Raise `UsageError` where COMET is not installed."""
    if not comet_installed():
        raise UsageError(f"comet: {NO_COMET}; or leave it out for BLEU alone")


def comet_scores(
    model: str | None,
    texts: Sequence[str],
    translations: Sequence[str],
    references: Sequence[str],
) -> list[float | None]:
    """COMET's score of each translation; None where it is left out or not installed.

    `model` is a COMET model, "none" to leave it out, or None for the usual one.
    """
    if model == "none" or not comet_installed():
        return [None] * len(translations)
    try:
        comet = Comet(model or COMET_MODEL)
        return list(comet(texts, translations, references))
    except ValueError as error:
        raise UsageError(f"comet: {error}") from None


def measure_direction(direction: str, samples: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The measures of one direction (de-en), from its texts with their scores by COMET.

    `bleu` is nltk's; sacrebleu's stands beside it under its own name, where that is installed. Margins
    are halves of 95 % intervals.
    """
    translations = [sample["completion"] for sample in samples]
    references = [sample["reference"] for sample in samples]
    scores = [sample["comet"] for sample in samples if sample["comet"] is not None]
    same = same_words(translations, references)
    return {
        "items": len(samples),
        "bleu": corpus_bleu(translations, references),
        "bleu_margin": bleu_margin(translations, references),
        **sacrebleu_measures(translations, references, direction.rpartition("-")[2]),
        "comet": sum(scores) / len(scores) if scores else None,
        "comet_margin": margin_of_mean(scores) if scores else None,
        "same_words": same,
        "same_words_margin": margin_of_share(same, len(samples)),
    }
