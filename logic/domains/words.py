"""What a domain's own tokens look like, from their patterns: the words they take from names, and their signs."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

from logic.domains.domain import Domain

_MOST_WORDS = 500


def reserved_words(domain: Domain) -> set[str]:
    """The names that a domain's own tokens take."""
    found = {word for pattern in domain.words for word in _texts(pattern)}
    return {word for word in found if re.fullmatch(r"\w+", word)}


def _texts(pattern: re.Pattern[str]) -> Iterator[str]:
    """The first of the texts that a pattern matches, as far as they are letters and alternatives of letters."""
    from re import _parser

    for count, text in enumerate(_spelled(list(_parser.parse(pattern.pattern, pattern.flags)))):
        if count >= _MOST_WORDS:
            return
        yield text


def _spelled(tree: list[Any]) -> Iterator[str]:
    choices: list[list[str]] = []
    for operation, value in tree:
        name = str(operation)
        if name == "LITERAL":
            choices.append([chr(value)])
        elif name == "IN" and all(str(kind) == "LITERAL" for kind, _ in value):
            choices.append([chr(code) for _, code in value])
        elif name == "SUBPATTERN":
            choices.append(list(_spelled(list(value[-1]))))
        elif name == "BRANCH":
            choices.append([text for branch in value[1] for text in _spelled(list(branch))])
        elif name == "MAX_REPEAT" and value[:2] == (0, 1):
            choices.append(["", *_spelled(list(value[2]))])
        elif name not in ("ASSERT", "ASSERT_NOT", "AT"):
            choices.append(["\0"])  # what no name holds
    return map("".join, product(*choices))


@functools.cache
def signs(domain: Domain) -> re.Pattern[str] | None:
    """What shows that a text holds a formula of the domain: those of its tokens that are no words."""
    found = {text.split("\0")[0].strip() for pattern in domain.words for text in _texts(pattern)}
    shown = sorted({re.escape(text) for text in found if re.search(r"[^\w\s.,:;'\"()-]", text)})
    return re.compile("|".join(shown)) if shown else None
