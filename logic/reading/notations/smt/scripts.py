"""What a Python script for Z3 says of sorts, held to the rules for SMT-LIB's (`logic.reading.notations.smt.sorts`).

A script says the sorts of all its symbols, and the formula that is read has one set of individuals.
Without an equation several sorts may be read as one, and numbers as individuals, of which there are
enough. Beside one the number of each counts.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from logic.nodes import NUMBERS
from logic.reading.notations.equations.python import SIGNS, called, is_formula, variables
from logic.reading.notations.smt.sorts import Declared, beside_equation
from logic.writing.signs import EQUALITIES

_NAMED = {"IntSort": "Int", "RealSort": "Real", "BoolSort": "Bool", "StringSort": "String"}
_LISTED = frozenset(["EnumSort", "Datatype"])
"""What makes a sort of which a script lists the members: they are distinct, and all there are."""
_MAKING = frozenset([*_LISTED, "create"])
_VALUES = {plural: sort for sort in ("Bool", "Int", "Real") for plural in (sort, f"{sort}s")}
_INFINITE = frozenset([*NUMBERS, "String"])


def head_of(node: ast.expr) -> str | None:
    """The function or method that a call names, without what stands before the dot."""
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else None


class ScriptSorts:
    """The sorts of a script, and those of its symbols."""

    def __init__(self) -> None:
        self._sorts: dict[str, str] = {}
        self._declared: dict[tuple[str, int], Declared] = {}
        self._listed: set[str] = set()
        self._finite: set[str] = set()

    def name(self, target: ast.expr, value: ast.expr) -> None:
        """Note the sort that an assignment makes or gives another name to, if it does."""
        first = target
        if isinstance(target, ast.Tuple) and target.elts:
            first = target.elts[0]
        if isinstance(first, ast.Name) and self._is_sort(value):
            self._sorts[first.id] = self._sort(value)

    def _is_sort(self, value: ast.expr) -> bool:
        if isinstance(value, ast.Name):
            return value.id in self._sorts
        head = head_of(value) or ""
        return head in _MAKING or head.endswith("Sort")

    def declare(self, symbol: str, value: ast.expr) -> None:
        """Note what `Const('x', U)` or `Function('f', U, V)` says of a symbol.

        Raises `ValueError` for one that is two symbols in Z3, and would be one here.
        """
        head = head_of(value) or ""
        arguments: Sequence[ast.expr] = value.args[1:] if isinstance(value, ast.Call) else []
        own = _VALUES.get(head)
        sorts = [own] if own else [self._sort(argument) for argument in arguments]
        if sorts:
            declared = (tuple(sorts[:-1]), sorts[-1])
            key = (symbol, len(sorts) - 1)
            if self._declared.setdefault(key, declared) != declared:
                raise ValueError("one name for two symbols")

    def check(self, formula: ast.expr) -> None:
        """Raises `ValueError` for a formula that says something else where all sorts are read as one."""
        bound = {sort for name in _bound(formula) for sort in self._of_variable(name)}
        places = [sort for sorts, _ in self._declared.values() for sort in sorts]
        if "Bool" in bound or "Bool" in places:
            raise ValueError("a variable or argument of the sort Bool")
        signs = set(_relations(formula))
        if bound & self._finite:
            raise ValueError("a quantifier over a sort that has no other members than some")
        if signs and bound & _INFINITE:
            raise ValueError("a quantifier over numbers beside a comparison")
        if signs.intersection(EQUALITIES):
            values = [value for _, value in self._declared.values()]
            sorts = [sort for sort in (*places, *values) if sort != "Bool"]
            if self._listed or beside_equation(sorts) is not None:
                raise ValueError("two sorts, or listed members, beside an equation")

    def _of_variable(self, name: str) -> list[str]:
        declared = self._declared.get((name, 0))
        return [declared[1]] if declared else []

    def _sort(self, node: ast.expr) -> str:
        """The name of a sort."""
        if isinstance(node, ast.Name):
            return self._sorts.get(node.id, node.id)
        head = head_of(node)
        if head in _NAMED:
            return _NAMED[head]
        if head == "create" and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            return self._sort(node.func.value)
        sort = _said(node)
        if head in _LISTED:
            self._listed.add(sort)
        if head != "DeclareSort":  # bit vectors, enumerations: of each there are so many
            self._finite.add(sort)
        return sort


def _said(node: ast.expr) -> str:
    """The name that `DeclareSort('U')` gives to a sort; of others, how they are written."""
    if isinstance(node, ast.Call) and node.args:
        first = node.args[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            return first.value
    return ast.unparse(node)


def _bound(formula: ast.expr) -> Iterator[str]:
    """The names of the variables that quantifiers bind."""
    for node in ast.walk(formula):
        if isinstance(node, ast.Call) and called(node) in ("ForAll", "Exists") and node.args:
            yield from variables(node.args[0])


def _relations(formula: ast.expr) -> Iterator[str]:
    """The signs of relations between terms; `==` between formulas is a connective."""
    for node in ast.walk(formula):
        if isinstance(node, ast.Call) and called(node) == "Distinct":
            yield "="
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if not any(map(is_formula, sides)):
                yield from [SIGNS.get(type(sign), "=") for sign in node.ops]
