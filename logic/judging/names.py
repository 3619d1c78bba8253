"""How alike two symbol names are, by the words inside them.

`DistinguishesTaste` and `can_distinguish_taste` are one name spelled twice (likeness 1.0). Names
that share words are partly alike. Opposites (Happy and Unhappy, Legal and Illegal, careful and
careless) and short different words (tom and tim) are not alike at all: a wrong match would let a
wrong formula pass, a missed one only costs a little credit.
"""

from __future__ import annotations

import functools
from collections import Counter
from typing import Protocol

from logic.judging.opposites import opposites
from logic.judging.words.alike import CLOSE, beginnings, word_likeness
from logic.judging.words.parts import Parts, parts, stem
from logic.judging.words.verbs import is_action, may_act

__all__ = [
    "NameLikeness",
    "by_words",
    "is_other_relation",
    "likeness",
    "opposed_names",
    "stem",
    "words",
]

_SPELLS_NOTHING = frozenset([(), ("is",), ("are",), ("be",)])
"""Leading auxiliaries that every predicate could begin with."""
_LIGHT = frozenset("of in on at to by for from with and or as".split())
"""Words that count for little in a name."""
_LIGHT_WEIGHT = 0.5
_MAX_WEIGHED = 8
"""Letters beyond which a longer word weighs no more."""
_MAX_COMPARED = 400
"""Pairs of words of two names up to which each is compared; in longer ones equal words count."""


class NameLikeness(Protocol):
    """Grades pairs of names between 0.0 (unrelated) and 1.0 (the same up to spelling)."""

    def __call__(self, candidates: list[str], references: list[str]) -> list[list[float]]:
        """One row for each candidate name, one column for each reference name."""
        ...


def by_words(candidates: list[str], references: list[str]) -> list[list[float]]:
    """The default `NameLikeness`: words, their stems and typing errors; no model, no word list."""
    table = []
    for candidate in candidates:
        table.append([likeness(candidate, reference) for reference in references])
    return table


# ---- the words of a name ----


def words(name: str) -> tuple[str, ...]:
    """The words in a name, in lower case and stemmed.

    Leading auxiliaries and the article after them are left out.
    """
    return parts(name).stems


# ---- two names ----


@functools.lru_cache(maxsize=65_536)
def likeness(candidate: str, reference: str) -> float:
    """Between 0.0 and 1.0; symmetric; 1.0 exactly for the same words in the same order.

    That is up to spelling: case, separators, plural or third person, and a leading `is`. An
    auxiliary that only one name has (Fly and CanFly, Child and HasChild) leaves them close, and not
    the same; so do `is` against a third person (IsAFly and Flies), an ending that may be no
    plural's (HasAIDS and HasAid), and an A that may be a grade (HasAGrade and HasGrade).
    """
    if candidate == reference:
        return 1.0
    if opposed_names(candidate, reference):
        return 0.0
    left, right = parts(candidate), parts(reference)
    if not left.stems and not right.stems:
        return 0.0
    if left.every == right.every:
        return 1.0
    if left.stems == right.stems:
        return 1.0 if _are_spellings(left, right) else CLOSE
    if _joined(left.stems) == _joined(right.stems):
        return CLOSE
    return min(_overlap(left.stems, right.stems), CLOSE)


def _are_spellings(left: Parts, right: Parts) -> bool:
    """Whether names of the same words are one name for sure."""
    if _meaningful(left.auxiliaries) != _meaningful(right.auxiliaries):
        return False
    if left.has_letter != right.has_letter or _endings_differ(left, right):
        return False
    if left.auxiliaries and not right.auxiliaries:
        return not _may_be_verb(right, left)
    if right.auxiliaries and not left.auxiliaries:
        return not _may_be_verb(left, right)
    return True


def _endings_differ(left: Parts, right: Parts) -> bool:
    """Whether the names differ in an ending that may be no plural's."""
    for place, word in enumerate(left.words):
        may_matter = left.inseparable[place] or right.inseparable[place]
        if may_matter and word != right.words[place]:
            return True
    return False


def _may_be_verb(bare: Parts, other: Parts) -> bool:
    """Whether a bare name may be a verb where `is` makes the other a noun or adjective.

    `Flies` is no spelling of `IsAFly`, nor `Opens` of `IsOpen`. That `Cats` is no verb no rule
    tells, so that it is only close to `IsCat`. A base form tells of a verb by a list: beside an
    article (IsAWalk and Walk), and `like` always, which is no verb in IsLike.
    """
    verb = bare.words[0]
    if verb == "like":
        return True
    if other.has_article and is_action(bare.words):
        return True
    return verb != other.words[0] and verb.endswith("s")


