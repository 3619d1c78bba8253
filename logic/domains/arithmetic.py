"""Arithmetic: integers and reals with + - * and comparisons, mixed with predicates, decided by Z3's theories.

What stands beside a comparison, in a sum or equal to a number is a number; all else is an individual. The sort belongs
to the symbol, so an `Age` that is compared once is a number in every formula. Numbers are integers, unless a decimal
(`1.5`), a real variable (`∀r:Real`) or something tied to one of these makes them reals. The two do not mix in one term.
"""

from __future__ import annotations

import functools
import operator
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from logic import syntax as S
from logic.domains import Construct, Domain, DomainError, ExistsOf, ForallOf, Operation

_NUMERAL = re.compile(r"(\d+)(?:\.(\d+))?", re.ASCII)
_MOST_DIGITS = 40
_SIGNS = {"≤": operator.le, "≥": operator.ge, "<": operator.lt, ">": operator.gt}
_COMPARED = {
    sign: Operation(("Number", "Number"), "Bool", call, call) for sign, call in _SIGNS.items()
}


def _operation(call: Any, arguments: int = 2) -> Operation:
    return Operation(("Number",) * arguments, "Number", call, call)


@functools.lru_cache(maxsize=4096)
def _constant(name: str) -> Operation:
    value = Fraction(name)
    return Operation((), "Real" if "." in name else "Number", lambda: value, lambda: value)


class Number(S.Constant, Construct):
    """A numeral."""

    __slots__ = ()
    patterns: ClassVar = {"name": r"(0|[1-9][0-9]{0,9})(\.0|\.[0-9]{0,5}[1-9])?"}

    @property
    def operation(self) -> Operation:
        return _constant(self.name)


class Comparison(S.Atom, Construct):
    """Two numbers compared."""

    __slots__ = ()
    patterns: ClassVar = {"predicate": "≤|≥|<|>"}

    @property
    def operation(self) -> Operation:
        return _COMPARED[self.predicate]


@dataclass(frozen=True)
class Plus(Construct, S.Term):
    """A sum."""

    writes = "{left:sum} + {right:product}"
    notations: ClassVar = {"ascii": writes, "words": writes, "latex": writes}
    level = "sum"
    operation = _operation(operator.add)
    left: S.Term
    right: S.Term


@dataclass(frozen=True)
class Minus(Construct, S.Term):
    """A difference."""

    writes = "{left:sum} - {right:product}"
    notations: ClassVar = {"ascii": writes, "words": writes, "latex": writes}
    level = "sum"
    operation = _operation(operator.sub)
    left: S.Term
    right: S.Term


@dataclass(frozen=True)
class Times(Construct, S.Term):
    """A product."""

    writes = "{left:product} * {right:simple}"
    notations: ClassVar = {
        "ascii": writes,
        "words": writes,
        "latex": "{left:product} \\cdot {right:simple}",
    }
    level = "product"
    operation = _operation(operator.mul)
    left: S.Term
    right: S.Term


@dataclass(frozen=True)
class Negative(Construct, S.Term):
    """A number with its sign turned."""

    writes = "-{value:simple}"
    notations: ClassVar = {"ascii": writes, "words": writes, "latex": writes}
    level = "simple"
    operation = _operation(operator.neg, 1)
    value: S.Term


@dataclass(frozen=True)
class AllNumbers(Construct, S.Quantified):
    """All integers, or all reals, satisfy the body."""

    writes = "∀{variable}:{sort} {body}"
    notations: ClassVar = {"ascii": "forall {variable}:{sort} {body}", "words": "for all {variable}:{sort} {body}",
                 "latex": "\\forall {variable} \\in {sort} \\, {body}"}  # fmt: skip
    patterns: ClassVar = {"sort": "Int|Real"}
    variable: S.Variable
    sort: str
    body: S.Formula

    def lower(self) -> S.Formula:
        return ForallOf(self.variable, self.body, self.sort)


@dataclass(frozen=True)
class SomeNumber(Construct, S.Quantified):
    """Some integer, or some real, satisfies the body."""

    writes = "∃{variable}:{sort} {body}"
    notations: ClassVar = {"ascii": "exists {variable}:{sort} {body}", "words": "there exists {variable}:{sort} {body}",
                 "latex": "\\exists {variable} \\in {sort} \\, {body}"}  # fmt: skip
    patterns: ClassVar = {"sort": "Int|Real"}
    variable: S.Variable
    sort: str
    body: S.Formula

    def lower(self) -> S.Formula:
        return ExistsOf(self.variable, self.body, self.sort)


class Arithmetic(Domain):
    """Makes numerals numbers and comparisons comparisons."""

    facts_in_functions = True

    def refine(self, formula: S.Formula) -> S.Formula:
        return _numbers(formula)


def _numbers(node: Any) -> Any:
    children = [_numbers(child) for child in node.children()]
    if type(node) is S.Constant and (found := _NUMERAL.fullmatch(node.name)):
        if len(node.name) > _MOST_DIGITS:
            raise DomainError(
                f"a numeral has {_MOST_DIGITS} digits at most, got {len(node.name)}", name=node.name
            )
        decimals = (found[2] or "").rstrip("0")
        return Number(str(int(found[1])) + ("." + (decimals or "0") if found[2] else ""))
    if type(node) is S.Atom and len(children) == 2 and node.predicate in _SIGNS:
        return Comparison(node.predicate, tuple(children))
    if isinstance(node, (AllNumbers, SomeNumber)):
        return type(node)(
            node.variable, "Int" if node.sort.endswith(("Int", "ℤ")) else "Real", children[0]
        )
    return node.rebuild(children) if children else node


DOMAIN = Arithmetic(
    "arithmetic",
    grammar="arithmetic.lark",
    constructs=[Number, Comparison, Plus, Minus, Times, Negative, AllNumbers, SomeNumber],
    description="integers and reals with + - * and comparisons",
    plain=r"[^\W\d]\w*(\.\w+)*'*",
    examples=[
        "∀x (Age(x) ≥ 18 → Adult(x))",
        "∀n:Int ∃m:Int m = 2 * (n + 1) - -3",
        "∃r:Real (r > 0 ∧ r * r < 1.5)",
    ],
)
