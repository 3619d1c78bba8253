"""SMT-LIB: s-expressions to raw nodes, and formulas to s-expressions over one sort `U`.

`(= a b)` between two applications is an equality of terms, unless a side is a formula by its form or by a
`declare-fun` before the assertion; `(and a)` marks the left side of a biconditional between atoms.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

from lark import Token

from logic import syntax as S
from logic.builder import MAX_DEPTH, Raw, TooDeepError, nest
from logic.errors import ParseError, UnsupportedError
from logic.spelling import RELATIONS

SORT = "U"
_TOKEN = re.compile(
    r"\s++|;[^\n]*+|(?P<token>[()]|\|[^|\\]*+\||\"[^\"]*+\"|[\w~!@$%^&*+=<>.?/'-]++)"
)
_SIMPLE = re.compile(r"[A-Za-z~!@$%^&*_+=<>.?/-][\w~!@$%^&*+=<>.?/-]*", re.ASCII)
_RESERVED = frozenset(
    "and or not xor => = distinct forall exists true false let ite assert as par match ! _ < > <= >= check-sat exit "
    "BINARY DECIMAL HEXADECIMAL NUMERAL STRING".split()
)
_LINKS = {"and": "and", "or": "or", "xor": "xor"}
_IGNORED = ("set-logic", "set-option", "set-info", "declare-sort", "check-sat", "get-model", "exit")
_FORMULA_HEADS = frozenset(
    ["and", "or", "not", "xor", "=>", "=", "distinct", "forall", "exists", "<", ">", "<=", ">="]
)


def read(text: str) -> Raw:
    """The raw nodes of one formula or of a script with one `assert`. Raises `ParseError`."""
    try:
        return _Reader(text).script(_expressions(text))
    except TooDeepError:
        raise ParseError(f"nested more than {MAX_DEPTH} levels deep", text=text) from None


def _expressions(text: str) -> list[Any]:
    """Nested lists of tokens; a list's own position is that of its first token."""
    stack: list[list[Any]] = [[]]
    place, line, line_start = 0, 1, 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise _error(
                f"unexpected character {text[place]!r}", text, line, place - line_start + 1
            )
        value = found["token"]
        if value == "(":
            if len(stack) > 2 * MAX_DEPTH + 4:
                raise TooDeepError
            stack.append([])
            stack[-2].append(stack[-1])
        elif value == ")":
            if len(stack) == 1:
                raise _error(
                    "unexpected ')'",
                    text,
                    line,
                    place - line_start + 1,
                    "this bracket was never opened",
                )
            stack.pop()
        elif value is not None:
            stack[-1].append(Token("NAME", value, place, line, place - line_start + 1))
        breaks = text.count("\n", place, found.end())
        if breaks:
            line, line_start = line + breaks, text.rfind("\n", place, found.end()) + 1
        place = found.end()
    if len(stack) > 1:
        hint = "a bracket is opened and not closed"
        raise _error(
            "the text ends in the middle of a formula", text, line, place - line_start + 1, hint
        )
    return stack[0]


def _error(
    reason: str, text: str, line: int = 1, column: int = 1, hint: str | None = None
) -> ParseError:
    return ParseError(reason, text=text, line=line, column=column, hint=hint)


