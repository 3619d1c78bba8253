"""A normal form as text.

Bound variables are numbered by depth, commuting parts are sorted, repeated ones dropped. Each part
is worked out once for each order of the variables around it, of which there are at most
`_MAX_ORDERS`; nothing but a part of a form is ever gone to, so that all of it ends.
"""

from __future__ import annotations

import itertools
from typing import Any

from logic import syntax as S
from logic.deciding.normal import Normal, normal_form, occurrences

Levels = dict[int, int]
"""The depth of each variable in scope."""

_TRUE, _FALSE = "T", "F"
_MAX_PERMUTED = 4
"""Variables that occur alike of which every order is tried."""
_MAX_ORDERS = 600
"""Orders of the variables around a part that are tried, those of all blocks multiplied."""


def normal_key(formula: S.Formula) -> str:
    """The normal form as text: equal keys only for equivalent formulas (over the same symbols)."""
    return key(normal_form(formula))


def key(node: Normal) -> str:
    """The text of a normal form."""
    return _key(node, {}, 0, 1)


def _key(node: Normal, levels: Levels, depth: int, tried: int) -> str:
    """`tried` is how often it is worked out, once for each order of the variables around it."""
    tag = node[0]
    if tag == "lit":
        return _literal_key(node, levels)
    if tag == "and" or tag == "or":
        keys = [_key(part, levels, depth, tried) for part in node[2]]
        return _join_keys(tag, keys)
    if tag == "all" or tag == "some":
        return _quantified_key(node, levels, depth, tried)
    if tag == "xor":
        keys = [_key(part, levels, depth, tried) for part in node[3]]
        return _xor_key(node[2], keys)
    return _TRUE if tag == "true" else _FALSE


def _literal_key(literal: Normal, levels: Levels) -> str:
    _, _, sign, predicate, args = literal
    keys = [_term_key(arg, levels) for arg in args]
    if predicate == "=":
        keys.sort()
    minus = "" if sign else "-"
    listed = ",".join(keys)
    return f"{minus}{predicate}({listed})"


def _term_key(term: Any, levels: Levels) -> str:
    if type(term) is int:
        return f"${levels[term]}"
    if type(term) is str:
        return term
    symbol, *args = term
    keys = [_term_key(arg, levels) for arg in args]
    return f"{symbol}({','.join(keys)})"


def _join_keys(tag: str, keys: list[str]) -> str:
    """The key of a conjunction or disjunction, with A ∧ ¬A and A ∨ ¬A worked out."""
    neutral, absorbing = _TRUE, _FALSE
    if tag == "or":
        neutral, absorbing = _FALSE, _TRUE
    distinct = set(keys)
    distinct.discard(neutral)
    if absorbing in distinct or _has_opposites(distinct):
        return absorbing
    if not distinct:
        return neutral
    if len(distinct) == 1:
        return distinct.pop()
    sign = "&" if tag == "and" else "|"
    parts = ";".join(sorted(distinct))
    return f"{sign}[{parts}]"


def _has_opposites(keys: set[str]) -> bool:
    """Whether a literal and its negation are among them."""
    return any("-" + key in keys for key in keys if key[0] != "-")


def _xor_key(sign: bool, keys: list[str]) -> str:
    """The key of a sum modulo two: what occurs twice cancels."""
    odd: set[str] = set()
    for part in keys:
        if part == _TRUE:
            sign = not sign
        elif part != _FALSE:
            odd ^= {part}
    if not odd:
        return _FALSE if sign else _TRUE
    head = "+" if sign else "~"
    parts = ";".join(sorted(odd))
    return f"{head}[{parts}]"


def _quantified_key(node: Normal, levels: Levels, depth: int, tried: int) -> str:
    """The least of the keys that the orders of a block of quantifiers give."""
    tag = node[0]
    block = []
    body = node
    while body[0] == tag:
        block.append(body[2])
        body = body[3]
    orders = _orders(block, body)
    if tried * len(orders) > _MAX_ORDERS:
        orders = orders[:1]
    tried *= len(orders)
    keys = []
    for order in orders:
        inside = dict(levels)
        for level, variable in enumerate(order, depth):
            inside[variable] = level
        below = depth + len(block)
        keys.append(_key(body, inside, below, tried))
    least = min(keys)
    if least in (_TRUE, _FALSE):
        return least
    sign = "A" if tag == "all" else "E"
    return f"{sign}{len(block)}{{{least}}}"


def _orders(block: list[int], body: Normal) -> list[tuple[int, ...]]:
    """The orders of a block's variables worth trying.

    Those sorted by occurrence, and of variables that occur alike every order, if they are few.
    """
    if len(block) == 1:
        return [(block[0],)]
    marks = {variable: occurrences(variable, [body]) for variable in block}
    ordered = sorted(block, key=lambda variable: (marks[variable], variable))
    groups: list[list[int]] = []
    for _, group in itertools.groupby(ordered, key=marks.__getitem__):
        groups.append(list(group))
    alike = [group for group in groups if len(group) > 1]
    # Two groups, or a large one, have too many orders: equal formulas may then get two keys.
    if len(alike) > 1 or any(map(_is_large, alike)):
        return [tuple(ordered)]
    choices = map(itertools.permutations, groups)
    orders = []
    for choice in itertools.product(*choices):
        orders.append(tuple(itertools.chain.from_iterable(choice)))
    return orders


def _is_large(group: list[int]) -> bool:
    return len(group) > _MAX_PERMUTED
