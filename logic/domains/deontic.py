"""Deontic: what is obligatory, permitted and forbidden.

Standard deontic logic by its standard translation. Every predicate is true or false in a world.
Obligatory is what holds in all worlds that are ideal as seen from this one, and there is always
such a world (logic KD; P. McNamara, "Deontic Logic", Stanford Encyclopedia of Philosophy).
Individuals and what names denote are the same in all worlds. Two formulas are equivalent if they
are true in the same worlds of the same structures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from logic import syntax as S
from logic.domains import Construct, Domain, ExistsOf, ForallOf
from logic.nodes import HIDDEN, indexed

IDEAL = f"{HIDDEN}sees as ideal"
ACTUAL = f"{HIDDEN}actual world"
WORLD = "World"


@dataclass(frozen=True)
class Obligatory(Construct, S.Formula):
    """It must be so."""

    writes = "Obligatory {body}"
    notations: ClassVar = {
        "ascii": writes,
        "words": writes,
        "latex": "\\mathsf{{O}} \\, {body}",
    }
    body: S.Formula


@dataclass(frozen=True)
class Permitted(Construct, S.Formula):
    """It may be so."""

    writes = "Permitted {body}"
    notations: ClassVar = {
        "ascii": writes,
        "words": writes,
        "latex": "\\mathsf{{P}} \\, {body}",
    }
    body: S.Formula


@dataclass(frozen=True)
class Forbidden(Construct, S.Formula):
    """It must not be so."""

    writes = "Forbidden {body}"
    notations: ClassVar = {
        "ascii": writes,
        "words": writes,
        "latex": "\\mathsf{{F}} \\, {body}",
    }
    body: S.Formula


class Deontic(Domain):
    """The standard translation into first-order logic with a sort of worlds."""

    def translate(self, formula: S.Formula) -> S.Formula:
        return _at(formula, S.Constant(ACTUAL), 0)

    def theory(self, formulas: Sequence[S.Formula]) -> list[S.Formula]:
        """Each world sees an ideal one."""
        here, there = S.Variable("w"), S.Variable("v")
        ideal = ExistsOf(there, S.Atom(IDEAL, (here, there)), WORLD)
        return [ForallOf(here, ideal, WORLD)]


def _at(formula: S.Formula, world: S.Term, depth: int) -> S.Formula:
    """What a formula says of one world, below so many others."""
    if not isinstance(formula, (Obligatory, Permitted, Forbidden)):
        return indexed(
            formula,
            world,
            lambda part: _at(part, world, depth),
        )
    other = S.Variable(f"{HIDDEN}w{depth}")
    is_ideal = S.Atom(IDEAL, (world, other))
    body = _at(formula.body, other, depth + 1)
    if isinstance(formula, Permitted):
        return ExistsOf(
            other,
            S.And((is_ideal, body)),
            WORLD,
        )
    if isinstance(formula, Forbidden):
        body = S.Not(body)
    return ForallOf(
        other,
        S.Implies(is_ideal, body),
        WORLD,
    )


DOMAIN = Deontic(
    "deontic",
    grammar="deontic.lark",
    constructs=[Obligatory, Permitted, Forbidden],
    description="obligatory, permitted and forbidden",
    symbols={
        ("predicate", IDEAL, 2): (WORLD, WORLD),
        ("constant", ACTUAL, 0): (WORLD,),
    },
    opposites=["obligatory/forbidden/permitted/optional"],
    examples=[
        "∀x (Driver(x) → Obligatory Stops(x))",
        "Forbidden Lies(anna) ↔ ¬Permitted Lies(anna)",
        "∀x (Doctor(x) ∧ Permitted (Treats(x, bob) ∧ Asks(x, bob)) → Obligatory Asks(x, bob))",
    ],
)
