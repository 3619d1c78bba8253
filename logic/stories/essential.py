"""The symbols on which the truth of a formula depends, unlike those that it only mentions."""

from __future__ import annotations

import functools

from logic import syntax as S
from logic.deciding.verdict import Budget
from logic.errors import LogicError
from logic.judging.questions import equivalent
from logic.stories.verdict import is_read_once
from logic.substitution import rename_symbols
from logic.symbols import Symbol, symbols

_BUDGET = Budget(rlimit=100_000, seconds=2.0, prover=0)
"""For one symbol: nearly all are told by a sampled structure, or by equal normal forms."""
_OTHER = "\0other"
"""No name that is read has a null character."""


@functools.lru_cache(maxsize=4_096)
def essential_symbols(formula: S.Formula) -> tuple[Symbol, ...]:
    """The symbols whose meaning matters to a formula, by first occurrence.

    `Human` does not matter to `Mortal(x) ∧ (Human(x) ∨ ¬Human(x))`: what it means may be changed
    without a change of truth. A symbol of which that cannot be told soon counts as essential.
    """
    named = symbols(formula)
    if is_read_once(formula):  # the truth of each atom can be chosen freely, and decides
        return tuple(named)
    essential = []
    is_open = False
    for symbol in named:
        status = "unknown" if is_open else _is_idle(formula, symbol)
        # One that stays open is enough to wait for.
        is_open = status == "unknown"
        if status != "proved":
            essential.append(symbol)
    return tuple(essential)


def _is_idle(formula: S.Formula, symbol: Symbol) -> str:
    """Whether the formula says the same of any other meaning of a symbol: "proved", "refuted", "unknown"."""
    other = rename_symbols(formula, {symbol: _OTHER})
    try:
        return equivalent(formula, other, budget=_BUDGET).status
    except LogicError:
        return "unknown"
