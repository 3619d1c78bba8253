"""The ground terms that instances are made with, by sort."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from logic import syntax as S
from logic.nodes import UNIVERSE
from logic.substitution import names_in
from logic.symbols import subnodes

SortOf = Callable[[S.Term], str]
"""The sort of a ground term."""


def one_sort(term: S.Term) -> str:
    """What `SortOf` is in the core."""
    return UNIVERSE


class Terms:
    """The ground terms of formulas, and names for what is said to exist."""

    def __init__(self, formulas: Iterable[S.Formula], sort_of: SortOf = one_sort) -> None:
        self._sort_of = sort_of
        self._by_sort: dict[str, dict[S.Term, int]] = {}
        self._names: set[str] = set()
        self._number = 0
        self._sorts_of_names: dict[str, str] = {}
        self.has_functions = False
        for formula in formulas:
            self._names |= names_in(formula)
            for node in subnodes(formula):
                self.has_functions |= isinstance(node, S.Function)
                if isinstance(node, S.Constant | S.Function) and _is_ground(node):
                    self.add(node)

    def add(self, term: S.Term) -> None:
        depth = _depth(term)
        sort = self._sort(term)
        self._by_sort.setdefault(sort, {}).setdefault(term, depth)

    def _sort(self, term: S.Term) -> str:
        if isinstance(term, S.Constant) and term.name in self._sorts_of_names:
            return self._sorts_of_names[term.name]
        return self._sort_of(term)

    def of_sort(self, sort: str, depth: int) -> list[S.Term]:
        """The terms up to a depth, short ones first; a new name where there is none."""
        if not self._by_sort.get(sort):
            self.fresh(sort)
        terms = self._by_sort[sort]
        allowed = [term for term, deep in terms.items() if deep <= depth]
        return sorted(allowed, key=terms.__getitem__)

    def fresh(self, sort: str) -> S.Constant:
        """A name that nothing has yet."""
        self._number += 1
        while f"c{self._number}" in self._names:
            self._number += 1
        name = S.Constant(f"c{self._number}")
        self._names.add(name.name)
        self._sorts_of_names[name.name] = sort
        self.add(name)
        return name

    def like(self, term: S.Constant) -> S.Constant:
        """Another new name, of the sort of one that there is."""
        return self.fresh(self._sort(term))


def _is_ground(term: S.Term) -> bool:
    return not any(isinstance(node, S.Variable) for node in subnodes(term))


def _depth(term: S.Node) -> int:
    return 1 + max([_depth(child) for child in term.children()], default=-1)
