"""What a notation says of names and scopes beyond its signs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from logic.spelling import LOOKS_VARIABLE


@dataclass(frozen=True, slots=True)
class Conventions:
    """How names are read where no quantifier binds them.

    `literal`: names stand as they are and an unbound one is a constant. `variables`: the names that
    are variables even so. `closes`: free variables are bound by ∀ over the whole formula. `glued`:
    a capital with small letters behind it is a predicate with its arguments, `Rab`. `by_look`: what
    looks like a variable is no proposition. (In TPTP a capital may be one where nothing binds it.)
    """

    literal: bool = False
    variables: re.Pattern[str] = LOOKS_VARIABLE
    closes: bool = False
    glued: bool = False
    by_look: bool = False


CORE = Conventions(by_look=True)
LITERAL = Conventions(literal=True)
"""SMT-LIB and Z3's Python."""
TPTP = Conventions(variables=re.compile(r"[A-Z]\w*"))
"""A capital begins a variable; in `fof` and `tff` each must be bound."""
CNF = Conventions(variables=TPTP.variables, closes=True)
PROVER9 = Conventions(variables=re.compile(r"[u-z]\w*"), closes=True)
"""A name from u to z is a variable, and formulas are closed universally (Prover9's manual, "Clauses and Formulas")."""
TEXTBOOK = Conventions(glued=True, by_look=True)
"""Textbooks of logic: `(x)(Fx ⊃ Rxa)`, `Fa · Ga`, `Fa v Ga`."""

# `(x)` before a formula; behind a name it is an argument.
_BARE_QUANTIFIER = re.compile(r"(?<![\w'])\(([u-z]\d*'*)\)(?=\s*+[(\[{A-Z¬~∼∀∃-])")
_WEDGE = re.compile(r"(?<=[ \t])v(?=[ \t]+[\w(\[{¬~∼∀∃-])")
# What a `v` that joins follows: a bracket, a predicate with or without its letters, or an equation.
_FORMULA_ENDS = re.compile(r"(?:[)\]}']|(?<![\w'])(?P<name>[A-Z][\w']*)|[=≠]\s*+[\w']+)[ \t]+\Z")
_QUANTIFIER_WORDS = frozenset("all some every each any exists exist forall".split())


def textbook_signs(text: str) -> str:
    """The text with textbooks' signs as the core has them, each as long as it was."""
    text = _BARE_QUANTIFIER.sub(r"∀\1 ", text).replace("·", "∧").replace("•", "∧")
    places = [match.start() for match in _WEDGE.finditer(text)]
    for place in places:
        before = _FORMULA_ENDS.search(text, 0, place)
        if before is not None and (before["name"] or "").lower() not in _QUANTIFIER_WORDS:
            text = f"{text[:place]}∨{text[place + 1 :]}"
    return text
