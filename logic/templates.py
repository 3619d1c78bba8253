"""Templates such as `"{left:or} unless {right:or}"`: what a construct's text is made of, for printing and decoding."""

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
"""How tightly a formula binds, loosest first; a part is bracketed where it binds less tightly than its place."""
TERM_PLACES = {"any": 0, "sum": 0, "product": 1, "simple": 2}
"""The same for terms."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A field in a template: its kind ("formula", "term", "variable", "sort", "int" or "str") and its place."""

    field: str
    kind: str
    place: int


def kinds(construct: type) -> dict[str, str]:
    """The fields of a construct in order, with the kind of each. Raises `DomainError` for a type that is none."""
    return _kinds(construct)


@functools.cache
def _kinds(construct: Any) -> dict[str, str]:
    name = construct.__name__
    if not dataclasses.is_dataclass(construct):
        raise DomainError(f"{name} must be a dataclass: put @dataclass(frozen=True) before it")
    hints = typing.get_type_hints(construct)
    found = {}
    for field in dataclasses.fields(construct):
        hint = hints[field.name]
        if not isinstance(hint, type) or isinstance(hint, types.GenericAlias):
            raise DomainError(f"{name}.{field.name}: {hint} cannot be a part of a construct")
        for base, kind in (
            (S.Variable, "variable"), (S.Atom, "sort"), (S.Formula, "formula"), (S.Term, "term"), (int, "int"),
            (str, "str"),
        ):  # fmt: skip
            if issubclass(hint, base):
                found[field.name] = kind
                break
        else:
            allowed = "Formula, Term, Variable, Atom, int, str"
            raise DomainError(f"{name}.{field.name}: {hint.__name__} is none of {allowed}")
    return found


def slots(construct: type, template: str) -> tuple[str | Slot, ...]:
    """A template's literal text and slots. Raises `DomainError` for a field or place that there is not."""
    return _slots(construct, template)


@functools.cache
def _slots(construct: Any, template: str) -> tuple[str | Slot, ...]:
    known = kinds(construct)
    parts: list[str | Slot] = []
    for literal, name, place, _ in string.Formatter().parse(template):
        if literal:
            parts.append(literal)
        if name is None:
            continue
        if name not in known:
            raise DomainError(
                f"{construct.__name__}: its template {template!r} names {name!r}; its fields are {', '.join(known)}"
            )
        kind = known[name]
        allowed = PLACES if kind == "formula" else TERM_PLACES
        default = "unary" if kind == "formula" else "any"
        if (place or default) not in allowed:
            raise DomainError(
                f"{construct.__name__}: unknown place {place!r} in {template!r}; allowed: {', '.join(allowed)}"
            )
        parts.append(Slot(name, kind, allowed[place or default]))
    return tuple(parts)


def level(construct: type[S.Construct]) -> int:
    """How tightly a construct's own text binds."""
    allowed = PLACES if issubclass(construct, S.Formula) else TERM_PLACES
    name = (
        construct.level
        if issubclass(construct, S.Formula) or construct.level != "unary"
        else "simple"
    )
    if name not in allowed:
        raise DomainError(
            f"{construct.__name__}: unknown level {name!r}; allowed: {', '.join(allowed)}"
        )
    return allowed[name]
