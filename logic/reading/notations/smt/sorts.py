"""What SMT-LIB says of sorts: which the language has, and which symbols mean something by themselves.

Sorts that a script declares are sets of individuals, which the core has one of. `Int` and `Real`
are numbers, which only a domain with arithmetic has; every other sort of the standard's theories
(bit vectors, arrays, strings, floating-point numbers, and `Bool` as a sort of things) has no place
in a formula, and is refused by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from lark import Token

from logic import syntax as S
from logic.errors import ParseError
from logic.nodes import NUMBERS, UNIVERSE
from logic.symbols import Symbol, subnodes
from logic.writing.smtlib import OPERATIONS

Declared = tuple[tuple[str, ...], str]
"""The sorts of a symbol's arguments, and that of its value."""

ARITHMETIC_HINT = 'numbers are read in the domain arithmetic: domain="arithmetic"'
NUMERAL = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_LITERAL = re.compile(r"#b[01]+|#x[0-9a-fA-F]+|\".*", re.DOTALL)
_THEORIES = re.compile(
    r"""
    / | div | mod | abs | to_real | to_int | is_int | divisible | \^ | pow
    | select | store | const
    | concat | extract | bv (?: not | neg | and | or | xor | nand | nor | xnor | add | sub | mul
        | udiv | urem | sdiv | srem | smod | shl | lshr | ashr | comp | 2nat | 2int | [us][lg][te]
        ) | repeat | zero_extend | sign_extend | rotate_left | rotate_right | int2bv | ubv_to_int
        | sbv_to_int | int_to_bv
    | (?: str | re | seq | fp | int\.to | set | bag | ff ) \. .+
    | as | _ | ite
    """,
    re.VERBOSE,
)
_BUILT_IN = frozenset(
    ["String", "RegLan", "RoundingMode", "Float16", "Float32", "Float64", "Float128"]
)
_MOST_DIGITS = 40
_UNIVERSE = re.compile(
    r"[A-Z]|\$?i|univ(?:erse)?|obj(?:ect)?s?|ind(?:ividual)?s?|things?|entit(?:y|ies)|elem(?:ent)?s?|domain",
    re.IGNORECASE,
)
"""What the one set of individuals is called where no declaration says so."""


