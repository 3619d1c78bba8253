"""SMT-LIB: s-expressions to raw nodes.

`(= (p a) (q a))` is a biconditional where a side is a formula, and an equality where it is a term: by
its form, by a `declare-fun`, by what the rest of the text shows, or by other texts beside it. Where
nothing says it, a text that must be certain is refused. What the standard gives a meaning has that meaning, or
is refused (`logic.reading.notations.smt.sorts`).
"""

from __future__ import annotations

import itertools
from collections.abc import Container, Mapping
from typing import Any, NamedTuple

from lark import Token

from logic import syntax as S
from logic.errors import ParseError
from logic.language import Language
from logic.nodes import NUMBERS
from logic.reading.notations.equations.kinds import NOTHING_KNOWN, Known
from logic.reading.notations.equations.smt import SmtEquations, symbol
from logic.reading.notations.smt.expressions import expressions
from logic.reading.notations.smt.sorts import NUMERAL, Sorts, check_declared
from logic.reading.raw import MAX_DEPTH, Raw, TooDeepError, nest, quantified
from logic.spelling import RELATIONS, plain_name
from logic.symbols import Symbol
from logic.writing.smtlib import OPERATIONS, RESERVED, SORT

_IGNORED_COMMANDS = frozenset(
    ["set-logic", "set-option", "set-info", "declare-sort", "check-sat", "get-model", "exit"]
)
_NUMBERS_RULE = "all_numbers"
"""A rule that a language with numbers has."""
_OPERATIONS = {"+": "plus", "-": "minus", "*": "times"}
_MAX_DISTINCT = 20  # the pairs grow with the square


class Script(NamedTuple):
    """The raw nodes of a formula, and the sorts of symbols that are declared to be of numbers."""

    raw: Raw
    declared: Mapping[Symbol, tuple[str, ...]]
    notes: tuple[str, ...] = ()
    """What was assumed of names that nothing says the sort of."""


def read(
    text: str,
    constructs: Container[str] = (),
    *,
    lenient: bool = False,
    known: Known = NOTHING_KNOWN,
) -> Script:
    """One formula, or a script with one `assert`.

    `constructs` are the rules that the language adds to the core; where `lenient`, what no
    declaration says of a name is assumed as is likely. Raises `ParseError`.
    """
    reader = _Reader(text, numbers=_NUMBERS_RULE in constructs, lenient=lenient, known=known)
    try:
        raw = reader.script(expressions(text))
        return Script(raw, reader.sorts.of_numbers(), tuple(dict.fromkeys(reader.equations.notes)))
    except TooDeepError:
        raise ParseError(f"nested more than {MAX_DEPTH} levels deep", text=text) from None