def _symbol(token: Token) -> Token:
    """The token with the bars of a quoted symbol taken off."""
    return token.update(value=token[1:-1]) if token[0] == "|" else token


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.predicates: set[str] = set()

    def fail(self, reason: str, at: Any, hint: str | None = None) -> ParseError:
        while isinstance(at, list) and at:
            at = at[0]
        line, column = (at.line or 1, at.column or 1) if isinstance(at, Token) else (1, 1)
        return _error(reason, self.text, line, column, hint)

    def script(self, expressions: list[Any]) -> Raw:
        formulas = []
        for item in expressions:
            head = item[0] if isinstance(item, list) and item else item
            if not isinstance(head, Token):
                raise self.fail("unexpected '(' where an operator or a name is needed", item)
            if isinstance(item, list) and head in ("declare-fun", "declare-const"):
                if len(item) > 2 and item[-1] == "Bool" and isinstance(item[1], Token):
                    self.predicates.add(str(_symbol(item[1])))
            elif not (isinstance(item, list) and head in _IGNORED):
                if isinstance(item, list) and head == "assert":
                    if len(item) != 2:
                        raise self.fail("assert takes one formula", item)
                    item = item[1]
                formulas.append(item)
        if len(formulas) != 1:
            raise self.fail(
                f"{len(formulas)} formulas where one is needed", formulas[1:2] or expressions
            )
        return self.formula(formulas[0])

    def formula(self, item: Any) -> Raw:
        if isinstance(item, Token):
            return ("truth", 1, item == "true") if item in ("true", "false") else self.term(item)
        if not item:
            raise self.fail("empty brackets", item)
        head, parts = item[0], item[1:]
        if not isinstance(head, Token):
            raise self.fail("unexpected '(' where an operator or a name is needed", item)
        if head[0] == "|" or head not in _RESERVED:
            return self.term(item)
        build: Callable[[Token, list[Any]], Raw] | None = {
            "forall": self.quantified, "exists": self.quantified, "not": self.negation, "=>": self.implication,
            "=": self.equality, "distinct": self.distinct,
        }.get(head)  # fmt: skip
        if build is not None:
            return build(head, parts)
        if head in _LINKS and parts:
            made = [self.formula(part) for part in parts]
            return made[0] if len(made) == 1 else nest(_LINKS[head], made)
        if head in RELATIONS and len(parts) == 2:
            return nest("relation", head, self.term(parts[0]), self.term(parts[1]))
        raise self.fail(
            f"{str(head)!r} cannot be read here", head, "write the formula out without let and ite"
        )

    def negation(self, head: Token, parts: list[Any]) -> Raw:
        if len(parts) != 1:
            raise self.fail("not takes one formula", head)
        return nest("not", self.formula(parts[0]))

    def implication(self, head: Token, parts: list[Any]) -> Raw:
        if len(parts) < 2:
            raise self.fail("=> takes two formulas", head)
        formulas = [self.formula(part) for part in parts]
        made = formulas.pop()
        while formulas:
            made = nest("implies", formulas.pop(), made)
        return made

    def equality(self, head: Token, parts: list[Any]) -> Raw:
        if len(parts) < 2:
            raise self.fail("= takes two parts", head)
        between_formulas = any(self.is_formula(part) for part in parts)
        made = []
        for left, right in itertools.pairwise(parts):
            if between_formulas:
                made.append(nest("iff", self.formula(left), self.formula(right)))
            else:
                made.append(nest("relation", head, self.term(left), self.term(right)))
        return made[0] if len(made) == 1 else nest("and", made)

    def distinct(self, head: Token, parts: list[Any]) -> Raw:
        terms = [self.term(part) for part in parts]
        if not 2 <= len(terms) <= 20:
            raise self.fail("distinct takes two to twenty terms", head)
        sign = head.update(value="≠")
        made = [nest("relation", sign, a, b) for i, a in enumerate(terms) for b in terms[i + 1 :]]
        return made[0] if len(made) == 1 else nest("and", made)

    def quantified(self, head: Token, parts: list[Any]) -> Raw:
        if len(parts) != 2 or not isinstance(parts[0], list) or not parts[0]:
            raise self.fail(
                f"{head} takes a list of variables and a formula", head, f"({head} ((x {SORT})) …)"
            )
        names = []
        for variable in parts[0]:
            if (
                not isinstance(variable, list)
                or len(variable) != 2
                or not isinstance(variable[0], Token)
            ):
                raise self.fail(
                    "a variable is written with its sort", variable, f"({head} ((x {SORT})) …)"
                )
            names.append(str(_symbol(variable[0])))
        body = self.formula(parts[1])
        _, depth, _ = nest("", body)
        return ("quantified", depth, ("∀" if head == "forall" else "∃", tuple(names)), body, head)

    def is_formula(self, item: Any) -> bool:
        """Whether an expression is a formula by its form or its declaration."""
        head = item[0] if isinstance(item, list) and item else item
        if not isinstance(head, Token):
            return False
        if isinstance(item, list) and head in _FORMULA_HEADS:
            return True
        return (not isinstance(item, list) and head in ("true", "false")) or str(
            _symbol(head)
        ) in self.predicates

    def term(self, item: Any) -> Raw:
        if isinstance(item, Token):
            if item in _RESERVED or item[0] == '"':
                raise self.fail(f"{str(item)!r} stands where a name is needed", item)
            return ("application", 1, _symbol(item), ())
        if len(item) < 2 or not isinstance(item[0], Token):
            raise self.fail("an application is written (name argument …)", item)
        if item[0] in _RESERVED:
            return self.formula(item)
        return nest("application", _symbol(item[0]), [self.term(part) for part in item[1:]])