def is_other_relation(candidate: str, reference: str) -> bool:
    """Whether names that are spellings of one property may be two relations.

    `Defeated(a, b)` and `IsDefeated(a, b)` turn the arguments round, and `Work(a, b)` is no
    `IsWork(a, b)`. `Married(a)` and `IsMarried(a)` say the same.
    """
    left, right = parts(candidate), parts(reference)
    if bool(left.auxiliaries) == bool(right.auxiliaries):
        return False
    bare = right if left.auxiliaries else left
    return bool(bare.words) and may_act(bare.words)


def _meaningful(auxiliaries: tuple[str, ...]) -> tuple[str, ...]:
    """The auxiliaries, where they are more than `is`: who can be hit need not hit."""
    return () if auxiliaries in _SPELLS_NOTHING else auxiliaries


def _joined(name: tuple[str, ...]) -> str:
    """The words run together, numbers kept apart: Room1_23 is not Room12_3."""
    return "".join([f"<{word}>" if word.isdigit() else word for word in name])


def opposed_names(candidate: str, reference: str) -> bool:
    """Whether two names say different things for sure.

    A negation, an opposite, other numbers, other signs, or `is` against `has`.
    """
    left, right = parts(candidate), parts(reference)
    # IsParent and HasParent, or HasLeft and CanLeave, say different things; Parent and HasParent
    # may be one.
    are_of_kinds = left.kind is not None and right.kind is not None
    if are_of_kinds and left.kind is not right.kind:
        return True
    if left.signs != right.signs:
        return True
    if left.denies != right.denies:
        return True
    right_alone = set(right.stems).difference(left.stems)
    for word in set(left.stems).difference(right.stems):
        if not right_alone.isdisjoint(opposites(word)):
            return True
    return bool(left.numbers and right.numbers) and left.numbers != right.numbers


Pair = tuple[float, int, int]
"""How alike two words are, and their places in their names."""


def _overlap(left: tuple[str, ...], right: tuple[str, ...]) -> float:
    """Dice overlap of the words, longer words weighing more; each word is used once.

    The best pairs come first; of the two orders of taking them, the one with less counts.
    """
    total = _total(left) + _total(right) or 1.0
    if len(left) * len(right) > _MAX_COMPARED:
        shared = Counter(left) & Counter(right)
        return 2 * _total(tuple(shared.elements())) / total
    pairs = _alike(left, right)
    if not pairs:
        return 0.0
    turned = [(like, column, row) for like, row, column in pairs]
    shared_weight = min(
        _shared(pairs, left, right),
        _shared(turned, right, left),
    )
    return shared_weight / total


def _alike(left: tuple[str, ...], right: tuple[str, ...]) -> list[Pair]:
    """The pairs of words that are alike at all."""
    places = _places(right)
    pairs = []
    for row, first in enumerate(left):
        columns: set[int] = set()
        for key in beginnings(first):
            columns.update(places.get(key, ()))
        for column in columns:
            like = word_likeness(first, right[column])
            if like > 0:
                pairs.append((like, row, column))
    return pairs


@functools.lru_cache(maxsize=8192)
def _places(name: tuple[str, ...]) -> dict[str, list[int]]:
    """Where a name has words that begin in a certain way."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(name):
        for key in beginnings(word):
            places.setdefault(key, []).append(place)
    return places


def _shared(pairs: list[Pair], left: tuple[str, ...], right: tuple[str, ...]) -> float:
    """The weight of the words that are shared, as far as they are alike."""
    shared = 0.0
    rows: set[int] = set()
    columns: set[int] = set()
    for negated, row, column in sorted([(-like, row, column) for like, row, column in pairs]):
        if row in rows or column in columns:
            continue
        rows.add(row)
        columns.add(column)
        weights = _weight(left[row]) + _weight(right[column])
        shared += -negated * weights
    return shared


@functools.lru_cache(maxsize=8192)
def _total(name: tuple[str, ...]) -> float:
    return sum([_weight(word) for word in name])


def _weight(word: str) -> float:
    if word in _LIGHT:
        return _LIGHT_WEIGHT
    return min(len(word), _MAX_WEIGHED) ** 0.5
