"""Counting: at least, at most and exactly n elements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from logic import syntax as S
from logic.domains import Construct, Domain, DomainError
from logic.nodes import at_least
from logic.symbols import subnodes

MOST = 20
"""The largest number that a quantifier may count to."""


@dataclass(frozen=True)
class AtLeast(Construct, S.Quantified):
    """At least n elements satisfy the body."""

    writes = "∃≥{count} {variable} {body}"
    notations: ClassVar = {
        "ascii": "at least {count} {variable} {body}",
        "words": "at least {count} {variable} {body}",
        "latex": "\\exists_{{\\geq {count}}} {variable} \\, {body}",
    }
    count: int
    variable: S.Variable
    body: S.Formula

    def lower(self) -> S.Formula:
        return at_least(
            self.count,
            self.variable,
            self.body,
        )


@dataclass(frozen=True)
class AtMost(Construct, S.Quantified):
    """At most n elements satisfy the body."""

    writes = "∃≤{count} {variable} {body}"
    notations: ClassVar = {
        "ascii": "at most {count} {variable} {body}",
        "words": "at most {count} {variable} {body}",
        "latex": "\\exists_{{\\leq {count}}} {variable} \\, {body}",
    }
    count: int
    variable: S.Variable
    body: S.Formula

    def lower(self) -> S.Formula:
        return _at_most(
            self.count,
            self.variable,
            self.body,
        )


@dataclass(frozen=True)
class Exactly(Construct, S.Quantified):
    """Exactly n elements satisfy the body."""

    writes = "∃={count} {variable} {body}"
    notations: ClassVar = {
        "ascii": "exactly {count} {variable} {body}",
        "words": "exactly {count} {variable} {body}",
        "latex": "\\exists_{{= {count}}} {variable} \\, {body}",
    }
    count: int
    variable: S.Variable
    body: S.Formula

    def lower(self) -> S.Formula:
        no_more = _at_most(
            self.count,
            self.variable,
            self.body,
        )
        if self.count == 0:
            return no_more
        no_fewer = at_least(
            self.count,
            self.variable,
            self.body,
        )
        return S.And((no_fewer, no_more))


def _at_most(count: int, variable: S.Variable, body: S.Formula) -> S.Formula:
    return S.Not(at_least(count + 1, variable, body))


class Counting(Domain):
    """Refuses numbers that are too large to reason about."""

    def refine(self, formula: S.Formula) -> S.Formula:
        for node in subnodes(formula):
            if isinstance(node, (AtLeast, AtMost, Exactly)) and node.count > MOST:
                number = str(node.count)
                raise DomainError(
                    f"a quantifier counts to {MOST} at most, got {number}",
                    name=number,
                )
        return formula


DOMAIN = Counting(
    "counting",
    grammar="counting.lark",
    constructs=[AtLeast, AtMost, Exactly],
    description="at least, at most and exactly n",
    examples=[
        "∃≥2 x (Cat(x) ∧ Sleeps(x))",
        "∀x (Course(x) → ∃≤3 y Teaches(y, x))",
        "∃=2 x Planet(x) ∧ ¬∃≥5 x Star(x)",
    ],
)
