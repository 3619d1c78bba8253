"""Words that say opposite things, by their beginnings and endings or by a list."""

from __future__ import annotations

import functools
import itertools

NEGATIONS = frozenset(
    """
    not no non never without cannot anti counter against un lack isnt arent wasnt werent hasnt
    havent hadnt cant couldnt dont doesnt didnt wont wouldnt ex former fake pseudo almost nearly
    hardly barely only all every some any by
    """.split()
)
"""Words that change what the rest of a name says; `by` turns the arguments round (TaughtBy)."""

_NEGATING_STARTS = frozenset("un in il im ir dis non anti de mis counter a".split())
_OPPOSED_STARTS = frozenset(
    frozenset(pair.split("/"))
    for pair in """
    in/ex in/out im/ex in/de pre/post over/under up/down pro/anti inter/intra a/de
    """.split()
)
_OPPOSED_ENDS = (("less", "ful"), ("er", "ee"), ("or", "ee"), ("er", "est"))
_OPPOSED_WORDS = frozenset(
    frozenset(pair.split("/"))
    for pair in """
    above/below accept/reject add/remove after/before all/none always/never ancestor/descendant
    approve/reject attack/defend begin/end best/worst better/worse big/small birth/death
    black/white borrow/lend boy/girl bright/dark brother/sister buy/sell cause/prevent
    cheap/expensive child/parent clean/dirty close/open cold/hot cold/warm cool/warm
    create/destroy day/night dead/alive deep/shallow dry/wet early/late east/west easy/difficult
    easy/hard empty/full enemy/friend enter/leave even/odd fail/pass fail/succeed false/true
    fast/slow father/mother female/male few/many first/last forget/remember give/take good/bad
    guilty/innocent happy/sad hate/like hate/love heavy/light high/low husband/wife large/small
    larger/smaller less/more like/dislike long/short lose/win man/woman maximum/minimum max/min
    new/old next/previous north/south older/younger old/young post/pre private/public pull/push
    rich/poor right/left right/wrong safe/dangerous start/end start/stop strong/weak
    student/teacher sweet/sour sink/float tall/short taller/shorter thick/thin top/bottom up/down
    war/peace wide/narrow
    """.split()
)
_MIN_NEGATED = 4
"""Letters of a word that a beginning may negate: `unit` does not deny `it`."""
_MIN_TAIL = 3
"""Letters that two words with opposed beginnings share."""


def opposed(left: str, right: str) -> bool:
    """Whether two words are opposites: by a negating beginning or ending, or by the list."""
    return right in opposites(left)


@functools.lru_cache(maxsize=4096)
def opposites(word: str) -> frozenset[str]:
    """Every opposite of a word, most of them no words: looking one up is cheaper than comparing."""
    found = set(_listed().get(word, ()))
    found.add(word + "less")
    if word.endswith("less"):
        found.add(word.removesuffix("less"))
    found |= _denials(word)
    found |= _turned(word)
    return frozenset(found)


def _denials(word: str) -> set[str]:
    """The word with a negating beginning, or without the one it has."""
    found = set()
    for start in _NEGATING_STARTS:
        if len(word) >= _MIN_NEGATED:
            found.add(start + word)
        rest = word.removeprefix(start)
        if _MIN_NEGATED <= len(rest) < len(word):
            found.add(rest)
    return found


def _turned(word: str) -> set[str]:
    """The word with another beginning or ending, where these are opposed."""
    found = set()
    for pair in _OPPOSED_STARTS:
        for first, second in itertools.permutations(pair):
            rest = word.removeprefix(first)
            if _MIN_TAIL <= len(rest) < len(word):
                found.add(second + rest)
    for ends in _OPPOSED_ENDS:
        for first, second in itertools.permutations(ends):
            rest = word.removesuffix(first)
            if len(rest) < len(word):
                found.add(rest + second)
    return found


@functools.cache
def _listed() -> dict[str, set[str]]:
    """The opposites of each word on the list."""
    listed: dict[str, set[str]] = {}
    for pair in _OPPOSED_WORDS:
        for first, second in itertools.permutations(pair):
            listed.setdefault(first, set()).add(second)
    return listed
