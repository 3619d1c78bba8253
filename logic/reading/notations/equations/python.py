"""What a Python expression for Z3 shows of its names."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from logic.reading.notations.equations.kinds import Equations, Known, Side
from logic.writing.signs import EQUALITIES
from logic.writing.z3py import HEADS, OTHERS

_SPELLINGS = {"Forall": "ForAll"}
_NOT_JOINING = frozenset(["ForAll", "Exists", "BoolVal"])
SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "=",
    ast.NotEq: "≠",
    ast.Lt: "<",
    ast.LtE: "≤",
    ast.Gt: ">",
    ast.GtE: "≥",
}
"""The relation signs of Python's comparisons."""


def called(node: ast.expr) -> str | None:
    """The function a call names, without `z3.` before it."""
    if not isinstance(node, ast.Call) or node.keywords:
        return None
    match node.func:
        case ast.Attribute(value=ast.Name(id="z3"), attr=name):
            return _SPELLINGS.get(name, name)
        case ast.Name(id=name):
            return _SPELLINGS.get(name, name)
    return None


def variables(node: ast.expr) -> tuple[str, ...]:
    """The names in a list or alone; none where something else is among them."""
    items = node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]
    names = []
    for item in items:
        if not isinstance(item, ast.Name):
            return ()
        names.append(item.id)
    return tuple(names)


def chain(node: ast.BinOp) -> list[ast.expr]:
    """The operands of one sign in a row: `P & Q & R` groups to the left."""
    operands = [node.right]
    left = node.left
    while isinstance(left, ast.BinOp) and type(left.op) is type(node.op):
        operands.append(left.right)
        left = left.left
    return [left, *reversed(operands)]


def is_formula(node: ast.expr) -> bool:
    """Whether an expression is a formula by its form."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, bool)
    if isinstance(node, (ast.Compare, ast.BoolOp, ast.BinOp, ast.UnaryOp)):
        return True
    head = called(node)
    return head in HEADS or head == "Distinct"


class PythonEquations(Equations):
    """The equations of an expression, once `look` has seen all of it."""

    hint = "write And(P(a)) == Q(a) for formulas, Not(Distinct(f(a), g(b))) for terms"

    def __init__(self, text: str, lenient: bool, known: Known) -> None:
        super().__init__(
            text,
            lenient,
            known,
        )
        self._bound: list[str] = []

    @contextmanager
    def binding(self, names: Sequence[str]) -> Iterator[None]:
        """Names stand for a quantifier's variables for a while."""
        self._bound.extend(names)
        yield
        del self._bound[len(self._bound) - len(names) :]

    def look(self, node: ast.expr, *, is_formula: bool | None) -> None:
        """Note what an expression shows of the names in it; `is_formula` says what its place needs."""
        key = self.key(node)
        if isinstance(key, tuple) and is_formula is not None:
            self.kinds.say(key, is_formula)
        match node:
            case ast.Compare():
                self._look_at_sides(node)
            case ast.Call():
                self._look_at_arguments(node)
            case ast.BoolOp(values=operands):
                self._look_at_formulas(operands)
            case ast.BinOp():
                self._look_at_formulas(chain(node))
            case ast.UnaryOp(operand=operand):
                self.look(operand, is_formula=True)

    def _look_at_formulas(self, nodes: Sequence[ast.expr]) -> None:
        for node in nodes:
            self.look(node, is_formula=True)

    def _look_at_sides(self, node: ast.Compare) -> None:
        sides = [node.left, *node.comparators]
        is_equation = all(SIGNS.get(type(sign), "") in EQUALITIES for sign in node.ops)
        for side in sides:
            self.look(side, is_formula=None if is_equation else False)
        if is_equation:
            for left, right in itertools.pairwise(sides):
                self.kinds.equate(self.key(left), self.key(right))

    def _look_at_arguments(self, node: ast.Call) -> None:
        head = called(node)
        if head in ("ForAll", "Exists") and len(node.args) == 2:
            with self.binding(variables(node.args[0])):
                self.look(node.args[1], is_formula=True)
            return
        joins = head in HEADS and head not in _NOT_JOINING
        for argument in node.args:
            parts = argument.elts if isinstance(argument, (ast.List, ast.Tuple)) else [argument]
            for part in parts:
                self.look(part, is_formula=joins)

    def key(self, node: ast.expr) -> Side:
        """A name with its number of arguments; True for a formula by its form, False for a term."""
        if is_formula(node):
            return True
        match node:
            case ast.Name(id=name):
                return False if name in self._bound else (name, 0)
            case ast.Call(args=arguments):
                head = called(node)
                return None if head is None or head in OTHERS else (head, len(arguments))
            case ast.Constant():
                return False
        return None

    def is_shown_formula(self, node: ast.expr) -> bool:
        """Whether an expression is a formula by its form or by what is shown of its name."""
        key = self.key(node)
        return True in self.kinds.said(key) if isinstance(key, tuple) else key is True
