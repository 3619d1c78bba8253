"""What an s-expression of SMT-LIB shows of its names."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from lark import Token

from logic.reading.notations.equations.kinds import Equations, Known, Side
from logic.reading.notations.smt.sorts import NUMERAL, Sorts
from logic.writing.smtlib import OPERATIONS

_FORMULA_HEADS = frozenset(
    ["and", "or", "not", "xor", "=>", "=", "distinct", "forall", "exists", "<", ">", "<=", ">="]
)
_CONNECTIVES = frozenset(["and", "or", "not", "xor", "=>"])


def symbol(token: Token) -> Token:
    """The token with the bars of a quoted symbol taken off, or KIF's mark of a variable."""
    if token[0] == "|":
        return token.update(value=token[1:-1])
    if token[0] == "?" and len(token) > 1:
        return token.update(value=token[1:])
    return token


class SmtEquations(Equations):
    """The equations of an assertion, once `look` has seen all of it."""

    hint = "declare them with declare-fun"

    def __init__(self, text: str, sorts: Sorts, lenient: bool, known: Known) -> None:
        super().__init__(
            text,
            lenient,
            known,
        )
        self._sorts = sorts
        self._bound: frozenset[str] = frozenset()

    def look(self, expression: Any, *, is_formula: bool | None) -> None:
        """Note what an expression shows of the names in it; `is_formula` says what its place needs."""
        key = self.key(expression)
        if isinstance(key, tuple) and is_formula is not None:
            self.kinds.say(key, is_formula)
        if isinstance(expression, Token) or not expression or not isinstance(expression[0], Token):
            return
        head, *parts = expression
        if head in ("forall", "exists") and len(parts) == 2:
            outside = self._bound
            self._bound = outside.union(_variables(parts[0]))
            self.look(parts[1], is_formula=True)
            self._bound = outside
            return
        is_equation = head in ("=", "distinct")
        for part in parts:
            self.look(part, is_formula=None if is_equation else head in _CONNECTIVES)
        if is_equation:
            for left, right in itertools.pairwise(self.keys(parts)):
                self.kinds.equate(left, right)

    def keys(self, parts: Sequence[Any]) -> list[Side]:
        return [self.key(part) for part in parts]

    def key(self, expression: Any) -> Side:
        """A name with its number of arguments; True for a formula by its form or declaration, False for a term."""
        if self.is_formula(expression):
            return True
        head = expression if isinstance(expression, Token) else (expression or [None])[0]
        if not isinstance(head, Token):
            return None
        name = str(symbol(head))
        is_applied = not isinstance(expression, Token)
        if NUMERAL.fullmatch(head) or head in OPERATIONS or head == "/":
            return False
        if self._sorts.of_head(name, is_applied) is not None:
            return False
        if is_applied:
            return name, len(expression) - 1
        is_variable = name in self._bound or head[0] == "?"
        return False if is_variable else (name, 0)

    def is_formula(self, expression: Any) -> bool:
        """Whether an expression is a formula by its form or its declaration."""
        is_list = isinstance(expression, list)
        head = expression[0] if is_list and expression else expression
        if not isinstance(head, Token):
            return False
        if head in (_FORMULA_HEADS if is_list else ("true", "false")):
            return True
        found = self._sorts.of_head(str(symbol(head)), is_list)
        return found is not None and found[1] == "Bool"


def _variables(bindings: Any) -> Iterator[str]:
    """The names in a quantifier's list of variables, with their sorts or without."""
    for binding in bindings if isinstance(bindings, list) else []:
        first = binding[0] if isinstance(binding, list) and binding else binding
        if isinstance(first, Token):
            yield str(symbol(first))
