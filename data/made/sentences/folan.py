"""The Folan of a meaning: a second controlled language, in one wording for each meaning.

Folan (code qfo, in the range that ISO 639-2 keeps for private use) has a grammar of its own: the
verb stands last, the negation before it, a relative clause between "ki" and "ku", and its words
are those of English under a fixed exchange of letters.
"""

from __future__ import annotations

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

_LETTERS = str.maketrans("aeioubpdtgkvfzsmnlrcq", "eiouapbtdkgfvsznmrlqc")
_LINKS = {"and": "et", "or": "vel", "xor": "aut", "iff": "idem"}


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
    if kind.that is None:
        return noun
    return f"{noun} ki {_property(kind.that)} ku"


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
