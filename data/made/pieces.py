"""The pieces of small worlds: a few facts, questions about them, and right and wrong answers.

A question asks what is said, or what follows from two facts and is not said. Each wrong answer
misses the right one in one way, its kind (`KINDS`).

**No answer betrays itself.** What is right in one world is, as often, wrong in another that differs
in the fact at stake: signs, quantifiers, connectives and the order of names are drawn evenly, and an
answer that is not so `mirrored` is no rejected one of a pair. So nothing in the two answers alone
tells which is right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from data.made.sentences.draw import Draw, pick, shuffle
from data.made.sentences.lexicon import article, plural, third
from data.made.sentences.meaning import (
    Acts,
    Both,
    Clause,
    Deny,
    Does,
    Every,
    Holds,
    Is,
    IsA,
    Kind,
    Lacks,
    Named,
    No,
    Operator,
    Property,
    Some,
)

KINDS = (
    "quantifier",
    "negation",
    "converse",
    "role",
    "connective",
    "unsupported",
    "contradicting",
    "evading",
)
"""What may be wrong: another quantifier; what is stated, denied; arguments or sides the other way
round; another individual or kind; another connective; what nobody said; the denial of what follows;
what is said, but was not asked for."""


@dataclass(frozen=True)
class Wrong:
    """A wrong answer and what is wrong with it; see above for `mirrored`."""

    kind: str
    meaning: Clause
    mirrored: bool = True


@dataclass(frozen=True)
class Question:
    """A question in words, the meaning of its right answer, and wrong ones."""

    text: str
    right: Clause
    wrong: tuple[Wrong, ...]


@dataclass(frozen=True)
class Piece:
    """A piece of a world: its facts, and the questions about them."""

    facts: tuple[Clause, ...]
    questions: tuple[Question, ...]


_DENIED = 0.85
"""How often a denial is told as one of a whole sentence."""


def _even(rng: Random) -> bool:
    return rng.random() < 0.5


def _signed(subject: Named, prop: Property, positive: bool) -> Clause:
    """The individual has the property, or lacks it."""
    return Holds(subject, prop if positive else Lacks(prop))


def _told(fact: Clause, rng: Random) -> Clause:
    """The fact as the story tells it: a denial mostly holds what it denies, word for word.

    So a wrong answer may stand in the story, and an answer is not right because it does.
    """
    match fact:
        case Holds(Named() as subject, Lacks(prop)) if rng.random() < _DENIED:
            return Deny(Holds(subject, prop))
        case Holds(No(kind), prop) if rng.random() < _DENIED:
            return Deny(Holds(Some(kind), prop))
    return fact


def _names(draw: Draw, rng: Random, count: int) -> list[Named]:
    """Names in an order that does not tell the frequent from the rare."""
    return shuffle(rng, [draw.name() for _ in range(count)])


def _kinds(draw: Draw, rng: Random, count: int) -> list[Kind]:
    return shuffle(rng, [draw.kind() for _ in range(count)])


def _features(draw: Draw, rng: Random, count: int) -> list[Is | Does]:
    return shuffle(rng, [draw.feature() for _ in range(count)])


def _asks(prop: Property, positive: bool) -> str:
    """The predicate of "Who ...?"."""
    match prop:
        case Is(word):
            return f"is {word}" if positive else f"is not {word}"
        case IsA(noun):
            return f"is {article(noun)}" if positive else f"is not {article(noun)}"
        case Does(verb):
            return third(verb) if positive else f"does not {verb}"
        case Acts(verb, Named(name)):
            return f"{third(verb)} {name}" if positive else f"does not {verb} {name}"
    raise TypeError(f"no question about {prop}")


def _feature_piece(draw: Draw, rng: Random) -> Piece:
    """Two individuals with a feature each: Anna is happy. Bob is not calm."""
    one, two = _names(draw, rng, 2)
    first, second = _features(draw, rng, 2)
    positive, other = _even(rng), _even(rng)
    fact = _signed(one, first, positive)
    denied = Wrong("negation", _signed(one, first, not positive))
    elsewhere = Wrong("role", _signed(two, first, positive))
    unsaid = Wrong("unsupported", _signed(one, second, other))
    also = (
        Wrong("unsupported", _signed(one, second, not other), mirrored=False),
        Wrong("unsupported", _signed(two, first, not positive), mirrored=False),
        Wrong("evading", _signed(two, second, other), mirrored=False),
        Wrong("negation", _signed(two, second, not other), mirrored=False),
    )
    questions = (
        Question(f"What do we know about {one.name}?", fact, (denied, unsaid, *also)),
        Question(f"Who {_asks(first, positive)}?", fact, (elsewhere, denied, *also)),
    )
    far = _signed(two, second, other)
    return Piece((_told(fact, rng), _told(far, rng)), questions)


def _relation_piece(draw: Draw, rng: Random) -> Piece:
    """Two relations: Anna chases Bob. Clara does not help David."""
    one, two, three, four = _names(draw, rng, 4)
    acts, others = draw.acts(two), draw.acts(four)
    positive, other = _even(rng), _even(rng)
    first, second = shuffle(rng, [acts.verb, others.verb])
    fact = _signed(one, Acts(first, two), positive)
    far = _signed(three, Acts(second, four), other)
    turned = Wrong("converse", _signed(two, Acts(first, one), positive))
    denied = Wrong("negation", _signed(one, Acts(first, two), not positive))
    unsaid = Wrong("unsupported", _signed(one, Acts(second, two), other))
    doer = Wrong("role", _signed(three, Acts(first, two), positive))
    done_to = Wrong("role", _signed(one, Acts(first, four), positive))
    also = (
        Wrong("evading", far, mirrored=False),
        Wrong("converse", _signed(four, Acts(second, three), other), mirrored=False),
        Wrong("role", _signed(two, Acts(first, three), positive), mirrored=False),
        Wrong("unsupported", _signed(two, Acts(second, one), other), mirrored=False),
    )
    about = f"What do we know about {one.name} and {two.name}?"
    if _even(rng):  # the question does not tell who is who
        about = f"What do we know about {two.name} and {one.name}?"
    whom = f"Whom does {one.name} {first}?"
    if not positive:
        whom = f"Whom does {one.name} not {first}?"
    questions = (
        Question(about, fact, (turned, denied, unsaid, *also)),
        Question(f"Who {_asks(Acts(first, two), positive)}?", fact, (doer, turned, *also)),
        Question(whom, fact, (done_to, turned, *also)),
    )
    return Piece((_told(fact, rng), _told(far, rng)), questions)


def _of_kind(quantifier: str, kind: Kind, prop: Property) -> Clause:
    match quantifier:
        case "every":
            return Holds(Every(kind), prop)
        case "some":
            return Holds(Some(kind), prop)
        case "no":
            return Holds(No(kind), prop)
    return Deny(Holds(Every(kind), prop))


_QUANTIFIERS = ("every", "some", "no", "not every")


def _quantity_piece(draw: Draw, rng: Random) -> Piece:
    """How many of two kinds have a feature: Every owl is calm. Some pilot sleeps."""
    kind, other_kind = _kinds(draw, rng, 2)
    feature, other_feature = _features(draw, rng, 2)
    said, other = pick(rng, _QUANTIFIERS), pick(rng, _QUANTIFIERS)
    fact = _of_kind(said, kind, feature)
    far = _of_kind(other, other_kind, other_feature)
    many = tuple(
        Wrong("quantifier", _of_kind(word, kind, feature)) for word in _QUANTIFIERS if word != said
    )
    unsaid = Wrong("unsupported", _of_kind(other, kind, other_feature))
    elsewhere = Wrong("role", _of_kind(said, other_kind, feature))
    also = (Wrong("evading", far, mirrored=False),)
    many_are = f"are {feature.adjective}" if isinstance(feature, Is) else feature.verb
    questions = (
        Question(f"What do we know about {plural(kind.noun)}?", fact, (*many, unsaid, *also)),
        Question(f"How many of which kind {many_are}?", fact, (*many, elsewhere, *also)),
    )
    return Piece((_told(fact, rng), _told(far, rng)), questions)


def _connective_piece(draw: Draw, rng: Random) -> Piece:
    """Two individuals with two features each: Anna is happy or calm. Bob sleeps and yawns."""
    operators: tuple[Operator, ...] = ("and", "or", "xor")
    one, two = _names(draw, rng, 2)
    first, second, third_one, fourth = _features(draw, rng, 4)
    said, other = pick(rng, operators), pick(rng, operators)
    fact = Holds(one, Both(said, first, second))
    far = Holds(two, Both(other, third_one, fourth))
    joined = tuple(
        Wrong("connective", Holds(one, Both(word, first, second)))
        for word in operators
        if word != said
    )
    unsaid = Wrong("unsupported", Holds(one, Both(other, third_one, fourth)))
    also = (
        Wrong("role", Holds(two, Both(said, first, second)), mirrored=False),
        Wrong("evading", far, mirrored=False),
        Wrong("unsupported", Holds(one, first), mirrored=False) if said != "and" else unsaid,
    )
    question = Question(f"What do we know about {one.name}?", fact, (*joined, unsaid, *also))
    return Piece((fact, far), (question,))


def _subset_piece(draw: Draw, rng: Random) -> Piece:
    """Two kinds of kinds: Every owl is a pilot. Every cat is a poet."""
    one, two, three, four = _kinds(draw, rng, 4)
    fact = Holds(Every(one), IsA(two.noun))
    far = Holds(Every(three), IsA(four.noun))
    wrong = (
        Wrong("converse", Holds(Every(two), IsA(one.noun))),
        Wrong("quantifier", Holds(No(one), IsA(two.noun)), mirrored=False),
        Wrong("quantifier", Holds(Some(one), IsA(two.noun)), mirrored=False),
        Wrong("role", Holds(Every(one), IsA(four.noun)), mirrored=False),
        Wrong("evading", far, mirrored=False),
    )
    sides = shuffle(rng, [plural(one.noun), plural(two.noun)])
    question = Question(f"What do we know about {sides[0]} and {sides[1]}?", fact, wrong)
    return Piece((fact, far), (question,))


def _rule(kind: Kind, prop: Property, positive: bool) -> Clause:
    return Holds(Every(kind) if positive else No(kind), prop)


def _member_piece(draw: Draw, rng: Random) -> Piece:
    """Two rules and a member of each kind: Every owl is calm. Anna is an owl. ..."""
    nouns = _kinds(draw, rng, 4)
    kind, other_kind = nouns[:2]
    one, two = _names(draw, rng, 2)
    first: Property
    second: Property
    first, second = _features(draw, rng, 2)
    if _even(rng):
        first, second = IsA(nouns[2].noun), IsA(nouns[3].noun)
    positive, other = _even(rng), _even(rng)
    right = _signed(one, first, positive)
    told = Holds(one, IsA(kind.noun))
    facts = (
        _rule(kind, first, positive),
        _rule(other_kind, second, other),
        told,
        Holds(two, IsA(other_kind.noun)),
    )
    denied = Wrong("contradicting", _signed(one, first, not positive))
    unsaid = Wrong("unsupported", _signed(one, second, other))
    elsewhere = Wrong("role", _signed(two, first, positive))
    # "Anna is an owl" can be right elsewhere, where owls are what something makes one.
    stated = Wrong("evading", told, mirrored=positive and isinstance(first, IsA))
    also = (
        Wrong("evading", facts[0], mirrored=False),
        Wrong("unsupported", _signed(one, second, not other), mirrored=False),
        Wrong("role", _signed(two, first, not positive), mirrored=False),
        Wrong("evading", facts[3], mirrored=False),
    )
    questions = (
        Question(
            f"What follows for {one.name} that is not said?",
            right,
            (denied, unsaid, stated, *also),
        ),
        Question(
            f"Who {_asks(first, positive)}, though it is not said?",
            right,
            (elsewhere, denied, stated, *also),
        ),
    )
    return Piece(facts, questions)


def _bond_piece(draw: Draw, rng: Random) -> Piece:
    """Two rules about individuals: Every owl chases Bob. Anna is an owl. ..."""
    kind, other_kind = _kinds(draw, rng, 2)
    one, two, three, four = _names(draw, rng, 4)
    first, second = shuffle(rng, [draw.acts(three).verb, draw.acts(four).verb])
    positive, other = _even(rng), _even(rng)
    right = _signed(one, Acts(first, three), positive)
    facts = (
        _rule(kind, Acts(first, three), positive),
        _rule(other_kind, Acts(second, four), other),
        Holds(one, IsA(kind.noun)),
        Holds(two, IsA(other_kind.noun)),
    )
    turned = Wrong("converse", _signed(three, Acts(first, one), positive))
    denied = Wrong("contradicting", _signed(one, Acts(first, three), not positive))
    unsaid = Wrong("unsupported", _signed(one, Acts(second, four), other))
    doer = Wrong("role", _signed(two, Acts(first, three), positive))
    also = (
        Wrong("evading", facts[2], mirrored=False),
        Wrong("evading", facts[0], mirrored=False),
        Wrong("role", _signed(one, Acts(first, four), positive), mirrored=False),
        Wrong("unsupported", _signed(one, Acts(second, three), other), mirrored=False),
    )
    questions = (
        Question(
            f"What follows for {one.name} that is not said?",
            right,
            (turned, denied, unsaid, *also),
        ),
        Question(
            f"Who {_asks(Acts(first, three), positive)}?",
            right,
            (doer, turned, denied, *also),
        ),
    )
    return Piece(facts, questions)


def _chain_piece(draw: Draw, rng: Random) -> Piece:
    """What two statements about kinds make together: Some owl is a pilot. Every pilot is a poet."""
    low, middle, high = _kinds(draw, rng, 3)
    said, rule, found = pick(
        rng, (("every", "every", "every"), ("some", "every", "some"), ("every", "no", "no"))
    )
    facts = (
        _of_kind(said, low, IsA(middle.noun)),
        _of_kind(rule, middle, IsA(high.noun)),
    )
    right = _of_kind(found, low, IsA(high.noun))
    many = [
        Wrong("quantifier", _of_kind(word, low, IsA(high.noun)))
        for word in ("every", "some", "no")
        if word != found
    ]
    stated = [
        Wrong("evading", fact, mirrored=word == found)
        for fact, word in zip(facts, (said, rule), strict=True)
    ]
    wrong = [*many, *stated]
    if found == "every":
        wrong.append(Wrong("converse", _of_kind(found, high, IsA(low.noun))))
    text = f"What follows for {plural(low.noun)} that is not said?"
    return Piece(facts, (Question(text, right, tuple(wrong)),))


Maker = Callable[[Draw, Random], Piece]
PIECES: dict[Maker, tuple[str, ...]] = {
    _feature_piece: ("negation", "role", "unsupported"),
    _relation_piece: ("negation", "converse", "role", "unsupported"),
    _quantity_piece: ("quantifier", "role", "unsupported"),
    _connective_piece: ("connective", "unsupported"),
    _subset_piece: ("converse",),
    _member_piece: ("contradicting", "role", "unsupported", "evading"),
    _bond_piece: ("contradicting", "converse", "role", "unsupported"),
    _chain_piece: ("quantifier", "converse", "evading"),
}
"""The makers of pieces, and of which kinds they have mirrored wrong answers, always or at times."""


def makers_of(kind: str) -> tuple[Maker, ...]:
    """The makers of pieces with wrong answers of a kind."""
    return tuple(maker for maker, kinds in PIECES.items() if kind in kinds)
