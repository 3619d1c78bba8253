"""Z3Py: Python expressions such as `ForAll([x], Implies(Cat(x), Animal(x)))`, read with `ast` and never run.

`a == b` between two applications is an equality of terms, unless a side is a formula by its form; `And(a)` marks the
left side of a biconditional between atoms.
"""

from __future__ import annotations

import ast
import keyword
import re
import unicodedata
import warnings
from collections.abc import Iterable
from typing import Any

from lark import Token

from logic import syntax as S
from logic.builder import MAX_DEPTH, Raw, TooDeepError, nest
from logic.errors import ParseError, UnsupportedError

_CHARACTERS = re.compile(r"[\w\s()\[\],=!<>.]*+")
_BRACKET = re.compile(r"[()\[\]]")
_HEADS = {"And", "Or", "Not", "Implies", "Xor", "ForAll", "Exists", "BoolVal"}
_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "=",
    ast.NotEq: "≠",
    ast.Lt: "<",
    ast.LtE: "≤",
    ast.Gt: ">",
    ast.GtE: "≥",
}
_NUMBER = re.compile(r"0|[1-9]\d*", re.ASCII)


def read(text: str) -> Raw:
    """The raw nodes of one Z3Py expression. Raises `ParseError`."""
    found = _CHARACTERS.match(text)
    end = found.end() if found else 0
    if end < len(text):
        raise _error(
            f"unexpected character {text[end]!r}",
            text,
            text.count("\n", 0, end) + 1,
            end - text.rfind("\n", 0, end),
        )
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth += 1 if bracket[0] in "([" else -1
        if depth > 2 * MAX_DEPTH or depth < 0:
            place = bracket.start()
            reason = "unexpected ')'" if depth < 0 else f"nested more than {MAX_DEPTH} levels deep"
            raise _error(
                reason, text, text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)
            )
    if depth:
        end = len(text)
        place = end - text.rfind("\n")
        raise _error("the text ends in the middle of a formula", text, text.count("\n") + 1, place)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # The bracket lets an expression run over several lines.
            tree = ast.parse(f"({text}\n)", mode="eval")
        return _Reader(text).formula(tree.body)
    except SyntaxError as error:
        column = (error.offset or 1) - (1 if error.lineno == 1 else 0)
        raise _error(
            f"not a Python expression: {error.msg}", text, error.lineno or 1, max(column, 1)
        ) from None
    except (TooDeepError, RecursionError, MemoryError, ValueError):
        raise _error(f"nested more than {MAX_DEPTH} levels deep", text) from None


def _error(reason: str, text: str, line: int = 1, column: int = 1) -> ParseError:
    return ParseError(reason, text=text, line=line, column=column)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")

    def token(self, node: ast.expr, value: str) -> Token:
        line = self.lines[node.lineno - 1] if node.lineno <= len(self.lines) else ""
        offset = node.col_offset - (1 if node.lineno == 1 else 0)
        column = len(line.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "ignore")) + 1
        return Token("NAME", value, 0, node.lineno, column)

    def fail(self, reason: str, node: ast.expr) -> ParseError:
        token = self.token(node, "")
        return _error(reason, self.text, token.line or 1, token.column or 1)

    def head(self, node: ast.expr) -> str | None:
        """The function a call names, without `z3.` before it."""
        if not isinstance(node, ast.Call) or node.keywords:
            return None
        called = node.func
        if (
            isinstance(called, ast.Attribute)
            and isinstance(called.value, ast.Name)
            and called.value.id == "z3"
        ):
            return called.attr
        return called.id if isinstance(called, ast.Name) else None

    def formula(self, node: ast.expr) -> Raw:
        if isinstance(node, ast.Compare):
            return self.comparison(node)
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            return ("truth", 1, node.value)
        head = self.head(node)
        if head not in _HEADS or not isinstance(node, ast.Call):
            return self.term(node)
        arguments: list[ast.expr] = list(node.args)
        if (
            len(arguments) == 1
            and head in ("And", "Or")
            and isinstance(arguments[0], (ast.List, ast.Tuple))
        ):
            arguments = arguments[0].elts
        count = {"Not": 1, "BoolVal": 1, "Implies": 2, "Xor": 2, "ForAll": 2, "Exists": 2}.get(
            head, len(arguments)
        )
        if len(arguments) != count or not arguments:
            raise self.fail(
                f"{head} takes {count or 'one or more'} arguments, got {len(arguments)}", node
            )
        if head in ("ForAll", "Exists"):
            return self.quantified(node, head, *arguments)
        if head == "BoolVal":
            value = arguments[0]
            if not isinstance(value, ast.Constant) or not isinstance(value.value, bool):
                raise self.fail("BoolVal takes True or False", node)
            return ("truth", 1, value.value)
        parts = [self.formula(argument) for argument in arguments]
        if head in ("Not", "Implies"):
            return nest(head.lower(), *parts)
        return parts[0] if len(parts) == 1 else nest(head.lower(), parts)

    def quantified(self, node: ast.expr, head: str, variables: ast.expr, body: ast.expr) -> Raw:
        listed = variables.elts if isinstance(variables, (ast.List, ast.Tuple)) else [variables]
        names = [variable.id for variable in listed if isinstance(variable, ast.Name)]
        if not names or len(names) != len(listed):
            raise self.fail(f"{head} takes a list of variables and a formula", variables)
        inner = self.formula(body)
        _, depth, _ = nest("", inner)
        return (
            "quantified",
            depth,
            ("∀" if head == "ForAll" else "∃", tuple(names)),
            inner,
            self.token(node, head),
        )

    def comparison(self, node: ast.Compare) -> Raw:
        sign = _SIGNS.get(type(node.ops[0]))
        if len(node.ops) > 1 or sign is None:
            raise self.fail("one comparison at a time: ==, !=, <, <=, > or >=", node)
        left, right = node.left, node.comparators[0]
        if sign in "=≠" and (self.is_formula(left) or self.is_formula(right)):
            both = nest("iff", self.formula(left), self.formula(right))
            return both if sign == "=" else nest("not", both)
        return nest("relation", self.token(node, sign), self.term(left), self.term(right))

    def is_formula(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Compare):
            return True
        return (isinstance(node, ast.Constant) and isinstance(node.value, bool)) or self.head(
            node
        ) in _HEADS

    def term(self, node: ast.expr) -> Raw:
        if isinstance(node, ast.Name):
            return ("application", 1, self.token(node, node.id), ())
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return (
                "application",
                1,
                self.token(node, ast.get_source_segment(f"({self.text}\n)", node) or ""),
                (),
            )
        head = self.head(node)
        if head is None or not isinstance(node, ast.Call) or not node.args:
            raise self.fail(f"{type(node).__name__} cannot be read here", node)
        if head in _HEADS:
            return self.formula(node)
        return nest(
            "application", self.token(node, head), [self.term(argument) for argument in node.args]
        )


