"""The formula of a meaning, built from the nodes of `logic.syntax` and printed by `logic`."""

from __future__ import annotations

from functools import lru_cache

import logic
from data.made.sentences.lexicon import predicate, third
from data.made.sentences.meaning import (
    Acts,
    Both,
    Clause,
    Deny,
    Does,
    Every,
    Holds,
    Is,
    IsA,
    Join,
    Kind,
    Lacks,
    Named,
    No,
    NounPhrase,
    Only,
    Operator,
    Property,
    Some,
    Undergoes,
)
from logic.syntax import (
    And,
    Atom,
    Constant,
    Exists,
    Forall,
    Formula,
    Iff,
    Implies,
    Not,
    Or,
    Term,
    Variable,
    Xor,
)

# The variable of each quantifier, from the outermost inwards.
_VARIABLES = tuple(Variable(name) for name in "xyzwuv")


@lru_cache(maxsize=8192)
def formula(meaning: Clause) -> str:
    """The formula of a meaning, in canonical notation."""
    return logic.to_text(tree(meaning))


def tree(clause: Clause) -> Formula:
    """The formula of a meaning."""
    match clause:
        case Holds(subject, prop):
            term, depth = _term(subject, 0)
            return _under(subject, term, depth, _property(prop, term, depth))
        case Only(kind, prop):
            variable = _VARIABLES[0]
            condition = _property(prop, variable, 1)
            return Forall(variable, Implies(condition, _kind(kind, variable, 1)))
        case Deny(inner):
            return Not(tree(inner))
        case Join(operator, left, right):
            return _join(operator, tree(left), tree(right))


def _term(phrase: NounPhrase, depth: int) -> tuple[Term, int]:
    """What stands for the phrase in an atom, and how many variables are bound there.

    `depth` counts those that are bound around it.
    """
    if isinstance(phrase, Named):
        return Constant(phrase.name.lower()), depth
    return _VARIABLES[depth], depth + 1


def _under(phrase: NounPhrase, term: Term, depth: int, scope: Formula) -> Formula:
    """The scope under the phrase's quantifier, which binds the term; the scope alone for a name."""
    if isinstance(phrase, Named):
        return scope
    assert isinstance(term, Variable)  # of every phrase that is no name, by `_term`
    kind = _kind(phrase.kind, term, depth)
    match phrase:
        case Every():
            return Forall(term, Implies(kind, scope))
        case Some():
            return Exists(term, _join("and", kind, scope))
        case No():
            return Forall(term, Implies(kind, Not(scope)))


def _kind(kind: Kind, term: Term, depth: int) -> Formula:
    noun = Atom(predicate(kind.noun), (term,))
    if kind.that is None:
        return noun
    return _join("and", noun, _property(kind.that, term, depth))


def _property(prop: Property, term: Term, depth: int) -> Formula:
    """That the term has the property."""
    match prop:
        case Is(word) | IsA(word):
            return Atom(predicate(word), (term,))
        case Does(verb):
            return Atom(predicate(third(verb)), (term,))
        case Acts(verb, other):
            patient, inner = _term(other, depth)
            return _under(other, patient, inner, Atom(predicate(third(verb)), (term, patient)))
        case Undergoes(verb, other):
            agent, inner = _term(other, depth)
            return _under(other, agent, inner, Atom(predicate(third(verb)), (agent, term)))
        case Lacks(lacking):
            return Not(_property(lacking, term, depth))
        case Both(operator, left, right):
            return _join(
                operator,
                _property(left, term, depth),
                _property(right, term, depth),
            )


def _join(operator: Operator, left: Formula, right: Formula) -> Formula:
    match operator:
        case "and":
            # Conjunctions of conjunctions are written flat: the kind and what is said of it stand
            # side by side.
            return And((*_conjuncts(left), *_conjuncts(right)))
        case "or":
            return Or((left, right))
        case "xor":
            return Xor((left, right))
        case "if":
            return Implies(left, right)
        case "iff":
            return Iff(left, right)


def _conjuncts(part: Formula) -> tuple[Formula, ...]:
    return part.operands if isinstance(part, And) else (part,)
