"""Which terms are equal by some equations, and by which of them."""

from __future__ import annotations

from collections.abc import Sequence

from logic import syntax as S
from logic.symbols import subnodes

Pair = tuple[S.Term, S.Term]
Equation = tuple[int, S.Equality]
"""An equation with the number of its line."""


class Equalities:
    """Equations between ground terms, closed under replacing equals by equals."""

    def __init__(self, equations: Sequence[Equation]) -> None:
        self._equations = list(equations)

    def why_equal(self, pairs: Sequence[Pair]) -> frozenset[int] | None:
        """The lines by which the sides of each pair are equal, none of them without need.

        None where they are not equal.
        """
        if all(left == right for left, right in pairs):
            return frozenset()
        if not _follow(self._equations, pairs):
            return None
        needed = list(self._equations)
        for equation in self._equations:
            others = [other for other in needed if other is not equation]
            if _follow(others, pairs):
                needed = others
        return frozenset([number for number, _ in needed])

    def why_same_pair(self, one: S.Equality, other: S.Equality) -> frozenset[int] | None:
        """The lines by which two equations say the same, in one order of their sides or the other."""
        straight = self.why_equal([(one.left, other.left), (one.right, other.right)])
        if straight is not None:
            return straight
        return self.why_equal([(one.left, other.right), (one.right, other.left)])


def _follow(equations: Sequence[Equation], pairs: Sequence[Pair]) -> bool:
    """Whether each pair is equal by the equations (congruence closure)."""
    sides = [(equation.left, equation.right) for _, equation in equations]
    terms: dict[S.Node, S.Node] = {}  # each term, and one that stands for its class
    for left, right in (*sides, *pairs):
        for term in (*subnodes(left), *subnodes(right)):
            terms[term] = term
    for left, right in sides:
        _merge(
            terms,
            left,
            right,
        )
    while _merge_congruent(terms):
        pass
    return all(terms[left] == terms[right] for left, right in pairs)


def _merge(terms: dict[S.Node, S.Node], left: S.Node, right: S.Node) -> None:
    old, new = terms[left], terms[right]
    if old == new:
        return
    for term, stands in terms.items():
        if stands == old:
            terms[term] = new


def _merge_congruent(terms: dict[S.Node, S.Node]) -> bool:
    """Makes functions of equal arguments equal; whether there were any."""
    applied: dict[tuple[str, tuple[S.Node, ...]], S.Node] = {}
    for term in list(terms):
        if not isinstance(term, S.Function):
            continue
        key = (term.name, tuple([terms[arg] for arg in term.args]))
        other = applied.setdefault(key, term)
        if terms[other] != terms[term]:
            _merge(
                terms,
                other,
                term,
            )
            return True
    return False
