"""Raw nodes: what every reader makes of a text before it is known which names are variables.

They are small tuples that begin with (tag, depth), since millions of them are made:

- application (name token, arguments), relation (sign token, left, right), truth (value, token)
- not (operand); and, or, xor (operands); implies, iff (left, right)
- quantified ((quantifier, names), body, token, guards where a set guards the variables)
- rule (head, body or None); `both` and `either` for a comma and a semicolon between formulas
  (parts, sign token)
- construct (rule, parts), for the rules of a domain
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lark import Token

from logic.spelling import plain_name

MAX_DEPTH = 150
"""Levels of brackets, negations, arrows and quantifiers, one for each variable, that may nest."""

MAX_NODES = 5_000
"""Nodes of a formula with ∃!, which counts what it binds twice, as its definition has it twice."""

Raw = tuple[Any, ...]


class TooDeepError(Exception):
    """Raised while reading when the nesting limit is passed."""


def nest(tag: str, *parts: Any) -> Raw:
    """A raw node one level above the deepest of its parts (raw nodes or lists of them)."""
    depth = 0
    for part in parts:
        if type(part) is tuple and part:
            # A record that is no raw node, such as a quantifier's, has no depth in its second place.
            if type(part[1]) is int and part[1] > depth:
                depth = part[1]
        elif type(part) is list:
            for item in part:
                if type(item) is tuple and item[1] > depth:
                    depth = item[1]
    if depth >= MAX_DEPTH:
        raise TooDeepError
    return (tag, depth + 1, *parts)


def quantified(
    sign: str,
    names: tuple[str, ...],
    body: Raw,
    token: str,
    guards: list[Raw] | None = None,
) -> Raw:
    """A quantifier over a body, one level for each of its variables.

    What is printed has one quantifier for each, and must be read again. Guards take three more: a
    conditional before the body, and in it the conjunction of their atoms.
    """
    _, depth, _ = nest("", body)
    further = len(names) - 1 + (sign == "∄") + (3 if guards else 0)
    return ("quantified", deepened(depth, further), (sign, names), body, token, guards)


def deepened(depth: int, levels: int) -> int:
    """A depth with more levels. Raises `TooDeepError` for too many."""
    if depth + levels > MAX_DEPTH:
        raise TooDeepError
    return depth + levels


def position(raw: Any) -> tuple[int, int]:
    """Line and column of the first token below a raw node (1, 1 where there is none)."""
    stack = [raw]
    while stack:
        item = stack.pop()
        if isinstance(item, Token):
            return item.line or 1, item.column or 1
        if isinstance(item, (tuple, list)):
            stack.extend(reversed(item))
    return 1, 1


def nodes(raw: Any) -> Iterator[Raw]:
    """A raw node and all below it, in order."""
    stack = [raw]
    while stack:
        item = stack.pop()
        if isinstance(item, tuple) and item and isinstance(item[0], str):
            yield item
        if isinstance(item, tuple | list):
            stack.extend(reversed(item))


def rule_variables(raw: Raw) -> Iterator[str]:
    """The variables of a Prolog rule's part, in order.

    They are the names in argument places that begin with a capital or `_`, but those that a
    quantifier in the rule binds.
    """
    stack: list[tuple[Any, bool]] = [(raw, False)]
    while stack:
        item, is_term = stack.pop()
        if isinstance(item, list):
            stack.extend((part, is_term) for part in reversed(item))
            continue
        tag = item[0]
        if tag == "application":
            token, arguments = item[2], item[3]
            if is_term and not arguments and (token[0].isupper() or token[0] == "_"):
                yield plain_name(token)
            stack.extend((argument, True) for argument in reversed(arguments))
            continue
        if tag == "quantified":
            yield from (name for name in rule_variables(item[3]) if name not in item[2][1])
            continue
        nodes = [part for part in item[2:] if isinstance(part, (tuple, list))]
        stack.extend((part, tag == "relation") for part in reversed(nodes))
