"""Parts of a formula in words: canonical text, for parts with free variables too."""

from __future__ import annotations

from logic import syntax as S
from logic.errors import UnsupportedError
from logic.substitution import names_in, rename_variable
from logic.symbols import subnodes
from logic.writing.write import write

_BRACKETED = S.And | S.Or | S.Xor | S.Iff | S.Implies
"""What is bracketed below a quantifier."""


def text(formula: S.Formula) -> str:
    """Canonical text of a part.

    Its free variables are as they are, and bound ones without primes that are not needed.
    """
    formula = _without_primes(formula)
    try:
        return write(formula)
    except UnsupportedError:
        return _open_text(formula)


def _without_primes(formula: S.Formula) -> S.Formula:
    for node in list(subnodes(formula)):
        if not isinstance(node, S.Quantified):
            continue
        name = node.variable.name
        plain = name.rstrip("'")
        if plain != name and plain not in names_in(formula):
            formula = rename_variable(formula, name, plain)
    return formula


def _open_text(formula: S.Formula) -> str:
    """The text of a formula with a free variable that does not look like one.

    It is printed bound, and the binders are taken off.
    """
    variables = {node.name for node in subnodes(formula) if isinstance(node, S.Variable)}
    closed = formula
    binders = ""
    for name in sorted(variables):
        closed = S.Forall(S.Variable(name), closed)
        binders = f"∀{name} {binders}"
    body = write(closed).removeprefix(binders)
    return body[1:-1] if isinstance(formula, _BRACKETED) else body
