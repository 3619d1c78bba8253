"""What a notation says of names and scopes beyond its signs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from logic.spelling import LOOKS_VARIABLE


@dataclass(frozen=True, slots=True)
class Conventions:
    """How names are read where no quantifier binds them.

    `literal`: names stand as they are and an unbound one is a constant. `variables`: the names that
    are variables even so. `closes`: free variables are bound by ∀ over the whole formula.
    """

    literal: bool = False
    variables: re.Pattern[str] = LOOKS_VARIABLE
    closes: bool = False


CORE = Conventions()
LITERAL = Conventions(literal=True)
"""SMT-LIB and Z3's Python."""
TPTP = Conventions(variables=re.compile(r"[A-Z]\w*"))
"""A capital begins a variable; in `fof` and `tff` each must be bound."""
CNF = Conventions(variables=TPTP.variables, closes=True)
PROVER9 = Conventions(variables=re.compile(r"[u-z]\w*"), closes=True)
"""A name from u to z is a variable, and formulas are closed universally (Prover9's manual, "Clauses and Formulas")."""
