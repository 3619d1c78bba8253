"""The abstract syntax of first-order formulas: immutable, hashable, comparable by structure.

Conjunction, disjunction and exclusive disjunction are n-ary, as they are read: `A ∧ B ∧ C` is one
node, and `(A ∧ B) ∧ C` is a node within a node, so that printing and reading again gives the same
tree. A quantifier binds one variable; `∀x ∀y` and `∀x, y` are the same two nodes. An exclusive
disjunction of n formulas is true where an odd number of them is (the sum modulo two).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

from logic.errors import DomainError


class Node:
    """A term or a formula; `str` gives canonical Unicode."""

    __slots__ = ()
    write: ClassVar[Callable[[Any, str], str]]
    """Text of a node in a notation.

    What writes it puts itself here when it is loaded, since it stands above this module.
    """

    def __str__(self) -> str:
        return Node.write(self, "unicode")

    def children(self) -> tuple[Node, ...]:
        """The direct parts, in order."""
        return ()

    def rebuild(self, children: Sequence[Any]) -> Self:
        """The same node over other parts (as many as `children()` gives)."""
        return self


class Term(Node):
    """An expression that denotes an element of the universe."""

    __slots__ = ()


class Formula(Node):
    """An expression that is true or false in a structure."""

    __slots__ = ()

    def _repr_latex_(self) -> str:
        return f"${Node.write(self, 'latex')}$"


@dataclass(frozen=True, slots=True, repr=True)
class Variable(Term):
    """A variable, bound by a quantifier around it (or free in an open formula)."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant(Term):
    """A named individual; a number is a constant too, unless a domain says more of it."""

    name: str


class _Application(Node):
    """What a symbol applied to terms has in common: the parts are its arguments."""

    __slots__ = ()
    args: tuple[Term, ...]

    def children(self) -> tuple[Node, ...]:
        return self.args


@dataclass(frozen=True, slots=True)
class Function(_Application, Term):
    """A function symbol applied to one or more terms."""

    name: str
    args: tuple[Term, ...]

    def rebuild(self, children: Sequence[Any]) -> Self:
        return type(self)(self.name, tuple(children))


@dataclass(frozen=True, slots=True)
class Truth(Formula):
    """⊤ or ⊥."""

    value: bool


@dataclass(frozen=True, slots=True)
class Atom(_Application, Formula):
    """A predicate applied to terms; without arguments, a proposition.

    Comparisons (`≤ ≥ < >`) are atoms whose predicate is that sign; they have no built-in meaning
    here.
    """

    predicate: str
    args: tuple[Term, ...] = ()

    def rebuild(self, children: Sequence[Any]) -> Self:
        return type(self)(self.predicate, tuple(children))


class _Binary(Node):
    """What nodes with a left and a right part have in common."""

    __slots__ = ()
    left: Node
    right: Node

    def children(self) -> tuple[Node, ...]:
        return (self.left, self.right)

    def rebuild(self, children: Sequence[Any]) -> Self:
        return type(self)(*children)


@dataclass(frozen=True, slots=True)
class Equality(_Binary, Formula):
    """Two terms denote the same element; `≠` is its negation."""

    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Not(Formula):
    """Negation."""

    operand: Formula

    def children(self) -> tuple[Node, ...]:
        return (self.operand,)

    def rebuild(self, children: Sequence[Any]) -> Self:
        return type(self)(*children)


class _Nary(Node):
    """What the n-ary connectives have in common: at least two operands."""

    __slots__ = ()
    operands: tuple[Formula, ...]

    def __post_init__(self) -> None:
        if len(self.operands) < 2:
            raise ValueError(
                f"{type(self).__name__} takes at least two operands, got {len(self.operands)}"
            )

    def children(self) -> tuple[Node, ...]:
        return self.operands

    def rebuild(self, children: Sequence[Any]) -> Self:
        chain: Any = type(self)  # a dataclass of these operands, which their common base is not
        rebuilt: Self = chain(tuple(children))
        return rebuilt


@dataclass(frozen=True, slots=True)
class And(_Nary, Formula):
    """Conjunction of two or more formulas."""

    operands: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Or(_Nary, Formula):
    """Disjunction of two or more formulas."""

    operands: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Xor(_Nary, Formula):
    """Exclusive disjunction: true where an odd number of the operands is true."""

    operands: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Implies(_Binary, Formula):
    """Conditional, from left to right."""

    left: Formula
    right: Formula


@dataclass(frozen=True, slots=True)
class Iff(_Binary, Formula):
    """Biconditional."""

    left: Formula
    right: Formula


class Quantified(Formula):
    """What the quantifiers have in common: one bound variable and a body."""

    __slots__ = ()
    variable: Variable
    body: Formula

    def children(self) -> tuple[Node, ...]:
        return (self.body,)

    def rebuild(self, children: Sequence[Any]) -> Self:
        quantifier: Any = type(self)  # a dataclass of these two, which their common base is not
        rebuilt: Self = quantifier(self.variable, children[0])
        return rebuilt


@dataclass(frozen=True, slots=True)
class Forall(Quantified):
    """Every element satisfies the body."""

    variable: Variable
    body: Formula


@dataclass(frozen=True, slots=True)
class Exists(Quantified):
    """At least one element satisfies the body."""

    variable: Variable
    body: Formula


@dataclass(frozen=True, slots=True)
class ExistsUnique(Quantified):
    """Exactly one element satisfies the body."""

    variable: Variable
    body: Formula


class Construct(Node):
    """A node that a domain adds to the language.

    It is a frozen dataclass whose fields are the parts of its grammar rule. `writes` is its text in
    canonical notation, `notations` its text in others, `level` how tightly that text binds;
    `logic.domains` says how such classes are written, and sets `domain` when a domain is made of
    them.
    """

    __slots__ = ()
    rule: ClassVar[str] = ""
    writes: ClassVar[str | None] = None
    notations: ClassVar[dict[str, str]] = {}
    level: ClassVar[str] = "unary"
    patterns: ClassVar[dict[str, str]] = {}
    operation: Any = None
    domain: ClassVar[Any] = None

    def field_values(self) -> list[Any]:
        """The values of the fields, in order."""
        construct: Any = self  # a dataclass, which this base is not
        return [getattr(construct, field.name) for field in fields(construct)]

    def _is_child(self, part: Any) -> bool:
        """Whether a field holds a part of the formula, and not the variable that is bound here."""
        if isinstance(part, Variable) and isinstance(self, Quantified):
            return False
        return isinstance(part, Node)

    def children(self) -> tuple[Node, ...]:
        return tuple([part for part in self.field_values() if self._is_child(part)])

    def rebuild(self, children: Sequence[Any]) -> Self:
        replacements = iter(children)
        parts = []
        for part in self.field_values():
            parts.append(next(replacements) if self._is_child(part) else part)
        return type(self)(*parts)

    def lower(self) -> Node | None:
        """The same said without this node, one step.

        None where only the domain's `translate` can say it.
        """
        return None

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled as its domain and its rule: a domain's file need not be importable elsewhere."""
        state = (self.domain, self.rule, tuple(self.field_values()))
        return _restored, state


def _restored(domain: Any, rule: str, parts: Sequence[Any]) -> Node:
    """A pickled construct, of the domain as it is known here."""
    construct = domain.constructs.get(rule)
    if construct is None:
        raise DomainError(f"domain {domain.spec} has no construct for the rule {rule}")
    restored: Node = construct(*parts)
    return restored
