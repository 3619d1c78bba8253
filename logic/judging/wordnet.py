"""Likeness of names by WordNet's synonyms, behind the interface of `logic.judging.names`."""

from __future__ import annotations

import functools
from typing import Any

from logic.errors import installs
from logic.judging.embedding import MAX_LIKENESS
from logic.judging.names import likeness, opposed_names, words


class ByWordNet:
    """A `NameLikeness` that also matches synonyms: words that WordNet has in one synset.

    It is the WordNet that NLTK finds (`python -m nltk.downloader wordnet`, or NLTK_DATA). A
    candidate's words that are synonyms of the reference's count as these, and the names then as
    far as their words are alike, up to 0.9. Names the same up to spelling keep 1.0 and opposites
    0.0.

    Raises ImportError naming the extra where nltk is missing, FileNotFoundError saying how to get
    WordNet where NLTK has none.
    """

    def __init__(self) -> None:
        self._wordnet = _wordnet()
        self._synsets = functools.lru_cache(maxsize=65_536)(self._synsets_of)

    def __call__(self, candidates: list[str], references: list[str]) -> list[list[float]]:
        return [
            [self._grade(candidate, reference) for reference in references]
            for candidate in candidates
        ]

    def _grade(self, candidate: str, reference: str) -> float:
        spelling = likeness(candidate, reference)
        if spelling == 1.0 or opposed_names(candidate, reference):
            return spelling
        own, others = words(candidate), words(reference)
        translated = [self._in_words(word, others) for word in own]
        if translated == list(own):
            return spelling
        meaning = likeness("_".join(translated), reference)
        return max(spelling, min(meaning, MAX_LIKENESS))

    def _in_words(self, word: str, others: tuple[str, ...]) -> str:
        """The first of the other words that means the same, or the word itself."""
        if word in others:
            return word
        meanings = self._synsets(word)
        return next((other for other in others if meanings & self._synsets(other)), word)

    def _synsets_of(self, word: str) -> frozenset[Any]:
        return frozenset(self._wordnet.synsets(word))


def _wordnet() -> Any:
    try:
        from nltk.corpus import wordnet
    except ImportError as error:
        raise ImportError(f"names by WordNet need nltk: {installs('train')}") from error
    try:
        wordnet.ensure_loaded()
    except (LookupError, OSError) as error:  # missing, or not whole
        raise FileNotFoundError(
            "NLTK has no whole WordNet here: python -m nltk.downloader wordnet"
        ) from error
    return wordnet
