"""Lines of a program that read as formulas: assignments, calls, and formulas in quotes.

`conclusion = Animal(tom)` gives a name to a formula and is no equation of two individuals, and
`print(P(a))` is no atom. An answer that is one is refused.
"""

from __future__ import annotations

import re

from logic import syntax as S
from logic.symbols import symbols

_ASSIGNED = re.compile(
    r"""
    (?: fol | formula | premise | conclusion | hypothesis | goal | query | axiom | theorem | conjecture
      | claim | statement | answer | result | output | translation | expr | expression | assumption
      | negated | negation | wrong | correct ) s? [_\d]*
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""What a program calls a formula; no individual is called so."""
_CALLS = frozenset(["print", "assert", "prove", "display", "solve", "show", "add", "check"])
SOLVER_METHODS = (
    "add|append|insert|assert_exprs|assert_and_track|check|model|push|pop|reset|sexpr|assertions"
    "|unsat_core|statistics|reason_unknown|to_smt2|from_string|minimize|maximize"
)
SOLVER_CALL = re.compile(
    rf"(?:^|[(=])[ \t]*(?P<call>[A-Za-z_]\w{{0,40}}\.(?:{SOLVER_METHODS})\()",
    re.MULTILINE,
)
"""A call of a solver's method, as `s.add(P(a))` and `print(s.check())` have one: a statement, no formula."""
_FORMULA = re.compile(
    r"""
    [∀∃∧∨→↔⊕⇒⇔¬] | -> | => | \\(?:forall|exists)
    | \b(?:all|exists|forall)\s+\w+ \s* [.(] | \A-?\w+\([^()]*\)\Z
    """,
    re.VERBOSE,
)


_LEFT_OUT = frozenset(["sorry", "admit", "Admitted", "Qed", "oops"])
"""What stands in Lean, Coq and Isabelle where a proof is left out or ends."""
_SHORT = re.compile(r"[A-Z]\d|KB|(?i:rule|fact|sentence|statement)_?\d+")
"""What a formula is called in a line such as `S1 = P(a) ∧ Q(a)`."""


def program_line(text: str, formula: S.Formula) -> str | None:
    """Why a formula that was read from a text is rather a line of a program, or None."""
    named = _named(text, formula)
    if named is not None:
        return f"'{named} = …' may name a formula or be an equation"
    if text.strip(" \t\n.") in _LEFT_OUT:
        return f"{text.strip()!r} stands for a proof"
    if _is_call(formula) or ("." in text and SOLVER_CALL.search(text)):
        return f"{text[:20]!r} is a call of a program"
    if '"' in text or "'" in text:
        for _, name, _ in symbols(formula):
            if _FORMULA.search(name):
                return f"the formula {name!r} stands in quotes, where a name is needed"
    return None


def _is_call(formula: S.Formula) -> bool:
    """Whether a formula is rather a call on a formula, or on the name that a program gave one."""
    if not isinstance(formula, S.Atom) or formula.predicate not in _CALLS:
        return False
    for part in formula.args:
        if isinstance(part, S.Function):
            return True
        if isinstance(part, S.Constant) and _ASSIGNED.fullmatch(part.name):
            return True
    return False


def _named(text: str, formula: S.Formula) -> str | None:
    """What a line begins with and calls a formula by, as in `conclusion = P(a) ∧ Q(a)`."""
    first = _first(formula)
    if not isinstance(first, S.Equality) or not isinstance(first.left, S.Constant):
        return None
    name = first.left.name
    if _ASSIGNED.fullmatch(name):
        return name
    is_short = first is not formula and isinstance(first.right, S.Function)
    is_name = is_short and _SHORT.fullmatch(name) is not None
    return name if is_name and text.lstrip().startswith(name) else None


def _first(formula: S.Node) -> S.Node:
    """What a formula begins with, whatever joins it to the rest."""
    while isinstance(formula, S.And | S.Or | S.Xor | S.Implies | S.Iff):
        formula = formula.children()[0]
    return formula
