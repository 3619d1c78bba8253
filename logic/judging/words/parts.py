"""The words of a name, what stood before them, and which of their endings tell of a plural."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from logic.judging.opposites import NEGATIONS
from logic.judging.plurals import BEHIND, OWN_WORDS, OWN_WORDS_BEHIND, OWN_WORDS_OF_STATE
from logic.judging.words.verbs import BASE_VERBS

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
_NO_AUXILIARY = frozenset(["AM", "BE"])
"""In capitals these are abbreviations, even in a name of capitals: AM_RADIO, BE_DEGREE."""
_ARTICLE = frozenset(["a", "an", "the"])
_A_GRADE = frozenset("grade grades level levels type types rating average".split())
_A_SIGN = frozenset("blood plus minus".split())
_A_VALUE = frozenset("positive negative".split())
_WITH_ITS_VALUE = frozenset("blood type types".split())
_A_DENIES = frozenset(
    """
    typical theist theistic moral sexual symmetric symmetrical political social septic tonal gnostic
    biotic cellular historical symptomatic logical vascular rhythmic periodic chromatic pathetic
    synchronous linguistic
    """.split()
)
"""Words of which `a` makes the opposite: atypical, atheist."""
_THIRD_PERSON = {"has": "have", "does": "do", "is": "be", "are": "be"}
"""Forms whose stem no ending tells; those of the past say something else."""
_NO_PLURAL = frozenset(
    "news goods gas lens bias atlas canvas always series species perhaps means".split()
)
_NOT_PLURAL_ENDS = ("ics", "ss", "us", "is")
_SIBILANT_ENDS = ("sses", "shes", "ches", "xes", "zes")
_LONG_CAPITALS = 6
"""Letters from which a word in capitals is no abbreviation, where the whole name is in capitals."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a name is made of.

    An auxiliary in capitals, in a name that is not, stays so: it may be an abbreviation (ISDegree).
    """

    every: tuple[str, ...]
    """All words, in lower case."""
    auxiliaries: tuple[str, ...]
    """Those that lead the name."""
    has_article: bool
    """Whether an article stood behind them."""
    has_letter: bool
    """Whether that article may be the letter A: a grade, a blood group, or a denial (atypical)."""
    words: tuple[str, ...]
    """The words that count, in lower case."""
    stems: tuple[str, ...]
    inseparable: tuple[bool, ...]
    """Which of them have an ending that may be no plural's there: AIDS, HasLeaves."""
    kind: frozenset[str] | None
    """The auxiliaries that the first word belongs to."""
    signs: tuple[str, ...]
    numbers: tuple[str, ...]
    """The numbers among the words that count."""
    denies: bool
    """Whether the words deny something: two negations take each other back."""


@functools.lru_cache(maxsize=65_536)
def parts(name: str) -> Parts:
    """A name taken apart: its leading auxiliaries, the article after them, and its words."""
    # An apostrophe joins what it stands in: isn't is one word.
    written = _WORD.findall(name.replace("'", "").replace("’", ""))
    every = tuple([word.lower() for word in written])
    all_capitals = name.upper() == name
    # The last word stays, whatever it is: a predicate may be called Has.
    last = len(written) - 1
    start = 0
    while start < last and _is_auxiliary(written[start]):
        start += 1
    auxiliaries = []
    for word in written[:start]:
        is_short = _in_capitals(word) and not all_capitals
        auxiliaries.append(word if is_short else word.lower())
    # Only after an auxiliary: HasTheKey, while TheKey is a name of its own.
    has_article = 0 < start < last and _is_article(written[start], all_capitals)
    has_letter = False
    if has_article:
        has_letter = every[start] == "a" and _may_be_letter(every[start + 1 :])
        start += 1
    stems = tuple(map(_stem_as_written, written[start:]))
    return Parts(
        every=every,
        auxiliaries=tuple(auxiliaries),
        has_article=has_article,
        has_letter=has_letter,
        words=every[start:],
        stems=stems,
        inseparable=_inseparable(written, start, all_capitals),
        kind=_auxiliary_kind(name),
        signs=tuple(_SIGN.findall(name)),
        numbers=tuple([word for word in stems if word.isdigit()]),
        denies=sum([word in NEGATIONS for word in stems]) % 2 == 1,
    )


def _stem_as_written(word: str) -> str:
    """The stem of a word; in capitals it may be an abbreviation, and no form of a verb."""
    lower = word.lower()
    if lower in _THIRD_PERSON and not _in_capitals(word):
        return _THIRD_PERSON[lower]
    return stem(lower)


def _is_auxiliary(word: str) -> bool:
    return word.lower() in _AUXILIARY and word not in _NO_AUXILIARY


def _is_article(word: str, all_capitals: bool) -> bool:
    if _in_capitals(word) and not all_capitals:
        return False
    return word.lower() in _ARTICLE


def _in_capitals(word: str) -> bool:
    return len(word) > 1 and word.isupper()


def _auxiliary_kind(name: str) -> frozenset[str] | None:
    first = _WORD.search(name)
    if first is None or not _is_auxiliary(first[0]):
        return None
    word = first[0].lower()
    for kind in (_BE, _HAVE):
        if word in kind:
            return kind
    return _MODAL


def _may_be_letter(behind: tuple[str, ...]) -> bool:
    """Whether the A before these words may be no article."""
    first, after = (*behind, "")[:2]
    if first in _A_GRADE:
        return after != "of"
    if first in _A_VALUE:
        return not after or after in _WITH_ITS_VALUE
    if first in _A_SIGN:
        return True
    # Before a noun it is an article: a typical student.
    return not after and stem(first) in _A_DENIES


def _inseparable(written: list[str], start: int, all_capitals: bool) -> tuple[bool, ...]:
    marks = []
    for place in range(start, len(written)):
        before = tuple([word.lower() for word in written[:place]])
        mark = _is_inseparable(
            written[place],
            before,
            all_capitals,
        )
        marks.append(mark)
    return tuple(marks)


def _is_inseparable(written: str, before: tuple[str, ...], all_capitals: bool) -> bool:
    """Whether a word has an ending that may be no plural's, behind these words."""
    word = written.lower()
    base = stem(word)
    if base == word:
        return False
    if _in_capitals(written):
        # A name of capitals alone may be a usual name that is shouted.
        is_usual = len(word) >= _LONG_CAPITALS or base in BASE_VERBS
        if not all_capitals or not is_usual:
            return True
    if word in OWN_WORDS_OF_STATE and before == ("is",):
        return True
    if word not in OWN_WORDS_BEHIND:
        return False
    return not BEHIND.isdisjoint(before)


# ---- endings ----


def stem(word: str) -> str:
    """A light English stem: the endings of plurals and of the third person go."""
    is_own = word in _NO_PLURAL or word in OWN_WORDS
    return word if is_own else without_ending(word)


def without_ending(word: str) -> str:
    """A word without what looks like the ending of a plural."""
    if len(word) <= 3 or word.endswith(_NOT_PLURAL_ENDS):
        return word
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(_SIBILANT_ENDS):
        return word[:-2]
    return word.removesuffix("s")


def has_no_plural(word: str) -> bool:
    """Whether a word is one whatever its ending: news, gas."""
    return word in _NO_PLURAL
