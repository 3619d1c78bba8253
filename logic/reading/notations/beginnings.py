"""Which characters a regular expression can begin with, so that most terminals need not be tried.

An alternation is tried in order, one alternative after another. Where only one or two of a
grammar's terminals can begin with a character, trying these alone finds the same in half the time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from re import _constants as operations  # Lark measures patterns by them too
from re import _parser as patterns
from typing import Any

_MOST_ALTERNATIVES = 2
"""Terminals that are tried without the rest of them."""
_MOST_CHARACTERS = 1_024
"""Characters that are remembered, however many a hostile text has."""

Match = Callable[[str, int], re.Match[str] | None]

_PASSED_BY = frozenset([operations.AT, operations.ASSERT, operations.ASSERT_NOT])
_REPEATS = frozenset(
    [operations.MAX_REPEAT, operations.MIN_REPEAT, operations.POSSESSIVE_REPEAT],
)


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


# As the engine itself tells them apart in text.
_CATEGORIES: dict[Any, tuple[Callable[[str], bool], bool]] = {
    operations.CATEGORY_DIGIT: (str.isdecimal, True),
    operations.CATEGORY_NOT_DIGIT: (str.isdecimal, False),
    operations.CATEGORY_SPACE: (str.isspace, True),
    operations.CATEGORY_NOT_SPACE: (str.isspace, False),
    operations.CATEGORY_WORD: (_is_word, True),
    operations.CATEGORY_NOT_WORD: (_is_word, False),
}


class Beginnings(dict[str, Match]):
    """How to match one of several named terminals, by the first character of what is matched.

    What it finds is what the alternation of all of them, in their order, would find.
    """

    def __init__(self, terminals: Sequence[tuple[str, str]], every: re.Pattern[str]) -> None:
        super().__init__()
        self._terminals = [(name, regexp, patterns.parse(regexp)) for name, regexp in terminals]
        self._every = every.match
        self._some: dict[tuple[str, ...], Match] = {}

    def __missing__(self, character: str) -> Match:
        match = self._match(character)
        if len(self) < _MOST_CHARACTERS:
            self[character] = match
        return match

    def _match(self, character: str) -> Match:
        possible = {
            name: regexp
            for name, regexp, pattern in self._terminals
            if _may_begin(pattern, character, ignore_case=False)[0]
        }
        if len(possible) > _MOST_ALTERNATIVES:
            return self._every
        names = tuple(possible)
        if names == (self._terminals[0][0],):
            return self._every  # which tries it first anyway
        if names not in self._some:
            alternatives = [f"(?P<{name}>{regexp})" for name, regexp in possible.items()]
            # With none possible nothing matches, which an empty pattern would.
            self._some[names] = re.compile("|".join(alternatives) or r"(?!)").match
        return self._some[names]


def _may_begin(pattern: Any, character: str, *, ignore_case: bool) -> tuple[bool, bool]:
    """Whether a match may begin with a character, and whether it may be empty.

    What is not certain is true: then the terminal is tried, as it is without any of this.
    """
    for operation, argument in pattern:
        begins, is_empty = _one(operation, argument, character, ignore_case)
        if begins:
            return True, False
        if not is_empty:
            return False, False
    return False, True


def _one(operation: Any, argument: Any, character: str, ignore_case: bool) -> tuple[bool, bool]:
    """The same of one operation of a parsed pattern."""
    if operation in _PASSED_BY:
        return False, True  # these only look
    if operation is operations.LITERAL:
        return _is_literal(character, argument, ignore_case), False
    if operation is operations.IN:
        return _is_in(argument, character, ignore_case), False
    if operation is operations.SUBPATTERN:
        _, added, removed, inside = argument
        ignores = bool(added & re.IGNORECASE) or (ignore_case and not removed & re.IGNORECASE)
        return _may_begin(inside, character, ignore_case=ignores)
    if operation is operations.ATOMIC_GROUP:
        return _may_begin(argument, character, ignore_case=ignore_case)
    if operation in _REPEATS:
        least, _, inside = argument
        begins, is_empty = _may_begin(inside, character, ignore_case=ignore_case)
        return begins, is_empty or least == 0
    if operation is operations.BRANCH:
        ways = [_may_begin(way, character, ignore_case=ignore_case) for way in argument[1]]
        return any(begins for begins, _ in ways), any(is_empty for _, is_empty in ways)
    return True, False


def _is_literal(character: str, code: int, ignore_case: bool) -> bool:
    if not ignore_case:
        return ord(character) == code
    return _has_more_forms(character) or character.lower() == chr(code).lower()


def _has_more_forms(character: str) -> bool:
    """Whether a letter may have other forms than its lower and upper case, as `ſ` is an s too."""
    return character.isalpha() and not character.isascii()


def _is_in(members: Any, character: str, ignore_case: bool) -> bool:
    if ignore_case and _has_more_forms(character):
        return True
    forms = {character.lower(), character.upper()} if ignore_case else {character}
    is_negated = members[0][0] is operations.NEGATE
    if is_negated:
        members = members[1:]
    is_member = any(_is_member(member, form) for member in members for form in forms)
    return is_member != is_negated


def _is_member(member: tuple[Any, Any], character: str) -> bool:
    kind, argument = member
    if kind is operations.LITERAL:
        return ord(character) == argument
    if kind is operations.RANGE:
        low, high = argument
        return bool(low <= ord(character) <= high)
    has_property, wanted = _CATEGORIES[argument]
    return has_property(character) is wanted
