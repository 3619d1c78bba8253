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
                arity = len(item.args)
                self._predicates.add((item.predicate, arity))
            if isinstance(item, S.Atom | S.Function):
                for argument in item.args:
                    self._terms.add(_key(argument))

    def clash(self, equation: S.Equality) -> str | None:
        """The name of a side that is a predicate's too: in such a notation it has one meaning."""
        for side in equation.children():
            key = _key(side)
            is_variable = isinstance(side, S.Variable)
            if not is_variable and key in self._predicates:
                return key[0]
        return None

    def is_clear(self, equation: S.Equality) -> bool:
        """Whether it goes without saying that the sides are terms."""
        applied = 0
        for side in equation.children():
            if isinstance(side, S.Variable) or _key(side) in self._terms:
                return True
            if isinstance(side, S.Function):
                applied += 1
                if side.name[:1].isupper():
                    return False
        if applied:
            return applied == 1
        # Beside propositions names alone could be such.
        return all(arity > 0 for _, arity in self._predicates)


def _key(term: S.Node) -> Key:
    """A term's name and its number of arguments."""
    return str(getattr(term, "name", "")), len(term.children())
