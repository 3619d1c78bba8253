"""How alike two symbol names are, by the words inside them.

`DistinguishesTaste` and `can_distinguish_taste` are one name spelled twice (likeness 1.0). Names that share words are
partly alike. Opposites (Happy and Unhappy, Legal and Illegal, careful and careless) and short different words (tom
and tim) are not alike at all: a wrong match would let a wrong formula pass, a missed one only costs a little credit.
"""

from __future__ import annotations

import functools
import re
from typing import Protocol

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")
_BE = frozenset({"is", "are", "was", "were", "be", "been", "being", "am"})
_HAVE = frozenset({"has", "have", "had"})
_MODAL = frozenset({"can", "could", "do", "does", "did", "will", "would"})
_ARTICLE = frozenset({"a", "an", "the"})
_AUXILIARY = _BE | _HAVE | _MODAL
_LIGHT = frozenset({"of", "in", "on", "at", "to", "by", "for", "from", "with", "and", "or", "as"})
_NEGATION = frozenset(
    (
        "not no non never without cannot anti counter against un lack isnt arent wasnt werent hasnt havent hadnt cant "
        "couldnt dont doesnt didnt wont wouldnt ex former fake pseudo almost nearly hardly barely only all every some "
        "any by"
    ).split()
)
"""Words that change what the rest of a name says; `by` turns the arguments round (Taught, TaughtBy)."""
_PRESENT_BE = frozenset({"is", "are", "am", "be"})
# Signs that are part of a name (A+, 1.5, C#), unlike those that only join or abbreviate words (well-known, mr.smith).
_SIGNS = re.compile(r"(?<![^\W\d_])[-.'’]|[-.'’](?![^\W\d_])|[^\w\s.'’-]")
_OPPOSING = ("un", "in", "il", "im", "ir", "dis", "non", "anti", "de", "mis", "counter", "a")
_OPPOSED_STARTS = frozenset(
    frozenset(pair.split("/"))
    for pair in "in/ex in/out im/ex in/de pre/post over/under up/down pro/anti inter/intra a/de".split()
)
_OPPOSED_ENDS = (("less", "ful"), ("er", "ee"), ("or", "ee"), ("er", "est"))
_OPPOSED_WORDS = frozenset(
    frozenset(pair.split("/"))
    for pair in (
        "above/below accept/reject add/remove after/before all/none always/never ancestor/descendant "
        "approve/reject attack/defend begin/end best/worst better/worse big/small birth/death black/white "
        "borrow/lend boy/girl bright/dark brother/sister buy/sell cause/prevent cheap/expensive child/parent "
        "clean/dirty close/open cold/hot cold/warm cool/warm create/destroy day/night dead/alive deep/shallow "
        "dry/wet early/late east/west easy/difficult easy/hard empty/full enemy/friend enter/leave even/odd "
        "fail/pass fail/succeed false/true fast/slow father/mother female/male few/many first/last "
        "forget/remember give/take good/bad guilty/innocent happy/sad hate/like hate/love heavy/light "
        "high/low husband/wife large/small larger/smaller less/more like/dislike long/short lose/win "
        "man/woman maximum/minimum max/min new/old next/previous north/south older/younger old/young post/pre "
        "private/public pull/push rich/poor right/left right/wrong safe/dangerous start/end start/stop "
        "strong/weak student/teacher sweet/sour sink/float tall/short taller/shorter thick/thin top/bottom "
        "up/down war/peace wide/narrow"
    ).split()
)
_NO_PLURAL = frozenset(
    "news goods gas lens bias atlas canvas always series species perhaps means".split()
)
_MIN_TYPO_LENGTH = 6
_CLOSE = 0.95
_MIN_PREFIX = 4
_MIN_PREFIX_SHARE = 0.6
_DERIVED_ENDS = frozenset(
    {"er", "or", "ist", "ship", "hood", "dom", "ness", "like", "ly", "ment", "ion", "al"}
)


class NameLikeness(Protocol):
    """Grades pairs of names between 0.0 (unrelated) and 1.0 (the same up to spelling)."""

    def __call__(self, candidates: list[str], references: list[str]) -> list[list[float]]:
        """One row for each candidate name, one column for each reference name."""
        ...


def by_words(candidates: list[str], references: list[str]) -> list[list[float]]:
    """The default `NameLikeness`: words, their stems and typing errors; no model, no word list."""
    return [
        [likeness(candidate, reference) for reference in references] for candidate in candidates
    ]


def words(name: str) -> tuple[str, ...]:
    """The words in a name, lower case and stemmed, without leading auxiliaries and the article after them."""
    return _parts(name)[0]


