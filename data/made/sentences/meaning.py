"""What a synthetic sentence means.

A sentence and its formula are both written from one meaning, so they cannot disagree. Scope
follows the order of the words: in "every dog chases some cat" the dog's quantifier is the outer
one. "Or" is inclusive, "either ... or" and "... but not both" are exclusive; "some" and "a" mean at
least one; verbs with a plural subject hold of each of its members.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Operator = Literal["and", "or", "xor", "if", "iff"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A noun, narrowed by a property: cat; cat that sleeps; hungry cat."""

    noun: str
    that: Property | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """Anna"""

    name: str


@dataclass(frozen=True, slots=True)
class Every:
    """every KIND"""

    kind: Kind


@dataclass(frozen=True, slots=True)
class Some:
    """some KIND"""

    kind: Kind


@dataclass(frozen=True, slots=True)
class No:
    """no KIND"""

    kind: Kind


NounPhrase = Named | Every | Some | No


@dataclass(frozen=True, slots=True)
class Is:
    """is happy"""

    adjective: str


@dataclass(frozen=True, slots=True)
class IsA:
    """is a cat"""

    noun: str


@dataclass(frozen=True, slots=True)
class Does:
    """sleeps"""

    verb: str


@dataclass(frozen=True, slots=True)
class Acts:
    """chases OTHER"""

    verb: str
    other: NounPhrase


@dataclass(frozen=True, slots=True)
class Undergoes:
    """is chased by OTHER"""

    verb: str
    other: NounPhrase


@dataclass(frozen=True, slots=True)
class Lacks:
    """does not have the property"""

    property: Property


@dataclass(frozen=True, slots=True)
class Both:
    """Two properties of one bearer, joined by "and", "or" or "xor"."""

    operator: Operator
    left: Property
    right: Property


Property = Is | IsA | Does | Acts | Undergoes | Lacks | Both


@dataclass(frozen=True, slots=True)
class Holds:
    """The subject has the property."""

    subject: NounPhrase
    property: Property


@dataclass(frozen=True, slots=True)
class Only:
    """Whatever has the property is of the kind."""

    kind: Kind
    property: Property


@dataclass(frozen=True, slots=True)
class Deny:
    """The clause is false."""

    clause: Clause


@dataclass(frozen=True, slots=True)
class Join:
    """Two clauses under a connective; for "if", `left` is the condition."""

    operator: Operator
    left: Clause
    right: Clause


Clause = Holds | Only | Deny | Join
