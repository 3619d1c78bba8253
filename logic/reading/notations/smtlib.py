"""SMT-LIB: s-expressions to raw nodes.

`(= a b)` between two applications is an equality of terms, unless a side is a formula by its form
or by a `declare-fun` before the assertion.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from lark import Token

from logic.errors import ParseError
from logic.reading.raw import MAX_DEPTH, Raw, TooDeepError, nest, quantified
from logic.spelling import RELATIONS
from logic.writing.smtlib import RESERVED, SORT

_LEXEME = re.compile(
    r"""
    \s++
    | ; [^\n]*+                         # a comment
    | (?P<token>
        [()]
        | \| [^|\\]*+ \|                # a symbol between bars, which may hold almost anything
        | " [^"]*+ "                    # a string, as options have it
        | [\w~!@$%^&*+=<>.?/'-]++       # any other symbol, keyword or number
      )
    """,
    re.VERBOSE,
)
_IGNORED_COMMANDS = frozenset(
    ["set-logic", "set-option", "set-info", "declare-sort", "check-sat", "get-model", "exit"]
)
_FORMULA_HEADS = frozenset(
    ["and", "or", "not", "xor", "=>", "=", "distinct", "forall", "exists", "<", ">", "<=", ">="]
)
_MAX_DISTINCT = 20  # the pairs grow with the square
# A formula's bracket may hold another for its list of variables, and a variable has its own.
_MAX_OPEN_BRACKETS = 2 * MAX_DEPTH + 4


def read(text: str) -> Raw:
    """The raw nodes of one formula or of a script with one `assert`. Raises `ParseError`."""
    try:
        return _Reader(text).script(_expressions(text))
    except TooDeepError:
        raise ParseError(f"nested more than {MAX_DEPTH} levels deep", text=text) from None


def _tokens(text: str) -> Iterator[Token]:
    offset, line, line_start = 0, 1, 0
    while offset < len(text):
        lexeme = _LEXEME.match(text, offset)
        if lexeme is None:
            raise ParseError.at(
                offset,
                f"unexpected character {text[offset]!r}",
                text=text,
            )
        if lexeme["token"] is not None:
            yield Token(
                "NAME",
                lexeme["token"],
                offset,
                line,
                offset - line_start + 1,
            )
        breaks = text.count("\n", offset, lexeme.end())
        if breaks:
            line += breaks
            line_start = text.rfind("\n", offset, lexeme.end()) + 1
        offset = lexeme.end()


def _expressions(text: str) -> list[Any]:
    """Nested lists of tokens; a list's own position is that of its first token."""
    stack: list[list[Any]] = [[]]
    for token in _tokens(text):
        if token == "(":
            if len(stack) > _MAX_OPEN_BRACKETS:
                raise TooDeepError
            expression: list[Any] = []
            stack[-1].append(expression)
            stack.append(expression)
        elif token != ")":
            stack[-1].append(token)
        elif len(stack) > 1:
            stack.pop()
        else:
            hint = "this bracket was never opened"
            raise ParseError.at(
                token.start_pos or 0,
                "unexpected ')'",
                text=text,
                hint=hint,
            )
    if len(stack) > 1:
        reason = "the text ends in the middle of a formula"
        hint = "a bracket is opened and not closed"
        raise ParseError.at(
            len(text),
            reason,
            text=text,
            hint=hint,
        )
    return stack[0]


