"""The abstract syntax of first-order formulas: immutable, hashable, comparable by structure.

Conjunction, disjunction and exclusive disjunction are n-ary, as they are read: `A ∧ B ∧ C` is one node, and
`(A ∧ B) ∧ C` is a node within a node, so that printing and reading again gives the same tree.
A quantifier binds one variable; `∀x ∀y` and `∀x, y` are the same two nodes.
An exclusive disjunction of n formulas is true where an odd number of them is (the sum modulo two).
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
    """Text of a node in a notation: `logic.to_text`, which its module puts here, for it stands above this one."""

    def __str__(self) -> str:
        return Node.write(self, "unicode")

    def children(self) -> tuple[Node, ...]:
        """The direct parts, in order."""
        return ()

    def rebuild(self, children: Sequence[Node]) -> Self:
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

    def rebuild(self, children: Sequence[Node]) -> Self:
        return type(self)(self.name, tuple(children))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Truth(Formula):
    """⊤ or ⊥."""

    value: bool


@dataclass(frozen=True, slots=True)
class Atom(_Application, Formula):
    """A predicate applied to terms; without arguments, a proposition.

    Comparisons (`≤ ≥ < >`) are atoms whose predicate is that sign; they have no built-in meaning here.
    """

    predicate: str
    args: tuple[Term, ...] = ()

    def rebuild(self, children: Sequence[Node]) -> Self:
        return type(self)(self.predicate, tuple(children))  # type: ignore[arg-type]


class _Binary(Node):
    """What nodes with a left and a right part have in common."""

    __slots__ = ()
    left: Node
    right: Node

    def children(self) -> tuple[Node, ...]:
        return (self.left, self.right)

    def rebuild(self, children: Sequence[Node]) -> Self:
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

    def rebuild(self, children: Sequence[Node]) -> Self:
        return type(self)(*children)  # type: ignore[arg-type]


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

    def rebuild(self, children: Sequence[Node]) -> Self:
        return type(self)(tuple(children))  # type: ignore[call-arg]


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

    def rebuild(self, children: Sequence[Node]) -> Self:
        return type(self)(self.variable, children[0])  # type: ignore[call-arg]


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
    """A node that a domain adds to the language: a frozen dataclass whose fields are the parts of its grammar rule.

    `writes` is its text in canonical notation, `notations` its text in others, `level` how tightly that text binds;
    `logic.domains` says how such classes are written, and sets `domain` when a domain is made of them.
    """

    __slots__ = ()
    rule: ClassVar[str] = ""
    writes: ClassVar[str | None] = None
    notations: ClassVar[dict[str, str]] = {}
    level: ClassVar[str] = "unary"
    patterns: ClassVar[dict[str, str]] = {}
    operation: Any = None
    domain: ClassVar[Any] = None

    def parts(self) -> list[Any]:
        """The values of the fields, in order."""
        return [getattr(self, field.name) for field in fields(self)]  # type: ignore[arg-type]

    def children(self) -> tuple[Node, ...]:
        binds = isinstance(self, Quantified)
        return tuple(
            [
                p
                for p in self.parts()
                if isinstance(p, Node) and not (binds and isinstance(p, Variable))
            ]
        )

    def rebuild(self, children: Sequence[Node]) -> Self:
        new, old = iter(children), self.children()
        return type(self)(
            *[next(new) if any(part is child for child in old) else part for part in self.parts()]
        )

    def lower(self) -> Node | None:
        """The same said without this node, one step; None where only the domain's `translate` can say it."""
        return None

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled as its domain and its rule, since a domain's file need not be importable elsewhere."""
        return _restored, (self.domain, self.rule, tuple(self.parts()))


def _restored(domain: Any, rule: str, parts: Sequence[Any]) -> Node:
    """A pickled construct, of the domain as it is known here."""
    construct = domain.constructs.get(rule)
    if construct is None:
        raise DomainError(f"domain {domain.spec} has no construct for the rule {rule}")
    restored: Node = construct(*parts)
    return restored
