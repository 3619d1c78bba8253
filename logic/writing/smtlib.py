"""Formulas to SMT-LIB: s-expressions over one sort `U`.

`(and a)` marks the left side of a biconditional between atoms, and `(not (distinct a b))` an
equation, where `(= a b)` could be read as the other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from logic import syntax as S
from logic.errors import UnsupportedError
from logic.writing.clashes import applied_idly
from logic.writing.equations import Equations
from logic.writing.notations import ASCII_RELATIONS, is_reserved
from logic.writing.signs import COMPARISONS

SORT = "U"
"""The sort of every term."""
RESERVED = frozenset(
    """
    and or not xor => = distinct forall exists true false let ite assert as par match ! _
    < > <= >= check-sat exit BINARY DECIMAL HEXADECIMAL NUMERAL STRING
    """.split()
)
"""Words that are no names unless they stand between bars."""
OPERATIONS = frozenset("+-*")
"""Operations on numbers, which are no names either."""

_COMPARISONS = frozenset(COMPARISONS)
_SIMPLE_SYMBOL = re.compile(
    r"""
    [A-Za-z~!@$%^&*_+=<>./-]     # no digit: that would be a number; ?x is a variable
    [\w~!@$%^&*+=<>.?/-]*
    """,
    re.ASCII | re.VERBOSE,
)
_HEADS: dict[type[S.Node], str] = {
    S.Not: "not",
    S.And: "and",
    S.Or: "or",
    S.Xor: "xor",
    S.Implies: "=>",
}


def write(node: S.Formula | S.Term) -> str:
    """The formula as one s-expression. Raises `UnsupportedError`."""
    return _Writer(node).text(node)


class _Writer:
    def __init__(self, node: S.Node) -> None:
        self.bound: list[str] = []
        self._equations = Equations(node)
        self._applied_idly = applied_idly(node)

    def text(self, node: S.Node) -> str:
        match node:
            case S.Variable(name):
                if name not in self.bound:
                    raise self.unsupported(node, f"{name!r} is free")
                return self.name(name, node)
            case S.Constant(name):
                return self.nullary(name, node)
            case S.Function(name, args):
                return self.call(self.name(name, node), args)
            case S.Truth(value):
                return "true" if value else "false"
            case S.Atom():
                return self.atom(node)
            case S.Iff():
                return self.biconditional(node)
            case S.Equality():
                return self.equation(node)
            case S.Forall():
                return self.quantified("forall", node)
            case S.Exists():
                return self.quantified("exists", node)
        head = _HEADS.get(type(node))
        if head is None:
            raise self.unsupported(node, "SMT-LIB has no such construct")
        return self.call(head, node.children())

    def unsupported(self, node: S.Node, why: str) -> UnsupportedError:
        return UnsupportedError(f"{type(node).__name__} cannot be written in smtlib: {why}")

    def name(self, name: str, node: S.Node) -> str:
        if is_reserved(name, node):
            raise self.unsupported(node, f"{name!r} is no predicate there")
        if _SIMPLE_SYMBOL.fullmatch(name) and name not in RESERVED | OPERATIONS:
            return name
        if "|" in name or "\\" in name or not name.isprintable():
            raise self.unsupported(node, f"the name {name!r} holds a character that |…| cannot")
        return f"|{name}|"

    def nullary(self, name: str, node: S.Constant | S.Atom) -> str:
        """A constant or proposition, which must not look like a variable bound here."""
        if name in self.bound:
            raise self.unsupported(node, f"{name!r} is also a variable bound here")
        return self.name(name, node)

    def call(self, head: str, parts: Sequence[S.Node]) -> str:
        arguments = " ".join([self.text(part) for part in parts])
        return f"({head} {arguments})"

    def atom(self, node: S.Atom) -> str:
        if node.predicate in _COMPARISONS and len(node.args) == 2:
            return self.call(ASCII_RELATIONS[node.predicate], node.args)
        if not node.args:
            return self.nullary(node.predicate, node)
        return self.call(
            self.name(node.predicate, node),
            node.args,
        )

    def equation(self, node: S.Equality) -> str:
        clash = self._equations.clash(node)
        if clash is not None:
            raise self.unsupported(node, f"{clash!r} is a predicate too")
        if self._equations.is_clear(node):
            return self.call("=", node.children())
        return f"(not {self.call('distinct', node.children())})"

    def biconditional(self, node: S.Iff) -> str:
        left = self.text(node.left)
        # `(= p q)` between two applications is read as an equality of terms.
        if isinstance(node.left, S.Atom) and isinstance(node.right, S.Atom):
            left = f"(and {left})"
        return f"(= {left} {self.text(node.right)})"

    def quantified(self, word: str, node: S.Forall | S.Exists) -> str:
        name = node.variable.name
        if name in self._applied_idly:
            raise self.unsupported(node, f"{name!r} is also the name before arguments in its scope")
        self.bound.append(name)
        variable = self.name(name, node.variable)
        text = f"({word} (({variable} {SORT})) {self.text(node.body)})"
        self.bound.pop()
        return text
