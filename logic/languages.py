"""A language by name, or by the formulas that are built in it."""

from __future__ import annotations

from logic import syntax as S
from logic.core import CORE
from logic.language import Language
from logic.symbols import subnodes


def language(spec: str, *formulas: S.Formula | str) -> Language:
    """The language called so: "fol" for the core, or what `logic.domains.get` knows.

    Where that is the core, formulas given as such, and not as text, may have been built in a
    domain: then it is that one, or several joined by `+`. Raises `DomainError` (a `ValueError`) for
    a domain that is not found.
    """
    if spec == CORE.spec:
        spec = "+".join(sorted(_built_in(formulas))) or spec
    if spec == CORE.spec:
        return CORE
    from logic.domains.language import language_called  # here: it loads numpy and Z3

    return language_called(spec)


def _built_in(formulas: tuple[S.Formula | str, ...]) -> set[str]:
    """The domains of the constructs in formulas."""
    specs: set[str] = set()
    for formula in formulas:
        if isinstance(formula, S.Formula):
            specs.update(map(_domain, subnodes(formula)))
    return specs - {""}


def _domain(node: S.Node) -> str:
    """What a construct's domain is found by; nothing for another node."""
    if not isinstance(node, S.Construct) or node.domain is None:
        return ""
    spec: str = node.domain.spec
    return spec
