"""How alike two symbol names are, by the words inside them.

`DistinguishesTaste` and `can_distinguish_taste` are one name spelled twice (likeness 1.0). Names
that share words are partly alike. Opposites (Happy and Unhappy, Legal and Illegal, careful and
careless) and short different words (tom and tim) are not alike at all: a wrong match would let a
wrong formula pass, a missed one only costs a little credit.
"""

from __future__ import annotations

import functools
import re
from typing import Protocol

from logic.judging.opposites import NEGATIONS, opposed
from logic.judging.plurals import OWN_WORDS

_WORD = re.compile(
    r"""
    [A-Z]+ (?![a-z])        # an abbreviation, up to the capital of the next word
    | [A-Z]? [a-z]+
    | \d+
    | [^\W\d_a-zA-Z]+       # letters of other alphabets, whatever their case
    """,
    re.VERBOSE,
)
# Signs that are part of a name (A+, 1.5, C#), unlike those that only join or abbreviate words
# (well-known, mr.smith).
_SIGN = re.compile(
    r"""
    (?<! [^\W\d_] ) [-.'’]      # no letter before it
    | [-.'’] (?! [^\W\d_] )     # no letter after it
    | [^\w\s.'’-]
    """,
    re.VERBOSE,
)
_BE = frozenset(["is", "are", "was", "were", "be", "been", "being", "am"])
_HAVE = frozenset(["has", "have", "had"])
_MODAL = frozenset(["can", "could", "do", "does", "did", "will", "would"])
_AUXILIARY = _BE | _HAVE | _MODAL
_PRESENT_BE = frozenset(["is", "are", "am", "be"])
_ARTICLE = frozenset(["a", "an", "the"])
_LIGHT = frozenset("of in on at to by for from with and or as".split())
"""Words that count for little in a name."""
_NO_PLURAL = frozenset(
    "news goods gas lens bias atlas canvas always series species perhaps means".split()
)
_NOT_PLURAL_ENDS = ("ics", "ss", "us", "is")
_SIBILANT_ENDS = ("sses", "shes", "ches", "xes", "zes")
_DERIVED_ENDS = frozenset("er or ist ship hood dom ness like ly ment ion al".split())
"""What makes another word of a word: a teacher is no teach, and not far from it."""

_CLOSE = 0.95
_DERIVED = 0.5
_MIN_TYPO_LENGTH = 6
"""Letters of a word in which a typing error is more likely than another word."""
_LONG_WORD = 10
"""Letters of a word that may have two typing errors."""
_MIN_PREFIX = 4
_MIN_PREFIX_SHARE = 0.6
_MIN_ROOT = 3
_LIGHT_WEIGHT = 0.5
_MAX_WEIGHED = 8
"""Letters beyond which a longer word weighs no more."""


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
    return _parts(name)[0]


@functools.lru_cache(maxsize=65_536)
def _parts(name: str) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """The words that count, the auxiliaries that stood before them, and the first word unstemmed."""
    # An apostrophe joins what it stands in: isn't is one word.
    joined = name.replace("'", "").replace("’", "")
    spelled = [word.lower() for word in _WORD.findall(joined)]
    # The last word stays, whatever it is: a predicate may be called Has.
    last = len(spelled) - 1
    start = 0
    while start < last and spelled[start] in _AUXILIARY:
        start += 1
    auxiliaries = tuple(spelled[:start])
    # Only after an auxiliary: HasTheKey, while TheKey is a name of its own.
    if 0 < start < last and spelled[start] in _ARTICLE:
        start += 1
    stems = tuple([stem(word) for word in spelled[start:]])
    return stems, auxiliaries, spelled[start] if spelled else ""


def stem(word: str) -> str:
    """A light English stem: the endings of plurals and of the third person go."""
    is_own = word in _NO_PLURAL or word in OWN_WORDS
    return word if is_own else _without_ending(word)


def _without_ending(word: str) -> str:
    if len(word) <= 3 or word.endswith(_NOT_PLURAL_ENDS):
        return word
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(_SIBILANT_ENDS):
        return word[:-2]
    return word.removesuffix("s")


# ---- two names ----


@functools.lru_cache(maxsize=65_536)
def likeness(candidate: str, reference: str) -> float:
    """Between 0.0 and 1.0; symmetric; 1.0 exactly for the same words in the same order.

    That is up to spelling: case, separators, plural or third person, and a leading `is`. An
    auxiliary that only one name has (Fly and CanFly, Child and HasChild) leaves them close, and not
    the same; so does `is` against a third person (IsAFly and Flies).
    """
    if candidate == reference:
        return 1.0
    if opposed_names(candidate, reference):
        return 0.0
    left, left_auxiliaries, left_first = _parts(candidate)
    right, right_auxiliaries, right_first = _parts(reference)
    if not left and not right:
        return 0.0
    if left == right:
        same = _meaningful(left_auxiliaries) == _meaningful(right_auxiliaries)
        if bool(left_auxiliaries) != bool(right_auxiliaries):
            verb, other = (
                (right_first, left_first) if left_auxiliaries else (left_first, right_first)
            )
            same = same and not _may_be_verb(verb, other)
        return 1.0 if same else _CLOSE
    if _joined(left) == _joined(right):
        return _CLOSE
    return min(
        _overlap(left, right),
        _overlap(right, left),
        _CLOSE,
    )


def _may_be_verb(verb: str, other: str) -> bool:
    """Whether a word may be a verb where `is` and another form of it tell of a noun or adjective.

    `Flies` is no spelling of `IsAFly`, nor `Opens` of `IsOpen`. That `Cats` is no verb no rule
    tells, so that it is only close to `IsCat`.
    """
    return verb != other and verb.endswith("s")


