"""Formulas to Z3Py: Python expressions such as `ForAll([x], Implies(Cat(x), Animal(x)))`.

`And(a)` marks the left side of a biconditional between atoms, and `Not(Distinct(a, b))` an equation,
where `a == b` could be read as the other.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Sequence

from logic import syntax as S
from logic.errors import UnsupportedError
from logic.spelling import OPERATORS
from logic.writing.clashes import applied_idly
from logic.writing.equations import Equations
from logic.writing.notations import ASCII_RELATIONS, is_reserved
from logic.writing.signs import COMPARISONS

HEADS = frozenset(["And", "Or", "Not", "Implies", "Xor", "ForAll", "Exists", "BoolVal"])
"""The functions of Z3Py that a formula is made of."""
OTHERS = frozenset(
    """
    Distinct If AtMost AtLeast PbEq PbLe PbGe Sum Product Lambda Select Store Update ToReal ToInt IsInt
    Const Consts Function Bool Bools Int Ints IntVal Real Reals RealVal BitVec BitVecVal Array Length Concat
    """.split()
)
"""Other functions of Z3Py, whose meaning a formula cannot say: they are no names of one's own."""

_NUMBER = re.compile(r"0|[1-9]\d*", re.ASCII)
_COMPARISONS = frozenset(COMPARISONS)


def write(node: S.Formula | S.Term) -> str:
    """The formula as one Z3Py expression. Raises `UnsupportedError`."""
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
            case S.Atom():
                return self.atom(node)
            case S.Equality():
                return self.equation(node, "==") or f"Not({self.distinct(node)})"
        return self.compound(node)

    def equation(self, node: S.Equality, sign: str) -> str | None:
        """Two terms with a sign between them; None where they could be taken for formulas."""
        clash = self._equations.clash(node)
        if clash is not None:
            raise self.unsupported(node, f"{clash!r} is a predicate too")
        if not self._equations.is_clear(node):
            return None
        return f"{self.text(node.left)} {sign} {self.text(node.right)}"

    def distinct(self, node: S.Equality) -> str:
        return self.call("Distinct", node.children())

    def compound(self, node: S.Node) -> str:
        match node:
            case S.Truth(value):
                return f"BoolVal({value})"
            case S.Not(S.Equality() as equation):
                return self.equation(equation, "!=") or self.call("Not", node.children())
            case S.Not() | S.And() | S.Or() | S.Implies() | S.Xor((_, _)):
                return self.call(type(node).__name__, node.children())
            case S.Iff():
                return self.biconditional(node)
            case S.Forall():
                return self.quantified("ForAll", node)
            case S.Exists():
                return self.quantified("Exists", node)
        raise self.unsupported(node, "Z3Py has no such construct")

    def unsupported(self, node: S.Node, why: str) -> UnsupportedError:
        return UnsupportedError(f"{type(node).__name__} cannot be written in z3py: {why}")

    def name(self, name: str, node: S.Node) -> str:
        if is_reserved(name, node) or name in OPERATORS:
            raise self.unsupported(node, f"{name!r} is no predicate there")
        # Python folds an identifier to NFKC, so one in another form would come back changed.
        folded = unicodedata.normalize("NFKC", name) == name
        identifier = name.isidentifier() and not keyword.iskeyword(name) and folded
        if identifier and name not in HEADS and name not in OTHERS and name != "z3":
            return name
        if isinstance(node, S.Constant) and _NUMBER.fullmatch(name):
            return name
        raise self.unsupported(node, f"{name!r} is no free Python name")

    def nullary(self, name: str, node: S.Constant | S.Atom) -> str:
        """A constant or proposition, which must not look like a variable bound here."""
        if name in self.bound:
            raise self.unsupported(node, f"{name!r} is also a variable bound here")
        return self.name(name, node)

    def call(self, head: str, parts: Sequence[S.Node]) -> str:
        arguments = ", ".join([self.text(part) for part in parts])
        return f"{head}({arguments})"

    def atom(self, node: S.Atom) -> str:
        if not node.args:
            return self.nullary(node.predicate, node)
        if _is_comparison(node):
            left, right = [self.text(arg) for arg in node.args]
            return f"{left} {ASCII_RELATIONS[node.predicate]} {right}"
        return self.call(
            self.name(node.predicate, node),
            node.args,
        )

    def biconditional(self, node: S.Iff) -> str:
        # `P(a) == Q(a)` between two applications is read as an equality of terms.
        if isinstance(node.left, S.Atom) and isinstance(node.right, S.Atom):
            left = self.call("And", (node.left,))
        else:
            left = self.operand(node.left)
        return f"{left} == {self.operand(node.right)}"

    def operand(self, node: S.Formula) -> str:
        """A side of `==`: bracketed where it is itself a comparison, as Python chains those."""
        text = self.text(node)
        # A denied equation is written with !=, so it is a comparison too.
        operand = node.operand if isinstance(node, S.Not) else node
        compares = (
            isinstance(operand, S.Equality) or isinstance(node, S.Iff) or _is_comparison(node)
        )
        return f"({text})" if compares else text

    def quantified(self, word: str, node: S.Forall | S.Exists) -> str:
        name = node.variable.name
        if name in self._applied_idly:
            raise self.unsupported(node, f"{name!r} is also the name before arguments in its scope")
        self.bound.append(name)
        variable = self.name(name, node.variable)
        text = f"{word}([{variable}], {self.text(node.body)})"
        self.bound.pop()
        return text


def _is_comparison(node: S.Node) -> bool:
    if not isinstance(node, S.Atom) or len(node.args) != 2:
        return False
    return node.predicate in _COMPARISONS
