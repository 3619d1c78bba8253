"""Chains of rules from a fact to a goal, whole or broken, whose wording does not tell which.

A chain of depth 2, and the two ways to break it, which keep every word and every count:
    Dravu is a dax.   Every dax is a wug.   Every wug is grolish.      so Dravu is grolish
    Dravu is a dax.   Every wug is a dax.   Every wug is grolish.      (a rule the other way round)
    Tolem is a dax.   Every dax is a wug.   Every wug is grolish.      (a fact of someone else)
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from random import Random

from data.made.sentences.draw import pick
from data.made.sentences.meaning import (
    Acts,
    Clause,
    Every,
    Holds,
    Is,
    IsA,
    Kind,
    Lacks,
    Named,
    No,
    Only,
    Property,
)
from data.made.sentences.nonce import Words

ADJECTIVES = 0.3
"""How often a link speaks of an adjective, where its neighbours allow one."""
CONDITIONS = 0.3
"""How often a rule has a second condition, where it is from a noun to a noun."""


@dataclass(frozen=True, slots=True)
class Literal:
    """What a link of a chain says of an individual: a noun or an adjective, or that it lacks it."""

    word: IsA | Is
    denied: bool = False

    @property
    def is_noun(self) -> bool:
        """Whether it can be the kind that a rule speaks of."""
        if self.denied:
            return False
        return isinstance(self.word, IsA)

    @property
    def opposite(self) -> Literal:
        return Literal(
            self.word,
            not self.denied,
        )

    @property
    def property(self) -> Property:
        if self.denied:
            return Lacks(self.word)
        return self.word


@dataclass(frozen=True, slots=True)
class Rule:
    """Whatever has the first has the second; both nouns where there is a condition beside it."""

    body: Literal
    head: Literal
    condition: Property | None = None

    @property
    def reversed(self) -> Rule:
        """The converse, which has the same words and says something else."""
        return Rule(
            self.head,
            self.body,
            self.condition,
        )

    def clause(self, rng: Random) -> Clause:
        """The rule as a sentence's meaning; one of the two is a noun."""
        if not self.body.is_noun:
            assert isinstance(self.head.word, IsA)
            return Only(
                Kind(self.head.word.noun),
                self.body.property,
            )
        assert isinstance(self.body.word, IsA)
        kind = Kind(
            self.body.word.noun,
            self.condition,
        )
        if self.head.denied and rng.random() < 0.5:
            return Holds(
                No(kind),
                self.head.word,
            )
        return Holds(
            Every(kind),
            self.head.property,
        )


@dataclass(frozen=True, slots=True)
class Chain:
    """A fact, the rules that lead from it to the goal, and further facts that they need."""

    start: Literal
    rules: tuple[Rule, ...]
    conditions: tuple[Property, ...]

    def __len__(self) -> int:
        """The number of its premises."""
        return 1 + len(self.conditions) + len(self.rules)

    def premises(self, subject: Named, rng: Random) -> list[Clause]:
        """The facts, and then the rules in their order."""
        facts = [
            Holds(
                subject,
                self.start.property,
            ),
            *[Holds(subject, condition) for condition in self.conditions],
        ]
        return [*facts, *[rule.clause(rng) for rule in self.rules]]

    def moved(self, subject: Named, other: Named, rng: Random) -> list[Clause]:
        """The premises, where the first fact is one of somebody else."""
        (_, *rest) = self.premises(
            subject,
            rng,
        )
        return [
            Holds(
                other,
                self.start.property,
            ),
            *rest,
        ]

    def turned(self, subject: Named, rng: Random) -> list[Clause]:
        """The premises, where one rule is the other way round."""
        place = int(rng.random() * len(self.rules))
        rules = list(self.rules)
        rules[place] = rules[place].reversed
        turned = replace(
            self,
            rules=tuple(rules),
        )
        return turned.premises(
            subject,
            rng,
        )


class ChainMaker:
    """Chains of fresh words; no two share a word but their goal and the names."""

    def __init__(self, words: Words, rng: Random, *, negation: float, other: Named) -> None:
        self._words = words
        self._rng = rng
        self._negation = negation
        self._other = other

    def goal(self) -> Literal:
        """What a conclusion says of its subject."""
        word = self._word()
        is_denied = self._rng.random() < self._negation
        return Literal(
            word,
            is_denied,
        )

    def _word(self) -> IsA | Is:
        if self._rng.random() < ADJECTIVES:
            return Is(self._words.adjective())
        return IsA(self._words.noun())

    def noun(self) -> Literal:
        """A noun that is not used yet."""
        return Literal(IsA(self._words.noun()))

    def chain(self, goal: Literal, depth: int) -> Chain:
        """A chain of so many rules to the goal."""
        links = [goal, self.noun()]
        while len(links) <= depth:
            # Of two neighbours one is a noun, as a rule is worded by it.
            links.append(self.goal() if links[-1].is_noun else self.noun())
        links.reverse()
        rules = [
            Rule(body, head, self._condition(body, head if head is not goal else None))
            for body, head in itertools.pairwise(links)
        ]
        conditions = [rule.condition for rule in rules if rule.condition is not None]
        return Chain(
            links[0],
            tuple(rules),
            tuple(conditions),
        )

    def _condition(self, body: Literal, head: Literal | None) -> Property | None:
        """What a rule from a noun to a noun may need besides."""
        if head is None or not (body.is_noun and head.is_noun):
            return None
        if self._rng.random() >= CONDITIONS:
            return None
        if self._rng.random() < 0.5:
            return Is(self._words.adjective())
        return Acts(
            self._words.verb(),
            self._other,
        )

    def aside(self, known: list[Literal]) -> Clause:
        """A premise that leads nowhere: out of a chain, into one from nothing, or beside them all."""
        link = pick(
            self._rng,
            known,
        )
        kind = int(self._rng.random() * 3)
        if kind == 0 or not link.is_noun:
            return Holds(
                self._other,
                self.goal().property,
            )
        if kind == 1:
            return Rule(
                link,
                self.goal(),
            ).clause(self._rng)
        return Rule(
            self.goal(),
            link,
        ).clause(self._rng)
