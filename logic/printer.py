"""Formula to text, with as few brackets as the grammar's precedence allows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from logic import syntax as S
from logic.errors import UnsupportedError


@dataclass(frozen=True)
class Notation:
    """The signs of one infix notation. `quantifier` gets {q} and {x}; `name` turns a symbol into a printable one."""

    name: str
    negation: str
    conjunction: str
    disjunction: str
    exclusive: str | None
    conditional: str
    biconditional: str
    forall: str
    exists: str
    unique: str | None
    true: str | None
    false: str | None
    relations: dict[str, str]


_SIGNS = {"=": "=", "≠": "≠", "≤": "≤", "≥": "≥", "<": "<", ">": ">"}
_ASCII_SIGNS = {"=": "=", "≠": "!=", "≤": "<=", "≥": ">=", "<": "<", ">": ">"}
UNICODE = Notation(
    "unicode", "¬", "∧", "∨", "⊕", "→", "↔", "∀{x} ", "∃{x} ", "∃!{x} ", "⊤", "⊥", _SIGNS
)  # fmt: skip
ASCII = Notation(
    "ascii", "~", "&", "|", "xor", "->", "<->", "forall {x} ", "exists {x} ", "exists! {x} ", "$true", "$false",
    _ASCII_SIGNS,
)  # fmt: skip
LATEX = Notation(
    "latex", "\\neg ", "\\land", "\\lor", "\\oplus", "\\rightarrow", "\\leftrightarrow", "\\forall {x} \\, ",
    "\\exists {x} \\, ", "\\exists! {x} \\, ", "\\top", "\\bot",
    {"=": "=", "≠": "\\neq", "≤": "\\leq", "≥": "\\geq", "<": "<", ">": ">"},
)  # fmt: skip

NOTATIONS = {notation.name: notation for notation in (UNICODE, ASCII, LATEX)}

# Precedence levels, loosest first; an operand is bracketed when it binds less tightly than its place needs.
_IFF, _IMPLIES, _XOR, _OR, _AND, _UNARY = range(6)

_PLAIN_NAME = re.compile(r"\w+(?:[-'’.+]\w+)*'*")
_KEYWORDS = frozenset(
    ["and", "or", "not", "xor", "iff", "implies", "all", "some", "exists", "forall", "true", "false", "True", "False", "AND", "OR", "NOT", "XOR", "IFF", "IMPLIES", "TRUE", "FALSE", "FORALL", "EXISTS", "Forall", "Exists", "fof", "tff", "cnf"]
)  # fmt: skip


def to_text(node: S.Formula | S.Term, dialect: str = "unicode") -> str:
    """The formula in a notation: one of `NOTATIONS`. Raises `UnsupportedError` naming node and notation."""
    notation = NOTATIONS.get(dialect)
    if notation is None:
        raise ValueError(f"unknown dialect {dialect!r}; allowed: {', '.join(sorted(NOTATIONS))}")
    printer = Printer(notation)
    if isinstance(node, S.Formula):
        return printer.formula(node, _IFF)
    return printer.term(node)


class Printer:
    """Prints in one infix notation."""

    def __init__(self, notation: Notation) -> None:
        self.notation = notation

    def name(self, name: str) -> str:
        if _PLAIN_NAME.fullmatch(name) and name not in _KEYWORDS:
            return name
        return "'" + name.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def term(self, term: S.Node) -> str:
        match term:
            case S.Variable(name) | S.Constant(name):
                return self.name(name)
            case S.Function(name, args):
                return f"{self.name(name)}({', '.join([self.term(arg) for arg in args])})"
        raise UnsupportedError(f"{type(term).__name__} cannot be written in {self.notation.name}: {term!r}")

    def formula(self, formula: S.Formula, place: int) -> str:
        text, level = self.at_level(formula)
        return f"({text})" if level < place else text

    def at_level(self, formula: S.Formula) -> tuple[str, int]:
        """The text without outer brackets, and how tightly it binds."""
        n = self.notation
        match formula:
            case S.Atom(predicate, args) if predicate in n.relations and len(args) == 2:
                return f"{self.term(args[0])} {n.relations[predicate]} {self.term(args[1])}", _UNARY
            case S.Atom(predicate, args):
                inside = ", ".join([self.term(arg) for arg in args])
                return (f"{self.name(predicate)}({inside})" if args else self.name(predicate)), _UNARY
            case S.Equality(left, right):
                return f"{self.term(left)} {n.relations['=']} {self.term(right)}", _UNARY
            case S.Not(S.Equality(left, right)):
                return f"{self.term(left)} {n.relations['≠']} {self.term(right)}", _UNARY
            case S.Not(operand):
                return n.negation + self.formula(operand, _UNARY), _UNARY
            case S.And(operands):
                return self.chain(n.conjunction, operands, _AND), _AND
            case S.Or(operands):
                return self.chain(n.disjunction, operands, _OR), _OR
            case S.Xor(operands):
                return self.chain(self.need(n.exclusive, formula), operands, _XOR), _XOR
            case S.Implies(left, right):
                return f"{self.formula(left, _XOR)} {n.conditional} {self.formula(right, _IMPLIES)}", _IMPLIES
            case S.Iff(left, right):
                return f"{self.formula(left, _IFF)} {n.biconditional} {self.formula(right, _IMPLIES)}", _IFF
            case S.Truth(value):
                return self.need(n.true if value else n.false, formula), _UNARY
            case S.Quantified():
                return self.quantified(formula), _UNARY
        raise UnsupportedError(f"{type(formula).__name__} cannot be written in {n.name}")

    def chain(self, sign: str, operands: tuple[S.Formula, ...], level: int) -> str:
        return f" {sign} ".join([self.formula(operand, level + 1) for operand in operands])

    def quantified(self, formula: S.Quantified) -> str:
        n = self.notation
        signs = {S.Forall: n.forall, S.Exists: n.exists, S.ExistsUnique: n.unique}
        prefix = self.need(signs.get(type(formula)), formula).format(x=self.name(formula.variable.name))
        return prefix + self.formula(formula.body, _UNARY)

    def need(self, sign: str | None, node: S.Node) -> str:
        if sign is None:
            raise UnsupportedError(f"{type(node).__name__} cannot be written in {self.notation.name}")
        return sign
