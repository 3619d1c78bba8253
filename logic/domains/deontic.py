"""Deontic: what is obligatory, permitted and forbidden.

Standard deontic logic by its standard translation. Every predicate is true or false in a world.
Obligatory is what holds in all worlds that are ideal as seen from this one, and there is always
such a world (logic KD; P. McNamara, "Deontic Logic", Stanford Encyclopedia of Philosophy).
Individuals and what names denote are the same in all worlds. Two formulas are equivalent if they
are true in the same worlds of the same structures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from logic import syntax as S
from logic.domains import Box, Construct, Diamond, ModalDomain

IDEAL = "sees as ideal"


@dataclass(frozen=True)
class Obligatory(Box):
    """It must be so."""

    relation = IDEAL
    frame = ("serial",)
    writes = "Obligatory {body}"
    notations: ClassVar = {
        "ascii": writes,
        "words": writes,
        "latex": "\\mathsf{{O}} \\, {body}",
    }
    body: S.Formula


@dataclass(frozen=True)
class Permitted(Diamond):
    """It may be so."""

    relation = IDEAL
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

    def lower(self) -> S.Formula:
        return Obligatory(S.Not(self.body))


DOMAIN = ModalDomain(
    "deontic",
    grammar="deontic.lark",
    constructs=[Obligatory, Permitted, Forbidden],
    description="obligatory, permitted and forbidden",
    opposites=["obligatory/forbidden/permitted/optional"],
    examples=[
        "∀x (Driver(x) → Obligatory Stops(x))",
        "Forbidden Lies(anna) ↔ ¬Permitted Lies(anna)",
        "∀x (Doctor(x) ∧ Permitted (Treats(x, bob) ∧ Asks(x, bob)) → Obligatory Asks(x, bob))",
    ],
)
