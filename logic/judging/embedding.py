"""Likeness of names by sentence embeddings, behind the interface of `logic.judging.names`."""

from __future__ import annotations

from logic.baselines.similarity import SentenceEmbedding
from logic.judging.names import likeness, opposed_names, words

MAX_LIKENESS = 0.9
"""The most that meaning alone vouches for: only spelling makes two names the same."""


class ByEmbedding:
    """A `NameLikeness` that also matches synonyms: cosine of the embeddings of the names' words.

    `model` is a sentence-transformers folder or hub name, `threshold` the cosine below which names
    are unrelated (0.6 as published with S-GRPO for literals, arXiv 2512.14100). Names the same up
    to spelling keep 1.0 and opposites 0.0 without asking the model, which calls Happy and Unhappy
    alike. Names are embedded in one batch, once each.

    Raises ImportError naming the extra where sentence-transformers is missing.
    """

    def __init__(self, model: str, *, threshold: float = 0.6, device: str = "cpu") -> None:
        if not 0.0 <= threshold <= 1.0:
            raise ValueError(f"threshold must be between 0 and 1, got {threshold}")
        self.threshold = threshold
        self._embed = SentenceEmbedding(model, device=device)

    def __call__(self, candidates: list[str], references: list[str]) -> list[list[float]]:
        cosines = self._embed(
            [" ".join(words(name)) for name in candidates],
            [" ".join(words(name)) for name in references],
        )
        table = []
        for candidate, row in zip(candidates, cosines, strict=True):
            grades = []
            for reference, cosine in zip(references, row, strict=True):
                grades.append(self._grade(candidate, reference, cosine))
            table.append(grades)
        return table

    def _grade(self, candidate: str, reference: str, cosine: float) -> float:
        spelling = likeness(candidate, reference)
        if spelling == 1.0 or opposed_names(candidate, reference):
            return spelling
        meaning = min(cosine, MAX_LIKENESS) if cosine >= self.threshold else 0.0
        return max(spelling, meaning)
