"""Alignments of a quantifier with a quantifier: other kind, other order, other scope."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from logic import syntax as S
from logic.explaining.alignment.edits import Applied, Edit, Join, combined
from logic.explaining.alignment.shapes import Front, Shape, fronted, made, rescoped
from logic.substitution import substitute

if TYPE_CHECKING:
    from logic.explaining.alignment.aligner import Aligner


def quantifiers(aligner: Aligner, left: Shape, right: Shape, limit: float) -> Iterator[Join | None]:
    """Quantifier against quantifier.

    The same or another one, any variable of a block, or the next one in its place.
    """
    if right.variable is None:
        return
    for front in fronted(left):
        body = substitute(front.body, {front.variable.name: right.variable})
        edits = (front.sign != right.sign) + front.swapped
        inner = aligner.join(
            body,
            right.parts[0],
            limit - edits,
        )
        if inner is not None:
            yield _quantified(left, right, front, body, inner)


def _quantified(
    left: Shape, right: Shape, front: Front, body: S.Formula, inner: Join
) -> Join | None:
    """The alignment of two quantifiers from that of their bodies."""
    variable = right.variable
    assert variable is not None
    change: Edit | None = None
    if front.sign != right.sign:
        words = f"{front.sign}{variable.name} in place of {right.sign}{variable.name}"
        shown = made(front.sign, [body], variable)
        change = Edit("quantifier", shown, right.formula, words)
    swap: Edit | None = None
    if front.swapped:
        words = "the quantifiers are in the other order"
        swap = Edit(
            "quantifier",
            left.formula,
            right.formula,
            words,
        )

    def build(applied: Applied) -> S.Formula:
        sign = right.sign
        if change is not None and change not in applied:
            sign = front.sign
        formula = inner.build(applied)
        swapped_back = swap is not None and swap not in applied
        if swapped_back and isinstance(formula, S.Quantified):
            # In the candidate's order the other quantifier is outside.
            return formula.rebuild([made(sign, [formula.body], variable)])
        return made(sign, [formula], variable)

    edits = [edit for edit in (change, swap) if edit]
    return combined([inner], edits, build)


def scopes(
    aligner: Aligner, candidate: S.Formula, reference: S.Formula, limit: float
) -> Join | None:
    """∃y (B ∧ ∀x (A → C)) against ∀x (A → ∃y (B ∧ C)), either way."""
    other = rescoped(candidate)
    inner = None if other is None else aligner.join(other, reference, limit - 1.0)
    if inner is None:
        return None
    first, second = ("∃", "∀") if isinstance(candidate, S.Exists) else ("∀", "∃")
    words = f"{first} reaches over {second}, and in the reference {second} over {first}"
    edit = Edit("quantifier", candidate, reference, words)

    def build(applied: Applied) -> S.Formula:
        formula = inner.build(applied)
        if edit in applied:
            return formula
        return rescoped(formula) or candidate

    return combined([inner], [edit], build)
