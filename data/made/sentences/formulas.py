"""The formula of a meaning, built from the nodes of `logic.syntax` and printed by `logic`."""

from __future__ import annotations

import logic
from data.made.sentences.lexicon import predicate
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
from logic import syntax as S

# The variable of each quantifier, from the outermost inwards.
_VARIABLES = tuple(S.Variable(name) for name in "xyzwuv")


def formula(meaning: Clause) -> str:
    """The formula of a meaning, in canonical notation."""
    return logic.to_text(tree(meaning))


def tree(clause: Clause) -> S.Formula:
    """The formula of a meaning."""
    match clause:
        case Holds(subject, prop):
            term, depth = _term(subject, 0)
            return _under(subject, term, depth, _property(prop, term, depth))
        case Only(kind, prop):
            variable = _VARIABLES[0]
            condition = _property(prop, variable, 1)
            return S.Forall(variable, S.Implies(condition, _kind(kind, variable, 1)))
        case Deny(inner):
            return S.Not(tree(inner))
        case Join(operator, left, right):
            return _join(operator, tree(left), tree(right))


def _term(phrase: NounPhrase, depth: int) -> tuple[S.Term, int]:
    """What stands for the phrase in an atom, and how many variables are bound there.

    `depth` counts those that are bound around it.
    """
    if isinstance(phrase, Named):
        return S.Constant(phrase.name.lower()), depth
    return _VARIABLES[depth], depth + 1


def _under(phrase: NounPhrase, term: S.Term, depth: int, scope: S.Formula) -> S.Formula:
    """The scope under the phrase's quantifier, which binds the term; the scope alone for a name."""
    if isinstance(phrase, Named):
        return scope
    assert isinstance(term, S.Variable)  # of every phrase that is no name, by `_term`
    kind = _kind(phrase.kind, term, depth)
    match phrase:
        case Every():
            return S.Forall(term, S.Implies(kind, scope))
        case Some():
            return S.Exists(term, _join("and", kind, scope))
        case No():
            return S.Forall(term, S.Implies(kind, S.Not(scope)))


def _kind(kind: Kind, term: S.Term, depth: int) -> S.Formula:
    noun = S.Atom(predicate(kind.noun), (term,))
    if kind.that is None:
        return noun
    return _join("and", noun, _property(kind.that, term, depth))


def _property(prop: Property, term: S.Term, depth: int) -> S.Formula:
    """That the term has the property."""
    match prop:
        case Is(word) | IsA(word) | Does(word):
            return S.Atom(predicate(word), (term,))
        case Acts(verb, other):
            patient, inner = _term(other, depth)
            return _under(other, patient, inner, S.Atom(predicate(verb), (term, patient)))
        case Undergoes(verb, other):
            agent, inner = _term(other, depth)
            return _under(other, agent, inner, S.Atom(predicate(verb), (agent, term)))
        case Lacks(lacking):
            return S.Not(_property(lacking, term, depth))
        case Both(operator, left, right):
            return _join(
                operator,
                _property(left, term, depth),
                _property(right, term, depth),
            )


def _join(operator: Operator, left: S.Formula, right: S.Formula) -> S.Formula:
    match operator:
        case "and":
            # Conjunctions of conjunctions are written flat: the kind and what is said of it stand
            # side by side.
            return S.And((*_conjuncts(left), *_conjuncts(right)))
        case "or":
            return S.Or((left, right))
        case "xor":
            return S.Xor((left, right))
        case "if":
            return S.Implies(left, right)
        case "iff":
            return S.Iff(left, right)


def _conjuncts(part: S.Formula) -> tuple[S.Formula, ...]:
    return part.operands if isinstance(part, S.And) else (part,)
