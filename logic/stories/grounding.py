"""Whether a formula speaks of what its sentence speaks of: their words, without any reference.

It is no proof of anything: a formula may have the words of a sentence and say the opposite. It
tells a formula of another sentence, an invented name and one that is left out.
"""

from __future__ import annotations

import re

from logic import syntax as S
from logic.judging.names import stem, words
from logic.symbols import symbols

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


def grounding(formula: S.Formula, sentence: str) -> float:
    """How far the names of a formula and the content words of a sentence are the same, in [0, 1].

    The harmonic mean of two shares: of the formula's symbols those whose words all occur in the
    sentence, and of the sentence's content words those that occur in a symbol.
    """
    said: set[str] = set()
    content: set[str] = set()
    for word in _WORD.findall(sentence.lower()):
        root = _root(stem(word))
        said.add(root)
        if word not in _FUNCTION_WORDS and not word.endswith(_CONTRACTIONS):
            content.add(root)
    named = [
        frozenset(map(_root, words(name)))
        for _, name, _ in symbols(formula)
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


def _root(word: str) -> str:
    """What the forms of a verb have in common: chase, chased, chasing."""
    return _VERBAL.sub("", word)
