"""Seeded edits that a careless translator makes: they make wrong formulas.

For the correction task, and for checks of the score.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from data.perturb.changes import Change, change_somewhere
from logic.syntax import (
    And,
    Atom,
    Exists,
    ExistsUnique,
    Forall,
    Formula,
    Iff,
    Implies,
    Not,
    Or,
    Xor,
)


def edit(
    formula: Formula, source: Random, kinds: Sequence[str] | None = None
) -> tuple[Formula, str]:
    """One random edit, and its kind (a key of `EDITS`). Raises ValueError where none applies.

    The edit changes the text of the formula; it may happen to keep its meaning.
    """
    changes = {name: EDITS[name] for name in kinds or EDITS}
    return change_somewhere(formula, source, changes)


def _quantifier(formula: Formula, _: Random) -> Formula | None:
    match formula:
        case Forall(variable, body):
            return Exists(variable, body)
        case Exists(variable, body) | ExistsUnique(variable, body):
            return Forall(variable, body)
    return None


def _connective(formula: Formula, source: Random) -> Formula | None:
    others = _with_other_connectives(formula)
    return source.choice(others) if others else None


def _with_other_connectives(formula: Formula) -> list[Formula]:
    match formula:
        case And(parts):
            return [Or(parts), Xor(parts), *_conditional(parts)]
        case Or(parts):
            return [And(parts), Xor(parts), *_conditional(parts)]
        case Xor(parts):
            return [And(parts), Or(parts), *_conditional(parts)]
        case Implies(left, right):
            parts = (left, right)
            return [And(parts), Or(parts), Iff(left, right)]
        case Iff(left, right):
            parts = (left, right)
            return [And(parts), Xor(parts), Implies(left, right)]
    return []


def _conditional(parts: tuple[Formula, ...]) -> list[Formula]:
    """The two parts under a conditional; nothing for more of them."""
    return [Implies(*parts)] if len(parts) == 2 else []


def _negation(formula: Formula, _: Random) -> Formula | None:
    if isinstance(formula, Not):
        return formula.operand
    return Not(formula)


def _converse(formula: Formula, _: Random) -> Formula | None:
    if not isinstance(formula, Implies):
        return None
    return Implies(formula.right, formula.left)


def _arguments(formula: Formula, source: Random) -> Formula | None:
    if not isinstance(formula, Atom) or len(set(formula.args)) < 2:
        return None
    args = list(formula.args)
    # At least two of them differ, so another order comes up.
    while tuple(args) == formula.args:
        source.shuffle(args)
    return Atom(formula.predicate, tuple(args))


def _drop(formula: Formula, source: Random) -> Formula | None:
    match formula:
        case And(parts) | Or(parts) | Xor(parts):
            index = source.randrange(len(parts))
            rest = [*parts[:index], *parts[index + 1 :]]
            # A connective has two operands at the least.
            if len(rest) == 1:
                return rest[0]
            return formula.rebuild(rest)
        case Implies(left, right):
            return source.choice((left, right))
    return None


def _add(formula: Formula, source: Random) -> Formula | None:
    if not isinstance(formula, Atom) or not formula.args:
        return None
    predicate = source.choice(_ADDITIONS)
    argument = source.choice(formula.args)
    both = (formula, Atom(predicate, (argument,)))
    connective = source.choice((And, Or))
    return connective(both)


def _rename(formula: Formula, source: Random) -> Formula | None:
    """One occurrence of a predicate under a name of another meaning, never another spelling."""
    if not isinstance(formula, Atom):
        return None
    names = [name for name in _OTHER_NAMES if name != formula.predicate]
    return Atom(source.choice(names), formula.args)


_ADDITIONS = ("Extra", "Special", "Known")
_OTHER_NAMES = ("Red", "Older", "Near", "Member", "Winter", "Round")

EDITS: dict[str, Change] = {
    "quantifier": _quantifier,
    "connective": _connective,
    "negation": _negation,
    "converse": _converse,
    "arguments": _arguments,
    "drop": _drop,
    "add": _add,
    "rename": _rename,
}
"""Kinds of edit."""
