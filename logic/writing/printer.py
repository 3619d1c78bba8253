"""Formula to text, with as few brackets as the notation's precedence allows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from logic import syntax as S
from logic.core import CORE
from logic.errors import UnsupportedError
from logic.language import Language
from logic.spelling import (
    DEFINED,
    GLUED,
    JUXTAPOSED,
    LOOKS_VARIABLE,
    fresh_names,
    is_bindable,
    is_glued_binder,
    look_alike,
    normalise,
)
from logic.symbols import subnodes
from logic.templates import Slot, level, slots
from logic.writing import clashes
from logic.writing.levels import AND, IFF, IMPLIES, OR, RELATION, UNARY, XOR
from logic.writing.notations import KEYWORDS, Notation, is_reserved
from logic.writing.prolog import is_built_in
from logic.writing.signs import COMPARISONS

LETTER_VARIABLE = re.compile(r"[u-z]\d{0,2}'*|[A-Za-z]\d*\..*")
"""Names that the core grammar could take for a further variable of the quantifier before them."""

_SUBSCRIPTED = re.compile(r"\A(?P<base>[^\W_]+)_(?P<subscript>\w{2,})\Z")
_TPTP_PREDICATES = {sign: word for word, sign in DEFINED.items()}
_COMPARISONS = frozenset(COMPARISONS)


class Printer:
    """Prints one formula in one infix notation.

    A method that takes `minimum` brackets what binds less tightly than that level.
    """

    def __init__(self, notation: Notation, node: S.Node, language: Language = CORE) -> None:
        self.notation = notation
        self.node = node
        self._domains: dict[int, Any] = {0: language}
        self.bound = list(dict.fromkeys(self._bound_names(node)))
        self.variables: dict[str, str] = self.capitals() if notation.capital else self.writable()
        names = (*self.bound, *self.variables.values())
        self._variable_names = frozenset(names)
        self._look_alikes = {look_alike(name) for name in names}
        self._scopes = 0
        """The quantifiers around what is written."""

    def _bound_names(self, node: S.Node) -> Iterator[str]:
        """The variables that quantifiers bind; the domains of constructs are noted on the way."""
        for item in subnodes(node):
            if isinstance(item, S.Quantified):
                yield item.variable.name
            if isinstance(item, S.Construct) and item.domain is not None:
                self._domains[id(item.domain)] = item.domain

    def capitals(self) -> dict[str, str]:
        """A different capitalised name for each bound variable."""
        chosen: dict[str, str] = {}
        for name in self.bound:
            capitalised = name[:1].upper() + name[1:]
            base = capitalised if self._is_writable(capitalised) else "X"
            candidate, count = base, 0  # x and X come to the same name: numbers tell
            while candidate in chosen.values():
                count += 1
                candidate = f"{base}{count}"
            chosen[name] = candidate
        return chosen

    def writable(self) -> dict[str, str]:
        """Another name for each bound variable whose own could not be read as one.

        In the canonical notation alone, in which every formula has a text.
        """
        unwritable = [name for name in self.bound if not self._is_writable(name)]
        if not unwritable or self.notation.name != "unicode":
            return {}
        taken = {item.name for item in subnodes(self.node) if isinstance(item, S.Variable)}
        taken.update(self.bound)
        names = fresh_names(taken.__contains__)
        return dict(zip(unwritable, names, strict=False))

    def _is_writable(self, name: str) -> bool:
        return self.notation.variable.fullmatch(name) is not None and is_bindable(name)

    def unsupported(self, node: S.Node, why: str = "there is no such sign") -> UnsupportedError:
        kind = type(node).__name__
        return UnsupportedError(f"{kind} cannot be written in {self.notation.name}: {why}")

    def need(self, text: str | None, node: S.Node, why: str = "there is no such sign") -> str:
        """The sign or name, if the notation has it."""
        if text is None:
            raise self.unsupported(node, why)
        return text

    # ---- names ----

    def name(self, name: str, node: S.Node) -> str:
        """A constant's, function's or predicate's name; quoted where it could be misread."""
        nullary = isinstance(node, S.Constant) or (isinstance(node, S.Atom) and not node.args)
        # The reader takes `X` and `x_1` for slips of the variables x and x1, and `x(a)` for one of x.
        looks_bound = look_alike(name) in self._look_alikes
        is_taken = looks_bound if nullary else name in self._variable_names
        if isinstance(node, S.Atom) and (nullary or self.notation.glued):
            is_taken = is_taken or self._looks_applied(name, nullary)
        is_taken = is_taken or is_reserved(name, node)
        is_taken = is_taken or self._mentions_variable(name, node)
        if not is_taken and self._is_plain(name):
            return name
        text = self.notation.quote(name, is_taken)
        return self.need(text, node, f"it cannot hold the name {name!r}")

    def _is_plain(self, name: str) -> bool:
        """Whether the name is read as this name where it stands without quotes."""
        if not self.notation.plain.fullmatch(name):
            return False
        if LETTER_VARIABLE.fullmatch(name):
            return False
        if name.rstrip("'") in KEYWORDS or is_glued_binder(name):
            return False
        # Reading makes look-alike characters plain: a name that holds one would come back changed.
        if normalise(name) != name:
            return False
        return all(domain.is_plain(name) for domain in self._domains.values())

    def _looks_applied(self, name: str, nullary: bool) -> bool:
        """Whether a name such as `Px` would be read as P(x)."""
        if self.notation.glued and GLUED.fullmatch(name):
            return True
        return nullary and self._scopes > 0 and clashes.looks_applied(name, self._look_alikes)

    def _mentions_variable(self, name: str, node: S.Node) -> bool:
        """Whether a name has a variable for a word, or before an index."""
        if clashes.has_variable(name, self._variable_names):
            return True
        if isinstance(node, S.Function) or not self._scopes:
            return False
        return clashes.is_indexed(name, self._look_alikes)

    def variable(self, variable: S.Variable) -> str:
        name = variable.name
        if self.notation.capital:
            if name not in self.variables:
                raise self.unsupported(variable, f"{name!r} is free")
            return self.variables[name]
        name = self.variables.get(name, name)
        # A free variable is read as one only by its look.
        readable = variable.name in self.bound or LOOKS_VARIABLE.fullmatch(name)
        if not readable or not self._is_writable(name):
            raise self.unsupported(variable, f"{name!r} cannot name a variable")
        if self.notation.name == "latex":
            return _SUBSCRIPTED.sub(r"\g<base>_{\g<subscript>}", name)
        return name

    # ---- terms, and the constructs of a domain ----

    def term(self, term: S.Node, minimum: int = 0) -> str:
        match term:
            case S.Variable():
                return self.variable(term)
            case S.Constant(name):
                return self.name(name, term)
            case S.Function(name, args):
                return self.applied(self.name(name, term), args)
        if not isinstance(term, S.Construct):
            raise self.unsupported(term, "it is no term")
        text, level = self.construct(term)
        return f"({text})" if level < minimum else text

    def applied(self, name: str, args: tuple[S.Term, ...]) -> str:
        arguments = ", ".join([self.term(arg) for arg in args])
        return f"{name}({arguments})"

    def construct(self, node: S.Construct) -> tuple[str, int]:
        """A domain's node by its template, and how tightly the text binds."""
        templates = {"unicode": node.writes, **node.notations}
        template = templates.get(self.notation.name)
        if template is None:
            allowed = ", ".join([name for name, text in templates.items() if text])
            raise self.unsupported(node, f"its domain writes it only in {allowed}")
        parts = [
            slot if isinstance(slot, str) else self._slot(node, slot)
            for slot in slots(type(node), template)
        ]
        return "".join(parts), level(type(node))

    def _slot(self, node: S.Construct, slot: Slot) -> str:
        """The text of one field of a construct."""
        value: Any = getattr(node, slot.field)
        match slot.kind:
            case "formula":
                return self.formula(value, slot.place)
            case "term":
                return self.term(value, slot.place)
            case "variable":
                return self.variable(value)
            case "sort":
                return self.name(value.predicate, value)
        # A field with a pattern is a token of the domain, which the pattern alone describes.
        if slot.kind == "int" or slot.field in node.patterns:
            return str(value)
        return self.name(value, node)

    # ---- formulas ----

    def formula(self, formula: S.Formula, minimum: int) -> str:
        text, level = self.at_level(formula)
        return f"({text})" if level < minimum else text

    def at_level(self, formula: S.Formula) -> tuple[str, int]:
        """The text without outer brackets, and how tightly it binds."""
        match formula:
            case S.Atom():
                return self.atom(formula)
            case S.Equality(left, right):
                return self.relation(
                    left,
                    self.notation.relations["="],
                    right,
                )
            case S.Not():
                return self.negated(formula)
            case S.And() | S.Or() | S.Xor():
                return self.chain(formula)
            case S.Implies() | S.Iff():
                return self.arrow(formula)
            case S.Truth(value):
                sign = self.notation.true if value else self.notation.false
                return self.need(sign, formula), UNARY
            case S.Construct():
                return self.construct(formula)
            case S.Quantified():
                return self.quantified(formula)
        raise self.unsupported(formula)

    def atom(self, formula: S.Atom) -> tuple[str, int]:
        predicate, args = formula.predicate, formula.args
        if predicate in _COMPARISONS and len(args) == 2:
            left, right = [self.term(arg) for arg in args]
            sign = self.notation.relations.get(predicate)
            if sign is not None:
                return f"{left} {sign} {right}", RELATION
            if self.notation.name == "tptp":
                word = _TPTP_PREDICATES[predicate]
                return f"{word}({left}, {right})", UNARY
        name = self.name(predicate, formula)
        if self.notation.name == "prolog" and is_built_in(predicate, len(args)):
            raise self.unsupported(formula, f"{predicate}/{len(args)} is built in")
        if not args:
            return name, UNARY
        if self.notation.glued:
            letters = "".join([name, *map(self.term, args)])
            if len(letters) == 1 + len(args) and JUXTAPOSED.fullmatch(letters):
                return letters, UNARY
        return self.applied(name, args), UNARY

    def relation(self, left: S.Term, sign: str, right: S.Term) -> tuple[str, int]:
        left_text = self.term(left)
        right_text = self.term(right)
        return f"{left_text} {sign} {right_text}", RELATION

    def negated(self, formula: S.Not) -> tuple[str, int]:
        operand = formula.operand
        unequal = self.notation.relations.get("≠")
        if isinstance(operand, S.Equality) and unequal is not None:
            return self.relation(
                operand.left,
                unequal,
                operand.right,
            )
        return self.notation.negation + self.formula(operand, UNARY), UNARY

    def chain(self, formula: S.And | S.Or | S.Xor) -> tuple[str, int]:
        """A conjunction or either disjunction: the sign between any two operands."""
        if isinstance(formula, S.And):
            sign, level = self.notation.conjunction, AND
        elif isinstance(formula, S.Or):
            sign, level = self.notation.disjunction, OR
        elif self.notation.name == "tptp" and len(formula.operands) > 2:
            raise self.unsupported(formula, "<~> takes two formulas")
        else:
            sign, level = self.need(self.notation.exclusive, formula), XOR
        minimum = level + 1
        if self.notation.brackets:
            minimum = RELATION
        operands = [self.formula(operand, minimum) for operand in formula.operands]
        separator = f" {sign} "
        if sign == ",":
            separator = ", "
        return separator.join(operands), level

    def arrow(self, formula: S.Implies | S.Iff) -> tuple[str, int]:
        """A conditional (it groups to the right) or a biconditional (to the left)."""
        if isinstance(formula, S.Implies):
            sign, level = self.need(self.notation.conditional, formula), IMPLIES
            left_minimum, right_minimum = XOR, IMPLIES
        else:
            sign, level = self.need(self.notation.biconditional, formula), IFF
            left_minimum, right_minimum = IFF, IMPLIES
        if self.notation.brackets:
            left_minimum = RELATION
            right_minimum = RELATION
        left = self.formula(formula.left, left_minimum)
        right = self.formula(formula.right, right_minimum)
        return f"{left} {sign} {right}", level

    def quantified(self, formula: S.Quantified) -> tuple[str, int]:
        notation = self.notation
        # By type: the quantifiers that a domain's translation makes are none of the notation's.
        prefixes = {
            S.Forall: notation.forall,
            S.Exists: notation.exists,
            S.ExistsUnique: notation.unique,
        }
        prefix = self.need(prefixes.get(type(formula)), formula)
        prefix = prefix.format(x=self.variable(formula.variable))
        self._scopes += 1
        if prefix[0].isalpha() and _reads_as_prose(formula):
            text, written = f"{prefix}({self.at_level(formula.body)[0]})", UNARY
        # Tools differ in how far a quantifier reaches, so its body and itself are bracketed in any
        # larger formula; a quantifier right below needs no bracket of its own.
        elif notation.brackets and isinstance(formula.body, S.Quantified):
            text, written = prefix + self.at_level(formula.body)[0], IFF
        else:
            text = prefix + self.formula(formula.body, UNARY)
            written = IFF if notation.brackets else UNARY
        self._scopes -= 1
        return text, written

    # ---- Prolog ----

    def rule(self, formula: S.Formula) -> str:
        """A Prolog rule or fact: `∀x … (body → head)` or `∀x … head`."""
        names: list[str] = []
        inner = formula
        while isinstance(inner, S.Forall):
            names.append(inner.variable.name)
            inner = inner.body
        head, body = inner, None
        if isinstance(inner, S.Implies):
            head, body = inner.right, inner.left
        if not self._is_head(head):
            raise self.unsupported(head, "the head of a rule is one atom")
        # A rule's variables are quantified by being mentioned: no other quantification can be said.
        if len(set(names)) < len(names) or set(names) - _mentioned(inner):
            why = "each variable of a rule is quantified once and mentioned"
            raise self.unsupported(formula, why)
        text, _ = self.at_level(head)
        if body is None:
            return f"{text}."
        if any(_is_denied_alone(name, head, body) for name in names):
            why = "what only a negation mentions is quantified within it"
            raise self.unsupported(formula, why)
        return f"{text} :- {self.formula(body, IFF)}."

    def _is_head(self, formula: S.Formula) -> bool:
        if not isinstance(formula, S.Atom):
            return False
        # A comparison is no predicate of Prolog's that a program could define.
        is_comparison = formula.predicate in self.notation.relations
        return len(formula.args) != 2 or not is_comparison


def _is_denied_alone(name: str, head: S.Formula, body: S.Formula) -> bool:
    """Whether one negation has all that is said of a variable: there `\\+` says that there is no such thing."""
    if name in _mentioned(head):
        return False
    while isinstance(body, S.And | S.Or):
        speaking = [part for part in body.operands if name in _mentioned(part)]
        if len(speaking) != 1:
            return False
        (body,) = speaking
    return isinstance(body, S.Not)


def _reads_as_prose(formula: S.Quantified) -> bool:
    """Whether a quantifier in words over a word looks like English.

    "all dogs bark" is prose, "all dogs (bark)" says that it is none. `(all Y T)` would bind both.
    """
    name = formula.variable.name
    is_word = len(name) > 1 or name == "a" or name.isupper()
    return is_word and name not in _mentioned(formula.body)


def _mentioned(node: S.Node) -> set[str]:
    """The names of the variables in a formula's terms."""
    return {item.name for item in subnodes(node) if isinstance(item, S.Variable)}
