"""What a synthetic sentence means, and the formula of a meaning.

A sentence and its formula are both written from one meaning, so they cannot disagree. Scope follows the
order of the words: in "every dog chases some cat" the dog's quantifier is the outer one. "Or" is inclusive,
"either ... or" and "... but not both" are exclusive; "some" and "a" mean at least one; verbs with a plural
subject hold of each of its members.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from data.made.sentences.lexicon import predicate

Operator = Literal["and", "or", "xor", "if", "iff"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A noun, narrowed by a property: cat; cat that sleeps; hungry cat."""

    noun: str
    that: Property | None = None


@dataclass(frozen=True, slots=True)
class Named:
    name: str


@dataclass(frozen=True, slots=True)
class Every:
    kind: Kind


@dataclass(frozen=True, slots=True)
class Some:
    kind: Kind


@dataclass(frozen=True, slots=True)
class No:
    kind: Kind


NounPhrase = Named | Every | Some | No


@dataclass(frozen=True, slots=True)
class Is:
    adjective: str


@dataclass(frozen=True, slots=True)
class IsA:
    noun: str


@dataclass(frozen=True, slots=True)
class Does:
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

_SYMBOL: dict[Operator, str] = {"and": "∧", "or": "∨", "xor": "⊕", "if": "→", "iff": "↔"}
# How tightly each form binds; an operand that binds no tighter than its connective is bracketed.
_BINDS = {"↔": 0, "→": 1, "⊕": 2, "∨": 3, "∧": 4}
_UNARY = 5
_VARIABLES = "xyzwuv"

# A formula under construction: its text and how tightly its outermost form binds.
_Text = tuple[str, int]


def formula(meaning: Clause) -> str:
    """The canonical formula of a meaning."""
    return _clause(meaning)[0]


def _clause(clause: Clause) -> _Text:
    match clause:
        case Holds(subject, prop):
            return _over(subject, 0, lambda term, depth: _property(prop, term, depth))
        case Only(kind, prop):
            variable = _VARIABLES[0]
            body = _joined("→", _property(prop, variable, 1), _kind(kind, variable, 1))
            return f"∀{variable} ({body[0]})", _UNARY
        case Deny(inner):
            return _negated(_clause(inner))
        case Join(operator, left, right):
            return _joined(_SYMBOL[operator], _clause(left), _clause(right))


def _over(phrase: NounPhrase, depth: int, body: Callable[[str, int], _Text]) -> _Text:
    """`body(term, depth)` under the phrase's quantifier; `depth` counts the variables already bound."""
    if isinstance(phrase, Named):
        return body(phrase.name.lower(), depth)
    variable = _VARIABLES[depth]
    kind, scope = _kind(phrase.kind, variable, depth + 1), body(variable, depth + 1)
    match phrase:
        case Every():
            return f"∀{variable} ({_joined('→', kind, scope)[0]})", _UNARY
        case Some():
            return f"∃{variable} ({_joined('∧', kind, scope)[0]})", _UNARY
        case No():
            return f"∀{variable} ({_joined('→', kind, _negated(scope))[0]})", _UNARY


def _kind(kind: Kind, term: str, depth: int) -> _Text:
    noun = f"{predicate(kind.noun)}({term})", _UNARY
    return noun if kind.that is None else _joined("∧", noun, _property(kind.that, term, depth))


def _property(prop: Property, term: str, depth: int) -> _Text:
    match prop:
        case Is(word) | IsA(word) | Does(word):
            return f"{predicate(word)}({term})", _UNARY
        case Acts(verb, other):
            return _over(
                other, depth, lambda second, _: (f"{predicate(verb)}({term}, {second})", _UNARY)
            )
        case Undergoes(verb, other):
            return _over(
                other, depth, lambda second, _: (f"{predicate(verb)}({second}, {term})", _UNARY)
            )
        case Lacks(inner):
            return _negated(_property(inner, term, depth))
        case Both(operator, left, right):
            return _joined(
                _SYMBOL[operator], _property(left, term, depth), _property(right, term, depth)
            )


def _negated(inner: _Text) -> _Text:
    text, binds = inner
    return (f"¬{text}" if binds == _UNARY else f"¬({text})"), _UNARY


def _joined(symbol: str, left: _Text, right: _Text) -> _Text:
    level = _BINDS[symbol]
    # Conjunctions of conjunctions are written flat: the kind and what is said of it stand side by side.
    flat = level if symbol == "∧" else level + 1
    parts = (text if binds >= flat else f"({text})" for text, binds in (left, right))
    return f" {symbol} ".join(parts), level