@functools.lru_cache(maxsize=65_536)
def _parts(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words that count, and the auxiliaries that stood before them."""
    found = [word.lower() for word in _WORD.findall(name.replace("'", "").replace("’", ""))]
    start = 0
    while start < len(found) - 1 and found[start] in _AUXILIARY:
        start += 1
    dropped = tuple(found[:start])
    if 0 < start < len(found) - 1 and found[start] in _ARTICLE:
        start += 1
    return tuple([stem(word) for word in found[start:]]), dropped


def stem(word: str) -> str:
    """A light English stem: plural, third person, past and progressive endings go."""
    if word in _NO_PLURAL or word.endswith("ics"):
        return word
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@functools.lru_cache(maxsize=65_536)
def likeness(candidate: str, reference: str) -> float:
    """Between 0.0 and 1.0; symmetric; 1.0 exactly for the same words in the same order, up to spelling.

    Spelling is case, separators, plural or third person, and a leading `is`. An auxiliary that only one name has
    (Fly and CanFly, Child and HasChild) leaves them close, and not the same.
    """
    if candidate == reference:
        return 1.0
    if opposed_names(candidate, reference):
        return 0.0
    (left, before_left), (right, before_right) = _parts(candidate), _parts(reference)
    if left == right:
        same = [word for word in before_left if word not in _PRESENT_BE] == [
            word for word in before_right if word not in _PRESENT_BE
        ]
        return (1.0 if same else _CLOSE) if left else 0.0
    if _joined(left) == _joined(right):
        return _CLOSE
    return min(_overlap(left, right), _overlap(right, left), _CLOSE)


def _joined(found: tuple[str, ...]) -> str:
    """The words run together, numbers kept apart: Room1_23 is not Room12_3."""
    return "".join([f"<{word}>" if word.isdigit() else word for word in found])


def opposed_names(candidate: str, reference: str) -> bool:
    """Whether two names say different things for sure: a negation, an opposite, other numbers, is against has."""
    left, right = words(candidate), words(reference)
    if _auxiliaries_differ(candidate, reference) or _SIGNS.findall(candidate) != _SIGNS.findall(
        reference
    ):
        return True
    if sum(word in _NEGATION for word in left) % 2 != sum(word in _NEGATION for word in right) % 2:
        return True
    if any(opposed(a, b) for a in left if a not in right for b in right if b not in left):
        return True
    numbers = [[word for word in side if word.isdigit()] for side in (left, right)]
    return all(numbers) and numbers[0] != numbers[1]


def _auxiliaries_differ(candidate: str, reference: str) -> bool:
    """IsParent and HasParent, or HasLeft and CanLeave, say different things; Parent and HasParent may be one."""
    kinds = []
    for name in (candidate, reference):
        first = next(iter(_WORD.findall(name)), "").lower()
        kinds.append(0 if first in _BE else 1 if first in _HAVE else 2 if first in _MODAL else None)
    return None not in kinds and kinds[0] != kinds[1]


def _overlap(left: tuple[str, ...], right: tuple[str, ...]) -> float:
    """Dice overlap of the words, longer words weighing more; each word is used once, best pairs first."""
    pairs = sorted(
        ((word_likeness(a, b), i, j) for i, a in enumerate(left) for j, b in enumerate(right)),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    shared, used_left, used_right = 0.0, set(), set()
    for like, i, j in pairs:
        if like > 0 and i not in used_left and j not in used_right:
            used_left.add(i)
            used_right.add(j)
            shared += like * (_weight(left[i]) + _weight(right[j]))
    return shared / (sum(map(_weight, left)) + sum(map(_weight, right)) or 1.0)


def _weight(word: str) -> float:
    return 0.5 if word in _LIGHT else min(len(word), 8) ** 0.5


@functools.lru_cache(maxsize=65_536)
def word_likeness(a: str, b: str) -> float:
    """1.0 for equal stems; less for inflections, a typing error in a long word, or a shortened one; else 0.0."""
    if a == b:
        return 1.0
    short, long = sorted((a, b), key=len)
    if opposed(a, b) or short.isdigit() or long.isdigit():
        return 0.0
    if _inflection(short, long):
        return 0.95
    if long.startswith(short) and len(short) >= _MIN_PREFIX:
        if long[len(short) :] in _DERIVED_ENDS:
            return 0.5
        share = len(short) / len(long)
        return share if share >= _MIN_PREFIX_SHARE else 0.0
    if len(short) >= _MIN_TYPO_LENGTH and a[:2] == b[:2] and a[-1] == b[-1]:
        distance = edit_distance(a, b)
        return 1 - distance / len(long) if distance <= (1 if len(short) < 10 else 2) else 0.0
    return 0.0


def _inflection(short: str, long: str) -> bool:
    root = short[:-1] if short.endswith(("e", "y")) else short
    endings = (root + "ed", root + "ing", root + "es", root + "ied", short + "d")
    return len(root) >= 3 and (
        long in endings or long in (root + root[-1] + "ing", root + root[-1] + "ed")
    )


@functools.lru_cache(maxsize=65_536)
def opposed(a: str, b: str) -> bool:
    """Whether two words are opposites: by a negating beginning or ending, or by the list."""
    if frozenset((a, b)) in _OPPOSED_WORDS:
        return True
    short, long = sorted((a, b), key=len)
    if len(short) >= 4 and long.endswith(short) and long[: -len(short)] in _OPPOSING:
        return True
    for end, other in _OPPOSED_ENDS:
        for x, y in ((a, b), (b, a)):
            if x.endswith(end) and y.endswith(other) and x[: -len(end)] == y[: -len(other)]:
                return True
    if long == short + "less":
        return True
    tail = 0
    while tail < len(short) and short[-1 - tail] == long[-1 - tail]:
        tail += 1
    return tail >= 3 and any(
        frozenset((a[: len(a) - cut], b[: len(b) - cut])) in _OPPOSED_STARTS
        for cut in range(3, tail + 1)
    )


def edit_distance(a: str, b: str) -> int:
    """Levenshtein distance, with a swap of neighbours as one edit."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, last, row = row, before, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
