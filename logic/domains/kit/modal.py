"""Domains that speak of other worlds, by the standard translation: a box is ∀ over the worlds that are seen.

Every predicate is true or false in a world; individuals, and what names denote, are the same in all
of them. A construct derives from `Box` (so in all worlds seen from here) or `Diamond` (in some), and
says which relation leads there and what holds of it. Two formulas are equivalent if they are true in
the same worlds of the same structures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from logic import syntax as S
from logic.domains.kit.domain import Domain
from logic.errors import DomainError
from logic.nodes import HIDDEN, UNIVERSE, ExistsOf, ForallOf, indexed
from logic.templates import kinds

WORLD = "World"
ACTUAL = f"{HIDDEN}actual world"
"""The world that a formula is about."""

Sees = Callable[[S.Term, S.Term], S.Formula]
"""That one world sees another."""


class Modal(S.Construct, S.Formula):
    """A box or a diamond; its terms, as of who knows, are further arguments of the relation."""

    __slots__ = ()
    relation: ClassVar[str] = "sees"
    frame: ClassVar[tuple[str, ...]] = ()
    """What holds of the relation, of `CONDITIONS`; one class of those that share it need say it."""
    body: S.Formula

    def terms(self) -> tuple[S.Term, ...]:
        """The terms that the relation depends on."""
        return tuple([child for child in self.children() if isinstance(child, S.Term)])


class Box(Modal):
    """The body is so in every world that is seen."""

    __slots__ = ()


class Diamond(Modal):
    """The body is so in some world that is seen."""

    __slots__ = ()


class ModalDomain(Domain):
    """A domain some of whose constructs are boxes and diamonds."""

    def _add(self, construct: type[S.Construct]) -> None:
        super()._add(construct)
        if not issubclass(construct, Modal):
            return
        unknown = [name for name in construct.frame if name not in CONDITIONS]
        if unknown:
            allowed = ", ".join(CONDITIONS)
            raise DomainError(
                f"domain {self.name}: construct {construct.__name__}: "
                f"no condition {unknown[0]!r} of a frame; allowed: {allowed}"
            )
        further = _further_places(construct)
        symbol = ("predicate", HIDDEN + construct.relation, 2 + further)
        self.symbols[symbol] = (WORLD, WORLD, *[UNIVERSE] * further)
        self.symbols["constant", ACTUAL, 0] = (WORLD,)

    def translate(self, formula: S.Formula) -> S.Formula:
        """The standard translation into first-order logic with a sort of worlds."""
        return _at(formula, S.Constant(ACTUAL), 0)

    def theory(self, formulas: Sequence[S.Formula]) -> list[S.Formula]:
        """The axioms, and what holds of each relation."""
        found = super().theory(formulas)
        for construct in self.constructs.values():
            if issubclass(construct, Modal):
                found += [_condition(construct, name) for name in construct.frame]
        return list(dict.fromkeys(found))


def _further_places(construct: type[S.Construct]) -> int:
    return list(kinds(construct).values()).count("term")


def _at(formula: S.Formula, world: S.Term, depth: int) -> S.Formula:
    """What a formula says of one world, below so many others."""
    if not isinstance(formula, Modal):
        return indexed(
            formula,
            world,
            lambda part: _at(part, world, depth),
        )
    other = S.Variable(f"{HIDDEN}v{depth}")  # worlds are w0, w1, … where they are shown
    seen = S.Atom(HIDDEN + formula.relation, (world, other, *formula.terms()))
    body = _at(formula.body, other, depth + 1)
    if isinstance(formula, Box):
        return ForallOf(
            other,
            S.Implies(seen, body),
            WORLD,
        )
    return ExistsOf(
        other,
        S.And((seen, body)),
        WORLD,
    )


# ---- what may hold of a relation ----

_W, _V, _U = map(S.Variable, "wvu")


def _serial(sees: Sees) -> S.Formula:
    return ForallOf(_W, ExistsOf(_V, sees(_W, _V), WORLD), WORLD)


def _reflexive(sees: Sees) -> S.Formula:
    return ForallOf(_W, sees(_W, _W), WORLD)


def _symmetric(sees: Sees) -> S.Formula:
    back = S.Implies(sees(_W, _V), sees(_V, _W))
    return _for_worlds(back, _W, _V)


def _transitive(sees: Sees) -> S.Formula:
    chain = S.And((sees(_W, _V), sees(_V, _U)))
    return _for_worlds(S.Implies(chain, sees(_W, _U)), _W, _V, _U)


def _euclidean(sees: Sees) -> S.Formula:
    fork = S.And((sees(_W, _V), sees(_W, _U)))
    return _for_worlds(S.Implies(fork, sees(_V, _U)), _W, _V, _U)


def _for_worlds(body: S.Formula, *worlds: S.Variable) -> S.Formula:
    for world in reversed(worlds):
        body = ForallOf(world, body, WORLD)
    return body


CONDITIONS: dict[str, Callable[[Sees], S.Formula]] = {
    "serial": _serial,
    "reflexive": _reflexive,
    "symmetric": _symmetric,
    "transitive": _transitive,
    "euclidean": _euclidean,
}
"""By name: KD is serial, T reflexive, S4 reflexive and transitive, S5 all but serial, which follows."""


def _condition(construct: type[Modal], name: str) -> S.Formula:
    """A condition on a construct's relation, whatever its further arguments are."""
    parties = [S.Variable(f"p{place}") for place in range(_further_places(construct))]

    def sees(one: S.Term, other: S.Term) -> S.Formula:
        return S.Atom(HIDDEN + construct.relation, (one, other, *parties))

    formula = CONDITIONS[name](sees)
    for party in reversed(parties):
        formula = ForallOf(party, formula, UNIVERSE)
    return formula
