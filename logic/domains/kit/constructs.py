"""Classes of constructs: what makes one fit for a domain, and its node from the parts of its grammar rule."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lark import Token

from logic import syntax as S
from logic.errors import DomainError
from logic.reading.builder import Builder
from logic.reading.raw import Raw
from logic.spelling import is_bindable, plain_name
from logic.templates import Slot, kinds, level, slots

_MOST_DIGITS = 9
_NATIVE = (S.Atom, S.Function, S.Constant)


def is_native(construct: type[S.Construct]) -> bool:
    """Whether it is an atom, function or constant with a meaning of its own, and read and printed as these are."""
    return issubclass(construct, _NATIVE)


def default_rule(construct: type[S.Construct]) -> str:
    """The class's name in snake case: `AtLeast` has the rule `at_least`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", construct.__name__).lower()


def check_class(domain: str, construct: type[S.Construct]) -> None:
    """Raises `DomainError` for a class that is no construct, or another domain's."""
    what = f"domain {domain}: construct {construct.__name__}"
    is_node = issubclass(construct, (S.Formula, S.Term))
    if not is_node or not issubclass(construct, S.Construct):
        raise DomainError(f"{what} must derive from Construct and from Formula, Quantified or Term")
    owner = vars(construct).get("domain")
    if owner is not None:
        raise DomainError(f"{what} belongs to domain {owner.name} already; derive a class from it")


def check_templates(what: str, construct: type[S.Construct]) -> None:
    """Raises `DomainError`, which begins with `what`, for a template without a field, or an unknown level."""
    level(construct)
    templates = [construct.writes or "", *construct.notations.values()]
    for template in templates:
        written = set()
        for part in slots(construct, template):
            if isinstance(part, Slot):
                written.add(part.field)
        for field in kinds(construct):
            if field not in written:
                raise DomainError(f"{what}: its template {template!r} leaves out {field!r}")


def build_construct(
    domain: str, constructs: Mapping[str, type[S.Construct]], builder: Builder, raw: Raw
) -> S.Node:
    """The node of a raw construct, its parts read in the order of its fields.

    Raises `ParseError` for a text that cannot be, and `DomainError` for a rule that does not fit its class.
    """
    rule, parts = raw[2:]
    construct = constructs[rule]
    name = construct.__name__
    fields = kinds(construct)
    if len(parts) != len(fields):
        listed = ", ".join(fields)
        raise DomainError(
            f"domain {domain}: rule {rule} gives {len(parts)} parts, {name} has "
            f"{len(fields)} fields ({listed}); "
            "begin the names of signs that carry nothing with _"
        )
    variables: list[str] = []
    for (field, kind), part in zip(fields.items(), parts, strict=True):
        _check_part(
            f"domain {domain}: rule {rule}",
            f"{name}.{field}",
            kind,
            part,
        )
        if kind == "variable":
            variables.append(_variable(builder, raw, part))
    values = []
    for kind, part in zip(fields.values(), parts, strict=True):
        values.append(_value(builder, kind, part, variables))
    return construct(*values)


def _variable(builder: Builder, raw: Raw, token: Token) -> str:
    name = plain_name(token)
    if not is_bindable(name):
        builder.fail(
            f"{name!r} cannot be a variable",
            raw,
            "write a variable such as x",
        )
    return name


def _check_part(rule: str, field: str, kind: str, part: Any) -> None:
    """A sign is a token, a formula or term a raw node: the other way round, rule and class do not fit."""
    is_token = isinstance(part, Token)
    if is_token is (kind in ("formula", "term")):
        what = f"the sign {str(part)!r}" if is_token else "a formula or term"
        raise DomainError(f"{rule} gives {what} for {field} ({kind})")


def _value(builder: Builder, kind: str, part: Any, variables: list[str]) -> Any:
    """The value of a field of that kind; `variables` are those that the construct binds in its other parts."""
    match kind:
        case "int":
            return _number(builder, part)
        case "str":
            return plain_name(part)
        case "variable":
            return S.Variable(plain_name(part))
        case "sort":
            subject = tuple([S.Variable(name) for name in variables[:1]])
            return S.Atom(plain_name(part), subject)
    with builder.binding(variables):
        if kind == "formula":
            return builder.formula(part)
        return builder.term(part)


def _number(builder: Builder, token: Token) -> int:
    digits = re.search(r"\d+", token)
    if digits is None or len(digits[0]) > _MOST_DIGITS:
        builder.fail(f"{token!r} is no number", token)
    return int(digits[0])
