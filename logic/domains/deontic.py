"""Deontic: what is obligatory, permitted and forbidden, in standard deontic logic by its standard translation.

Every predicate is true or false in a world. Obligatory is what holds in all worlds that are ideal as seen from this
one, and there is always such a world (logic KD; P. McNamara, "Deontic Logic", Stanford Encyclopedia of Philosophy).
Individuals and what names denote are the same in all worlds. Two formulas are equivalent if they are true in the same
worlds of the same structures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from logic import syntax as S
from logic.domains import Construct, Domain, ExistsOf, ForallOf
from logic.nodes import HIDDEN, indexed

IDEAL, ACTUAL, WORLD = f"{HIDDEN}sees as ideal", f"{HIDDEN}actual world", "World"


@dataclass(frozen=True)
class Obligatory(Construct, S.Formula):
    """It must be so."""

    writes = "Obligatory {body}"
    notations: ClassVar = {"ascii": writes, "words": writes, "latex": "\\mathsf{{O}} \\, {body}"}
    body: S.Formula


@dataclass(frozen=True)
class Permitted(Construct, S.Formula):
    """It may be so."""

    writes = "Permitted {body}"
    notations: ClassVar = {"ascii": writes, "words": writes, "latex": "\\mathsf{{P}} \\, {body}"}
    body: S.Formula


@dataclass(frozen=True)
class Forbidden(Construct, S.Formula):
    """It must not be so."""

    writes = "Forbidden {body}"
    notations: ClassVar = {"ascii": writes, "words": writes, "latex": "\\mathsf{{F}} \\, {body}"}
    body: S.Formula


class Deontic(Domain):
    """The standard translation into first-order logic with a sort of worlds."""

    def translate(self, formula: S.Formula) -> S.Formula:
        return _at(formula, S.Constant(ACTUAL), 0)

    def theory(self, formulas: Sequence[S.Formula]) -> list[S.Formula]:
        """Each world sees an ideal one."""
        w, v = S.Variable("w"), S.Variable("v")
        return [ForallOf(w, ExistsOf(v, S.Atom(IDEAL, (w, v)), WORLD), WORLD)]


def _at(node: S.Formula, world: S.Term, depth: int) -> S.Formula:
    """What a formula says of one world."""
    if isinstance(node, (Obligatory, Permitted, Forbidden)):
        other = S.Variable(f"{HIDDEN}w{depth}")
        seen, body = S.Atom(IDEAL, (world, other)), _at(node.body, other, depth + 1)
        if isinstance(node, Permitted):
            return ExistsOf(other, S.And((seen, body)), WORLD)
        return ForallOf(
            other, S.Implies(seen, S.Not(body) if isinstance(node, Forbidden) else body), WORLD
        )
    return indexed(node, world, lambda part: _at(part, world, depth))


DOMAIN = Deontic(
    "deontic",
    grammar="deontic.lark",
    constructs=[Obligatory, Permitted, Forbidden],
    description="obligatory, permitted and forbidden",
    symbols={("predicate", IDEAL, 2): (WORLD, WORLD), ("constant", ACTUAL, 0): (WORLD,)},
    opposites=["obligatory/forbidden/permitted/optional"],
    examples=[
        "∀x (Driver(x) → Obligatory Stops(x))",
        "Forbidden Lies(anna) ↔ ¬Permitted Lies(anna)",
        "∀x (Doctor(x) ∧ Permitted (Treats(x, bob) ∧ Asks(x, bob)) → Obligatory Asks(x, bob))",
    ],
)
