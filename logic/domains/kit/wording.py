"""What a domain says of the words in names: which mean the same, and which never do."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from logic.errors import DomainError
from logic.judging.names import NameLikeness, words

Groups = tuple[tuple[str, ...], ...]


def groups(texts: Sequence[str]) -> Groups:
    """Groups of words, each as an author writes it: `"physician/doctor"`.

    Raises `DomainError` for a group of one word.
    """
    found = [tuple(text.lower().split("/")) for text in texts]
    for group in found:
        if len(group) < 2 or not all(group):
            written = "/".join(group)
            raise DomainError(
                f"{written!r} is no group of words: write two or more, as 'doctor/physician'"
            )
    return tuple(found)


def with_meanings(base: NameLikeness, synonyms: Groups, opposites: Groups) -> NameLikeness:
    """A likeness of names that knows synonyms and opposites."""
    if not synonyms and not opposites:
        return base

    def likeness(candidates: list[str], references: list[str]) -> list[list[float]]:
        ours = [_same_words(name, synonyms) for name in candidates]
        theirs = [_same_words(name, synonyms) for name in references]
        return [
            [
                0.0 if _opposed(candidate, reference, opposites) else value
                for reference, value in zip(theirs, row, strict=True)
            ]
            for candidate, row in zip(ours, base(ours, theirs), strict=True)
        ]

    return likeness


def _opposed(left: str, right: str, opposites: Groups) -> bool:
    """Whether each name has a word of one group that the other has not."""
    ours, theirs = set(words(left)), set(words(right))
    only_left, only_right = ours - theirs, theirs - ours
    return any(
        not only_left.isdisjoint(group) and not only_right.isdisjoint(group) for group in opposites
    )


def _same_words(name: str, synonyms: Groups) -> str:
    """A name with each word that has synonyms replaced by the first of them."""
    for first, *others in synonyms:
        for other in others:
            name = _word(other).sub(functools.partial(_as_cased, first), name)
    return name


@functools.lru_cache(maxsize=4096)
def _word(word: str) -> re.Pattern[str]:
    """A word within a name: `doctor` at its start or after a sign, `Doctor` also inside (`familyDoctor`)."""
    initial, rest = word[0], word[1:]
    either_case = rf"(?<![A-Za-z])[{initial}{initial.upper()}]"
    capital = rf"(?<=[a-z]){initial.upper()}"
    return re.compile(rf"(?:{either_case}|{capital}){rest}(?![a-z])")


def _as_cased(word: str, occurrence: re.Match[str]) -> str:
    return word.title() if occurrence[0][0].isupper() else word
