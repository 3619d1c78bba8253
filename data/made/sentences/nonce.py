"""Words that are in no lexicon: made up, so that a story can only be followed and not remembered.

Their ending tells the class (a noun ends in a consonant, an adjective in "ish"), and every one of
them can be inflected by the rules of the lexicon. A split has words of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from data.made.sentences.draw import pick
from data.made.sentences.lexicon import ADJECTIVES, NAMES, NOUNS, TRANSITIVE
from data.records import DataError
from data.splits import share

_ONSETS = tuple("b d f g k l m n p r t v w z bl dr fl gr kl pr tr".split())
_VOWELS = tuple("aeiou")
# Neither a sibilant, which takes "es", nor "y", which a plural changes.
_CODAS = tuple("b d g k l m n p r t".split())


def _syllables(rng: Random, count: int) -> str:
    return "".join([pick(rng, _ONSETS) + pick(rng, _VOWELS) for _ in range(count)])


def _noun(rng: Random) -> str:
    """blicket"""
    return _syllables(rng, 2) + pick(rng, _CODAS)


def _adjective(rng: Random) -> str:
    """grolish"""
    return _syllables(rng, 1) + pick(rng, _CODAS) + "ish"


def _verb(rng: Random) -> str:
    """tolem"""
    return _syllables(rng, 1) + pick(rng, _CODAS) + "em"


def _name(rng: Random) -> str:
    """Dravu"""
    return _syllables(rng, 2).capitalize()


class Words:
    """The words of one story, each at most once.

    Made up, and then of `split` alone as `shares` divides them; else of the lexicon.
    """

    def __init__(
        self, rng: Random, *, nonce: bool, split: str = "", shares: Mapping[str, int] | None = None
    ) -> None:
        self._rng = rng
        self._nonce = nonce
        self._split = split
        self._shares = shares
        self._given: set[str] = set()

    def noun(self) -> str:
        return self._word(_noun, NOUNS)

    def adjective(self) -> str:
        return self._word(_adjective, ADJECTIVES)

    def verb(self) -> str:
        return self._word(_verb, TRANSITIVE)

    def name(self) -> str:
        return self._word(_name, NAMES)

    def _word(self, make: Callable[[Random], str], lexicon: tuple[str, ...]) -> str:
        word = self._made_up(make) if self._nonce else self._known(lexicon)
        self._given.add(word)
        return word

    def _made_up(self, make: Callable[[Random], str]) -> str:
        while True:
            word = make(self._rng)
            is_of_split = self._shares is None or share(word.lower(), self._shares) == self._split
            if is_of_split and word not in self._given:
                return word

    def _known(self, lexicon: tuple[str, ...]) -> str:
        left = [word for word in lexicon if word not in self._given]
        if not left:
            raise DataError(
                f"the lexicon has {len(lexicon)} words of a class, and a story of these settings "
                "needs more; allowed: fewer premises, or nonce: true"
            )
        return pick(self._rng, left)
