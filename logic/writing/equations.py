"""Equations in notations where `==` joins formulas as well as terms: SMT-LIB and Z3's Python.

What is read back must be the equation again, so that it has to be clear that its sides are terms.
"""

from __future__ import annotations

from logic import syntax as S
from logic.symbols import subnodes

Key = tuple[str, int]


class Equations:
    """What a formula shows of the names in its equations."""

    def __init__(self, node: S.Node) -> None:
        self._predicates: set[Key] = set()
        self._terms: set[Key] = set()
        for item in subnodes(node):
            if isinstance(item, S.Atom):
                self._predicates.add((item.predicate, len(item.args)))
            if isinstance(item, S.Atom | S.Function):
                self._terms.update(map(_key, item.args))

    def clash(self, equation: S.Equality) -> str | None:
        """The name of a side that is a predicate's too: in such a notation it has one meaning."""
        for side in equation.children():
            if not isinstance(side, S.Variable) and _key(side) in self._predicates:
                return _key(side)[0]
        return None

    def is_clear(self, equation: S.Equality) -> bool:
        """Whether it goes without saying that the sides are terms."""
        sides = equation.children()
        if any(isinstance(side, S.Variable) or _key(side) in self._terms for side in sides):
            return True
        are_alone = all(isinstance(side, S.Constant) for side in sides)
        if are_alone and any(count == 0 for _, count in self._predicates):
            return False  # beside propositions they could be such
        heads = [side.name for side in sides if isinstance(side, S.Function)]
        return len(heads) < len(sides) and not any(head[:1].isupper() for head in heads)


def _key(term: S.Node) -> Key:
    """A term's name and its number of arguments."""
    return str(getattr(term, "name", "")), len(term.children())
