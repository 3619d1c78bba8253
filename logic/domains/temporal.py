"""Temporal: always, eventually, before and after, over linear orders of times.

Every predicate is true or false at a time. Always and eventually speak of now and all later times;
`φ before ψ` says that φ holds at some time from now on and ψ at a later one, and `φ after ψ` is
`ψ before φ`. Times are any non-empty linear order: finite or not, dense or not. Individuals and
what names denote stay the same.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from logic import syntax as S
from logic.domains import Construct, Domain, ExistsOf, ForallOf
from logic.nodes import HIDDEN, indexed

EARLIER = f"{HIDDEN}is earlier than"
NOW = f"{HIDDEN}now"
TIME = "Time"


@dataclass(frozen=True)
class Always(Construct, S.Formula):
    """It is so now and at all later times."""

    writes = "always {body}"
    notations: ClassVar = {
        "ascii": writes,
        "words": writes,
        "latex": "\\Box {body}",
    }
    body: S.Formula


@dataclass(frozen=True)
class Eventually(Construct, S.Formula):
    """It is so now or at some later time."""

    writes = "eventually {body}"
    notations: ClassVar = {
        "ascii": writes,
        "words": writes,
        "latex": "\\Diamond {body}",
    }
    body: S.Formula


@dataclass(frozen=True)
class Before(Construct, S.Formula):
    """The left is so at some time from now on, and the right at a later one."""

    writes = "{left:relation} before {right:relation}"
    notations: ClassVar = {"ascii": writes, "words": writes}
    level = "and"
    left: S.Formula
    right: S.Formula


@dataclass(frozen=True)
class After(Construct, S.Formula):
    """The right is so at some time from now on, and the left at a later one."""

    writes = "{left:relation} after {right:relation}"
    notations: ClassVar = {"ascii": writes, "words": writes}
    level = "and"
    left: S.Formula
    right: S.Formula

    def lower(self) -> S.Formula:
        return Before(self.right, self.left)


class Temporal(Domain):
    """The standard translation into first-order logic with a sort of times."""

    def translate(self, formula: S.Formula) -> S.Formula:
        return _at(formula, S.Constant(NOW), 0)

    def theory(self, formulas: Sequence[S.Formula]) -> list[S.Formula]:
        """Times are in a strict linear order."""
        x, y, z = map(S.Variable, "xyz")
        irreflexive = S.Not(_earlier(x, x))
        connected = S.Or(
            (
                _earlier(x, y),
                _earlier(y, x),
                S.Equality(x, y),
            )
        )
        chain = S.And((_earlier(x, y), _earlier(y, z)))
        transitive = S.Implies(chain, _earlier(x, z))
        return [
            _at_all_times(irreflexive, x),
            _at_all_times(connected, x, y),
            _at_all_times(transitive, x, y, z),
        ]


def _earlier(one: S.Term, other: S.Term) -> S.Formula:
    return S.Atom(EARLIER, (one, other))


def _at_all_times(body: S.Formula, *variables: S.Variable) -> S.Formula:
    for variable in reversed(variables):
        body = ForallOf(variable, body, TIME)
    return body


def _at(formula: S.Formula, time: S.Term, depth: int) -> S.Formula:
    """What a formula says of one time, below so many others."""
    this = S.Variable(f"{HIDDEN}v{depth}")
    # The order is linear: from now on is what is not earlier.
    from_now = S.Not(_earlier(this, time))
    if isinstance(formula, Always):
        body = _at(formula.body, this, depth + 1)
        return ForallOf(
            this,
            S.Implies(from_now, body),
            TIME,
        )
    if isinstance(formula, Eventually):
        body = _at(formula.body, this, depth + 1)
        return ExistsOf(
            this,
            S.And((from_now, body)),
            TIME,
        )
    if isinstance(formula, Before):
        return ExistsOf(
            this,
            S.And((from_now, *_in_turn(formula, this, depth))),
            TIME,
        )
    return indexed(
        formula,
        time,
        lambda part: _at(part, time, depth),
    )


def _in_turn(formula: Before, this: S.Variable, depth: int) -> tuple[S.Formula, S.Formula]:
    """That the left holds at this time, and the right at a later one."""
    later = S.Variable(f"{HIDDEN}v{depth + 1}")
    right = _at(formula.right, later, depth + 2)
    then = ExistsOf(
        later,
        S.And((_earlier(this, later), right)),
        TIME,
    )
    return _at(formula.left, this, depth + 2), then


DOMAIN = Temporal(
    "temporal",
    grammar="temporal.lark",
    constructs=[Always, Eventually, Before, After],
    description="always, eventually, before and after over a linear order of times",
    symbols={
        ("predicate", EARLIER, 2): (TIME, TIME),
        ("constant", NOW, 0): (TIME,),
    },
    interpretation={EARLIER: operator.lt},
    examples=[
        "always ∀x (Asks(x) → eventually Answered(x))",
        "Eats(anna) before Sleeps(anna)",
        "¬eventually (Leaves(bob) ∧ ¬Paid(bob)) ∧ (Leaves(bob) after Paid(bob))",
    ],
)
