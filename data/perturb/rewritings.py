"""Seeded rewritings that keep a formula's meaning: other spellings, for checks of the score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from data.perturb.changes import Change, change_somewhere
from logic.substitution import substitute
from logic.symbols import subnodes
from logic.syntax import (
    And,
    Equality,
    Exists,
    Forall,
    Formula,
    Iff,
    Implies,
    Not,
    Or,
    Quantified,
    Variable,
    Xor,
)

_NAMES = ("t", "u", "v", "w", "x", "y", "z", "x1", "y1")


def rewrite(
    formula: Formula, source: Random, steps: int = 3, kinds: Sequence[str] | None = None
) -> Formula:
    """An equivalent formula, by so many random rewritings of these kinds (keys of `REWRITINGS`).

    Of all kinds where they are absent. Raises ValueError where none applies.
    """
    changes = {name: REWRITINGS[name] for name in kinds or REWRITINGS}
    for _ in range(steps):
        formula, _kind = change_somewhere(formula, source, changes)
    return formula


def _de_morgan(formula: Formula, _: Random) -> Formula | None:
    match formula:
        case Not(And(parts)):
            return Or(_negated(parts))
        case Not(Or(parts)):
            return And(_negated(parts))
        case And(parts):
            return Not(Or(_negated(parts)))
        case Or(parts):
            return Not(And(_negated(parts)))
        case Forall(variable, body):
            return Not(Exists(variable, Not(body)))
        case Exists(variable, body):
            return Not(Forall(variable, Not(body)))
    return None


def _negated(parts: Sequence[Formula]) -> tuple[Formula, ...]:
    return tuple(Not(part) for part in parts)


def _contraposition(formula: Formula, source: Random) -> Formula | None:
    match formula:
        case Implies(left, right):
            contrapositive = Implies(Not(right), Not(left))
            disjunction = Or((Not(left), right))
            return source.choice((contrapositive, disjunction))
        case Iff(left, right):
            return Iff(Not(left), Not(right))
    return None


def _commute(formula: Formula, source: Random) -> Formula | None:
    match formula:
        case And(parts) | Or(parts) | Xor(parts):
            order = list(parts)
            source.shuffle(order)
            return formula.rebuild(order)
        case Iff(left, right) | Equality(left, right):
            return formula.rebuild((right, left))
    return None


def _rename_bound(formula: Formula, source: Random) -> Formula | None:
    if not isinstance(formula, Quantified):
        return None
    variables = _variables(formula)
    fresh = [name for name in _NAMES if Variable(name) not in variables]
    variable = Variable(source.choice(fresh))
    body = substitute(formula.body, {formula.variable.name: variable})
    return _quantified(formula, variable, body)


def _prenex(formula: Formula, _: Random) -> Formula | None:
    """One quantifier out of a conjunction, a disjunction or a conditional.

    Its variable must be new where it is pulled over. Out of the left of a conditional an
    existential quantifier comes as a universal one.
    """
    match formula:
        case And(parts) | Or(parts):
            return _prenex_part(formula, parts)
        case Implies(left, Forall(variable, body) | Exists(variable, body) as right) if (
            variable not in _variables(left)
        ):
            return _quantified(right, variable, Implies(left, body))
        case Implies(Exists(variable, body), right) if variable not in _variables(right):
            return Forall(variable, Implies(body, right))
    return None


def _prenex_part(formula: Formula, parts: tuple[Formula, ...]) -> Formula | None:
    """The quantifier of the first part of which it can be pulled out."""
    for index, part in enumerate(parts):
        if not isinstance(part, Forall | Exists):
            continue
        before = parts[:index]
        after = parts[index + 1 :]
        if part.variable not in _variables(*before, *after):
            scope = formula.rebuild((*before, part.body, *after))
            return _quantified(part, part.variable, scope)
    return None


def _double_negation(formula: Formula, _: Random) -> Formula | None:
    if isinstance(formula, Not):
        return None
    return Not(Not(formula))


def _quantified(like: Quantified, variable: Variable, body: Formula) -> Formula:
    """The body under a quantifier of the same kind."""
    quantifier: Callable[..., Formula] = type(like)
    return quantifier(variable, body)


def _variables(*formulas: Formula) -> set[Variable]:
    """All variables, free and bound."""
    variables: set[Variable] = set()
    for formula in formulas:
        for node in subnodes(formula):
            if isinstance(node, Variable):
                variables.add(node)
            elif isinstance(node, Quantified):
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
