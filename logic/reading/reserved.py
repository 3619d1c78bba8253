"""Names that are no predicates, as they join formulas or bind variables elsewhere, and words of prose."""

from __future__ import annotations

import re
from collections.abc import Sequence

from logic.reading.raw import Raw
from logic.spelling import GLUED, is_bindable, may_be_reserved, reserved

INDIVIDUALS = "a quantifier ranges over individuals"
_WORD_BINDER = re.compile(r"[(\s]*[A-Za-z]")
WORD = re.compile(r"[^\W\d_]{2,}|[aAI]")
"""A name that prose may have as a word."""
# A text without any sign that only formulas have: no bracket, connective or comparison.
_PROSE = re.compile(r"[\w\s.,;:!?'’\"-]*")


def refusal(name: str, arguments: Sequence[Raw], *, letters: bool) -> tuple[str, str] | None:
    """Why a name is no predicate, and what to write; None where it is one.

    Where names are `letters`, `Raf(b)` may be R(a, f(b)), and nothing tells.
    """
    if letters and GLUED.fullmatch(name):
        return f"{name!r} may be a name or letters", f"write R(a, f(b)), or '{name}' for one name"
    return _operator(name, arguments)


def _operator(name: str, arguments: Sequence[Raw]) -> tuple[str, str] | None:
    """Why a name that stands before arguments joins formulas or binds variables, and what to write.

    `Implies(P(a), Q(a))` joins formulas; `forall(x, P(x))` and `Ex(P(x))` bind a variable.
    """
    if not may_be_reserved(name):
        return None
    stated = [
        (str(argument[2]), argument[0] == "application" and bool(argument[3]))
        for argument in arguments
    ]
    match reserved(name, stated):
        case "joins":
            return f"{name!r} joins formulas", "write all of it as Z3's Python does, or none"
        case "binds":
            return f"{name!r} is no predicate", "a quantifier is written ∀x (…) or ∃x (…)"
    return None


def unbindable(names: Sequence[str], binder: str, *, is_applied: bool) -> tuple[str, str] | None:
    """Why names are not the variables of one quantifier, and what to write; None where they are.

    Words that count or deny are none: read as such they would change the meaning. `∀x x(P)` and `∀x x.P` bind one
    variable twice, as NLTK does in words, `all x x.P`. `is_applied`: whether a bracket stands behind the quantifier.
    """
    is_twice = len(set(names)) < len(names)
    if is_twice and (is_applied or not _WORD_BINDER.match(binder)):
        return f"the variable {names[-1]!r} stands twice", INDIVIDUALS
    for name in names:
        if not is_bindable(name):
            return f"{name!r} cannot be a variable", "after a quantifier write a variable such as x"
    return None


def is_prose(binder: str, name: str, text: str) -> bool:
    """Whether a quantifier and its variable are words of a text that is prose."""
    if _WORD_BINDER.match(binder) is None or WORD.fullmatch(name) is None:
        return False
    return _PROSE.fullmatch(text) is not None
