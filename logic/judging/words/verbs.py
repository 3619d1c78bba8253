"""Words that may be a verb where `is` before them makes something else of them.

`Defeated(a, b)` says that a did it, `IsDefeated(a, b)` that it was done to a. `Like(a, b)` is no
`IsLike(a, b)`, and what walks is no walk. No rule tells a verb from a noun: a word too many costs a
little credit, one too few would let a wrong formula pass.
"""

from __future__ import annotations

_SAME_AS_BASE = """
    hit cut put hurt read beat set let shut cost bet burst cast quit split spread shed rid bid thrust
    upset run come become overcome
"""
"""Base forms that are participles too."""
_BASE = """
    like love hate want need work walk fly swim sleep talk play dance jump smile laugh cry drink eat
    fight study travel visit move ride drive sail smoke dream hope wish fear help kill defeat attack
    chase kiss hunt trust respect support follow watch touch miss call invite know see own teach
    write buy sell give take bite catch lose win leave meet care search climb laugh look wait
"""
_IRREGULAR = """
    taught caught bought brought thought sought fought sold told made built rebuilt led misled fed
    met held lost found kept left sent paid said heard felt understood shot struck stricken hung dug
    won spent lent bent bound ground wound swung stung flung slain slept meant dealt bred slid lit
    laid stood sat got
    eaten beaten seen foreseen overseen known given forgiven taken mistaken overtaken undertaken
    written driven ridden hidden bitten broken spoken stolen chosen frozen woken worn torn borne
    sworn drawn withdrawn grown thrown overthrown blown flown shown sewn sown done undone outdone
    gone begun drunk sung sunk rung swum forgotten forbidden gotten forsaken shaken proven swollen
"""
_NO_PARTICIPLE = frozenset(
    "hundred sacred naked wicked rugged ragged crooked kindred hatred biped moped embed".split()
)
_ENDS_IN_EED = frozenset("agreed disagreed freed guaranteed decreed refereed".split())
_WITH_A_PREPOSITION = frozenset(
    """
    talked looked laughed listened shouted stared smiled waited cared yelled pointed referred replied
    responded voted prayed asked hoped wished cheered searched aimed fired operated acted played
    worked lived travelled traveled walked moved applied subscribed relied insisted commented
    reported complained called believed cheated stepped knocked contributed donated performed
    studied returned traded climbed
    slept paid fought sold shot sent thought heard dealt lent taught read met left lost won run
    """.split()
)
"""Past forms that lead a preposition as verbs do: one who voted for another is not voted for."""
_PREPOSITIONS = frozenset(
    """
    of in on at to by for from with as about above across after against along among around before
    behind below beneath beside between beyond during inside into near off onto out outside over
    through toward towards under upon up down via within without
    """.split()
)

BASE_VERBS = frozenset(f"{_SAME_AS_BASE} {_BASE}".split())
_PARTICIPLES = frozenset(f"{_SAME_AS_BASE} {_IRREGULAR}".split())


def is_participle(word: str) -> bool:
    """Whether a word says what was done: by its ending, or by a list."""
    if word in _PARTICIPLES or word in _ENDS_IN_EED:
        return True
    if len(word) <= 3 or word.endswith("eed") or word in _NO_PARTICIPLE:
        return False
    return word.endswith("ed")


def may_act(words: tuple[str, ...]) -> bool:
    """Whether a relation's words may say what its first argument does to the second.

    What comes before a preposition seldom does: `LocatedIn` and `WorkOf` say what something is.
    """
    while len(words) > 1 and words[0].endswith("ly"):
        words = words[1:]
    verb, behind = (*words, "")[:2]
    if not is_participle(verb):
        return is_action(words)
    return behind not in _PREPOSITIONS or verb in _WITH_A_PREPOSITION


def is_action(words: tuple[str, ...]) -> bool:
    """Whether words are a verb in its base form, alone or with a preposition (WalkIn)."""
    verb, behind = (*words, "")[:2]
    if verb not in BASE_VERBS or behind == "of":
        return False
    return not behind or behind in _PREPOSITIONS