def write(node: S.Formula | S.Term) -> str:
    """The formula as one s-expression. Raises `UnsupportedError`."""
    return _Writer(node).text(node)


class _Writer:
    notation = "smtlib"

    def __init__(self, node: S.Node) -> None:
        self.bound: list[str] = []

    def unsupported(self, node: S.Node, why: str) -> UnsupportedError:
        return UnsupportedError(
            f"{type(node).__name__} cannot be written in {self.notation}: {why}"
        )

    def name(self, name: str, node: S.Node) -> str:
        if _SIMPLE.fullmatch(name) and name not in _RESERVED:
            return name
        if "|" in name or "\\" in name or not name.isprintable():
            raise self.unsupported(node, f"the name {name!r} holds a character that |…| cannot")
        return f"|{name}|"

    def text(self, node: S.Node) -> str:
        match node:
            case S.Variable(name):
                if name not in self.bound:
                    raise self.unsupported(node, f"{name!r} is free")
                return self.name(name, node)
            case S.Constant(name):
                if name in self.bound:
                    raise self.unsupported(node, f"{name!r} is also a variable bound here")
                return self.name(name, node)
            case S.Function(name, args):
                return self.call(self.name(name, node), args)
            case S.Truth(value):
                return "true" if value else "false"
            case S.Atom(predicate, args):
                return self.atom(node, predicate, args)
            case S.Equality(left, right):
                return self.call("=", (left, right))
            case S.Not(operand):
                return self.call("not", (operand,))
            case S.And(operands):
                return self.call("and", operands)
            case S.Or(operands):
                return self.call("or", operands)
            case S.Xor(operands):
                return self.call("xor", operands)
            case S.Implies(left, right):
                return self.call("=>", (left, right))
            case S.Iff(left, right):
                mark = isinstance(left, S.Atom) and isinstance(right, S.Atom)
                return f"(= {self.call('and', (left,)) if mark else self.text(left)} {self.text(right)})"
            case S.Forall(variable, body) | S.Exists(variable, body):
                return self.quantified(
                    "forall" if isinstance(node, S.Forall) else "exists", variable, body
                )
        raise self.unsupported(node, "SMT-LIB has no such construct")

    def call(self, head: str, parts: tuple[S.Node, ...]) -> str:
        return f"({head} {' '.join([self.text(part) for part in parts])})"

    def atom(self, node: S.Node, predicate: str, args: tuple[S.Term, ...]) -> str:
        signs = {"≤": "<=", "≥": ">=", "<": "<", ">": ">"}
        if len(args) == 2 and predicate in signs:
            return self.call(signs[predicate], args)
        if not args and predicate in self.bound:
            raise self.unsupported(node, f"{predicate!r} is also a variable bound here")
        return self.call(self.name(predicate, node), args) if args else self.name(predicate, node)

    def quantified(self, word: str, variable: S.Variable, body: S.Formula) -> str:
        self.bound.append(variable.name)
        text = f"({word} (({self.name(variable.name, variable)} {SORT})) {self.text(body)})"
        self.bound.pop()
        return text
