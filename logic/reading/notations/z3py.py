"""Z3Py: Python expressions such as `ForAll([x], Implies(Cat(x), Animal(x)))`, read with `ast` and
never run.

`P(a) == Q(a)` is a biconditional where P or Q is a predicate, and an equality where they are
functions: the rest of the text shows it, or other texts beside it do. Where nothing does, a text
that must be certain is refused. `&`, `|`, `^` and `~` bind tighter than `==`, as in Python.
"""

from __future__ import annotations

import ast
import itertools
import re
import warnings
from collections.abc import Sequence

from lark import Token

from logic.errors import ParseError
from logic.reading.notations.equations.kinds import NOTHING_KNOWN, Known
from logic.reading.notations.equations.python import (
    SIGNS,
    PythonEquations,
    called,
    chain,
    variables,
)
from logic.reading.raw import MAX_DEPTH, Raw, TooDeepError, nest, quantified
from logic.writing.signs import EQUALITIES
from logic.writing.z3py import HEADS, OTHERS

_CHARACTERS = re.compile(r"[\w\s()\[\],=!<>.&|^~]*+")
_BRACKET = re.compile(r"[()\[\]]")
_OPERATORS: dict[type[ast.operator], str] = {ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "xor"}
_ARGUMENT_COUNTS = {"Not": 1, "BoolVal": 1, "Implies": 2, "Xor": 2, "ForAll": 2, "Exists": 2}
# A quantifier opens two brackets for one level of the formula.
_MAX_OPEN_BRACKETS = 2 * MAX_DEPTH
_MAX_DISTINCT = 20  # the pairs grow with the square
_TOO_DEEP = f"nested more than {MAX_DEPTH} levels deep"


def read(
    text: str, *, lenient: bool = False, known: Known = NOTHING_KNOWN
) -> tuple[Raw, tuple[str, ...]]:
    """The raw nodes of one Z3Py expression, and what was assumed of its names (only where `lenient`).

    Raises `ParseError`.
    """
    _check_characters(text)
    _check_brackets(text)
    try:
        with warnings.catch_warnings():
            # Python warns of calls that a program would hardly mean, such as `1(x)`.
            warnings.simplefilter("ignore")
            # The bracket lets an expression run over several lines.
            tree = ast.parse(f"({text}\n)", mode="eval")
        reader = _Reader(text, lenient, known)
        reader.equations.look(tree.body, is_formula=True)
        return reader.formula(tree.body), tuple(dict.fromkeys(reader.equations.notes))
    except SyntaxError as error:
        line = error.lineno or 1
        column = max(1, (error.offset or 1) - _shift(line))
        raise ParseError(
            f"not a Python expression: {error.msg}", text=text, line=line, column=column
        ) from None
    except (TooDeepError, RecursionError, MemoryError, ValueError):
        raise ParseError(_TOO_DEEP, text=text) from None


def _check_characters(text: str) -> None:
    """Raise for a character that no formula in Z3Py has, before Python sees it."""
    allowed = _CHARACTERS.match(text)
    end = allowed.end() if allowed else 0
    if end < len(text):
        raise ParseError.at(
            end,
            f"unexpected character {text[end]!r}",
            text=text,
        )


def _check_brackets(text: str) -> None:
    """Raise for brackets that do not pair or are too deep, before Python's parser meets them."""
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth += 1 if bracket[0] in "([" else -1
        if depth < 0:
            raise ParseError.at(
                bracket.start(),
                "unexpected ')'",
                text=text,
            )
        if depth > _MAX_OPEN_BRACKETS:
            raise ParseError.at(
                bracket.start(),
                _TOO_DEEP,
                text=text,
            )
    if depth:
        raise ParseError.at(
            len(text),
            "the text ends in the middle of a formula",
            text=text,
        )


def _shift(line: int) -> int:
    """How far the bracket put before the text moves a column of that line."""
    return 1 if line == 1 else 0