class Sorts:
    """The declarations of a script, and the variables in scope."""

    def __init__(self, text: str, *, numbers: bool) -> None:
        self._text = text
        self.numbers = numbers
        """Whether the language has numbers."""
        self.declared: dict[str, Declared] = {}
        self._scope: list[tuple[str, str]] = []
        self._individuals: dict[str, None] = {}
        self._individuals_declared: set[str] = set()
        self._equation: Any = None

    def fail(self, reason: str, expression: Any, hint: str | None = None) -> ParseError:
        """The error at an expression's first token."""
        while isinstance(expression, list) and expression:
            expression = expression[0]
        line, column = 1, 1
        if isinstance(expression, Token):
            line, column = expression.line or 1, expression.column or 1
        return ParseError(
            reason,
            text=self._text,
            line=line,
            column=column,
            hint=hint,
        )

    # ---- sorts ----

    def sort(self, expression: Any) -> str:
        """The name of a sort. Raises `ParseError` for one that the language has not."""
        name = expression if isinstance(expression, Token) else None
        if name is None:
            shown = _written(expression)
            raise self.fail(f"the sort {shown} is not read", expression, _other_sorts())
        if name in _BUILT_IN:
            raise self.fail(f"the sort {name} is not read", expression, _other_sorts())
        if name in ("Int", "Real") and not self.numbers:
            raise self.fail(f"the sort {name} is of numbers", expression, ARITHMETIC_HINT)
        if name not in ("Int", "Real", "Bool"):
            self._individuals[str(name)] = None
        return str(name)

    def sort_of_thing(self, expression: Any) -> str:
        """The sort of an argument or a variable, which is not Bool."""
        sort = self.sort(expression)
        if sort == "Bool":
            hint = "say it for true and for false, as two formulas"
            raise self.fail("a variable or argument of the sort Bool is not read", expression, hint)
        return sort

    def declare_sort(self, name: Any) -> None:
        """Note a sort that a script declares."""
        if isinstance(name, Token):
            self._individuals_declared.add(str(name))

    def check_said(self, expression: Any) -> None:
        """Raises `ParseError` for a variable's sort that nothing declares: it could restrict what is meant."""
        said = {*self._individuals, *self._individuals_declared, *_BUILT_IN, "Int", "Real"}
        if str(expression) not in said and not _UNIVERSE.fullmatch(str(expression)):
            hint = "declare it with declare-sort, or use a predicate for what is meant"
            raise self.fail(f"the sort {expression} is not declared", expression, hint)

    def declare(self, name: str, arguments: Sequence[Any], value: Any) -> None:
        sorts = tuple([self.sort_of_thing(argument) for argument in arguments])
        self.declared[name] = (sorts, self.sort(value))

    def bind(self, name: str, sort: str) -> None:
        self._scope.append((name, sort))

    def unbind(self, count: int) -> None:
        del self._scope[-count:]

    def of_name(self, name: str) -> Declared | None:
        """The sorts of a symbol or variable, where it has been said."""
        for bound, sort in reversed(self._scope):
            if bound == name:
                return (), sort
        return self.declared.get(name)

    def of_head(self, name: str, is_applied: bool) -> Declared | None:
        """The same of a name that is applied to arguments, which no variable is, or stands alone."""
        return self.declared.get(name) if is_applied else self.of_name(name)

    # ---- symbols ----

    def check_head(self, head: Token) -> None:
        """Raises `ParseError` for a symbol with a meaning that the language has not."""
        if head[0] == "|" or str(head) in self.declared:
            return
        if _LITERAL.fullmatch(head):
            raise self.fail(f"the literal {head} is not read", head, _other_sorts())
        if head in OPERATIONS and not self.numbers:
            reason = f"{str(head)!r} is an operation on numbers"
            raise self.fail(reason, head, ARITHMETIC_HINT)
        if NUMERAL.fullmatch(head) and not self.numbers:
            hint = f"{ARITHMETIC_HINT}; an individual is called |{head}|"
            raise self.fail(f"{head} is a number", head, hint)
        if _THEORIES.fullmatch(head):
            hint = "declare it with declare-fun if it is a name of your own"
            raise self.fail(f"{str(head)!r} has a meaning in SMT-LIB that is not read", head, hint)

    def check_arguments(self, head: Token, name: str, arguments: Sequence[Any]) -> None:
        """Raises `ParseError` where a symbol is not applied as it was declared."""
        declared = self.declared.get(name)
        if declared is None:
            return
        sorts, _ = declared
        if len(sorts) != len(arguments):
            reason = f"{name!r} is declared with {len(sorts)} arguments, here are {len(arguments)}"
            raise self.fail(reason, head)
        for sort, argument in zip(sorts, arguments, strict=True):
            self.check_same(sort, self.sort_of(argument), argument)

    def check_same(self, sort: str | None, other: str | None, expression: Any) -> None:
        """Raises `ParseError` where a part has another sort than the one that is asked for."""
        is_literal = sort == "Real" and _is_literal(expression)  # 1 for 1.0, as solvers take it
        if sort is None or other is None or sort == other or is_literal:
            return
        raise self.fail(f"a part of the sort {other} stands where {sort} is needed", expression)

    def sort_of(self, expression: Any) -> str | None:
        """The sort of a term; None where nothing says it."""
        if isinstance(expression, Token):
            if NUMERAL.fullmatch(expression):
                return "Real" if "." in expression else "Int"
            found = self.of_name(_plain(expression))
            return found[1] if found else None
        if not expression or not isinstance(expression[0], Token):
            return None
        head = expression[0]
        if head in OPERATIONS and str(head) not in self.declared:
            return self.joint(expression[1:])
        if head == "/":
            return "Real"
        found = self.of_head(_plain(head), True)
        return found[1] if found else None

    def joint(self, parts: Sequence[Any]) -> str | None:
        """The sort of parts that have one sort, of numbers Real where one of them is so.

        Raises `ParseError` where they have two.
        """
        sorts = [self.sort_of(part) for part in parts]
        known = [sort for sort in sorts if sort is not None]
        if not known:
            return None
        joint = "Real" if "Real" in known else known[0]
        for part, sort in zip(parts, sorts, strict=True):
            self.check_same(joint, sort, part)
        return joint

    # ---- numbers ----

    def numeral(self, token: Token, sort: str | None) -> Token:
        """A numeral as the language writes it: with a decimal point where it is a real."""
        if sort == "Real" and "." not in token:
            return token.update(value=f"{token}.0")
        return token

    def quotient(self, parts: Sequence[Any], head: Token) -> Token:
        """A fraction of two numerals as a decimal."""
        numerals = [part for part in parts if isinstance(part, Token) and NUMERAL.fullmatch(part)]
        hint = "only a fraction of two numbers that has an end as a decimal, as (/ 3 4)"
        if len(numerals) != 2 or len(parts) != 2 or not Fraction(numerals[1]):
            raise self.fail("'/' is not read between these", head, hint)
        decimal = _decimal(Fraction(numerals[0]) / Fraction(numerals[1]))
        if decimal is None:
            raise self.fail("the fraction has no end as a decimal", head, hint)
        return numerals[0].update(value=decimal)

    # ---- individuals of several sorts ----

    def equated(self, head: Token) -> None:
        """Two terms are said to be equal, or not."""
        self._equation = head

    def check_individuals(self) -> None:
        """Raises `ParseError` for two sorts of individuals beside an equation.

        Without equations they may be read as one: what is true of two sets is true of one as large
        as both. With them the number of each counts.
        """
        clash = beside_equation(self._individuals)
        if clash is not None and self._equation is not None:
            hint = "write one sort, and a predicate for each kind of things"
            listed = " and ".join(clash)
            raise self.fail(f"two sorts, {listed}, beside an equation", self._equation, hint)

    def of_numbers(self) -> dict[Symbol, tuple[str, ...]]:
        """The declared symbols with the sorts of their places, where a declaration names numbers."""
        if not any(
            sort in NUMBERS for declared in self.declared.values() for sort in _all(declared)
        ):
            return {}
        symbols: dict[Symbol, tuple[str, ...]] = {}
        for name, (arguments, value) in self.declared.items():
            if value == "Bool":
                symbols["predicate", name, len(arguments)] = arguments
            else:
                kind = "function" if arguments else "constant"
                symbols[kind, name, len(arguments)] = (*arguments, value)
        return symbols


