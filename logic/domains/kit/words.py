"""What a domain's own tokens look like, from their patterns.

The words that they take from names, and their signs.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice, product
from re import _parser  # Python's own parser of patterns, which has no public name
from typing import Any

from logic.domains.kit.domain import Domain

_MOST_WORDS = 500
_NO_NAME = "\0"
"""What stands in a word for a part that is no fixed letters: a character that no name holds."""
_WORD = re.compile(r"\w+")
_NO_WORD = re.compile(r"[^\w\s.,:;'\"()-]")


def reserved_words(domain: Domain) -> set[str]:
    """The names that a domain's own tokens take."""
    words: set[str] = set()
    for pattern in domain.words:
        words.update(filter(_WORD.fullmatch, _texts(pattern)))
    return words


@functools.cache
def signs(domain: Domain) -> re.Pattern[str] | None:
    """What shows that a text holds a formula of the domain: those of its tokens that are no words."""
    escaped: set[str] = set()
    for pattern in domain.words:
        for text in _texts(pattern):
            beginning = text.split(_NO_NAME)[0].strip()
            if _NO_WORD.search(beginning):
                escaped.add(re.escape(beginning))
    if not escaped:
        return None
    return re.compile("|".join(sorted(escaped)))


def _texts(pattern: re.Pattern[str]) -> Iterator[str]:
    """The first of the texts that a pattern matches.

    That is as far as they are letters and alternatives of letters.
    """
    tree = _parser.parse(pattern.pattern, pattern.flags)
    return islice(_spelled(tree), _MOST_WORDS)


def _spelled(tree: Iterable[Any]) -> Iterator[str]:
    """The texts of a parsed pattern: each part's alternatives, in every combination."""
    choices = []
    for operation, value in tree:
        alternatives = _alternatives(str(operation), value)
        if alternatives is not None:
            choices.append(alternatives)
    return map("".join, product(*choices))


def _alternatives(operation: str, value: Any) -> list[str] | None:
    """What one part of a pattern may spell; None for a condition, which spells nothing."""
    match operation:
        case "ASSERT" | "ASSERT_NOT" | "AT":
            return None
        case "LITERAL":
            return [chr(value)]
        case "IN" if all(str(kind) == "LITERAL" for kind, _ in value):
            return [chr(code) for _, code in value]
        case "SUBPATTERN":
            return list(_spelled(value[-1]))
        case "BRANCH":
            return list(chain.from_iterable(map(_spelled, value[1])))
        case "MAX_REPEAT" if value[:2] == (0, 1):
            return ["", *_spelled(value[2])]
    return [_NO_NAME]
