"""Pieces of small worlds whose right answer is not said, but follows from two facts.

Every owl is calm. Anna is an owl: so Anna is calm. See `data.made.pieces` for what a piece is.
"""

from __future__ import annotations

from functools import partial
from random import Random

from data.made.pieces import (
    Piece,
    Question,
    Wrong,
    asks,
    even,
    features,
    kinds,
    names,
    of_kind,
    on,
    opposite,
    signed,
)
from data.made.sentences.draw import Draw, pick, shuffle
from data.made.sentences.lexicon import plural
from data.made.sentences.meaning import (
    Acts,
    Clause,
    Every,
    Holds,
    IsA,
    Kind,
    Lacks,
    Named,
    No,
    Property,
)


def _rule(kind: Kind, prop: Property) -> Clause:
    if isinstance(prop, Lacks):
        return Holds(No(kind), prop.property)
    return Holds(Every(kind), prop)


def member_piece(draw: Draw, rng: Random) -> Piece:
    """Two rules and a member of each kind: Every owl is calm. Anna is an owl. ..."""
    nouns = kinds(draw, rng, 4)
    people = names(draw, rng, 2)
    first: Property
    second: Property
    first, second = features(draw, rng, 2)
    if even(rng):
        first, second = IsA(nouns[2].noun), IsA(nouns[3].noun)
    positive, other = even(rng), even(rng)
    return _members_of(nouns[:2], people, signed(first, positive), signed(second, other))


def _members_of(nouns: list[Kind], people: list[Named], first: Property, second: Property) -> Piece:
    """The members of the first kind have one property, those of the second another."""
    kind, other_kind = nouns
    one, two = people
    right = Holds(one, first)
    told = Holds(one, IsA(kind.noun))
    facts = (
        _rule(kind, first),
        _rule(other_kind, second),
        told,
        Holds(two, IsA(other_kind.noun)),
    )
    denied = Wrong(
        "contradicting",
        Holds(one, opposite(first)),
        partial(_members_of, nouns, people, opposite(first), second),
    )
    unsaid = Wrong(
        "unsupported", Holds(one, second), partial(_members_of, nouns, people, second, first)
    )
    elsewhere = Wrong(
        "role", Holds(two, first), partial(_members_of, nouns, [two, one], first, second)
    )
    stated = Wrong("evading", told)
    if isinstance(first, IsA):
        # "Anna is an owl" is right where owls are what something makes one.
        others = [Kind(first.noun), other_kind]
        stated = Wrong(
            "evading", told, partial(_members_of, others, people, IsA(kind.noun), second)
        )
    also = (
        Wrong("evading", facts[0]),
        Wrong("unsupported", Holds(one, opposite(second))),
        Wrong("role", Holds(two, opposite(first))),
        Wrong("evading", facts[3]),
    )
    what = f"What follows for {one.name} that is not said?"
    who = f"Who {asks(first)}, though it is not said?"
    questions = (
        Question(what, right, (denied, unsaid, stated, *also)),
        Question(who, right, (elsewhere, denied, stated, *also)),
    )
    return Piece(facts, questions)


def bond_piece(draw: Draw, rng: Random) -> Piece:
    """Two rules about individuals: Every owl chases Bob. Anna is an owl. ..."""
    nouns = kinds(draw, rng, 2)
    people = names(draw, rng, 4)
    _, _, three, four = people
    first, second = shuffle(rng, [draw.acts(three).verb, draw.acts(four).verb])
    positive, other = even(rng), even(rng)
    does = signed(Acts(first, three), positive)
    return _bonds_of(nouns, people, does, signed(Acts(second, four), other))


def _bonds_of(nouns: list[Kind], people: list[Named], first: Property, second: Property) -> Piece:
    """Members of the first kind do something to the third, those of the second to the fourth."""
    kind, other_kind = nouns
    one, two, three, four = people
    does, elsewhere = on(first, three), on(second, four)
    right = Holds(one, does)
    facts = (
        _rule(kind, does),
        _rule(other_kind, elsewhere),
        Holds(one, IsA(kind.noun)),
        Holds(two, IsA(other_kind.noun)),
    )
    turned = Wrong(
        "converse",
        Holds(three, on(first, one)),
        partial(_bonds_of, nouns, [three, two, one, four], first, second),
    )
    denied = Wrong(
        "contradicting",
        Holds(one, opposite(does)),
        partial(_bonds_of, nouns, people, opposite(first), second),
    )
    unsaid = Wrong(
        "unsupported",
        Holds(one, elsewhere),
        partial(_bonds_of, nouns, [one, two, four, three], second, first),
    )
    doer = Wrong(
        "role", Holds(two, does), partial(_bonds_of, nouns, [two, one, three, four], first, second)
    )
    also = (
        Wrong("evading", facts[2]),
        Wrong("evading", facts[0]),
        Wrong("role", Holds(one, on(first, four))),
        Wrong("unsupported", Holds(one, on(second, three))),
    )
    what = f"What follows for {one.name} that is not said?"
    questions = (
        Question(what, right, (turned, denied, unsaid, *also)),
        Question(f"Who {asks(does)}?", right, (doer, turned, denied, *also)),
    )
    return Piece(facts, questions)


_CHAINS = {
    "every": ("every", "every"),
    "some": ("some", "every"),
    "no": ("every", "no"),
}
"""How many of one kind are of the next, by what follows of the first and the last."""


def chain_piece(draw: Draw, rng: Random) -> Piece:
    """What two statements about kinds make together: Some owl is a pilot. Every pilot is a poet."""
    low, middle, high = kinds(draw, rng, 3)
    return _chain_of(pick(rng, tuple(_CHAINS)), low, middle, high)


def _chain_of(found: str, low: Kind, middle: Kind, high: Kind) -> Piece:
    said, rule = _CHAINS[found]
    facts = (
        of_kind(said, low, IsA(middle.noun)),
        of_kind(rule, middle, IsA(high.noun)),
    )
    right = of_kind(found, low, IsA(high.noun))
    wrong = [
        Wrong(
            "quantifier",
            of_kind(word, low, IsA(high.noun)),
            partial(_chain_of, word, low, middle, high),
        )
        for word in _CHAINS
        if word != found
    ]
    # What is stated can follow elsewhere where it has the quantifier of what follows.
    exchanged = partial(_chain_of, found, low, high, middle)
    moved = partial(_chain_of, found, middle, low, high)
    wrong += [
        Wrong("evading", facts[0], exchanged if said == found else None),
        Wrong("evading", facts[1], moved if rule == found else None),
    ]
    if found == "every":
        turned = Holds(Every(high), IsA(low.noun))
        wrong.append(Wrong("converse", turned, partial(_chain_of, found, high, middle, low)))
    text = f"What follows for {plural(low.noun)} that is not said?"
    return Piece(facts, (Question(text, right, tuple(wrong)),))
