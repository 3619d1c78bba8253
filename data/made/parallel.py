"""Sentences of the synthetic corpus and their translations into a second controlled language: made by the project.

Apache-2.0, as the project. Seeded and without end. The second language, Folan (code qfo, in the range that ISO 639-2
keeps for private use), has a grammar of its own: the verb stands last, the negation before it, a relative clause
between "ki" and "ku", and its words are those of English under a fixed exchange of letters. Both sentences of a pair
are written from one meaning. A pair gives a row for each direction:
    Every cat that chases some dog is happy.    Omni qed ki ul tuk qheziz ku hebby.

Splits hold out combinations of template and words, as those of the synthetic corpus do.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from random import Random

from data.made.sentences.english import sentence
from data.made.sentences.lexicon import third
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
    Join,
    Kind,
    Lacks,
    Named,
    No,
    NounPhrase,
    Only,
    Property,
    Some,
    Undergoes,
)
from data.made.sentences.templates import TEMPLATES, Draw
from data.records import Corpus, DataError, TextPair
from data.splits import share

NAME = "mt-synthetic"
SPLITS = {"train": 40, "rl": 30, "validation": 15, "test": 15}
SIZES = {"train": 6000, "rl": 2000, "validation": 300, "test": 300}
ENGLISH, FOLAN = "en", "qfo"

_LETTERS = str.maketrans("aeioubpdtgkvfzsmnlrcq", "eiouapbtdkgfvsznmrlqc")
_LINKS = {"and": "et", "or": "vel", "xor": "aut", "iff": "idem"}


def load(split: str, size: int | None = None, seed: int = 0) -> Corpus[TextPair]:
    """`size` rows of a split, the two directions of a pair side by side. Raises DataError for another split."""
    if split not in SPLITS:
        raise DataError(f"{NAME} has no split {split!r}; it has {', '.join(SPLITS)}")
    return Corpus(
        NAME, split, list(islice(pairs(split, seed), SIZES[split] if size is None else size))
    )


def pairs(split: str, seed: int = 0) -> Iterator[TextPair]:
    """Distinct pairs of a split in both directions, without end; a longer draw begins with the shorter one."""
    rng = Random(f"{NAME}/{split}/{seed}")
    deck = [build for weight, build in TEMPLATES.values() for _ in range(weight)]
    names = [name for name, (weight, _) in TEMPLATES.items() for _ in range(weight)]
    seen: set[str] = set()
    while True:
        place = int(rng.random() * len(deck))
        draw = Draw(rng)
        meaning = deck[place](draw)
        group = "|".join((names[place], *draw.key))
        if share(group, SPLITS) != split:
            continue
        english, folan = sentence(meaning, rng), translate(meaning)
        if folan in seen:
            continue
        seen.add(folan)
        row = 2 * len(seen) - 1
        yield TextPair(english, folan, ENGLISH, FOLAN, group, f"{NAME}/{split}", row)
        yield TextPair(folan, english, FOLAN, ENGLISH, group, f"{NAME}/{split}", row + 1)


def translate(meaning: Clause) -> str:
    """The one Folan sentence for a meaning."""
    text = _clause(meaning)
    return text[0].upper() + text[1:] + "."


def _word(english: str) -> str:
    return english.translate(_LETTERS)


def _clause(clause: Clause) -> str:
    match clause:
        case Holds(subject, prop):
            return f"{_phrase(subject)} {_property(prop)}"
        case Only(kind, prop):
            return f"sol {_kind(kind)} {_property(prop)}"
        case Deny(inner):
            return f"non ki {_clause(inner)} ku"
        case Join("if", left, right):
            return f"si {_clause(left)}, tum {_clause(right)}"
        case Join(operator, left, right):
            return f"ki {_clause(left)} ku {_LINKS[operator]} ki {_clause(right)} ku"


def _phrase(phrase: NounPhrase) -> str:
    match phrase:
        case Named(name):
            return name
        case Every(kind):
            return f"omni {_kind(kind)}"
        case Some(kind):
            return f"ul {_kind(kind)}"
        case No(kind):
            return f"nul {_kind(kind)}"


def _kind(kind: Kind) -> str:
    noun = _word(kind.noun)
    return noun if kind.that is None else f"{noun} ki {_property(kind.that)} ku"


def _property(prop: Property) -> str:
    match prop:
        case Is(word):
            return _word(word)
        case IsA(noun):
            return f"un {_word(noun)}"
        case Does(verb):
            return _word(third(verb))
        case Acts(verb, other):
            return f"{_phrase(other)} {_word(third(verb))}"
        case Undergoes(verb, other):
            return f"ab {_phrase(other)} {_word(verb)}ur"
        case Lacks(inner):
            return f"ne {_property(inner)}"
        case Both(operator, left, right):
            return f"{_property(left)} {_LINKS[operator]} {_property(right)}"