class _Reader:
    def __init__(self, text: str, lenient: bool, known: Known) -> None:
        self.text = text
        self.lines = text.split("\n")
        self._lenient = lenient
        self.equations = PythonEquations(text, lenient, known)

    def token(self, node: ast.expr, value: str) -> Token:
        line = ""
        if node.lineno <= len(self.lines):
            line = self.lines[node.lineno - 1]
        # Python counts bytes of UTF-8, a token characters.
        offset = node.col_offset - _shift(node.lineno)
        before = line.encode("utf-8", "surrogatepass")[:offset]
        column = len(before.decode("utf-8", "ignore")) + 1
        return Token(
            "NAME",
            value,
            0,
            node.lineno,
            column,
        )

    def fail(self, reason: str, node: ast.expr) -> ParseError:
        token = self.token(node, "")
        line, column = token.line or 1, token.column or 1
        return ParseError(
            reason,
            text=self.text,
            line=line,
            column=column,
        )

    def formula(self, node: ast.expr) -> Raw:
        if isinstance(node, ast.Compare):
            return self.comparison(node)
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            return ("truth", 1, node.value)
        if isinstance(node, ast.BoolOp):
            operands = [self.formula(operand) for operand in node.values]
            return nest("and" if isinstance(node.op, ast.And) else "or", operands)
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            sign = _OPERATORS[type(node.op)]
            return nest(sign, [self.formula(operand) for operand in chain(node)])
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.Invert)):
            return self.negation(node.operand)
        return self.call(node, called(node))

    def call(self, node: ast.expr, head: str | None) -> Raw:
        """An operation of Z3, or else an atom."""
        if not isinstance(node, ast.Call):
            return self.term(node)
        if head == "Distinct":
            return self.distinct(node)
        if head is None or head not in HEADS:
            return self.term(node)
        return self.operation(
            head,
            self.arguments(node, head),
            node,
        )

    def arguments(self, node: ast.Call, head: str) -> list[ast.expr]:
        """The arguments of an operation, as many as it takes; `And` and `Or` also take a list."""
        arguments: list[ast.expr] = list(node.args)
        if head in ("And", "Or") and len(arguments) == 1:
            only = arguments[0]
            arguments = only.elts if isinstance(only, (ast.List, ast.Tuple)) else arguments
        count = _ARGUMENT_COUNTS.get(head, len(arguments))
        if len(arguments) != count or not arguments:
            number = count or "one or more"
            raise self.fail(
                f"{head} takes {number} arguments, got {len(arguments)}",
                node,
            )
        return arguments

    def operation(self, head: str, arguments: list[ast.expr], node: ast.expr) -> Raw:
        if head in ("ForAll", "Exists"):
            return self.quantified(node, head, *arguments)
        if head == "BoolVal":
            value = arguments[0]
            if not isinstance(value, ast.Constant) or not isinstance(value.value, bool):
                raise self.fail("BoolVal takes True or False", node)
            return ("truth", 1, value.value)
        if head == "Not":
            return self.negation(arguments[0])
        parts = [self.formula(argument) for argument in arguments]
        if head == "Implies":
            return nest("implies", *parts)
        return parts[0] if len(parts) == 1 else nest(head.lower(), parts)

    def negation(self, operand: ast.expr) -> Raw:
        """¬, or `Not(Distinct(a, b))`, which is how = is written where `==` could join formulas."""
        is_equation = called(operand) == "Distinct" and len(getattr(operand, "args", ())) == 2
        if not is_equation or not isinstance(operand, ast.Call):
            return nest("not", self.formula(operand))
        left, right = self.different(operand, operand.args)
        return nest(
            "relation",
            self.token(operand, "="),
            left,
            right,
        )

    def distinct(self, node: ast.Call) -> Raw:
        """Terms of which no two are equal."""
        only = node.args[0] if len(node.args) == 1 else None
        parts = only.elts if isinstance(only, (ast.List, ast.Tuple)) else node.args
        if not 2 <= len(parts) <= _MAX_DISTINCT:
            raise self.fail("Distinct takes two to twenty terms", node)
        if all(map(self.may_be_formula, parts)):
            raise self.fail("nothing says whether Distinct has terms or formulas", node)
        sign = self.token(node, "≠")
        pairs = itertools.combinations(self.different(node, parts), 2)
        links = [
            nest(
                "relation",
                sign,
                left,
                right,
            )
            for left, right in pairs
        ]
        return links[0] if len(links) == 1 else nest("and", links)

    def may_be_formula(self, part: ast.expr) -> bool:
        """Whether a part is a name with a capital before arguments, as predicates have."""
        key = self.equations.key(part)
        if not isinstance(key, tuple):
            return False
        name, arguments = key[0], key[1]
        return bool(arguments) and name[:1].isupper()

    def different(self, node: ast.Call, parts: Sequence[ast.expr]) -> list[Raw]:
        """The terms that Distinct has. Raises `ParseError` for formulas."""
        if any(map(self.equations.is_shown_formula, parts)):
            raise self.fail("Distinct is read of terms", node)
        return [self.term(part) for part in parts]

    def quantified(self, node: ast.expr, head: str, listed: ast.expr, body: ast.expr) -> Raw:
        names = variables(listed)
        if not names:
            raise self.fail(f"{head} takes a list of variables and a formula", listed)
        with self.equations.binding(names):
            inner = self.formula(body)
        sign = "∀" if head == "ForAll" else "∃"
        return quantified(
            sign,
            names,
            inner,
            self.token(node, head),
        )

    def comparison(self, node: ast.Compare) -> Raw:
        sign = SIGNS.get(type(node.ops[0]))
        if len(node.ops) > 1 or sign is None:
            raise self.fail("one comparison at a time: ==, !=, <, <=, > or >=", node)
        left, right = node.left, node.comparators[0]
        is_unclear = self._lenient and any(map(self.is_bare_operation, (left, right)))
        if is_unclear:
            raise self.fail(
                "& and | bind tighter than == in Python: brackets say what is meant", node
            )
        if sign in EQUALITIES and self.joins_formulas(node, left, right):
            biconditional = nest(
                "iff",
                self.formula(left),
                self.formula(right),
            )
            return biconditional if sign == "=" else nest("not", biconditional)
        return nest(
            "relation",
            self.token(node, sign),
            self.term(left),
            self.term(right),
        )

    def is_bare_operation(self, node: ast.expr) -> bool:
        """Whether an expression is `P & Q` with no brackets around it."""
        if not isinstance(node, ast.BinOp):
            return False
        bracketed = f"({self.text}\n)"
        lines = [line.encode("utf-8", "surrogatepass") for line in bracketed.split("\n")]
        first = node.lineno - 1
        before = b"".join(lines[:first])
        before += lines[first][: node.col_offset]
        last = (node.end_lineno or 1) - 1
        column = node.end_col_offset or 0
        after = lines[last][column:]
        after += b"".join(lines[last + 1 :])
        return not (before.rstrip().endswith(b"(") and after.lstrip().startswith(b")"))

    def joins_formulas(self, node: ast.expr, *sides: ast.expr) -> bool:
        """Whether an equation joins formulas. Raises `ParseError` where that is not certain."""
        keys = [self.equations.key(side) for side in sides]
        return self.equations.joins_formulas(keys, self.token(node, ""))

    def term(self, node: ast.expr) -> Raw:
        if isinstance(node, ast.Name):
            return ("application", 1, self.token(node, node.id), ())
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return self.number(node)
        head = called(node)
        if head is None or not isinstance(node, ast.Call) or not node.args:
            raise self.fail(self.unreadable(node), node)
        if head in HEADS:
            return self.formula(node)
        if head in OTHERS:
            raise self.fail(f"{head} has a meaning in Z3 that is not read here", node)
        arguments = [self.term(argument) for argument in node.args]
        return nest(
            "application",
            self.token(node, head),
            arguments,
        )

    def unreadable(self, node: ast.expr) -> str:
        """That an expression cannot be read, as it was written."""
        kind = "List" if isinstance(node, ast.List) else None
        written = ast.get_source_segment(f"({self.text}\n)", node) or ""
        shown = f"{kind} cannot be read here" if kind else f"{written!r:.60} cannot be read here"
        return f"{shown}: {written:.60}" if kind else shown

    def number(self, node: ast.Constant) -> Raw:
        """A number as it is written: 1.50 is not 1.5."""
        source = ast.get_source_segment(f"({self.text}\n)", node)
        token = self.token(node, source or "")
        return ("application", 1, token, ())