def beside_equation(sorts: Iterable[str]) -> tuple[str, str] | None:
    """Two of several sorts, which are not to be read as one beside an equation; None where there are not two."""
    first, second, *_ = [*dict.fromkeys(sorts), None, None]
    return None if first is None or second is None else (first, second)


def check_declared(
    text: str,
    formula: S.Formula,
    declared: Mapping[Symbol, tuple[str, ...]],
    inferred: Mapping[Symbol, tuple[str, ...]],
) -> None:
    """Holds what was declared to the sorts that the language finds for itself.

    Raises `ParseError` where they are not the same. What nothing ties to a number is an individual,
    and is as good as a number where no quantifier ranges over individuals: there are enough of
    either.
    """
    for symbol, sorts in inferred.items():
        for said, found in zip(declared.get(symbol, ()), sorts, strict=False):
            is_number = said in NUMBERS
            if said == found or (not is_number and found == UNIVERSE):
                continue
            if is_number and found == UNIVERSE and not _over_individuals(formula):
                continue
            hint = "write a number beside it, of a Real with a decimal point, as 1.0"
            raise ParseError(
                f"{symbol[1]!r} is declared {said}, and nothing in the formula says so",
                text=text,
                hint=hint,
            )


def _over_individuals(formula: S.Formula) -> bool:
    """Whether a quantifier has no sort of numbers."""
    for node in subnodes(formula):
        if isinstance(node, S.Quantified) and getattr(node, "sort", UNIVERSE) not in NUMBERS:
            return True
    return False


def _all(declared: Declared) -> tuple[str, ...]:
    return (*declared[0], declared[1])


def _is_literal(expression: Any) -> bool:
    """Whether an expression is a numeral, or one with its sign turned."""
    if isinstance(expression, Token):
        return NUMERAL.fullmatch(expression) is not None
    is_negative = len(expression) == 2 and expression[0] == "-"
    return is_negative and _is_literal(expression[1])


def _plain(token: Token) -> str:
    return str(token[1:-1]) if token[0] == "|" else str(token)


def _decimal(value: Fraction) -> str | None:
    """A fraction as a decimal; None where it has no end, or more digits than are read."""
    for digits in range(1, _MOST_DIGITS):
        scaled = value * 10**digits
        if scaled.denominator == 1:
            whole, rest = divmod(scaled.numerator, 10**digits)
            written = f"{whole}.{rest:0{digits}}"
            return written if len(written) <= _MOST_DIGITS else None
    return None


def _other_sorts() -> str:
    return "sorts that are declared, and Int and Real in the domain arithmetic, are read"


def _written(expression: Any) -> str:
    if isinstance(expression, Token):
        return str(expression)
    return f"({' '.join(map(_written, expression))})"
