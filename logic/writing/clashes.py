"""Names that a reader would take for something of a bound variable where they stand without quotes."""

from __future__ import annotations

from collections.abc import Set

from logic import syntax as S
from logic.spelling import LOOKS_VARIABLE, NAME_LETTERS, look_alike, name_parts
from logic.substitution import free_variables

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


def applied_idly(node: S.Node) -> set[str]:
    """The names that stand before arguments where they are bound, by a quantifier that binds nothing else.

    `∃x x(a)` looks like a quantifier over predicates.
    """
    idle: set[str] = set()
    applied: set[str] = set()

    def visit(item: S.Node, bound: frozenset[str]) -> None:
        if isinstance(item, S.Quantified):
            name = item.variable.name
            bound = bound | {name}
            if name not in free_variables(item.body):
                idle.add(name)
        name = ""
        if isinstance(item, S.Atom) and item.args:
            name = item.predicate
        elif isinstance(item, S.Function):
            name = item.name
        if name in bound:
            applied.add(name)
        for child in item.children():
            visit(child, bound)

    visit(node, frozenset())
    return idle & applied
