"""Likeness of names by WordNet's synonyms, behind the interface of `logic.judging.names`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from logic.judging.embedding import MAX_LIKENESS
from logic.judging.names import likeness, opposed_names, words

MIN_LETTERS = 3
"""Shorter words are letters, numerals and abbreviations to WordNet: k and m are both a thousand."""
AMOUNTS = "noun.quantity"
"""Where WordNet keeps numbers: any large one is a synonym of any other there."""

Senses = frozenset[str]
Read = TypeVar("Read")


class ByWordNet:
    """A `NameLikeness` that also matches synonyms: words whose first senses WordNet has in one synset.

    It is the WordNet that NLTK finds (`python -m nltk.downloader wordnet`, or NLTK_DATA). A
    candidate's words that are synonyms of the reference's count as these, one each, and the names
    then as far as their words are alike, up to 0.9. Only the first sense of a word as each part of
    speech counts: by rarer ones king is queen and to teach is to learn. Names the same up to
    spelling keep 1.0 and opposites 0.0. Threads may share one; a copy in another process reads
    WordNet again.

    Raises ImportError where nltk is missing, FileNotFoundError saying how to get WordNet where
    NLTK has none, or none that can be read.
    """

    def __init__(self) -> None:
        self._wordnet = _wordnet()
        self._lock = threading.Lock()  # NLTK's reader seeks in files that all share
        self._known: dict[str, Senses] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return ByWordNet, ()

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
        translated = self._translated(own, [word for word in others if word not in own])
        if translated == list(own):
            return spelling
        meaning = likeness("_".join(translated), reference)
        return max(spelling, min(meaning, MAX_LIKENESS))

    def _translated(self, own: tuple[str, ...], others: list[str]) -> list[str]:
        """The words, each in place of itself or of the first synonym that none before it took."""
        translated = []
        for word in own:
            senses = self._senses(word)
            same = next((other for other in others if senses & self._senses(other)), None)
            if same is not None:
                others.remove(same)
            translated.append(same or word)
        return translated

    def _senses(self, word: str) -> Senses:
        """The names of a word's first synsets, one for each part of speech."""
        if len(word) < MIN_LETTERS or not word.isalpha():
            return frozenset()
        with self._lock:
            if word not in self._known:
                self._known[word] = _read(lambda: self._looked_up(word))
            return self._known[word]

    def _looked_up(self, word: str) -> Senses:
        found = (self._wordnet.synsets(word, part)[:1] for part in "nvar")
        return frozenset(
            synset.name() for first in found for synset in first if synset.lexname() != AMOUNTS
        )


def _wordnet() -> Any:
    try:
        from nltk.corpus import wordnet
    except ImportError as error:
        raise ImportError("names by WordNet need nltk: pip install nltk") from error
    _read(lambda: wordnet.ensure_loaded())  # the attribute itself begins to load
    return wordnet


def _read(reading: Callable[[], Read]) -> Read:
    """What is read of WordNet's files."""
    try:
        return reading()
    except Exception as error:  # a damaged file ends in whatever NLTK's parser stumbles over
        raise FileNotFoundError(
            "NLTK has no whole WordNet here: python -m nltk.downloader wordnet "
            f"({type(error).__name__})"
        ) from error