def _meaningful(auxiliaries: tuple[str, ...]) -> list[str]:
    """The auxiliaries but `is`, which every predicate could begin with."""
    return [word for word in auxiliaries if word not in _PRESENT_BE]


def _joined(name: tuple[str, ...]) -> str:
    """The words run together, numbers kept apart: Room1_23 is not Room12_3."""
    return "".join([f"<{word}>" if word.isdigit() else word for word in name])


def opposed_names(candidate: str, reference: str) -> bool:
    """Whether two names say different things for sure.

    A negation, an opposite, other numbers, other signs, or `is` against `has`.
    """
    if _auxiliaries_differ(candidate, reference):
        return True
    if _SIGN.findall(candidate) != _SIGN.findall(reference):
        return True
    left, right = words(candidate), words(reference)
    if _denies(left) != _denies(right):
        return True
    left_alone = [word for word in left if word not in right]
    right_alone = [word for word in right if word not in left]
    if any(opposed(first, second) for first in left_alone for second in right_alone):
        return True
    return _numbers_differ(left, right)


def _numbers_differ(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    left_numbers = [word for word in left if word.isdigit()]
    right_numbers = [word for word in right if word.isdigit()]
    if not left_numbers or not right_numbers:
        return False
    return left_numbers != right_numbers


def _denies(name: tuple[str, ...]) -> bool:
    """Whether the words deny something: two negations take each other back."""
    return sum(word in NEGATIONS for word in name) % 2 == 1


def _auxiliaries_differ(candidate: str, reference: str) -> bool:
    """Whether both names begin with auxiliaries of different kinds.

    IsParent and HasParent, or HasLeft and CanLeave, say different things; Parent and HasParent may
    be one.
    """
    left = _auxiliary_kind(candidate)
    right = _auxiliary_kind(reference)
    return left is not None and right is not None and left is not right


def _auxiliary_kind(name: str) -> frozenset[str] | None:
    first = _WORD.search(name)
    if first is None:
        return None
    word = first[0].lower()
    for kind in (_BE, _HAVE, _MODAL):
        if word in kind:
            return kind
    return None


def _overlap(left: tuple[str, ...], right: tuple[str, ...]) -> float:
    """Dice overlap of the words, longer words weighing more; each word is used once.

    The best pairs come first.
    """
    pairs = []
    for row, first in enumerate(left):
        for column, second in enumerate(right):
            like = word_likeness(first, second)
            if like > 0:
                # Negated, so that sorting puts the best first and ties in order.
                pairs.append((-like, row, column))
    pairs.sort()
    shared = 0.0
    rows: set[int] = set()
    columns: set[int] = set()
    for negated, row, column in pairs:
        if row in rows or column in columns:
            continue
        rows.add(row)
        columns.add(column)
        weights = _weight(left[row]) + _weight(right[column])
        shared += -negated * weights
    total = sum(map(_weight, left)) + sum(map(_weight, right))
    return shared / (total or 1.0)


def _weight(word: str) -> float:
    if word in _LIGHT:
        return _LIGHT_WEIGHT
    return min(len(word), _MAX_WEIGHED) ** 0.5


# ---- two words ----


@functools.lru_cache(maxsize=65_536)
def word_likeness(left: str, right: str) -> float:
    """1.0 for equal stems; less for inflections, a typing error or a shortened word; else 0.0."""
    if left == right:
        return 1.0
    short, long = sorted((left, right), key=len)
    if opposed(left, right) or short.isdigit() or long.isdigit():
        return 0.0
    if long in OWN_WORDS and _without_ending(long) == short:
        return _DERIVED if long not in _NO_PLURAL else 0.0
    if _inflection(short, long):
        return _CLOSE
    if long.startswith(short) and len(short) >= _MIN_PREFIX:
        return _prefix_likeness(short, long)
    # A typing error at either end more often makes another word.
    same_ends = left[:2] == right[:2] and left[-1] == right[-1]
    if len(short) >= _MIN_TYPO_LENGTH and same_ends:
        return _typo_likeness(short, long)
    return 0.0


def _prefix_likeness(short: str, long: str) -> float:
    if long[len(short) :] in _DERIVED_ENDS:
        return _DERIVED
    share = len(short) / len(long)
    return share if share >= _MIN_PREFIX_SHARE else 0.0


def _typo_likeness(short: str, long: str) -> float:
    errors = edit_distance(short, long)
    admitted = 1 if len(short) < _LONG_WORD else 2
    return 1 - errors / len(long) if errors <= admitted else 0.0


def _inflection(short: str, long: str) -> bool:
    """Whether the longer word is a verb form of the shorter one."""
    root = short[:-1] if short.endswith(("e", "y")) else short
    if len(root) < _MIN_ROOT:
        return False
    # The last letter may be doubled: stop, stopped, stopping.
    doubled = root + root[-1]
    return long in (
        root + "ed",
        root + "ing",
        root + "es",
        root + "ied",
        short + "d",
        doubled + "ing",
        doubled + "ed",
    )


def edit_distance(left: str, right: str) -> int:
    """Levenshtein distance, with a swap of neighbours as one edit."""
    previous: list[int] = []
    row = list(range(len(right) + 1))
    for i, first in enumerate(left, 1):
        # Two rows back is where a swap of neighbours comes from.
        before_previous = previous
        previous = row
        row = [i]
        for j, second in enumerate(right, 1):
            cost = min(
                previous[j] + 1,
                row[-1] + 1,
                previous[j - 1] + (first != second),
            )
            swapped = i > 1 and j > 1 and first == right[j - 2] and left[i - 2] == second
            if swapped:
                cost = min(cost, before_previous[j - 2] + 1)
            row.append(cost)
    return row[-1]
