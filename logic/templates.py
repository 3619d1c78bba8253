"""Templates such as `"{left:or} unless {right:or}"`.

They say what a construct's text is made of, for printing and decoding.
"""

from __future__ import annotations

import dataclasses
import functools
import string
import types
import typing
from dataclasses import dataclass
from typing import Any

from logic import syntax as S
from logic.errors import DomainError
from logic.writing.levels import LEVEL_NAMES

PLACES = {"any": 0} | {name: place for place, name in enumerate(LEVEL_NAMES)}
"""How tightly a formula binds, loosest first.

A part is bracketed where it binds less tightly than its place.
"""
TERM_PLACES = {"any": 0, "sum": 0, "product": 1, "simple": 2}
"""The same for terms."""
_KINDS = {
    S.Variable: "variable",
    S.Atom: "sort",
    S.Formula: "formula",
    S.Term: "term",
    int: "int",
    str: "str",
}
"""What a field of a type is; of a more special type first."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A field in a template, its kind, and its place.

    The kinds are "formula", "term", "variable", "sort", "int" and "str".
    """

    field: str
    kind: str
    place: int


def kinds(construct: type) -> dict[str, str]:
    """The fields of a construct in order, with the kind of each.

    Raises `DomainError` for a type that is none.
    """
    return _kinds(construct)


@functools.cache
def _kinds(construct: Any) -> dict[str, str]:
    name = construct.__name__
    if not dataclasses.is_dataclass(construct):
        raise DomainError(f"{name} must be a dataclass: put @dataclass(frozen=True) before it")
    hints = typing.get_type_hints(construct)
    fields = {}
    for field in dataclasses.fields(construct):
        fields[field.name] = _kind(f"{name}.{field.name}", hints[field.name])
    return fields


def _kind(field: str, type_: Any) -> str:
    """What a field of that type is. A sort is written as an atom, of its variable."""
    if not isinstance(type_, type) or isinstance(type_, types.GenericAlias):
        raise DomainError(f"{field}: {type_} cannot be a part of a construct")
    for base, kind in _KINDS.items():
        if issubclass(type_, base):
            return kind
    allowed = "Formula, Term, Variable, Atom, int, str"
    raise DomainError(f"{field}: {type_.__name__} is none of {allowed}")


def slots(construct: type, template: str) -> tuple[str | Slot, ...]:
    """A template's literal text and slots.

    Raises `DomainError` for a field or place that there is not.
    """
    return _slots(construct, template)


@functools.cache
def _slots(construct: Any, template: str) -> tuple[str | Slot, ...]:
    parts: list[str | Slot] = []
    for literal, field, place, _ in string.Formatter().parse(template):
        if literal:
            parts.append(literal)
        if field is not None:
            parts.append(_slot(construct, template, field, place))
    return tuple(parts)


def _slot(construct: Any, template: str, field: str, place: str | None) -> Slot:
    name = construct.__name__
    fields = kinds(construct)
    if field not in fields:
        listed = ", ".join(fields)
        raise DomainError(
            f"{name}: its template {template!r} names {field!r}; its fields are {listed}"
        )
    kind = fields[field]
    if kind == "formula":
        places, default = PLACES, "unary"
    else:
        places, default = TERM_PLACES, "any"
    if (place or default) not in places:
        allowed = ", ".join(places)
        raise DomainError(f"{name}: unknown place {place!r} in {template!r}; allowed: {allowed}")
    return Slot(field, kind, places[place or default])


def level(construct: type[S.Construct]) -> int:
    """How tightly a construct's own text binds."""
    name = construct.level
    if issubclass(construct, S.Formula):
        levels = PLACES
    else:
        levels = TERM_PLACES
        # "unary" is the default, which a formula's class has in mind.
        name = "simple" if name == "unary" else name
    if name not in levels:
        allowed = ", ".join(levels)
        raise DomainError(f"{construct.__name__}: unknown level {name!r}; allowed: {allowed}")
    return levels[name]
