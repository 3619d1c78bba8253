"""Names that mention a variable and apply nothing to it: `xRy`, `R_{ij}`, `mother of y`.

Read as names of their own they would leave a quantifier with nothing to bind, and then ∀ and ∃ would say the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from lark import Token

from logic.reading.raw import Raw
from logic.spelling import JUXTAPOSED, LOOKS_VARIABLE, look_alike, name_parts

_LETTER = re.compile(r"[^\W\d_]\d{0,2}'*")
"""A variable of one letter."""
_SIGNS = re.compile(r"[\W_]+")
_TYPE = re.compile(r"[A-Z]\w*[a-z]\w*")
"""`Cat` in `∀Cat x`."""


class Said(NamedTuple):
    """A name that was met and is no variable, with its place."""

    name: str
    raw: Raw
    is_proposition: bool


def is_spaced(token: Token, text: str) -> bool:
    """Whether a name between quotes has none in the text: several words, quoted while they were read."""
    start = token.start_pos
    return start is not None and text[start : start + 1] not in ("'", '"')


def taken_for(name: str, bound: Mapping[str, int]) -> str | None:
    """The variable that a name is taken for and is not: `x_1` where `x₁` is bound so many times, or was."""
    for variable, times in bound.items():
        is_near = times or LOOKS_VARIABLE.fullmatch(variable)
        if is_near and look_alike(variable) == look_alike(name):
            return variable
    return None


def within(said: Said, variables: Iterable[str]) -> str | None:
    """The first of some bound variables that a name mentions: as a word, or glued to a letter (`xRy`, `px`)."""
    name, _, is_proposition = said
    present = [variable for variable in variables if variable in name]
    if not present:
        return None
    words = name_parts(name)
    for variable in present:
        if variable in words:
            return variable
    if not is_proposition or JUXTAPOSED.fullmatch(name):
        return None
    rest = _SIGNS.sub("", name)
    for variable in sorted(present, key=len, reverse=True):
        rest = rest.replace(variable, "")
    letters = "".join(filter(str.isalpha, rest))
    return present[0] if len(letters) <= 1 or letters.isupper() else None


def misreading(
    variable: str, beside: Sequence[str], said: Iterable[Said], free: Iterable[str]
) -> tuple[str, Raw | None, str] | None:
    """What shows that a quantifier which binds nothing was meant to bind: reason, place and hint.

    `beside` are all variables of the quantifier, `said` the names in its scope, `free` the formula's free variables.
    The place is None where it is the quantifier's own.
    """
    if (meant := _meant(said, variable)) is not None:
        letters = JUXTAPOSED.fullmatch(meant.name)
        applied = f"{letters[1]}({', '.join(letters[2])})" if letters else f"P({variable})"
        return f"{meant.name!r} says nothing of {variable}", meant.raw, f"write {applied}"
    idle = f"the quantifier for {variable!r} binds nothing"
    if len(beside) > 1 and _TYPE.fullmatch(variable):
        return idle, None, f"a kind of things is a predicate, as {variable}(x)"
    for name in free:
        if look_alike(name)[:1] == look_alike(variable)[:1]:  # `∀X P(x)`, `∀x_{Cat} P(x)`
            return f"{idle}, and {name!r} is free", None, "write both alike"
    return None


def _meant(said: Iterable[Said], variable: str) -> Said | None:
    """The first of the names that may be meant for a variable of which nothing is said."""
    own = look_alike(variable)
    is_letter = _LETTER.fullmatch(own) is not None
    for one in said:
        near = look_alike(one.name)
        if one.is_proposition and is_letter and own in near:
            return one
        index = near[len(own) :] if near.startswith(own) else ""
        if (index.isdigit() and len(index) <= 2) or variable in name_parts(one.name):  # `∀n P(n1)`
            return one
    return None
