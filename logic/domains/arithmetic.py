"""Arithmetic: integers and reals with + - * and comparisons, mixed with predicates.

They are decided by Z3's theories. What stands beside a comparison, in a sum or equal to a number is
a number; all else is an individual. The sort belongs to the symbol, so an `Age` that is compared
once is a number in every formula. Numbers are integers, unless a decimal (`1.5`), a real variable
(`∀r:Real`) or something tied to one of these makes them reals. The two do not mix in one term.
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from logic import syntax as S
from logic.domains import Construct, Domain, DomainError, ExistsOf, ForallOf, Operation

_NUMERAL = re.compile(r"(?P<whole>\d+)(?:\.(?P<decimals>\d+))?", re.ASCII)
_MOST_DIGITS = 40
_INTEGERS = ("Int", "ℤ")
"""What the spellings of the sort of integers end with; every other is of the reals."""


def _operation(call: Callable[..., Any], arguments: int = 2) -> Operation:
    """An operation on numbers that Z3 and Python write alike."""
    return Operation(
        ("Number",) * arguments,
        "Number",
        z3=call,
        evaluate=call,
    )


def _relation(call: Callable[..., Any]) -> Operation:
    return Operation(
        ("Number", "Number"),
        "Bool",
        z3=call,
        evaluate=call,
    )


_COMPARISONS = {
    "≤": _relation(operator.le),
    "≥": _relation(operator.ge),
    "<": _relation(operator.lt),
    ">": _relation(operator.gt),
}


@functools.lru_cache(maxsize=4096)
def _numeral(name: str) -> Operation:
    """The value of a numeral: a real where it has decimals, else what its surroundings are."""
    value = Fraction(name)

    def evaluate() -> Fraction:
        return value

    return Operation(
        (),
        "Real" if "." in name else "Number",
        z3=evaluate,
        evaluate=evaluate,
    )


class Number(S.Constant, Construct):
    """A numeral."""

    __slots__ = ()
    patterns: ClassVar = {"name": r"(0|[1-9][0-9]{0,9})(\.0|\.[0-9]{0,5}[1-9])?"}

    @property
    def operation(self) -> Operation:
        return _numeral(self.name)


class Comparison(S.Atom, Construct):
    """Two numbers compared."""

    __slots__ = ()
    patterns: ClassVar = {"predicate": "≤|≥|<|>"}

    @property
    def operation(self) -> Operation:
        return _COMPARISONS[self.predicate]


@dataclass(frozen=True)
class Plus(Construct, S.Term):
    """A sum."""

    writes = "{left:sum} + {right:product}"
    notations: ClassVar = {
        "ascii": writes,
        "words": writes,
        "latex": writes,
    }
    level = "sum"
    operation = _operation(operator.add)
    left: S.Term
    right: S.Term


@dataclass(frozen=True)
class Minus(Construct, S.Term):
    """A difference."""

    writes = "{left:sum} - {right:product}"
    notations: ClassVar = {
        "ascii": writes,
        "words": writes,
        "latex": writes,
    }
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
    notations: ClassVar = {
        "ascii": writes,
        "words": writes,
        "latex": writes,
    }
    level = "simple"
    operation = _operation(operator.neg, 1)
    value: S.Term


@dataclass(frozen=True)
class AllNumbers(Construct, S.Quantified):
    """All integers, or all reals, satisfy the body."""

    writes = "∀{variable}:{sort} {body}"
    notations: ClassVar = {
        "ascii": "forall {variable}:{sort} {body}",
        "words": "for all {variable}:{sort} {body}",
        "latex": "\\forall {variable} \\in {sort} \\, {body}",
    }
    patterns: ClassVar = {"sort": "Int|Real"}
    variable: S.Variable
    sort: str
    body: S.Formula

    def lower(self) -> S.Formula:
        return ForallOf(
            self.variable,
            self.body,
            self.sort,
        )


@dataclass(frozen=True)
class SomeNumber(Construct, S.Quantified):
    """Some integer, or some real, satisfies the body."""

    writes = "∃{variable}:{sort} {body}"
    notations: ClassVar = {
        "ascii": "exists {variable}:{sort} {body}",
        "words": "there exists {variable}:{sort} {body}",
        "latex": "\\exists {variable} \\in {sort} \\, {body}",
    }
    patterns: ClassVar = {"sort": "Int|Real"}
    variable: S.Variable
    sort: str
    body: S.Formula

    def lower(self) -> S.Formula:
        return ExistsOf(
            self.variable,
            self.body,
            self.sort,
        )


class Arithmetic(Domain):
    """Makes numerals numbers and comparisons comparisons."""

    facts_in_functions = True

    def refine(self, formula: S.Formula) -> S.Formula:
        refined: S.Formula = _refined(formula)
        return refined


def _refined(node: S.Node) -> Any:
    children = [_refined(child) for child in node.children()]
    if isinstance(node, (AllNumbers, SomeNumber)):
        is_integer = node.sort.endswith(_INTEGERS)
        sort = "Int" if is_integer else "Real"
        return type(node)(node.variable, sort, children[0])
    # Exactly these types: what is a construct already stays as it is.
    if type(node) is S.Constant:
        return _number(node)
    if type(node) is S.Atom and node.predicate in _COMPARISONS and len(children) == 2:
        return Comparison(node.predicate, tuple(children))
    return node.rebuild(children) if children else node


def _number(constant: S.Constant) -> S.Constant:
    """The number that a constant's name says, without needless zeros; the constant if it says none."""
    name = constant.name
    numeral = _NUMERAL.fullmatch(name)
    if numeral is None:
        return constant
    if len(name) > _MOST_DIGITS:
        raise DomainError(
            f"a numeral has {_MOST_DIGITS} digits at most, got {len(name)}",
            name=name,
        )
    whole = str(int(numeral["whole"]))
    if numeral["decimals"] is None:
        return Number(whole)
    decimals = numeral["decimals"].rstrip("0")
    return Number(f"{whole}.{decimals or '0'}")


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
