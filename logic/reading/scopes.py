"""Widening the scope of a quantifier whose brackets close too early.

`∀x (Cat(x) → HasFur(x)) ∧ (Dog(x) → HasTail(x))` has a variable after the end of its quantifier's
scope. People and models who write it mean ∀x over all of it. Widening works on raw nodes
(`logic.reading.builder`), where names are not yet variables or constants.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from logic.reading.builder import Raw, nest
from logic.spelling import JUXTAPOSED, is_quoted, plain_name

_TIGHTNESS = {"and": 4, "or": 3, "xor": 2, "implies": 1, "iff": 0}
"""How tightly the connectives bind that a scope may be widened over."""


class AmbiguousScope(Exception):
    """The scope can be widened in more than one way."""


def widened(raw: Raw, name: str) -> Raw:
    """The raw nodes with the quantifier for `name` reaching the uses of it that stand behind its scope.

    The quantifier must begin an operand of the connective that has the uses in later operands, and
    reaches just as far as the last of them; the same nodes come back where there is none. Raises
    `AmbiguousScope` where two such quantifiers stand before a use, or where another quantifier of
    the same prefix would be widened too, for no use of its own, and the meaning hangs on it.
    """
    tag = raw[0]
    if tag in _TIGHTNESS:
        return _over_operands(raw, name)
    if tag == "not":
        operand = widened(raw[2], name)
        return raw if operand is raw[2] else nest("not", operand)
    if tag == "quantified" and name not in raw[2][1]:
        body = widened(raw[3], name)
        return raw if body is raw[3] else _over(raw, body)
    return raw


def quantifiers(raw: Raw, name: str) -> Iterator[str]:
    """The signs of the quantifiers that bind `name`, in order."""
    stack: list[Any] = [raw]
    while stack:
        node = stack.pop()
        if isinstance(node, tuple) and node and node[0] == "quantified" and name in node[2][1]:
            yield node[2][0]
        if isinstance(node, (tuple, list)):
            stack.extend(reversed(node))


def _operands(raw: Raw) -> list[Raw]:
    return list(raw[2]) if isinstance(raw[2], list) else [raw[2], raw[3]]


def _joined(raw: Raw, operands: list[Raw]) -> Raw:
    """The connective of a raw node over other operands."""
    return nest(raw[0], operands) if isinstance(raw[2], list) else nest(raw[0], *operands)


def _over_operands(raw: Raw, name: str) -> Raw:
    tag = raw[0]
    operands = _operands(raw)
    inner = [widened(operand, name) for operand in operands]
    moved = [new is not old for new, old in zip(inner, operands, strict=True)]
    uses = [place for place, operand in enumerate(inner) if _is_free(operand, name)]
    binders = [place for place, operand in enumerate(inner) if name in _prefix(operand)]
    for place, is_moved in enumerate(moved):
        # In `∀x P(x) → ∀x Q(x) → R(x)` nothing says which of the two is to reach R(x). An operand
        # that binds less tightly than the connective stands in brackets, which do say it.
        unbracketed = _TIGHTNESS.get(inner[place][0], 5) >= _TIGHTNESS[tag]
        if is_moved and unbracketed and binders and binders[0] < place:
            raise AmbiguousScope
    before = [place for place in binders if uses and place < uses[-1]]
    if not before:
        return _joined(raw, inner) if any(moved) else raw
    if len(before) > 1 or uses[0] < before[0]:
        raise AmbiguousScope
    binder, last = before[0], uses[-1]
    absorbed = inner[binder + 1 : last + 1]
    if tag not in ("and", "or"):
        # (∀y A) → B and ∀y (A → B) differ, so that a quantifier for y must have a use there too.
        for other in _prefix(inner[binder]):
            if not any(_is_free(operand, other) for operand in absorbed):
                raise AmbiguousScope
    reaching = _reaching(inner[binder], raw, absorbed)
    operands = [*inner[:binder], reaching, *inner[last + 1 :]]
    return _joined(raw, operands) if len(operands) > 1 else reaching


def _reaching(node: Raw, connective: Raw, absorbed: list[Raw]) -> Raw:
    """A prefix of quantifiers over its body and the operands behind it."""
    if node[0] == "quantified":
        return _over(node, _reaching(node[3], connective, absorbed))
    return _joined(connective, [node, *absorbed])


def _over(quantified: Raw, body: Raw) -> Raw:
    """The quantifier of a raw node over another body."""
    _, depth, _ = nest("", body)
    return ("quantified", depth, quantified[2], body, *quantified[4:])


def _prefix(raw: Raw) -> list[str]:
    """The variables of the quantifiers that a raw node begins with."""
    names: list[str] = []
    while raw[0] == "quantified":
        names.extend(raw[2][1])
        raw = raw[3]
    return names


def _is_free(raw: Any, name: str) -> bool:
    """Whether a name stands below a raw node where no quantifier for it does."""
    if isinstance(raw, list):
        return any(_is_free(part, name) for part in raw)
    if not isinstance(raw, tuple) or not raw:
        return False
    if raw[0] == "quantified":
        return name not in raw[2][1] and _is_free(raw[3], name)
    if raw[0] == "application" and not raw[3]:
        return not is_quoted(raw[2]) and (plain_name(raw[2]) == name or _applies_to(raw[2], name))
    return any(_is_free(part, name) for part in raw[2:])


def _applies_to(token: str, name: str) -> bool:
    """Whether a token such as `Px` has the variable among its letters."""
    return JUXTAPOSED.fullmatch(token) is not None and name in token[1:]
