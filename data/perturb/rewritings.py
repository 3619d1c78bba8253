"""Seeded rewritings that keep a formula's meaning: other spellings, for checks of the score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from data.perturb.changes import Change, change_somewhere
from logic import syntax as S
from logic.substitution import substitute
from logic.symbols import subnodes

_NAMES = ("t", "u", "v", "w", "x", "y", "z", "x1", "y1")


def rewrite(
    formula: S.Formula, source: Random, steps: int = 3, kinds: Sequence[str] | None = None
) -> S.Formula:
    """An equivalent formula, by so many random rewritings of these kinds (keys of `REWRITINGS`).

    Of all kinds where they are absent. Raises ValueError where none applies.
    """
    changes = {name: REWRITINGS[name] for name in kinds or REWRITINGS}
    for _ in range(steps):
        formula, _kind = change_somewhere(formula, source, changes)
    return formula


def _de_morgan(formula: S.Formula, _: Random) -> S.Formula | None:
    match formula:
        case S.Not(S.And(parts)):
            return S.Or(_negated(parts))
        case S.Not(S.Or(parts)):
            return S.And(_negated(parts))
        case S.And(parts):
            return S.Not(S.Or(_negated(parts)))
        case S.Or(parts):
            return S.Not(S.And(_negated(parts)))
        case S.Forall(variable, body):
            return S.Not(S.Exists(variable, S.Not(body)))
        case S.Exists(variable, body):
            return S.Not(S.Forall(variable, S.Not(body)))
    return None


def _negated(parts: Sequence[S.Formula]) -> tuple[S.Formula, ...]:
    return tuple(S.Not(part) for part in parts)


def _contraposition(formula: S.Formula, source: Random) -> S.Formula | None:
    match formula:
        case S.Implies(left, right):
            contrapositive = S.Implies(S.Not(right), S.Not(left))
            disjunction = S.Or((S.Not(left), right))
            return source.choice((contrapositive, disjunction))
        case S.Iff(left, right):
            return S.Iff(S.Not(left), S.Not(right))
    return None


def _commute(formula: S.Formula, source: Random) -> S.Formula | None:
    match formula:
        case S.And(parts) | S.Or(parts) | S.Xor(parts):
            order = list(parts)
            source.shuffle(order)
            return formula.rebuild(order)
        case S.Iff(left, right) | S.Equality(left, right):
            return formula.rebuild((right, left))
    return None


def _rename_bound(formula: S.Formula, source: Random) -> S.Formula | None:
    if not isinstance(formula, S.Quantified):
        return None
    variables = _variables(formula)
    names = [name for name in _NAMES if S.Variable(name) not in variables]
    variable = S.Variable(source.choice(names))
    body = substitute(formula.body, {formula.variable.name: variable})
    return _quantified(formula, variable, body)


def _prenex(formula: S.Formula, _: Random) -> S.Formula | None:
    """One quantifier out of a conjunction, a disjunction or a conditional.

    Its variable must be new where it is pulled over. Out of the left of a conditional an
    existential quantifier comes as a universal one.
    """
    match formula:
        case S.And(parts) | S.Or(parts):
            for index, part in enumerate(parts):
                rest = parts[:index] + parts[index + 1 :]
                if isinstance(part, S.Forall | S.Exists) and part.variable not in _variables(*rest):
                    opened = (*parts[:index], part.body, *parts[index + 1 :])
                    return _quantified(part, part.variable, formula.rebuild(opened))
        case S.Implies(left, S.Forall(variable, body) | S.Exists(variable, body) as right) if (
            variable not in _variables(left)
        ):
            return _quantified(right, variable, S.Implies(left, body))
        case S.Implies(S.Exists(variable, body), right) if variable not in _variables(right):
            return S.Forall(variable, S.Implies(body, right))
    return None


def _double_negation(formula: S.Formula, _: Random) -> S.Formula | None:
    if isinstance(formula, S.Not):
        return None
    return S.Not(S.Not(formula))


def _quantified(like: S.Quantified, variable: S.Variable, body: S.Formula) -> S.Formula:
    """The body under a quantifier of the same kind."""
    quantifier: Callable[..., S.Formula] = type(like)
    return quantifier(variable, body)


def _variables(*formulas: S.Formula) -> set[S.Variable]:
    """All variables, free and bound."""
    variables: set[S.Variable] = set()
    for formula in formulas:
        for node in subnodes(formula):
            if isinstance(node, S.Variable):
                variables.add(node)
            elif isinstance(node, S.Quantified):
                variables.add(node.variable)
    return variables


REWRITINGS: dict[str, Change] = {
    "de morgan": _de_morgan,
    "contraposition": _contraposition,
    "commute": _commute,
    "rename bound": _rename_bound,
    "prenex": _prenex,
    "double negation": _double_negation,
}
"""Kinds of rewriting; each keeps the meaning over non-empty universes."""
