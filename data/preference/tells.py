"""Shortcuts in preferences: how often the answers alone, or a look at the story, tell the chosen one.

A reward model learns whatever is easiest. Where length, words or likeness to the prompt tell which
answer is preferred, a comparison of rewards on such rows says nothing about what they understand.
Each figure is the share of pairs that a tell decides rightly, ties counting a half: 0.5 is chance.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

from data.records import Preference

Tell = Callable[[Preference], int]
"""1 where it points to the chosen answer, -1 to the rejected one, 0 to neither."""

_WORD = re.compile(r"\w+(?:'\w+)?")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_FOLDS = 5
_LONGEST = 3
"""Words in the longest run that is counted."""


def words(text: str) -> list[str]:
    """The words of a text in lower case, "isn't" as one."""
    return _WORD.findall(text.casefold())


def runs(text: str, longest: int = _LONGEST) -> list[tuple[str, ...]]:
    """All runs of one to `longest` words; where the text begins and ends counts as a word."""
    tokens = ["<", *words(text), ">"]
    return [
        tuple(tokens[start : start + size])
        for size in range(1, longest + 1)
        for start in range(len(tokens) - size + 1)
    ]


def length(row: Preference) -> int:
    """The longer answer, in words."""
    return _sign(len(words(row.chosen)), len(words(row.rejected)))


def overlap(row: Preference) -> int:
    """The answer that shares more of its words and pairs of words with one sentence of the prompt."""
    sentences = [set(_inner(text)) for turn in row.prompt for text in _SENTENCE.split(turn.content)]
    return _sign(_shared(row.chosen, sentences), _shared(row.rejected, sentences))


def _inner(text: str) -> list[tuple[str, ...]]:
    """Runs of words alone, as an answer may stand inside a sentence."""
    return [run for run in runs(text, 2) if "<" not in run and ">" not in run]


def _shared(answer: str, sentences: Sequence[set[tuple[str, ...]]]) -> float:
    parts = _inner(answer)
    if not parts:
        return 0.0
    return max((sum(part in known for part in parts) for known in sentences), default=0) / len(
        parts
    )


def _sign(chosen: float, rejected: float) -> int:
    return (chosen > rejected) - (chosen < rejected)


def accuracy(rows: Sequence[Preference], tell: Tell) -> float:
    """How often a tell is right about the rows, a tie counting a half."""
    return 0.5 + sum(tell(row) for row in rows) / (2 * len(rows))


def by_words(rows: Sequence[Preference]) -> float:
    """How often the answers' own words tell, learned on four fifths and tried on the last.

    Naive Bayes over runs of one to three words, without the prompt; every row is tried once. Rows
    of one group are on one side.
    """
    groups = sorted({row.group for row in rows})
    rng = Random("folds")
    fold_of = {group: int(rng.random() * _FOLDS) for group in groups}
    right = 0.0
    for fold in range(_FOLDS):
        weights = _weights([row for row in rows if fold_of[row.group] != fold])
        for row in rows:
            if fold_of[row.group] == fold:
                lead = _weight(row.chosen, weights) - _weight(row.rejected, weights)
                right += (1 + _sign(lead, 0.0)) / 2
    return right / len(rows)


def _weights(rows: Sequence[Preference]) -> dict[tuple[str, ...], float]:
    """What each run of words says for a chosen answer: the logarithm of its odds, smoothed."""
    chosen: Counter[tuple[str, ...]] = Counter()
    rejected: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        ours, theirs = set(runs(row.chosen)), set(runs(row.rejected))
        chosen.update(ours - theirs)
        rejected.update(theirs - ours)
    return {
        run: math.log((chosen[run] + 1) / (rejected[run] + 1))
        for run in chosen.keys() | rejected.keys()
    }


def _weight(answer: str, weights: dict[tuple[str, ...], float]) -> float:
    return math.fsum(weights.get(run, 0.0) for run in set(runs(answer)))


def tells(rows: Sequence[Preference]) -> dict[str, float]:
    """How often each tell is right about the rows; nothing where there are none."""
    if not rows:
        return {}
    return {
        "words of the answers": by_words(rows),
        "likeness to a sentence of the prompt": accuracy(rows, overlap),
        "length": accuracy(rows, length),
    }
