"""Widening the scope of a quantifier whose brackets close too early.

`∀x (Cat(x) → HasFur(x)) ∧ (Dog(x) → HasTail(x))` has a variable after the end of its quantifier's
scope. People and models who write it mean ∀x over all of it. Widening works on raw nodes
(`logic.reading.builder`), where names are not yet variables or constants.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from logic.reading.raw import Raw, nest, quantified
from logic.spelling import JUXTAPOSED, is_quoted, plain_name

_TIGHTNESS = {"and": 4, "or": 3, "xor": 2, "implies": 1, "iff": 0}
"""How tightly the connectives bind that a scope may be widened over."""
_TIGHTEST = 5
# A bracket, or a quoted name that may hold one.
_BRACKET = re.compile(r"[()\[\]{}]|(?<!\w)'[^'\n]*+'|(?<!\w)\"[^\"\n]*+\"")


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


def stands_at_its_level(text: str, raw: Raw, name: str, use: int) -> bool:
    """Whether a quantifier for `name` stands before a place of the text, within the same brackets.

    In `(∃x P(x)) ∧ Q(x)` the writer's own bracket ends what ∃x is said of.
    """
    for node in _binders(raw, name):
        end = getattr(node[4], "end_pos", None)
        if end is not None and end <= use and not _closes_more(text, end, use):
            return True
    return False


def _closes_more(text: str, start: int, end: int) -> bool:
    """Whether a bracket that was open at `start` closes before `end`."""
    depth = 0
    for mark in _BRACKET.finditer(text, start, end):
        if mark[0] in "([{":
            depth += 1
        elif mark[0] in ")]}":
            depth -= 1
        if depth < 0:
            return True
    return False


def quantifiers(raw: Raw, name: str) -> Iterator[str]:
    """The signs of the quantifiers that bind `name`, in order."""
    for node in _binders(raw, name):
        yield node[2][0]


def _binders(raw: Raw, name: str) -> Iterator[Raw]:
    """The raw nodes of the quantifiers that bind `name`, in order."""
    stack: list[Any] = [raw]
    while stack:
        node = stack.pop()
        if isinstance(node, tuple) and node and node[0] == "quantified" and name in node[2][1]:
            yield node
        if isinstance(node, (tuple, list)):
            stack.extend(reversed(node))


def _operands(raw: Raw) -> list[Raw]:
    if isinstance(raw[2], list):
        return list(raw[2])
    return [raw[2], raw[3]]


def _joined(raw: Raw, operands: list[Raw]) -> Raw:
    """The connective of a raw node over other operands."""
    tag = raw[0]
    if isinstance(raw[2], list):
        return nest(tag, operands)
    return nest(tag, *operands)


def _over_operands(raw: Raw, name: str) -> Raw:
    """A connective with the quantifier at the head of one operand reaching over later ones."""
    before = _operands(raw)
    operands = [widened(operand, name) for operand in before]
    is_changed: list[bool] = []
    for new, old in zip(operands, before, strict=True):
        is_changed.append(new is not old)
    binders: list[int] = []
    uses: list[int] = []
    for place, operand in enumerate(operands):
        if name in _prefix(operand):
            binders.append(place)
        if _is_free(operand, name):
            uses.append(place)
    if binders:
        _refuse_two_reaches(raw, before, is_changed, binders[0])
    candidates = [binder for binder in binders if uses and binder < uses[-1]]
    if not candidates:
        return _joined(raw, operands) if any(is_changed) else raw
    if len(candidates) > 1 or uses[0] < candidates[0]:
        raise AmbiguousScope
    return _reaching_to(raw, operands, candidates[0], uses[-1], name)


def _reaching_to(raw: Raw, operands: list[Raw], binder: int, last: int, name: str) -> Raw:
    """A connective with the quantifier at the head of one operand reaching to a later one."""
    absorbed = operands[binder + 1 : last + 1]
    if any(any(quantifiers(operand, name)) for operand in absorbed):
        raise AmbiguousScope  # a quantifier of its own stands nearer to the use
    _refuse_idle_widening(raw, operands[binder], absorbed)
    reaching = _reaching(operands[binder], raw, absorbed)
    before, after = operands[:binder], operands[last + 1 :]
    if not before and not after:
        return reaching
    return _joined(raw, [*before, reaching, *after])


def _refuse_two_reaches(raw: Raw, operands: list[Raw], is_changed: list[bool], binder: int) -> None:
    """In `∀x P(x) → ∀x Q(x) → R(x)` nothing says which of the two quantifiers is to reach R(x).

    An operand that binds less tightly than the connective stands in brackets, which do say it.
    """
    own_tightness = _TIGHTNESS[raw[0]]
    is_chain = isinstance(raw[2], list)
    for place in range(binder + 1, len(operands)):
        tightness = _TIGHTNESS.get(operands[place][0], _TIGHTEST)
        # The grammar flattens a chain: one within another of its kind stands in brackets.
        is_bracketed = tightness < own_tightness or (is_chain and tightness == own_tightness)
        if is_changed[place] and not is_bracketed:
            raise AmbiguousScope


def _refuse_idle_widening(raw: Raw, binder: Raw, absorbed: list[Raw]) -> None:
    """(∀y A) → B and ∀y (A → B) differ: a quantifier for y is widened only for a use of y there.

    Over a conjunction or a disjunction they do not, since universes are not empty.
    """
    if raw[0] in ("and", "or"):
        return
    for name in _prefix(binder):
        if not any(_is_free(operand, name) for operand in absorbed):
            raise AmbiguousScope


def _reaching(node: Raw, connective: Raw, absorbed: list[Raw]) -> Raw:
    """A prefix of quantifiers over its body and the operands behind it."""
    if node[0] == "quantified":
        return _over(node, _reaching(node[3], connective, absorbed))
    return _joined(connective, [node, *absorbed])


def _over(node: Raw, body: Raw) -> Raw:
    """The quantifier of a raw node over another body."""
    sign, names = node[2]
    return quantified(sign, names, body, *node[4:])


def _prefix(raw: Raw) -> list[str]:
    """The variables of the quantifiers that a raw node begins with; ∄ begins with a negation."""
    names: list[str] = []
    while raw[0] == "quantified" and raw[2][0] != "∄":
        names.extend(raw[2][1])
        raw = raw[3]
    return names


def _is_free(raw: Any, name: str) -> bool:
    """Whether a name stands below a raw node where no quantifier for it does."""
    if isinstance(raw, list):
        return any(_is_free(part, name) for part in raw)
    if not isinstance(raw, tuple) or not raw:
        return False
    tag = raw[0]
    if tag == "quantified":
        bound, body = raw[2][1], raw[3]
        return name not in bound and _is_free(body, name)
    if tag == "application" and not raw[3]:
        return _names(raw[2], name)
    return any(_is_free(part, name) for part in raw[2:])


def _names(token: str, name: str) -> bool:
    """Whether a token is a variable, or one such as `Px` that has it among its letters."""
    if is_quoted(token):
        return False
    is_applied = JUXTAPOSED.fullmatch(token) is not None and name in token[1:]
    return is_applied or plain_name(token) == name
