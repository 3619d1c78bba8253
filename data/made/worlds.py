"""Small worlds, questions about them, and answers that differ in logic alone.

A world is a few facts about individuals and kinds, in the words of the synthetic corpus. A question asks about one
of them; the right answer states it (or what follows from two of them), and each wrong answer misses it in one way:
another individual, another property, the arguments the other way round, another quantifier, another connective.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from data.made.sentences.lexicon import article, plural, third
from data.made.sentences.meaning import (
    Acts,
    Both,
    Clause,
    Does,
    Every,
    Holds,
    Is,
    IsA,
    Lacks,
    Named,
    No,
    Property,
    Some,
)
from data.made.sentences.templates import Draw


@dataclass(frozen=True)
class Question:
    """A question in words, the meaning of its right answer, and those of wrong ones."""

    text: str
    right: Clause
    wrong: tuple[Clause, ...]


@dataclass(frozen=True)
class World:
    """What is stated, in order, and what may be asked about it."""

    facts: tuple[Clause, ...]
    questions: tuple[Question, ...]


# A piece of a world: its facts, and the questions about them.
Piece = tuple[tuple[Clause, ...], tuple[Question, ...]]


def world(rng: Random) -> World:
    """Two or three pieces side by side; no word and no name occurs in two of them."""
    draw = Draw(rng)
    pieces = [
        _PIECES[int(rng.random() * len(_PIECES))](draw, rng)
        for _ in range(2 + (rng.random() < 0.3))
    ]
    facts = [fact for piece, _ in pieces for fact in piece]
    return World(
        tuple(sorted(facts, key=lambda _: rng.random())),
        tuple(question for _, asked in pieces for question in asked),
    )


def _asks(prop: Property, negative: bool = False) -> str:
    """The predicate of "Who ...?"."""
    match prop:
        case Is(word):
            return f"is {'not ' if negative else ''}{word}"
        case Does(verb):
            return f"does not {verb}" if negative else third(verb)
    raise TypeError(f"no question about {prop}")


def _features(draw: Draw, rng: Random) -> Piece:
    """Two individuals with a feature each: Anna is happy. Bob is calm."""
    one, two = draw.name(), draw.name()
    p, q = draw.feature(), draw.feature()
    facts = (Holds(one, p), Holds(two, q))
    asked = (
        Question(f"Who {_asks(p)}?", facts[0], (Holds(two, p),)),
        Question(f"What do we know about {two.name}?", facts[1], (Holds(two, p), _lack(two, q))),
    )
    return facts, asked


def _lack(name: Named, prop: Property) -> Clause:
    """The individual does not have the property."""
    return Holds(name, Lacks(prop))


def _opposites(draw: Draw, rng: Random) -> Piece:
    """Two individuals, of whom one has what the other lacks: Anna is not happy. Bob is happy."""
    one, two, p = draw.name(), draw.name(), draw.feature()
    facts = (_lack(one, p), Holds(two, p))
    asked = (
        Question(f"Who {_asks(p)}?", facts[1], (Holds(one, p),)),
        Question(f"Who {_asks(p, negative=True)}?", facts[0], (_lack(two, p),)),
    )
    return facts, asked


def _relations(draw: Draw, rng: Random) -> Piece:
    """Two relations: Anna chases Bob. Clara helps Anna."""
    one, two, three = draw.name(), draw.name(), draw.name()
    first, second = draw.acts(two).verb, draw.acts(one).verb
    facts = (Holds(one, Acts(first, two)), Holds(three, Acts(second, one)))
    asked = (
        Question(
            f"Whom does {one.name} {first}?",
            facts[0],
            (Holds(two, Acts(first, one)), Holds(one, Acts(first, three))),
        ),
        Question(
            f"Who does what to {one.name}?",
            facts[1],
            (Holds(one, Acts(second, three)), Holds(three, Acts(first, one))),
        ),
    )
    return facts, asked


def _rules(draw: Draw, rng: Random) -> Piece:
    """Two rules and a member of one kind: Every cat is calm. Every owl sleeps. Tom is a cat."""
    one, two, who = draw.kind(), draw.kind(), draw.name()
    p, q = draw.feature(), draw.feature()
    facts = (Holds(Every(one), p), Holds(Every(two), q), Holds(who, IsA(one.noun)))
    asked = (
        Question(f"What follows for {who.name}?", Holds(who, p), (Holds(who, q), _lack(who, p))),
        Question(
            f"What is {article(two.noun)} like?",
            facts[1],
            (Holds(No(two), q), Holds(Every(two), p)),
        ),
    )
    return facts, asked


def _quantities(draw: Draw, rng: Random) -> Piece:
    """Every, some or no member of a kind has a feature."""
    kind, p = draw.kind(), draw.feature()
    facts = [Holds(Every(kind), p), Holds(Some(kind), p), Holds(No(kind), p)]
    fact, *others = sorted(facts, key=lambda _: rng.random())
    word = p.adjective if isinstance(p, Is) else p.verb
    text = (
        f"Are {plural(kind.noun)} {word}?"
        if isinstance(p, Is)
        else f"Do {plural(kind.noun)} {word}?"
    )
    return (fact,), (Question(text, fact, tuple(others)),)


def _connectives(draw: Draw, rng: Random) -> Piece:
    """One individual and two features: Anna is happy or calm."""
    who, p, q = draw.name(), draw.feature(), draw.feature()
    right, wrong = ("and", "or") if rng.random() < 0.5 else ("or", "and")
    fact = Holds(who, Both(right, p, q))  # type: ignore[arg-type]
    other = Holds(who, Both(wrong, p, q))  # type: ignore[arg-type]
    return (fact,), (Question(f"What do we know about {who.name}?", fact, (other,)),)


_PIECES: tuple[Callable[[Draw, Random], Piece], ...] = (
    _features, _opposites, _relations, _rules, _quantities, _connectives,
)  # fmt: skip
