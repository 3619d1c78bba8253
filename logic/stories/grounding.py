"""Whether a formula speaks of what its sentence speaks of: their words, without any reference.

It is no proof of anything: a formula may have the words of a sentence and say the opposite. It
tells a formula of another sentence, an invented name and one that is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from logic import syntax as S
from logic.judging.names import stem, words
from logic.judging.words.alike import word_likeness
from logic.stories.essential import essential_symbols
from logic.symbols import Symbol

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+")
_CONTRACTIONS = ("n't", "n’t")
_VERBAL = re.compile(r"(?<=\w{3})(?:e|ed|ing)\Z")
_FUNCTION_WORDS = frozenset(
    """
    a an the this that these those some any all every each no none not never neither nor either both
    and or but if then than when whenever unless only just even also too as such so because since
    while is are was were be been being am has have had do does did can could will would shall should
    may might must of in on at to by for from with into about it its he his him she her they their
    them who whom whose which what there here one ones someone anyone everyone something anything
    everything nobody nothing true false case implies means exactly least most
    """.split()
)


_OPENING_PRONOUN = re.compile(r"\W*(?:he|she|it|they|his|her|its|their)\b", re.IGNORECASE)
_IRREGULAR = {
    "people": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "feet": "foot",
    "teeth": "tooth",
    "mice": "mouse",
}
_MOST_RUN_TOGETHER = 6
"""Words of a sentence that one name may have run together: `piersoncollege`."""


def grounding(formula: S.Formula, sentence: str) -> float:
    """How far the names of a formula and the content words of a sentence are the same, in [0, 1].

    The harmonic mean of two shares: of the formula's symbols those whose words all occur in the
    sentence, and of the sentence's content words those that occur in a symbol. Only symbols count
    on which the formula depends.
    """
    said = {_root(stem(word)) for word in _words(sentence)}
    content = _content(sentence)
    named = [
        frozenset(map(_root, words(name)))
        for _, name, _ in essential_symbols(formula)
        if any(map(str.isalnum, name))
    ]
    if not named or not content:
        return 0.0
    precision = sum(name <= said for name in named) / len(named)
    covered = frozenset().union(*named)
    recall = len(content & covered) / len(content)
    if precision + recall == 0.0:
        return 0.0
    return 2 * precision * recall / (precision + recall)


def is_said_elsewhere(named: Iterable[Symbol], sentence: str, other: str) -> bool:
    """Whether some symbols speak of another sentence rather than of their own.

    A word of theirs may be missing in their sentence and be found in the other one. Where a name
    has words of neither, nothing is told by names; then more than half of the other sentence's
    content words have to be in their own.
    """
    own, others = _Said(sentence), _Said(other)
    is_nameless = False
    for kind, name, _ in named:
        if kind == "constant" and _OPENING_PRONOUN.match(sentence):
            continue  # "He is calm." says of whom no more than that
        if own.has_run(name):
            continue
        missing = [word for word in _words_of(name) if not own.has(word)]
        if missing and (others.has_run(name) or any(map(others.has, missing))):
            return True
        is_nameless = is_nameless or bool(missing)
    if not is_nameless:
        return False
    content = _content(other)
    return 2 * sum(map(own.has, content)) <= len(content)


def is_borrowed(named: Iterable[Symbol], sentence: str, other: str) -> bool:
    """Whether no predicate has a word of its own sentence, and one at least has words of another."""
    own, others = _Said(sentence), _Said(other)
    predicates = [name for kind, name, _ in named if kind == "predicate"]
    return any(map(others.has_part, predicates)) and not any(map(own.has_part, predicates))


def is_same_sentence(one: str, other: str) -> bool:
    """Whether two sentences are one but for capitals, blanks and the stop."""
    return _words(one) == _words(other)


class _Said:
    """What a sentence says, word by word, leniently: inflections and typing errors do not matter."""

    def __init__(self, sentence: str) -> None:
        self._roots = {_root(_stem(word)) for word in _words(sentence)}
        self._letters = [_letters(word) for word in _words(sentence)]

    def has(self, word: str) -> bool:
        """Whether a word occurs, or one much like it."""
        return word in self._roots or any(word_likeness(word, root) > 0.0 for root in self._roots)

    def has_part(self, name: str) -> bool:
        """Whether a name shares a content word with the sentence."""
        return self.has_run(name) or any(map(self.has, _words_of(name)))

    def has_run(self, name: str) -> bool:
        """Whether a name is some words of the sentence run together."""
        letters = _letters(name)
        for start in range(len(self._letters)):
            for end in range(start + 1, start + 1 + _MOST_RUN_TOGETHER):
                if stem("".join(self._letters[start:end])) == stem(letters):
                    return True
        return False


def _words(sentence: str) -> list[str]:
    return _WORD.findall(sentence.lower())


def _content(sentence: str) -> set[str]:
    """The roots of the words that say what a sentence is about."""
    return {
        _root(stem(word))
        for word in _words(sentence)
        if word not in _FUNCTION_WORDS and not word.endswith(_CONTRACTIONS)
    }


def _words_of(name: str) -> list[str]:
    """The roots of a name's content words."""
    return [
        _root(_IRREGULAR.get(word, word)) for word in words(name) if word not in _FUNCTION_WORDS
    ]


def _stem(word: str) -> str:
    return stem(_IRREGULAR.get(word, word))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()


def _root(word: str) -> str:
    """What the forms of a verb have in common: chase, chased, chasing."""
    return _VERBAL.sub("", word)
