"""Words that say opposite things, by their beginnings and endings or by a list."""

from __future__ import annotations

import functools

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


@functools.lru_cache(maxsize=65_536)
def opposed(left: str, right: str) -> bool:
    """Whether two words are opposites: by a negating beginning or ending, or by the list."""
    if frozenset((left, right)) in _OPPOSED_WORDS:
        return True
    short, long = sorted((left, right), key=len)
    if long == short + "less":
        return True
    negatable = len(short) >= _MIN_NEGATED and long.endswith(short)
    if negatable and long.removesuffix(short) in _NEGATING_STARTS:
        return True
    return _ends_opposed(left, right) or _starts_opposed(left, right)


def _ends_opposed(left: str, right: str) -> bool:
    """Whether one stem has two opposed endings (careful, careless)."""
    for end, other in _OPPOSED_ENDS:
        for first, second in ((left, right), (right, left)):
            if not first.endswith(end) or not second.endswith(other):
                continue
            if first[: -len(end)] == second[: -len(other)]:
                return True
    return False


def _starts_opposed(left: str, right: str) -> bool:
    """Whether one ending has two opposed beginnings (import, export)."""
    shortest = min(len(left), len(right))
    tail = 0
    while tail < shortest and left[-1 - tail] == right[-1 - tail]:
        tail += 1
    # Opposed beginnings may end alike (over, under): every cut of the shared ending is tried.
    for cut in range(_MIN_TAIL, tail + 1):
        starts = frozenset(
            (
                left[: len(left) - cut],
                right[: len(right) - cut],
            )
        )
        if starts in _OPPOSED_STARTS:
            return True
    return False
