"""Names that a reader would take for something of a bound variable where they stand without quotes."""

from __future__ import annotations

from collections.abc import Set

from logic.spelling import LOOKS_VARIABLE, NAME_LETTERS, look_alike, name_parts

_DIGITS = "0123456789"
_MOST_DIGITS = 2


def has_variable(name: str, variables: Set[str]) -> bool:
    """Whether a variable is a word of a name, as in `mother_of_y`."""
    for word in name_parts(name):
        if word in variables:
            return True
        if LOOKS_VARIABLE.fullmatch(word):
            return True
    return False


def is_indexed(name: str, look_alikes: Set[str]) -> bool:
    """Whether a name is a variable with an index behind it, as `n12` where n is bound."""
    stem = name.rstrip(_DIGITS)
    digits = len(name) - len(stem)
    if not 1 <= digits <= _MOST_DIGITS:
        return False
    return look_alike(stem) in look_alikes


def looks_applied(name: str, look_alikes: Set[str]) -> bool:
    """Whether a proposition such as `xRy` or `Px` may be a predicate with its arguments, where anything is bound."""
    if NAME_LETTERS.search(name):
        return True
    near = look_alike(name)
    return any(other in near for other in look_alikes)
