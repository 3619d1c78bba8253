"""`logic.to_text`: formula to text, in a notation and a language that are named."""

from __future__ import annotations

from logic import syntax as S
from logic.languages import language


def to_text(node: S.Formula | S.Term, dialect: str = "unicode", *, domain: str = "fol") -> str:
    """The formula in one of `logic.DIALECTS`.

    A domain's construct that a notation has no sign for is written in core terms, where the domain
    has such. `domain` matters only for a formula without constructs, whose names then get the
    quotes that the domain needs.

    Raises `UnsupportedError`, which names the node and the notation, where the notation has no such
    construct or cannot hold a name, and `ValueError` for an unknown dialect. TPTP and Prolog rename
    bound variables to begin with a capital; Prolog writes rules, whose variables are quantified in
    the order in which they are first mentioned.
    """
    if isinstance(node, str):
        raise TypeError("to_text() takes a formula; logic.parse makes one of a text")
    from logic.writing.write import write  # here: who judges seldom prints

    return write(node, dialect, language(domain))


# `str` of a node: the first call loads the printer, which puts its own function here.
S.Node.write = staticmethod(to_text)