def write(node: S.Formula | S.Term) -> str:
    """The formula as one Z3Py expression. Raises `UnsupportedError`."""
    return _Writer().text(node)


class _Writer:
    def __init__(self) -> None:
        self.bound: list[str] = []

    def unsupported(self, node: S.Node, why: str) -> UnsupportedError:
        return UnsupportedError(f"{type(node).__name__} cannot be written in z3py: {why}")

    def name(self, name: str, node: S.Node) -> str:
        plain = (
            name.isidentifier()
            and not keyword.iskeyword(name)
            and unicodedata.normalize("NFKC", name) == name
        )
        if (plain and name not in _HEADS and name != "z3") or (
            isinstance(node, S.Constant) and _NUMBER.fullmatch(name)
        ):
            return name
        raise self.unsupported(node, f"{name!r} is no free Python name")

    def text(self, node: S.Node) -> str:
        match node:
            case S.Variable(name):
                if name not in self.bound:
                    raise self.unsupported(node, f"{name!r} is free")
                return self.name(name, node)
            case S.Constant(name) | S.Atom(name, ()):
                if name in self.bound:
                    raise self.unsupported(node, f"{name!r} is also a variable bound here")
                return self.name(name, node)
            case S.Atom(("≤" | "≥" | "<" | ">") as sign, (left, right)):
                return f"{self.text(left)} {'<=' if sign == '≤' else '>=' if sign == '≥' else sign} {self.text(right)}"
            case S.Function(name, args) | S.Atom(name, args):
                return self.call(self.name(name, node), args)
            case S.Truth(value):
                return f"BoolVal({value})"
            case S.Equality(left, right):
                return f"{self.text(left)} == {self.text(right)}"
            case S.Not(S.Equality(left, right)):
                return f"{self.text(left)} != {self.text(right)}"
            case S.Not() | S.And() | S.Or() | S.Implies():
                return self.call(type(node).__name__, node.children())
            case S.Xor((left, right)):
                return self.call("Xor", (left, right))
            case S.Iff(left, right):
                mark = isinstance(left, S.Atom) and isinstance(right, S.Atom)
                return f"{self.call('And', (left,)) if mark else self.operand(left)} == {self.operand(right)}"
            case S.Forall(variable, body) | S.Exists(variable, body):
                return self.quantified(
                    "ForAll" if isinstance(node, S.Forall) else "Exists", variable, body
                )
        raise self.unsupported(node, "Z3Py has no such construct")

    def call(self, head: str, parts: Iterable[Any]) -> str:
        return f"{head}({', '.join([self.text(part) for part in parts])})"

    def operand(self, node: S.Formula) -> str:
        """A side of `==`: bracketed where it is itself a comparison."""
        text = self.text(node)
        inside = node.operand if isinstance(node, S.Not) else node
        compares = isinstance(inside, S.Equality) or isinstance(node, S.Iff)
        compares = compares or (
            isinstance(node, S.Atom) and node.predicate in "≤≥<>" and len(node.args) == 2
        )
        return f"({text})" if compares else text

    def quantified(self, word: str, variable: S.Variable, body: S.Formula) -> str:
        self.bound.append(variable.name)
        text = f"{word}([{self.name(variable.name, variable)}], {self.text(body)})"
        self.bound.pop()
        return text
