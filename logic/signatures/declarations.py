"""The declarations of a signature's text: `Chases(x, y) ::: x chases y`, `Cat/1`, `anna`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from logic.reading.files.headings import heading
from logic.spelling import plain_name

_NAME = r"(?:'(?:[^'\\]|\\.)+'|[^\s(),;:/]+)"
_DECLARATION = re.compile(
    rf"""
    (?P<name> {_NAME} )
    (?: / (?P<arity> \d{{1,2}} )
      | \s* \( (?P<arguments> [^()]* ) \)
      | \s* : \s* (?P<sort> {_NAME} )
    )?
    """,
    re.VERBOSE,
)
_ARGUMENT = re.compile(rf"\s*(?P<name>{_NAME})\s*(?::\s*(?P<sort>{_NAME})\s*)?")
_SEPARATOR = re.compile(r"[\s,;]+")
_BULLET = re.compile(r"\A\s*(?:[-*+•]\s+|\d{1,3}[.)]\s+)")
_SPLIT = re.compile(r"[\n{,]")
_GLOSS = ":::"
_KINDS = {
    "predicates": re.compile(r"\W*(?:\w+\s)?predicates?\b", re.IGNORECASE),
    "functions": re.compile(r"\W*(?:\w+\s)?functions?\b", re.IGNORECASE),
    "constants": re.compile(r"\W*(?:\w+\s)?constants?\b", re.IGNORECASE),
}


class Declaration(NamedTuple):
    """One symbol: its kind ("predicates", "functions" or "constants"), name and arity.

    `arguments` are the names that the declaration gives its arguments, empty where it names none;
    `sorts` those of the arguments, or a constant's own, "" where none is named.
    """

    kind: str
    name: str
    arity: int
    arguments: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()
    gloss: str = ""


def declarations(text: str, kind: str | None = None) -> Iterator[Declaration]:
    """The declarations of a text, in order; of a text with headings, those of its signature.

    `kind` is what all of them are, where it is known. Raises ValueError for what is none, with its
    line.
    """
    lines = text.split("\n")
    is_story = any(heading(line) is not None for line in lines)
    is_inside = not is_story
    for number, line in enumerate(lines, start=1):
        opened = heading(line) if is_story else None
        rest = line
        if opened is not None:
            is_inside = opened.part == "signature"
            kind = _kind_of(line) if is_inside else None
            rest = opened.rest
        if is_inside and rest.strip(" \t`*"):
            yield from _of_line(rest, number, kind)


def has_section(text: str) -> bool:
    """Whether a text has a part that declares a signature: a heading, or an entry of JSON."""
    return any(_opens_signature(line) for line in _SPLIT.split(text))


def _opens_signature(line: str) -> bool:
    opened = heading(line)
    return opened is not None and opened.part == "signature"


def _kind_of(line: str) -> str | None:
    """What a heading says that it lists; None where it says no more than "Signature:"."""
    for kind, pattern in _KINDS.items():
        if pattern.match(line):
            return kind
    return None


def _of_line(line: str, number: int, kind: str | None) -> Iterator[Declaration]:
    head, _, gloss = line.partition(_GLOSS)
    head = _BULLET.sub("", head).strip()
    gloss = gloss.strip()
    place = 0
    while place < len(head):
        found = _DECLARATION.match(head, place)
        if found is None:
            raise _unreadable(head[place:], number)
        declared = _declared(found, kind, number)
        place = found.end()
        gap = _SEPARATOR.match(head, place)
        if gap is None and place < len(head):
            raise _unreadable(head[found.start() :], number)
        place = place if gap is None else gap.end()
        # A gloss speaks of the one symbol before it.
        is_alone = found.start() == 0 and place >= len(head)
        yield declared._replace(gloss=gloss) if is_alone else declared


def _unreadable(text: str, number: int) -> ValueError:
    allowed = "write a predicate as Name/2 or Name(x, y) and a constant as name"
    return ValueError(f"{text[:60]!r} in a signature, line {number}: {allowed}")


def _declared(found: re.Match[str], kind: str | None, number: int) -> Declaration:
    name = plain_name(found["name"])
    if found["arity"]:
        return Declaration(_kind(kind, "predicates"), name, int(found["arity"]))
    if found["arguments"] is not None:
        arguments, sorts = _arguments(found, number)
        return Declaration(
            _kind(kind, "predicates"),
            name,
            len(arguments),
            arguments,
            sorts,
        )
    sort = plain_name(found["sort"]) if found["sort"] else ""
    return Declaration(
        kind or "constants",
        name,
        0,
        sorts=(sort,) if sort else (),
    )


def _kind(stated: str | None, shown: str) -> str:
    """A symbol with arguments is no constant, whatever the heading above it says."""
    return shown if stated in (None, "constants") else str(stated)


def _arguments(found: re.Match[str], number: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names and the sorts of a declaration's arguments."""
    inside = found["arguments"]
    if not inside.strip():
        return (), ()
    names: list[str] = []
    sorts: list[str] = []
    for part in inside.split(","):
        argument = _ARGUMENT.fullmatch(part)
        if argument is None:
            raise _unreadable(found[0], number)
        names.append(plain_name(argument["name"]))
        sorts.append(plain_name(argument["sort"]) if argument["sort"] else "")
    return tuple(names), tuple(sorts)
