"""How alike two literals are, for the LE that matches literals by meaning."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Sequence
from typing import Protocol

from logic.errors import installs


class Similarity(Protocol):
    """Similarities of literals, at most 1.

    A row for each reference literal, a column for each candidate literal.
    """

    def __call__(
        self, references: Sequence[str], candidates: Sequence[str], /
    ) -> list[list[float]]: ...


def lexical(references: Sequence[str], candidates: Sequence[str]) -> list[list[float]]:
    """Share of characters in common runs (Ratcliff and Obershelp): needs no model."""
    return [[_ratio(left, right) for right in candidates] for left in references]


@functools.lru_cache(maxsize=65_536)
def _ratio(left: str, right: str) -> float:
    return difflib.SequenceMatcher(None, left, right, autojunk=False).ratio()


class SentenceEmbedding:
    """Cosine of sentence embeddings, by a sentence-transformers model: a folder or a hub name.

    Published with S-GRPO: `sentence-transformers/all-MiniLM-L6-v2`. Literals are embedded once
    each.

    Raises ImportError naming the extra where sentence-transformers is missing.
    """

    def __init__(self, model: str, *, device: str = "cpu") -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise ImportError(
                f"SentenceEmbedding needs sentence-transformers: {installs('embed')}"
            ) from error
        self._model = SentenceTransformer(model, device=device)
        self._vectors: dict[str, Sequence[float]] = {}

    def __call__(
        self, references: Sequence[str], candidates: Sequence[str], /
    ) -> list[list[float]]:
        self._embed([*references, *candidates])
        table = []
        for reference in references:
            table.append([self._cosine(reference, candidate) for candidate in candidates])
        return table

    def _embed(self, texts: Sequence[str]) -> None:
        """Embed what was not embedded before, each text once."""
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new:
            vectors = self._model.encode(new, normalize_embeddings=True, show_progress_bar=False)
            self._vectors.update(zip(new, vectors, strict=True))

    def _cosine(self, left: str, right: str) -> float:
        """The product alone, since vectors are of length one."""
        components = zip(
            self._vectors[left],
            self._vectors[right],
            strict=True,
        )
        return float(sum(a * b for a, b in components))
