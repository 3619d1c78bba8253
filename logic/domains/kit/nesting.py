"""Whether what is printed reads as what was meant, for each construct in and around all others."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from logic import syntax as S
from logic.domains.kit.domain import Domain
from logic.errors import DomainError, LogicError
from logic.substitution import bound_variables, free_variables
from logic.symbols import subnodes
from logic.templates import kinds
from logic.writing.printer import write

_P, _Q = S.Atom("Pp", (S.Constant("aa"),)), S.Atom("Qq", (S.Constant("bb"),))
_INNER: tuple[S.Formula, ...] = (
    S.Not(_P), S.And((_P, _Q)), S.Or((_P, _Q)), S.Xor((_P, _Q)), S.Implies(_P, _Q), S.Iff(_P, _Q),
    S.Equality(S.Constant("aa"), S.Constant("bb")), S.Forall(S.Variable("y"), S.Atom("Rr", (S.Variable("y"),))),
)  # fmt: skip


def check(domain: Domain, examples: Sequence[S.Formula], read: Callable[[str], S.Formula]) -> None:
    """Raises `DomainError`, which names the construct, for a text that does not read as the formula it was made of."""
    found = _instances(examples)
    for construct in [construct for construct in found if construct.writes is not None]:
        _check_capture(domain, found[construct])
        for formula in _nested(found[construct], list(found.values())):
            closed = _closed(formula)
            text = "?"
            try:
                text = write(closed)
                again: Any = read(text)
            except LogicError as error:
                again = getattr(error, "reason", error)
            if again != closed:
                raise DomainError(
                    f"domain {domain.name}: {construct.__name__} (rule {construct.rule}) does not nest: "
                    f"{closed!r:.300} is printed as {text} and read as {again}; its level, or a place in its template "
                    f"{construct.writes!r}, does not fit its rule"
                )


def _check_capture(domain: Domain, node: S.Construct) -> None:
    """A variable that `lower` binds itself must not be one that the parts may have."""
    lowered = node.lower()
    if lowered is None:
        return
    own = bound_variables(lowered) - bound_variables(node)
    for name in sorted(own):
        part: dict[str, Any] = {
            "formula": S.Atom("Pp", (S.Variable(name),)),
            "term": S.Variable(name),
        }
        changes = {field: part[kind] for field, kind in kinds(type(node)).items() if kind in part}
        again = dataclasses.replace(node, **changes).lower()  # type: ignore[type-var]
        if again is not None and changes and name not in free_variables(again):
            raise DomainError(
                f"domain {domain.name}: {type(node).__name__}.lower binds {name!r}, which a formula may use too; "
                "bind fresh_variable(self), from logic.domains"
            )


def _instances(examples: Sequence[S.Formula]) -> dict[type[S.Construct], S.Construct]:
    found: dict[type[S.Construct], S.Construct] = {}
    for example in examples:
        for node in subnodes(example):
            if isinstance(node, S.Construct):
                found.setdefault(type(node), node)
    return found


def _nested(node: S.Construct, others: Sequence[S.Construct]) -> Iterator[S.Formula]:
    """The construct around other formulas and terms, and within them."""
    own = kinds(type(node))
    formulas = [name for name, kind in own.items() if kind == "formula"]
    simple: Any = dataclasses.replace(node, **dict.fromkeys(formulas, _P))  # type: ignore[type-var]
    if isinstance(node, S.Term):
        terms = [name for name, kind in own.items() if kind == "term"]
        for inner in [other for other in others if isinstance(other, S.Term)]:
            for name in terms:
                yield S.Atom("Pp", (dataclasses.replace(simple, **{name: inner}), S.Constant("aa")))
        yield S.Equality(simple, simple)
        return
    inside = [
        *_INNER,
        simple,
        *[other for other in others if isinstance(other, S.Formula) and other.writes],
    ]
    for name in formulas:
        for part in inside:
            yield dataclasses.replace(simple, **{name: part})
    yield S.Not(simple)
    yield S.Forall(S.Variable("y"), simple)
    for kind in (S.And, S.Or, S.Xor):
        yield kind((simple, _P, simple))
    for arrow in (S.Implies, S.Iff):
        yield arrow(simple, _P)
        yield arrow(_P, simple)


def _closed(formula: S.Formula) -> S.Formula:
    """The formula with its free variables bound in front."""
    for name in free_variables(formula):
        formula = S.Forall(S.Variable(name), formula)
    return formula
