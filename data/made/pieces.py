"""The pieces of small worlds: a few facts, questions about them, and right and wrong answers.

Here are the pieces whose right answer is stated; those whose answer follows from two facts are in
`data.made.inferred`. Each wrong answer misses the right one in one way, its kind (`KINDS`).

**No answer betrays itself.** An answer that is wrong here is right in another piece, its mirror,
which differs in the fact at stake and in which what is right here is wrong in the same way. One
that has no such mirror is no rejected one of a pair. So nothing in two answers alone tells which is
right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
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
    """A wrong answer, what is wrong with it, and the piece in which it is right.

    There the same question, by its place, has this answer for its right one, and the right answer
    of here among the wrong ones of the same kind.
    """

    kind: str
    meaning: Clause
    mirror: Callable[[], Piece] | None = field(default=None, compare=False, repr=False)


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


Maker = Callable[[Draw, Random], Piece]
_DENIED = 0.85
"""How often a denial is told as one of a whole sentence."""


def even(rng: Random) -> bool:
    """One of two, as often as the other."""
    return rng.random() < 0.5


def signed(prop: Property, positive: bool) -> Property:
    """The property, or the lack of it."""
    return prop if positive else Lacks(prop)


def opposite(prop: Property) -> Property:
    """The lack of a property, and the property of a lack."""
    return prop.property if isinstance(prop, Lacks) else Lacks(prop)


def on(prop: Property, other: Named) -> Property:
    """What is done, or not done, to another."""
    match prop:
        case Lacks(Acts(verb)):
            return Lacks(Acts(verb, other))
        case Acts(verb):
            return Acts(verb, other)
    raise TypeError(f"nobody is the object of {prop}")


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


def names(draw: Draw, rng: Random, count: int) -> list[Named]:
    """Names in an order that does not tell the frequent from the rare."""
    return shuffle(rng, [draw.name() for _ in range(count)])


def kinds(draw: Draw, rng: Random, count: int) -> list[Kind]:
    """Kinds in such an order."""
    return shuffle(rng, [draw.kind() for _ in range(count)])


def features(draw: Draw, rng: Random, count: int) -> list[Is | Does]:
    """Features in such an order."""
    return shuffle(rng, [draw.feature() for _ in range(count)])


def asks(prop: Property) -> str:
    """The predicate of "Who ...?"."""
    match prop:
        case Is(word):
            return f"is {word}"
        case IsA(noun):
            return f"is {article(noun)}"
        case Does(verb):
            return third(verb)
        case Acts(verb, Named(name)):
            return f"{third(verb)} {name}"
        case Lacks(Is(word)):
            return f"is not {word}"
        case Lacks(IsA(noun)):
            return f"is not {article(noun)}"
        case Lacks(Does(verb)):
            return f"does not {verb}"
        case Lacks(Acts(verb, Named(name))):
            return f"does not {verb} {name}"
    raise TypeError(f"no question about {prop}")


def feature_piece(draw: Draw, rng: Random) -> Piece:
    """Two individuals with a feature each: Anna is happy. Bob is not calm."""
    one, two = names(draw, rng, 2)
    first, second = features(draw, rng, 2)
    positive, other = even(rng), even(rng)
    return _features_of(rng, one, two, signed(first, positive), signed(second, other))


def _features_of(rng: Random, one: Named, two: Named, first: Property, second: Property) -> Piece:
    fact, far = Holds(one, first), Holds(two, second)
    opposed = partial(_features_of, rng, one, two, opposite(first), second)
    denied = Wrong("negation", Holds(one, opposite(first)), opposed)
    elsewhere = Wrong(
        "role", Holds(two, first), partial(_features_of, rng, two, one, first, second)
    )
    unsaid = Wrong(
        "unsupported", Holds(one, second), partial(_features_of, rng, one, two, second, first)
    )
    also = (
        Wrong("unsupported", Holds(one, opposite(second))),
        Wrong("unsupported", Holds(two, opposite(first))),
        Wrong("evading", far),
        Wrong("negation", Holds(two, opposite(second))),
    )
    questions = (
        Question(f"What do we know about {one.name}?", fact, (denied, unsaid, *also)),
        Question(f"Who {asks(first)}?", fact, (elsewhere, denied, *also)),
    )
    return Piece((_told(fact, rng), _told(far, rng)), questions)


def relation_piece(draw: Draw, rng: Random) -> Piece:
    """Two relations: Anna chases Bob. Clara does not help David."""
    people = names(draw, rng, 4)
    acts, others = draw.acts(people[1]), draw.acts(people[3])
    positive, other = even(rng), even(rng)
    first, second = shuffle(rng, [acts.verb, others.verb])
    does = signed(Acts(first, people[1]), positive)
    far = signed(Acts(second, people[3]), other)
    return _relations_of(rng, people, does, far)


def _relations_of(rng: Random, people: list[Named], first: Property, second: Property) -> Piece:
    """The first does something to the second, and the third something to the fourth."""
    one, two, three, four = people
    does, elsewhere = on(first, two), on(second, four)
    fact, far = Holds(one, does), Holds(three, elsewhere)
    turned = Wrong(
        "converse",
        Holds(two, on(first, one)),
        partial(_relations_of, rng, [two, one, three, four], first, second),
    )
    denied = Wrong(
        "negation",
        Holds(one, opposite(does)),
        partial(_relations_of, rng, people, opposite(first), second),
    )
    unsaid = Wrong(
        "unsupported",
        Holds(one, on(second, two)),
        partial(_relations_of, rng, people, second, first),
    )
    doer = Wrong(
        "role",
        Holds(three, does),
        partial(_relations_of, rng, [three, two, one, four], first, second),
    )
    done_to = Wrong(
        "role",
        Holds(one, on(first, four)),
        partial(_relations_of, rng, [one, four, three, two], first, second),
    )
    also = (
        Wrong("evading", far),
        Wrong("converse", Holds(four, on(second, three))),
        Wrong("role", Holds(two, on(first, three))),
        Wrong("unsupported", Holds(two, on(second, one))),
    )
    about = f"What do we know about {one.name} and {two.name}?"
    if even(rng):  # the question does not tell who is who
        about = f"What do we know about {two.name} and {one.name}?"
    questions = (
        Question(about, fact, (turned, denied, unsaid, *also)),
        Question(f"Who {asks(does)}?", fact, (doer, turned, *also)),
        Question(_whom(one, first), fact, (done_to, turned, *also)),
    )
    return Piece((_told(fact, rng), _told(far, rng)), questions)


def _whom(one: Named, prop: Property) -> str:
    match prop:
        case Lacks(Acts(verb)):
            return f"Whom does {one.name} not {verb}?"
        case Acts(verb):
            return f"Whom does {one.name} {verb}?"
    raise TypeError(f"nobody is the object of {prop}")


def of_kind(quantifier: str, kind: Kind, prop: Property) -> Clause:
    """How many of a kind have a property."""
    match quantifier:
        case "every":
            return Holds(Every(kind), prop)
        case "some":
            return Holds(Some(kind), prop)
        case "no":
            return Holds(No(kind), prop)
    return Deny(Holds(Every(kind), prop))


_QUANTIFIERS = ("every", "some", "no", "not every")
_Quantity = tuple[str, Kind, Is | Does]


def quantity_piece(draw: Draw, rng: Random) -> Piece:
    """How many of two kinds have a feature: Every owl is calm. Some pilot sleeps."""
    kind, other_kind = kinds(draw, rng, 2)
    feature, other_feature = features(draw, rng, 2)
    said, other = pick(rng, _QUANTIFIERS), pick(rng, _QUANTIFIERS)
    return _quantities_of(rng, (said, kind, feature), (other, other_kind, other_feature))


def _quantities_of(rng: Random, near: _Quantity, beside: _Quantity) -> Piece:
    said, kind, feature = near
    other, other_kind, other_feature = beside
    fact, far = of_kind(*near), of_kind(*beside)
    many = tuple(
        Wrong(
            "quantifier",
            of_kind(word, kind, feature),
            partial(_quantities_of, rng, (word, kind, feature), beside),
        )
        for word in _QUANTIFIERS
        if word != said
    )
    unsaid = Wrong(
        "unsupported",
        of_kind(other, kind, other_feature),
        partial(_quantities_of, rng, (other, kind, other_feature), (said, other_kind, feature)),
    )
    elsewhere = Wrong(
        "role",
        of_kind(said, other_kind, feature),
        partial(_quantities_of, rng, (said, other_kind, feature), (other, kind, other_feature)),
    )
    evading = Wrong("evading", far)
    many_are = f"are {feature.adjective}" if isinstance(feature, Is) else feature.verb
    questions = (
        Question(f"What do we know about {plural(kind.noun)}?", fact, (*many, unsaid, evading)),
        Question(f"How many of which kind {many_are}?", fact, (*many, elsewhere, evading)),
    )
    return Piece((_told(fact, rng), _told(far, rng)), questions)


_SIGNS = ((True, True), (True, False), (False, True), (False, False))
_JOINED: tuple[tuple[Operator, bool, bool], ...] = (
    *[("and", *signs) for signs in _SIGNS],
    *[("or", *signs) for signs in _SIGNS],
    # With both signs changed an exclusive "or" says the same.
    ("xor", True, True),
    ("xor", True, False),
)
"""What two features may be joined to: ten meanings, of which no two are equivalent."""
_Joined = tuple[Operator, bool, bool]


def connective_piece(draw: Draw, rng: Random) -> Piece:
    """Two individuals with two features each: Anna is happy or calm. Bob sleeps and yawns."""
    one, two = names(draw, rng, 2)
    first, second, third_one, fourth = features(draw, rng, 4)
    said, other = pick(rng, _JOINED), pick(rng, _JOINED)
    return _joined_of(one, two, (said, first, second), (other, third_one, fourth))


def _joined_of(
    one: Named,
    two: Named,
    near: tuple[_Joined, Property, Property],
    beside: tuple[_Joined, Property, Property],
) -> Piece:
    said, first, second = near
    fact, far = Holds(one, _joined(*near)), Holds(two, _joined(*beside))
    others = tuple(
        Wrong(
            "connective" if form[0] != said[0] else "negation",
            Holds(one, _joined(form, first, second)),
            partial(_joined_of, one, two, (form, first, second), beside),
        )
        for form in _JOINED
        if form != said
    )
    unsaid = Wrong(
        "unsupported", Holds(one, _joined(*beside)), partial(_joined_of, one, two, beside, near)
    )
    also = (Wrong("role", Holds(two, _joined(*near))), Wrong("evading", far))
    question = Question(f"What do we know about {one.name}?", fact, (*others, unsaid, *also))
    return Piece((fact, far), (question,))


def _joined(form: _Joined, first: Property, second: Property) -> Property:
    operator, positive, other = form
    return Both(operator, signed(first, positive), signed(second, other))


def subset_piece(draw: Draw, rng: Random) -> Piece:
    """Two kinds of kinds: Every owl is a pilot. Every cat is a poet."""
    return _subsets_of(rng, *kinds(draw, rng, 4))


def _subsets_of(rng: Random, one: Kind, two: Kind, three: Kind, four: Kind) -> Piece:
    turned = partial(_subsets_of, rng, two, one, three, four)
    fact = Holds(Every(one), IsA(two.noun))
    far = Holds(Every(three), IsA(four.noun))
    wrong = (
        Wrong("converse", Holds(Every(two), IsA(one.noun)), turned),
        Wrong("quantifier", Holds(No(one), IsA(two.noun))),
        Wrong("quantifier", Holds(Some(one), IsA(two.noun))),
        Wrong("role", Holds(Every(one), IsA(four.noun))),
        Wrong("evading", far),
    )
    sides = shuffle(rng, [plural(one.noun), plural(two.noun)])
    question = Question(f"What do we know about {sides[0]} and {sides[1]}?", fact, wrong)
    return Piece((fact, far), (question,))
