"""Alignments of a domain's construct with a construct: another one, or one with another number, around parts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from logic import syntax as S
from logic.explaining.alignment.edits import Applied, Edit, Join, combined
from logic.substitution import substitute

if TYPE_CHECKING:
    from logic.explaining.alignment.aligner import Aligner

_PLACE = re.compile(r"\{(\w+)[^}]*\}")


def constructs(
    aligner: Aligner, candidate: S.Formula, reference: S.Formula, limit: float
) -> Join | None:
    """Construct against construct, with as many formulas below them."""
    if not (isinstance(candidate, S.Construct) and isinstance(reference, S.Construct)):
        return None
    if isinstance(candidate, S.Quantified) and isinstance(reference, S.Quantified):
        candidate = _bound_alike(candidate, reference)
    left, right = _formulas(candidate), _formulas(reference)
    if not left or len(left) != len(right):
        return None
    edit = _edit(candidate, reference)
    rest = limit - (edit is not None)
    joins: list[Join] = []
    for one, other in zip(left, right, strict=True):
        join = aligner.join(one, other, rest)
        if join is None:
            return None
        rest -= join.cost
        joins.append(join)

    def build(applied: Applied) -> S.Formula:
        head = reference if edit is None or edit in applied else candidate
        return _around(head, [join.build(applied) for join in joins])

    return combined(joins, [] if edit is None else [edit], build)


def _bound_alike(candidate: Any, reference: S.Quantified) -> Any:
    """The candidate with its variable called as the reference's."""
    variable = reference.variable
    renaming = {candidate.variable.name: variable}
    children = []
    for child in candidate.children():
        children.append(substitute(child, renaming))
    return replace(candidate.rebuild(children), variable=variable)


def _formulas(node: S.Node) -> list[S.Formula]:
    return [child for child in node.children() if isinstance(child, S.Formula)]


def _around(head: Any, parts: Sequence[S.Formula]) -> S.Formula:
    """A construct over other formulas; its terms stay."""
    remaining = iter(parts)
    children = []
    for child in head.children():
        children.append(next(remaining) if isinstance(child, S.Formula) else child)
    around: S.Formula = head.rebuild(children)
    return around


def _edit(candidate: Any, reference: Any) -> Edit | None:
    """What differs in two constructs beside the formulas below them."""
    if _around(candidate, _formulas(reference)) == reference:
        return None
    is_quantifier = isinstance(reference, S.Quantified)
    words = f"{_head(candidate)} in place of {_head(reference)}"
    return Edit(
        "quantifier" if is_quantifier else "connective",
        candidate,
        reference,
        words,
    )


def _head(construct: Any) -> str:
    """The construct as it is written, without the formulas below it."""

    def part(place: re.Match[str]) -> str:
        value = getattr(construct, place[1])
        return "" if isinstance(value, S.Formula) else str(value)

    return _PLACE.sub(part, construct.writes or type(construct).__name__).strip(" :")
