"""Whether what is printed reads as what was meant, for each construct in and around all others."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from logic import syntax as S
from logic.domains.kit.domain import Domain
from logic.errors import DomainError, LogicError
from logic.substitution import bound_variables, free_variables
from logic.symbols import subnodes
from logic.templates import kinds
from logic.writing.write import write

Instances = Mapping[type[S.Construct], S.Construct]
"""A node of each construct, from the examples."""

_A, _B, _Y = S.Constant("aa"), S.Constant("bb"), S.Variable("y")
_P = S.Atom("Pp", (_A,))
_Q = S.Atom("Qq", (_B,))
_INNER: tuple[S.Formula, ...] = (
    S.Not(_P),
    S.And((_P, _Q)),
    S.Or((_P, _Q)),
    S.Xor((_P, _Q)),
    S.Implies(_P, _Q),
    S.Iff(_P, _Q),
    S.Equality(_A, _B),
    S.Forall(_Y, S.Atom("Rr", (_Y,))),
)
"""A core formula of each kind."""


def check(domain: Domain, examples: Sequence[S.Formula], read: Callable[[str], S.Formula]) -> None:
    """Raises `DomainError`, which names the construct.

    That is for a text that does not read as the formula it was made of.
    """
    instances = _instances(examples)
    for construct, instance in instances.items():
        if construct.writes is None:
            continue
        _check_capture(domain, instance)
        for formula in _nested(instance, instances):
            _check_round_trip(domain, construct, _closed(formula), read)


def _check_round_trip(
    domain: Domain,
    construct: type[S.Construct],
    formula: S.Formula,
    read: Callable[[str], S.Formula],
) -> None:
    text = "?"
    again: S.Formula | str
    try:
        text = write(formula)
        again = read(text)
    except LogicError as error:
        again = getattr(error, "reason", str(error))
    if again != formula:
        raise DomainError(
            f"domain {domain.name}: {construct.__name__} (rule {construct.rule}) does not nest: "
            f"{formula!r:.300} is printed as {text} and read as {again}; its level, or a place in "
            f"its template {construct.writes!r}, does not fit its rule"
        )


def _check_capture(domain: Domain, node: S.Construct) -> None:
    """A variable that `lower` binds itself must not be one that the parts may have."""
    lowered = node.lower()
    if lowered is None:
        return
    for name in sorted(bound_variables(lowered) - bound_variables(node)):
        variable = S.Variable(name)
        changes: dict[str, S.Node] = {}
        for field, kind in kinds(type(node)).items():
            if kind == "formula":
                changes[field] = S.Atom("Pp", (variable,))
            elif kind == "term":
                changes[field] = variable
        again = _changed(node, changes).lower()
        if changes and again is not None and name not in free_variables(again):
            raise DomainError(
                f"domain {domain.name}: {type(node).__name__}.lower binds {name!r}, which a "
                "formula may use too; bind fresh_variable(self), from logic.domains"
            )


def _changed(node: S.Construct, changes: Mapping[str, S.Node]) -> Any:
    """The node with other parts."""
    construct: Any = node  # a dataclass, which the base of constructs is not
    return dataclasses.replace(construct, **changes)


def _instances(examples: Sequence[S.Formula]) -> Instances:
    instances: dict[type[S.Construct], S.Construct] = {}
    for example in examples:
        for node in subnodes(example):
            if isinstance(node, S.Construct):
                instances.setdefault(type(node), node)
    return instances


def _nested(node: S.Construct, instances: Instances) -> Iterator[S.Formula]:
    """The construct around other formulas and terms, and within them."""
    if isinstance(node, S.Term):
        yield from _nested_term(node, instances)
        return
    fields = _fields(node, "formula")
    simple = _changed(node, dict.fromkeys(fields, _P))
    parts = [*_INNER, simple]
    for other in instances.values():
        if isinstance(other, S.Formula) and other.writes:
            parts.append(other)
    for field in fields:
        for part in parts:
            yield _changed(simple, {field: part})
    yield from _around(simple)


def _nested_term(node: S.Construct, instances: Instances) -> Iterator[S.Formula]:
    simple = _changed(node, dict.fromkeys(_fields(node, "formula"), _P))
    for other in instances.values():
        if not isinstance(other, S.Term):
            continue
        for field in _fields(node, "term"):
            outer = _changed(simple, {field: other})
            yield S.Atom("Pp", (outer, _A))
    yield S.Equality(simple, simple)


def _around(formula: S.Formula) -> Iterator[S.Formula]:
    """The formula within each kind of core formula, in every place."""
    yield S.Not(formula)
    yield S.Forall(_Y, formula)
    for chain in (S.And, S.Or, S.Xor):
        yield chain((formula, _P, formula))
    for arrow in (S.Implies, S.Iff):
        yield arrow(formula, _P)
        yield arrow(_P, formula)


def _fields(node: S.Construct, kind: str) -> list[str]:
    return [field for field, own in kinds(type(node)).items() if own == kind]


def _closed(formula: S.Formula) -> S.Formula:
    """The formula with its free variables bound in front."""
    for name in free_variables(formula):
        formula = S.Forall(S.Variable(name), formula)
    return formula
