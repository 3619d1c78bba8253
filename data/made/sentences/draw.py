"""Seeded draws: of one option, of an order, and of the words of a meaning.

`random()` is the one method of `Random` whose stream Python promises to keep across versions, so
every draw here is made from it and `choice`, `shuffle` and `sample` are not used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import TypeVar

from data.made.sentences.lexicon import ADJECTIVES, INTRANSITIVE, NAMES, NOUNS, TRANSITIVE
from data.made.sentences.meaning import (
    Acts,
    Both,
    Does,
    Every,
    Holds,
    Is,
    IsA,
    Join,
    Kind,
    Lacks,
    Named,
    No,
    NounPhrase,
    Operator,
    Property,
    Some,
    Undergoes,
)

OptionT = TypeVar("OptionT")

_QUANTIFIERS: tuple[Callable[[Kind], NounPhrase], ...] = (Every, Some, No)


def pick(rng: Random, options: Sequence[OptionT]) -> OptionT:
    """One of the options."""
    index = int(rng.random() * len(options))
    return options[index]


def shuffle(rng: Random, items: Iterable[OptionT]) -> list[OptionT]:
    """The items in a random order."""
    return sorted(items, key=lambda _: rng.random())


class Draw:
    """Words for one meaning, each at most once, remembered in the order they were drawn."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self.words: list[str] = []
        self.names: list[str] = []

    def copy(self) -> Draw:
        """A draw that has given the same words, and goes on by itself."""
        twin = Draw(self._rng)
        twin.words, twin.names = [*self.words], [*self.names]
        return twin

    def _fresh(self, words: Sequence[str], earlier: list[str]) -> str:
        # As in any language, some words are common and many rare: the cube of a number below 1
        # is small, so half of all draws fall on the first eighth.
        while True:
            point = self._rng.random()
            share = point * point * point
            word = words[int(share * len(words))]
            if word not in earlier:
                earlier.append(word)
                return word

    def _word(self, words: Sequence[str]) -> str:
        return self._fresh(words, self.words)

    @property
    def key(self) -> tuple[str, ...]:
        """The pairing a split holds out: the first two words, names last."""
        words = self.words + self.names
        return tuple(words[:2])

    def name(self) -> Named:
        name = self._fresh(NAMES, self.names)
        return Named(name)

    def kind(self, that: Callable[[], Property] | None = None) -> Kind:
        noun = self._word(NOUNS)
        return Kind(noun, that() if that else None)

    def feature(self) -> Is | Does:
        """An adjective or an intransitive verb."""
        if self._rng.random() < 0.6:
            return Is(self._word(ADJECTIVES))
        return Does(self._word(INTRANSITIVE))

    def state(self) -> Is | Does | IsA:
        """A feature, or now and then a noun."""
        if self._rng.random() < 0.15:
            return IsA(self._word(NOUNS))
        return self.feature()

    def acts(self, other: NounPhrase) -> Acts:
        return Acts(self._word(TRANSITIVE), other)

    def undergoes(self, other: NounPhrase) -> Undergoes:
        return Undergoes(self._word(TRANSITIVE), other)

    def both(self, operator: Operator) -> Both:
        left = self.feature()
        right = self.feature()
        return Both(operator, left, right)

    def neither(self) -> Both:
        left = self.feature()
        right = self.feature()
        return Both("and", Lacks(left), Lacks(right))

    def fact(self) -> Holds:
        """Something about a named individual."""
        name = self.name()
        return Holds(name, self.state())

    def rule(self) -> Holds:
        """Something about every, some or no member of a kind."""
        quantifier = pick(self._rng, _QUANTIFIERS)
        subject = quantifier(self.kind())
        return Holds(subject, self.feature())

    def shared(self, operator: Operator, negated: bool = False) -> Join:
        """The same of two names."""
        state = self.state()
        prop = Lacks(state) if negated else state
        left = Holds(self.name(), prop)
        right = Holds(self.name(), prop)
        return Join(operator, left, right)

    def same(self, operator: Operator) -> Join:
        """Two things of one name."""
        name = self.name()
        left = Holds(name, self.feature())
        right = Holds(name, self.feature())
        return Join(operator, left, right)
