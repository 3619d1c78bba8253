"""Small worlds, questions about them, and answers that differ in logic alone.

A world is a few facts about individuals and kinds, in the words of the synthetic corpus. A
question asks about one of them; the right answer states it (or what follows from two of them), and
each wrong answer misses it in one way: another individual, another property, the arguments the
other way round, another quantifier, another connective.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from random import Random

from data.made.sentences.draw import Draw, pick, shuffle
from data.made.sentences.formulas import formula
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
    Operator,
    Property,
    Some,
)


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

    @cached_property
    def key(self) -> str:
        """The world itself: its facts in whatever order they are told."""
        return " | ".join(sorted(formula(fact) for fact in self.facts))


# A piece of a world: its facts, and the questions about them.
Piece = tuple[tuple[Clause, ...], tuple[Question, ...]]


def draw_world(rng: Random) -> World:
    """Two or three pieces side by side; no word and no name occurs in two of them."""
    draw = Draw(rng)
    count = 3 if rng.random() < 0.3 else 2
    pieces = [pick(rng, _PIECES)(draw, rng) for _ in range(count)]
    facts = [fact for piece_facts, _ in pieces for fact in piece_facts]
    questions = [question for _, piece_questions in pieces for question in piece_questions]
    return World(tuple(shuffle(rng, facts)), tuple(questions))


def _asks(prop: Property, negative: bool = False) -> str:
    """The predicate of "Who ...?"."""
    match prop:
        case Is(word):
            return f"is not {word}" if negative else f"is {word}"
        case Does(verb):
            return f"does not {verb}" if negative else third(verb)
    raise TypeError(f"no question about {prop}")


def _lack(name: Named, prop: Property) -> Clause:
    """The individual does not have the property."""
    return Holds(name, Lacks(prop))


def _features(draw: Draw, rng: Random) -> Piece:
    """Two individuals with a feature each: Anna is happy. Bob is calm."""
    one, two = draw.name(), draw.name()
    first, second = draw.feature(), draw.feature()
    facts = (Holds(one, first), Holds(two, second))
    mistake = Holds(two, first)
    questions = (
        Question(
            text=f"Who {_asks(first)}?",
            right=facts[0],
            wrong=(mistake,),
        ),
        Question(
            text=f"What do we know about {two.name}?",
            right=facts[1],
            wrong=(mistake, _lack(two, second)),
        ),
    )
    return facts, questions


def _opposites(draw: Draw, rng: Random) -> Piece:
    """Two individuals, of whom one has what the other lacks: Anna is not happy. Bob is happy."""
    one, two = draw.name(), draw.name()
    feature = draw.feature()
    facts = (_lack(one, feature), Holds(two, feature))
    questions = (
        Question(
            text=f"Who {_asks(feature)}?",
            right=facts[1],
            wrong=(Holds(one, feature),),
        ),
        Question(
            text=f"Who {_asks(feature, negative=True)}?",
            right=facts[0],
            wrong=(_lack(two, feature),),
        ),
    )
    return facts, questions


def _relations(draw: Draw, rng: Random) -> Piece:
    """Two relations: Anna chases Bob. Clara helps Anna."""
    one, two, three = draw.name(), draw.name(), draw.name()
    first = draw.acts(two)
    second = draw.acts(one)
    facts = (Holds(one, first), Holds(three, second))
    turned = Holds(two, Acts(first.verb, one))
    questions = (
        Question(
            text=f"Whom does {one.name} {first.verb}?",
            right=facts[0],
            wrong=(turned, Holds(one, Acts(first.verb, three))),
        ),
        Question(
            text=f"Who does what to {one.name}?",
            right=facts[1],
            wrong=(Holds(one, Acts(second.verb, three)), Holds(three, Acts(first.verb, one))),
        ),
    )
    return facts, questions


def _rules(draw: Draw, rng: Random) -> Piece:
    """Two rules and a member of one kind: Every cat is calm. Every owl sleeps. Tom is a cat."""
    kind, other_kind = draw.kind(), draw.kind()
    member = draw.name()
    feature, other_feature = draw.feature(), draw.feature()
    facts = (
        Holds(Every(kind), feature),
        Holds(Every(other_kind), other_feature),
        Holds(member, IsA(kind.noun)),
    )
    questions = (
        Question(
            text=f"What follows for {member.name}?",
            right=Holds(member, feature),
            wrong=(Holds(member, other_feature), _lack(member, feature)),
        ),
        Question(
            text=f"What is {article(other_kind.noun)} like?",
            right=facts[1],
            wrong=(Holds(No(other_kind), other_feature), Holds(Every(other_kind), feature)),
        ),
    )
    return facts, questions


def _quantities(draw: Draw, rng: Random) -> Piece:
    """Every, some or no member of a kind has a feature."""
    kind = draw.kind()
    feature = draw.feature()
    claims = [
        Holds(Every(kind), feature),
        Holds(Some(kind), feature),
        Holds(No(kind), feature),
    ]
    fact, *others = shuffle(rng, claims)
    match feature:
        case Is(word):
            text = f"Are {plural(kind.noun)} {word}?"
        case Does(verb):
            text = f"Do {plural(kind.noun)} {verb}?"
    return (fact,), (Question(text, fact, tuple(others)),)


def _connectives(draw: Draw, rng: Random) -> Piece:
    """One individual and two features: Anna is happy or calm."""
    name = draw.name()
    first, second = draw.feature(), draw.feature()
    right: Operator = "and"
    wrong: Operator = "or"
    if rng.random() >= 0.5:
        right, wrong = wrong, right
    fact = Holds(name, Both(right, first, second))
    question = Question(
        text=f"What do we know about {name.name}?",
        right=fact,
        wrong=(Holds(name, Both(wrong, first, second)),),
    )
    return (fact,), (question,)


_PIECES: tuple[Callable[[Draw, Random], Piece], ...] = (
    _features,
    _opposites,
    _relations,
    _rules,
    _quantities,
    _connectives,
)