def _symbol(token: Token) -> Token:
    """The token with the bars of a quoted symbol taken off, or KIF's mark of a variable."""
    if token[0] == "|":
        return token.update(value=token[1:-1])
    if token[0] == "?" and len(token) > 1:
        return token.update(value=token[1:])
    return token


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.predicates: set[str] = set()

    def fail(self, reason: str, expression: Any, hint: str | None = None) -> ParseError:
        """The error at an expression's first token."""
        while isinstance(expression, list) and expression:
            expression = expression[0]
        line, column = 1, 1
        if isinstance(expression, Token):
            line, column = expression.line or 1, expression.column or 1
        return ParseError(
            reason,
            text=self.text,
            line=line,
            column=column,
            hint=hint,
        )

    # ---- commands ----

    def script(self, expressions: list[Any]) -> Raw:
        asserted = [self.asserted(expression) for expression in expressions]
        formulas = [formula for formula in asserted if formula is not None]
        if len(formulas) != 1:
            reason = f"{len(formulas)} formulas where one is needed"
            raise self.fail(reason, formulas[1:2] or expressions)
        return self.formula(formulas[0])

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
        if head in _IGNORED_COMMANDS:
            return None
        if head != "assert":
            return expression
        if len(expression) != 2:
            raise self.fail("assert takes one formula", expression)
        return expression[1]

    def declare(self, expression: list[Any]) -> None:
        """Note a predicate; other declarations say nothing that the formula does not."""
        if len(expression) > 2 and expression[-1] == "Bool" and isinstance(expression[1], Token):
            self.predicates.add(str(_symbol(expression[1])))

    # ---- formulas ----

    def formula(self, expression: Any) -> Raw:
        if isinstance(expression, Token):
            if expression in ("true", "false"):
                return ("truth", 1, expression == "true")
            return self.term(expression)
        if not expression:
            raise self.fail("empty brackets", expression)
        head, *parts = expression
        if not isinstance(head, Token):
            raise self.fail("unexpected '(' where an operator or a name is needed", expression)
        # A symbol between bars is a name, whatever it holds.
        if head[0] == "|" or head not in RESERVED:
            return self.term(expression)
        return self.operation(head, parts)

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
        if head in RELATIONS and len(parts) == 2:
            return nest(
                "relation",
                head,
                self.term(parts[0]),
                self.term(parts[1]),
            )
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
        return nest("not", self.formula(parts[0]))

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
        between_formulas = any(self.is_formula(part) for part in parts)
        links = []
        for left, right in itertools.pairwise(parts):
            if between_formulas:
                link = nest(
                    "iff",
                    self.formula(left),
                    self.formula(right),
                )
            else:
                link = nest(
                    "relation",
                    head,
                    self.term(left),
                    self.term(right),
                )
            links.append(link)
        return _joined("and", links)

    def distinct(self, head: Token, parts: list[Any]) -> Raw:
        terms = [self.term(part) for part in parts]
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
        names = tuple([self.variable(binding, hint) for binding in parts[0]])
        body = self.formula(parts[1])
        return quantified("∀" if head == "forall" else "∃", names, body, head)

    def variable(self, binding: Any, hint: str) -> str:
        """The name in `(x U)`, whatever the sort."""
        if isinstance(binding, Token) and binding[0] == "?":
            return str(_symbol(binding))  # KIF marks its variables and knows no sorts
        is_pair = isinstance(binding, list) and len(binding) == 2
        if not is_pair or not isinstance(binding[0], Token):
            raise self.fail("a variable is written with its sort", binding, hint)
        return str(_symbol(binding[0]))

    def is_formula(self, expression: Any) -> bool:
        """Whether an expression is a formula by its form or its declaration."""
        is_list = isinstance(expression, list)
        head = expression[0] if is_list and expression else expression
        if not isinstance(head, Token):
            return False
        if head in (_FORMULA_HEADS if is_list else ("true", "false")):
            return True
        return str(_symbol(head)) in self.predicates

    # ---- terms ----

    def term(self, expression: Any) -> Raw:
        if isinstance(expression, Token):
            if expression in RESERVED or expression[0] == '"':
                raise self.fail(f"{str(expression)!r} stands where a name is needed", expression)
            return ("application", 1, _symbol(expression), ())
        if len(expression) < 2 or not isinstance(expression[0], Token):
            raise self.fail("an application is written (name argument …)", expression)
        head, *arguments = expression
        if head in RESERVED:
            return self.formula(expression)
        return nest(
            "application",
            _symbol(head),
            [self.term(argument) for argument in arguments],
        )


def _joined(tag: str, operands: list[Raw]) -> Raw:
    """A chain of operands; one alone is itself."""
    return operands[0] if len(operands) == 1 else nest(tag, operands)
