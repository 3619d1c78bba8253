"""Formula to text, with as few brackets as the notation's precedence allows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from logic import smtlib, z3py
from logic import syntax as S
from logic.core import CORE
from logic.errors import UnsupportedError
from logic.language import Language
from logic.nodes import UNIVERSE, Count, spelled_out
from logic.notations import KEYWORDS, NOTATIONS, Notation
from logic.spelling import DEFINED, JUXTAPOSED, LOOKS_VARIABLE, normalise
from logic.templates import level, slots

# Precedence levels, loosest first; an operand is bracketed when it binds less tightly than its place needs.
_IFF, _IMPLIES, _XOR, _OR, _AND, _RELATION, _UNARY = range(7)

# Names that the core grammar could take for a further variable of the quantifier before them.
_LETTER_VARIABLE = re.compile(r"[u-z]\d{0,2}'*|[A-Za-z]\d*\..*")
_BINDER_KEYWORD = re.compile(r"(?:and|or|not|iff|implies|xor|unique)\b")
_SUBSCRIPT = re.compile(r"([^\W_]+)_(\w{2,})")
_TPTP_DEFINED = {sign: word for word, sign in DEFINED.items()}


def write(node: S.Formula | S.Term, dialect: str = "unicode", language: Language = CORE) -> str:
    """`logic.to_text` in a language that is at hand."""
    try:
        return _write(node, dialect, language)
    except UnsupportedError:
        lowered = _without_constructs(node, dialect)
        if lowered is None:
            raise
    return _write(lowered, dialect, language)


S.Node.write = staticmethod(write)


def _write(node: Any, dialect: str, language: Language) -> str:
    if dialect == "smtlib":
        return smtlib.write(node)
    if dialect == "z3py":
        return z3py.write(node)
    notation = NOTATIONS.get(dialect)
    if notation is None:
        raise ValueError(
            f"unknown dialect {dialect!r}; allowed: {', '.join([*NOTATIONS, 'smtlib', 'z3py'])}"
        )
    printer = Printer(notation, node, language)
    if not isinstance(node, S.Formula):
        return printer.term(node)
    return printer.rule(node) if dialect == "prolog" else printer.formula(node, _IFF)


def _without_constructs(node: Any, dialect: str) -> Any:
    """The node with the constructs that a notation cannot write said in core terms; None where nothing changes."""
    changed = False

    def visit(item: Any) -> Any:
        nonlocal changed
        below = (
            item.lower()
            if isinstance(item, S.Construct) and dialect not in item.notations
            else None
        )
        if below is not None and getattr(below, "sort", UNIVERSE) == UNIVERSE:
            changed = True
            return visit(spelled_out(below) if isinstance(below, Count) else below)
        children = item.children()
        return item.rebuild([visit(child) for child in children]) if children else item

    lowered = visit(node)
    return lowered if changed else None


class Printer:
    """Prints one formula in one infix notation."""

    def __init__(self, notation: Notation, node: S.Node, language: Language = CORE) -> None:
        self.notation = notation
        self._domains: dict[int, Any] = {0: language}
        self.bound = list(dict.fromkeys(self._bound_names(node)))
        self.variables = self.capitals() if notation.capital else {}
        self._taken = {name.lower() for name in (*self.bound, *self.variables.values())}

    def _bound_names(self, node: S.Node) -> Iterator[str]:
        stack = [node]
        while stack:
            item = stack.pop()
            if isinstance(item, S.Quantified):
                yield item.variable.name
            if isinstance(item, S.Construct):
                self._domains[id(item.domain)] = item.domain
            stack.extend(reversed(item.children()))

    def capitals(self) -> dict[str, str]:
        """A different capitalised name for each bound variable."""
        chosen: dict[str, str] = {}
        for name in self.bound:
            wanted = name[:1].upper() + name[1:]
            base = wanted if self.notation.variable.fullmatch(wanted) else "X"
            chosen[name] = base
            count = 0
            while list(chosen.values()).count(chosen[name]) > 1:
                count += 1
                chosen[name] = f"{base}{count}"
        return chosen

    def unsupported(self, node: S.Node, why: str = "there is no such sign") -> UnsupportedError:
        return UnsupportedError(
            f"{type(node).__name__} cannot be written in {self.notation.name}: {why}"
        )

    def need(self, sign: str | None, node: S.Node) -> str:
        if sign is None:
            raise self.unsupported(node)
        return sign

    def name(self, name: str, node: S.Node) -> str:
        """A constant's, function's or predicate's name; quoted where it could be read as something else."""
        nullary = isinstance(node, S.Constant) or (isinstance(node, S.Atom) and not node.args)
        taken = nullary and name.lower() in self._taken
        taken = taken or (isinstance(node, S.Atom) and nullary and self._looks_applied(name))
        word = name.rstrip("'") in KEYWORDS
        plain = self.notation.plain.fullmatch(name) and not word and normalise(name) == name
        if (
            plain
            and not taken
            and not _LETTER_VARIABLE.fullmatch(name)
            and all(domain.is_plain(name) for domain in self._domains.values())
        ):
            return name
        text = self.notation.quote(name, taken)
        if text is None:
            raise self.unsupported(node, f"it cannot hold the name {name!r}")
        return text

    def _looks_applied(self, name: str) -> bool:
        """Whether a name such as `Px` would be read as P(x)."""
        parts = JUXTAPOSED.fullmatch(name)
        return parts is not None and any(letter in self.bound for letter in parts[2])

    def variable(self, variable: S.Variable) -> str:
        name = variable.name
        if self.notation.capital:
            if name not in self.variables:
                raise self.unsupported(variable, f"{name!r} is free")
            return self.variables[name]
        writable = self.notation.variable.fullmatch(name) and not _BINDER_KEYWORD.match(name)
        if not writable or not (name in self.bound or LOOKS_VARIABLE.fullmatch(name)):
            raise self.unsupported(variable, f"{name!r} cannot name a variable")
        if self.notation.name == "latex" and (subscript := _SUBSCRIPT.fullmatch(name)):
            return f"{subscript[1]}_{{{subscript[2]}}}"
        return name

    def term(self, term: S.Node, place: int = 0) -> str:
        match term:
            case S.Variable():
                return self.variable(term)
            case S.Constant(name):
                return self.name(name, term)
            case S.Function(name, args):
                return f"{self.name(name, term)}({', '.join([self.term(arg) for arg in args])})"
        if not isinstance(term, S.Construct):
            raise self.unsupported(term, "it is no term")
        text, binds = self.construct(term)
        return f"({text})" if binds < place else text

    def construct(self, node: S.Construct) -> tuple[str, int]:
        """A domain's node by its template, and how tightly the text binds."""
        known = {"unicode": node.writes, **node.notations}
        template = known.get(self.notation.name)
        if template is None:
            allowed = ", ".join([name for name, text in known.items() if text])
            raise self.unsupported(node, f"its domain writes it only in {allowed}")
        parts = []
        for slot in slots(type(node), template):
            if isinstance(slot, str):
                parts.append(slot)
                continue
            value: Any = getattr(node, slot.field)
            if slot.kind in ("formula", "term"):
                parts.append(
                    (self.formula if slot.kind == "formula" else self.term)(value, slot.place)
                )
            elif slot.kind == "variable":
                parts.append(self.variable(value))
            elif slot.kind == "sort":
                parts.append(self.name(value.predicate, value))
            else:
                parts.append(
                    str(value)
                    if slot.field in node.patterns or slot.kind == "int"
                    else self.name(value, node)
                )
        return "".join(parts), level(type(node))

    def formula(self, formula: S.Formula, place: int) -> str:
        text, level = self.at_level(formula)
        return f"({text})" if level < place else text

    def at_level(self, formula: S.Formula) -> tuple[str, int]:
        """The text without outer brackets, and how tightly it binds."""
        n = self.notation
        match formula:
            case S.Atom():
                return self.atom(formula)
            case S.Equality(left, right):
                return f"{self.term(left)} {n.relations['=']} {self.term(right)}", _RELATION
            case S.Not(S.Equality(left, right)) if "≠" in n.relations:
                return f"{self.term(left)} {n.relations['≠']} {self.term(right)}", _RELATION
            case S.Not(operand):
                return n.negation + self.formula(operand, _UNARY), _UNARY
            case S.And(operands):
                return self.chain(n.conjunction, operands, _AND), _AND
            case S.Or(operands):
                return self.chain(n.disjunction, operands, _OR), _OR
            case S.Xor(operands):
                if n.name == "tptp" and len(operands) > 2:
                    raise self.unsupported(formula, "<~> takes two formulas")
                return self.chain(self.need(n.exclusive, formula), operands, _XOR), _XOR
            case S.Implies(left, right):
                return self.arrow(
                    left, self.need(n.conditional, formula), right, _XOR, _IMPLIES
                ), _IMPLIES
            case S.Iff(left, right):
                return self.arrow(
                    left, self.need(n.biconditional, formula), right, _IFF, _IMPLIES
                ), _IFF
            case S.Truth(value):
                return self.need(n.true if value else n.false, formula), _UNARY
            case S.Construct():
                return self.construct(formula)
            case S.Quantified():
                return self.quantified(formula)
        raise self.unsupported(formula)

    def atom(self, formula: S.Atom) -> tuple[str, int]:
        signs, predicate, args = self.notation.relations, formula.predicate, formula.args
        if len(args) == 2 and predicate in ("≤", "≥", "<", ">"):
            left, right = self.term(args[0]), self.term(args[1])
            if predicate in signs:
                return f"{left} {signs[predicate]} {right}", _RELATION
            if self.notation.name == "tptp":
                return f"{_TPTP_DEFINED[predicate]}({left}, {right})", _UNARY
        name = self.name(predicate, formula)
        return (f"{name}({', '.join([self.term(arg) for arg in args])})" if args else name), _UNARY

    def chain(self, sign: str, operands: tuple[S.Formula, ...], level: int) -> str:
        place = _RELATION if self.notation.brackets else level + 1
        joint = f"{sign} " if sign == "," else f" {sign} "
        return joint.join([self.formula(operand, place) for operand in operands])

    def arrow(
        self, left: S.Formula, sign: str, right: S.Formula, left_place: int, right_place: int
    ) -> str:
        if self.notation.brackets:
            left_place = right_place = _RELATION
        return f"{self.formula(left, left_place)} {sign} {self.formula(right, right_place)}"

    def quantified(self, formula: S.Quantified) -> tuple[str, int]:
        n = self.notation
        sign = {S.Forall: n.forall, S.Exists: n.exists, S.ExistsUnique: n.unique}.get(type(formula))
        prefix = self.need(sign, formula).format(x=self.variable(formula.variable))
        name = formula.variable.name
        is_word = len(name) > 1 or name in "aAI"
        if prefix[0].isalpha() and is_word and name not in _mentioned(formula.body):
            # "all dogs bark" is prose, "all dogs (bark)" says that it is none.
            return f"{prefix}({self.at_level(formula.body)[0]})", _UNARY
        if not n.brackets:
            return prefix + self.formula(formula.body, _UNARY), _UNARY
        # Tools differ in how far a quantifier reaches, so its body and itself are bracketed in any larger formula.
        bare = isinstance(formula.body, S.Quantified)
        return prefix + (
            self.at_level(formula.body)[0] if bare else self.formula(formula.body, _UNARY)
        ), _IFF

    def rule(self, formula: S.Formula) -> str:
        """A Prolog rule or fact: `∀x … (body → head)` or `∀x … head`."""
        names: list[str] = []
        inner = formula
        while isinstance(inner, S.Forall):
            names.append(inner.variable.name)
            inner = inner.body
        head, body = (inner.right, inner.left) if isinstance(inner, S.Implies) else (inner, None)
        if not isinstance(head, S.Atom) or (
            len(head.args) == 2 and head.predicate in self.notation.relations
        ):
            raise self.unsupported(head, "the head of a rule is one atom")
        if len(set(names)) < len(names) or set(names) - _mentioned(inner):
            raise self.unsupported(
                formula, "each variable of a rule is quantified once and mentioned"
            )
        text = self.at_level(head)[0]
        return f"{text} :- {self.formula(body, _IFF)}." if body is not None else f"{text}."


def _mentioned(node: S.Node) -> set[str]:
    """The names of the variables in a formula's terms."""
    found, stack = set(), [node]
    while stack:
        item = stack.pop()
        if isinstance(item, S.Variable):
            found.add(item.name)
        stack.extend(item.children())
    return found
