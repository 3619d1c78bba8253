"""Names that join formulas or bind variables elsewhere and are no predicates here, and words of prose."""

from __future__ import annotations

import re
from collections.abc import Sequence

from logic.reading.raw import Raw
from logic.spelling import GLUED

OPERATORS = frozenset(["And", "Or", "Not", "Implies", "Xor", "ForAll", "Forall", "Exists"])
"""Those of Z3's Python, which has a reader of its own."""

_JOINING = OPERATORS | frozenset(
    """
    Iff Imp Equiv Nand Nor Neg Unless If ITE Equivalent Equivalence Conjunction Disjunction
    Implication Biconditional Conditional Negation
    iff imp equiv nand nor neg implies negation conjunction disjunction implication biconditional
    """.split()
)
"""Words that join formulas in no notation that is read, and would be predicates of terms."""
_ALWAYS_JOINING = frozenset("Iff iff ITE Nand nand Nor Equiv equiv".split())
_BINDERS = frozenset("forall for_all exists exist thereexists there_exists".split())
_QUANTITIES = frozenset("all every each some any".split())
_WORD_BINDER = re.compile(r"[(\s]*[A-Za-z]")
WORD = re.compile(r"[^\W\d_]{2,}|[aAI]")
"""A name that prose may have as a word."""
# A text without any sign that only formulas have: no bracket, connective or comparison.
_PROSE = re.compile(r"[\w\s.,;:!?'’\"-]*")
_WORDS = frozenset(
    word.lower() for words in (_JOINING, _ALWAYS_JOINING, _BINDERS, _QUANTITIES) for word in words
)
_MOST_GLUED = 3
# `Ex(P(x))` and `AxP(x)` have a letter in the place of a quantifier's sign.
_GLUED = re.compile(r"[AE][u-z]")
_GLUED_TO_A_NAME = re.compile(r"[AE](?P<variable>[u-z])[A-Z]")


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
    # Most names are none of these, which a look at two of their features tells.
    if name.lower() not in _WORDS and (len(name) > _MOST_GLUED or name[:1] not in ("A", "E")):
        return None
    has_formula = any(argument[0] == "application" and argument[3] for argument in arguments)
    if (has_formula and name in _JOINING) or name in _ALWAYS_JOINING:
        return f"{name!r} joins formulas", "write all of it as Z3's Python does, or none"
    if _is_binder(name, arguments, has_formula=has_formula):
        return f"{name!r} is no predicate", "a quantifier is written ∀x (…) or ∃x (…)"
    return None


def _is_binder(name: str, arguments: Sequence[Raw], *, has_formula: bool) -> bool:
    word = name.lower()
    if has_formula and (word in _QUANTITIES or _GLUED.fullmatch(name)):
        return True
    glued = _GLUED_TO_A_NAME.fullmatch(name)
    if glued is not None:
        return any(argument[2] == glued["variable"] for argument in arguments)
    return word in _BINDERS and (has_formula or len(arguments) > 1)


def is_prose(binder: str, name: str, text: str) -> bool:
    """Whether a quantifier and its variable are words of a text that is prose."""
    if _WORD_BINDER.match(binder) is None or WORD.fullmatch(name) is None:
        return False
    return _PROSE.fullmatch(text) is not None