class _Reader:
    def __init__(self, text: str, *, numbers: bool, lenient: bool, known: Known) -> None:
        self.sorts = Sorts(text, numbers=numbers)
        self.fail = self.sorts.fail
        self.equations = SmtEquations(text, self.sorts, lenient, known)

    # ---- commands ----

    def script(self, expressions: list[Any]) -> Raw:
        asserted = [self.asserted(expression) for expression in expressions]
        formulas = [formula for formula in asserted if formula is not None]
        if len(formulas) != 1:
            reason = f"{len(formulas)} formulas where one is needed"
            raise self.fail(reason, formulas[1:2] or expressions)
        self.equations.look(formulas[0], is_formula=True)
        raw = self.formula(formulas[0])
        self.sorts.check_individuals()
        return raw

    def asserted(self, expression: Any) -> Any:
        """What a command asserts, or an expression that is no command; None for other commands."""
        if isinstance(expression, Token):
            return expression
        if not expression or not isinstance(expression[0], Token):
            raise self.fail("unexpected '(' where an operator or a name is needed", expression)
        head = expression[0]
        if head in ("declare-fun", "declare-const"):
            self.declare(expression)
            return None
        if head == "declare-sort":
            self.sorts.declare_sort(expression[1] if len(expression) > 1 else None)
        if head in _IGNORED_COMMANDS:
            return None
        if head != "assert":
            return expression
        if len(expression) != 2:
            raise self.fail("assert takes one formula", expression)
        return expression[1]

    def declare(self, expression: list[Any]) -> None:
        """Note what `(declare-fun f (A B) C)` or `(declare-const c A)` says of a symbol's sorts."""
        head, *parts = expression
        arguments = parts[1] if head == "declare-fun" and len(parts) == 3 else []
        is_whole = len(parts) == (3 if head == "declare-fun" else 2)
        if not is_whole or not isinstance(parts[0], Token) or not isinstance(arguments, list):
            raise self.fail(f"{head} takes a name and sorts", head)
        self.sorts.declare(str(symbol(parts[0])), arguments, parts[-1])

    # ---- formulas ----

    def formula(self, expression: Any) -> Raw:
        if isinstance(expression, Token):
            if expression in ("true", "false"):
                return ("truth", 1, expression == "true")
            return self.atom(expression, expression, [])
        if not expression:
            raise self.fail("empty brackets", expression)
        head, *parts = expression
        if not isinstance(head, Token):
            if head and head[0] in ("_", "as"):
                raise self.fail(f"({head[0]} …) is not read", head)
            raise self.fail("unexpected '(' where an operator or a name is needed", expression)
        # A symbol between bars is a name, whatever it holds.
        if head[0] == "|" or head not in RESERVED:
            return self.atom(expression, head, parts)
        return self.operation(head, parts)

    def atom(self, expression: Any, head: Token, parts: list[Any]) -> Raw:
        """An application that is a formula by its place."""
        found = self.sorts.of_head(str(symbol(head)), bool(parts))
        if found is not None and found[1] != "Bool":
            reason = f"{str(symbol(head))!r} is of the sort {found[1]} and no formula"
            raise self.fail(reason, head)
        if head in OPERATIONS:
            self.sorts.check_head(head)
            raise self.fail(f"{str(head)!r} gives a number, and a formula is needed", head)
        return self.application(expression)

    def operation(self, head: Token, parts: list[Any]) -> Raw:
        match head:
            case "forall" | "exists":
                return self.quantified(head, parts)
            case "not":
                return self.negation(head, parts)
            case "=>":
                return self.implication(head, parts)
            case "=":
                return self.equality(head, parts)
            case "distinct":
                return self.distinct(head, parts)
            case "and" | "or" | "xor" if parts:
                return self.chain(head, parts)
        if head in RELATIONS and len(parts) >= 2:
            return self.relation(head, parts)
        hint = "write the formula out without let and ite"
        raise self.fail(
            f"{str(head)!r} cannot be read here",
            head,
            hint,
        )

    def chain(self, head: Token, parts: list[Any]) -> Raw:
        operands = [self.formula(part) for part in parts]
        return _joined(str(head), operands)

    def negation(self, head: Token, parts: list[Any]) -> Raw:
        if len(parts) != 1:
            raise self.fail("not takes one formula", head)
        operand = parts[0]
        if isinstance(operand, list) and len(operand) == 3 and operand[0] == "distinct":
            # As it is written where `=` would not say that these are terms.
            inner = self.distinct(operand[0], operand[1:], likely=False)
            if inner[0] == "relation":
                return nest("relation", operand[0].update(value="="), *inner[3:])
            return nest("not", inner)
        return nest("not", self.formula(operand))

    def implication(self, head: Token, parts: list[Any]) -> Raw:
        """`(=> a b c)` groups to the right."""
        if len(parts) < 2:
            raise self.fail("=> takes two formulas", head)
        *conditions, conditional = [self.formula(part) for part in parts]
        for condition in reversed(conditions):
            conditional = nest("implies", condition, conditional)
        return conditional

    def equality(self, head: Token, parts: list[Any]) -> Raw:
        """`(= a b c)` says that neighbours are equal, as terms or as truth values."""
        if len(parts) < 2:
            raise self.fail("= takes two parts", head)
        if not self.equations.joins_formulas(self.equations.keys(parts), head):
            self.sorts.equated(head)
            return self.relation(head, parts)
        links = []
        for left, right in itertools.pairwise(parts):
            link = nest(
                "iff",
                self.formula(left),
                self.formula(right),
            )
            links.append(link)
        return _joined("and", links)

    def relation(self, head: Token, parts: list[Any]) -> Raw:
        """`(< a b c)` says that each is less than the next."""
        terms = self.terms(parts)
        links = []
        for left, right in itertools.pairwise(terms):
            links.append(nest("relation", head, left, right))
        return _joined("and", links)

    def distinct(self, head: Token, parts: list[Any], likely: bool | None = None) -> Raw:
        """Terms of which no two are equal, or two formulas that differ; `likely` where nothing says which."""
        if self.equations.joins_formulas(self.equations.keys(parts), head, likely):
            if len(parts) != 2:
                raise self.fail("distinct takes two formulas, or terms", head)
            return nest("xor", [self.formula(part) for part in parts])
        terms = self.terms(parts)
        self.sorts.equated(head)
        if not 2 <= len(terms) <= _MAX_DISTINCT:
            raise self.fail("distinct takes two to twenty terms", head)
        sign = head.update(value="≠")
        pairs = itertools.combinations(terms, 2)
        return _joined(
            "and",
            [nest("relation", sign, left, right) for left, right in pairs],
        )

    def quantified(self, head: Token, parts: list[Any]) -> Raw:
        hint = f"({head} ((x {SORT})) …)"
        if len(parts) != 2 or not isinstance(parts[0], list) or not parts[0]:
            reason = f"{head} takes a list of variables and a formula"
            raise self.fail(reason, head, hint)
        variables = [self.variable(binding, hint) for binding in parts[0]]
        for name, sort in variables:
            self.sorts.bind(name, sort)
        body = self.formula(parts[1])
        self.sorts.unbind(len(variables))
        for name, sort in reversed(variables):
            body = self.over(head, name, sort, body)
        return body

    def over(self, head: Token, name: str, sort: str, body: Raw) -> Raw:
        """A quantifier over individuals, or over numbers."""
        is_universal = head == "forall"
        if sort not in NUMBERS:
            return quantified("∀" if is_universal else "∃", (name,), body, head)
        variable = head.update(value=name)
        if plain_name(variable) != name:
            raise self.fail(f"{name!r} is no name for a number", head)
        rule = "all_numbers" if is_universal else "some_number"
        return nest("construct", rule, [variable, head.update(value=sort), body])

    def variable(self, binding: Any, hint: str) -> tuple[str, str]:
        """The name and the sort in `(x U)`."""
        if isinstance(binding, Token) and binding[0] == "?":
            return str(symbol(binding)), SORT  # KIF marks its variables and knows no sorts
        is_pair = isinstance(binding, list) and len(binding) == 2
        if not is_pair or not isinstance(binding[0], Token):
            raise self.fail("a variable is written with its sort", binding, hint)
        if isinstance(binding[1], Token) and binding[1] != "Bool":
            self.sorts.check_said(binding[1])
        return str(symbol(binding[0])), self.sorts.sort_of_thing(binding[1])

    # ---- terms ----

    def terms(self, parts: list[Any]) -> list[Raw]:
        """Terms of one sort."""
        sort = self.sorts.joint(parts)
        return [self.term(part, sort) for part in parts]

    def term(self, expression: Any, sort: str | None = None) -> Raw:
        """A term, which is to have that sort where it is known."""
        if self.equations.is_formula(expression):
            raise self.fail("a formula stands where a term is needed", expression)
        if isinstance(expression, Token):
            self.sorts.check_head(expression)
            if NUMERAL.fullmatch(expression) and self.sorts.numbers:
                numeral = self.sorts.numeral(expression, sort)
                return ("application", 1, numeral, ())
            return self.application(expression)
        head = expression[0] if expression else None
        is_declared = isinstance(head, Token) and str(head) in self.sorts.declared
        if isinstance(head, Token) and not is_declared and self.sorts.numbers:
            if head in OPERATIONS:
                return self.sum(head, expression[1:], sort or self.sorts.joint(expression[1:]))
            if head == "/":
                quotient = self.sorts.quotient(expression[1:], head)
                return ("application", 1, quotient, ())
        return self.application(expression)

    def sum(self, head: Token, parts: list[Any], sort: str | None) -> Raw:
        """An operation on numbers, grouped to the left."""
        if not parts or (len(parts) == 1 and head != "-"):
            raise self.fail(f"{str(head)!r} takes two numbers", head)
        first, *others = [self.term(part, sort) for part in parts]
        if not others:
            return nest("construct", "negative", [first])
        for other in others:
            first = nest("construct", _OPERATIONS[head], [first, other])
        return first

    def application(self, expression: Any) -> Raw:
        if isinstance(expression, Token):
            if expression in RESERVED or expression[0] == '"':
                raise self.fail(f"{str(expression)!r} stands where a name is needed", expression)
            self.sorts.check_head(expression)
            if expression[0] == "?" and self.sorts.of_name(str(symbol(expression))) is None:
                hint = "bind it: (forall (?x) …)"
                raise self.fail(f"free variable {str(expression)!r}", expression, hint)
            self.sorts.check_arguments(expression, str(symbol(expression)), [])
            return ("application", 1, symbol(expression), ())
        if len(expression) < 2 or not isinstance(expression[0], Token):
            raise self.fail("an application is written (name argument …)", expression)
        head, *arguments = expression
        if head in RESERVED:
            return self.formula(expression)
        self.sorts.check_head(head)
        name = str(symbol(head))
        self.sorts.check_arguments(head, name, arguments)
        declared = self.sorts.declared.get(name)
        sorts = declared[0] if declared else [None] * len(arguments)
        terms = [self.term(part, sort) for part, sort in zip(arguments, sorts, strict=True)]
        return nest("application", symbol(head), terms)


def _joined(tag: str, operands: list[Raw]) -> Raw:
    """A chain of operands; one alone is itself."""
    return operands[0] if len(operands) == 1 else nest(tag, operands)


def check_sorts(
    text: str,
    declared: Mapping[Symbol, tuple[str, ...]],
    language: Language,
    formula: S.Formula,
) -> None:
    """Raises `ParseError` where a declared sort of numbers is not the one that the language finds."""
    meaning = language.first_order([formula])
    inferred = {symbol: meaning.sorts_of(*symbol) for symbol in meaning.symbols}
    check_declared(text, formula, declared, inferred)
