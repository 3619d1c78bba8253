"""Truth values of connectives, also where some are not known."""

from __future__ import annotations

from collections.abc import Sequence

from logic import syntax as S


def parts_of(formula: S.Formula) -> list[S.Formula]:
    """The operands of a connective."""
    return [part for part in formula.children() if isinstance(part, S.Formula)]


def connective(values: Sequence[bool | None], formula: S.Formula) -> bool | None:
    """The truth of a connective whose operands have these values; None where they leave it open."""
    match formula:
        case S.Not():
            return None if values[0] is None else not values[0]
        case S.And():
            return _all(values)
        case S.Or():
            return _opposite(_all([_opposite(value) for value in values]))
        case S.Implies():
            return _opposite(_all([values[0], _opposite(values[1])]))
    if None in values:
        return None
    odd = sum([value is True for value in values]) % 2 == 1
    return odd if isinstance(formula, S.Xor) else not odd


def _opposite(value: bool | None) -> bool | None:
    return None if value is None else not value


def _all(values: Sequence[bool | None]) -> bool | None:
    if False in values:
        return False
    return None if None in values else True
