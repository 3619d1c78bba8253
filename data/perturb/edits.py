"""Seeded edits that a careless translator makes: they make wrong formulas.

For the correction task, and for checks of the score.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from data.perturb.changes import Change, change_somewhere
from logic import syntax as S


def edit(
    formula: S.Formula, source: Random, kinds: Sequence[str] | None = None
) -> tuple[S.Formula, str]:
    """One random edit, and its kind (a key of `EDITS`). Raises ValueError where none applies.

    The edit changes the text of the formula; it may happen to keep its meaning.
    """
    return change_somewhere(formula, source, {name: EDITS[name] for name in kinds or EDITS})


def _quantifier(formula: S.Formula, _: Random) -> S.Formula | None:
    match formula:
        case S.Forall(variable, body):
            return S.Exists(variable, body)
        case S.Exists(variable, body) | S.ExistsUnique(variable, body):
            return S.Forall(variable, body)
    return None


def _connective(formula: S.Formula, source: Random) -> S.Formula | None:
    match formula:
        case S.And(parts) | S.Or(parts) | S.Xor(parts):
            kinds = [kind for kind in (S.And, S.Or, S.Xor) if not isinstance(formula, kind)]
            others: list[S.Formula] = [kind(parts) for kind in kinds]
            if len(parts) == 2:
                others.append(S.Implies(*parts))
        case S.Implies(left, right):
            both = (left, right)
            others = [S.And(both), S.Or(both), S.Iff(left, right)]
        case S.Iff(left, right):
            both = (left, right)
            others = [S.And(both), S.Xor(both), S.Implies(left, right)]
        case _:
            return None
    return source.choice(others)


def _negation(formula: S.Formula, _: Random) -> S.Formula | None:
    return formula.operand if isinstance(formula, S.Not) else S.Not(formula)


def _converse(formula: S.Formula, _: Random) -> S.Formula | None:
    if not isinstance(formula, S.Implies):
        return None
    return S.Implies(formula.right, formula.left)


def _arguments(formula: S.Formula, source: Random) -> S.Formula | None:
    if not isinstance(formula, S.Atom) or len(set(formula.args)) < 2:
        return None
    args = list(formula.args)
    while tuple(args) == formula.args:
        source.shuffle(args)
    return S.Atom(formula.predicate, tuple(args))


def _drop(formula: S.Formula, source: Random) -> S.Formula | None:
    match formula:
        case S.And(parts) | S.Or(parts) | S.Xor(parts):
            index = source.randrange(len(parts))
            rest = parts[:index] + parts[index + 1 :]
            return formula.rebuild(rest) if len(rest) > 1 else rest[0]
        case S.Implies(left, right):
            return source.choice((left, right))
    return None


def _add(formula: S.Formula, source: Random) -> S.Formula | None:
    if not isinstance(formula, S.Atom) or not formula.args:
        return None
    predicate = source.choice(("Extra", "Special", "Known"))
    addition = S.Atom(predicate, (source.choice(formula.args),))
    both = (formula, addition)
    return source.choice((S.And(both), S.Or(both)))


def _rename(formula: S.Formula, source: Random) -> S.Formula | None:
    """One occurrence of a predicate under a name of another meaning, never another spelling."""
    if not isinstance(formula, S.Atom):
        return None
    names = [name for name in _OTHER_NAMES if name != formula.predicate]
    return S.Atom(source.choice(names), formula.args)


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
