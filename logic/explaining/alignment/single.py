"""Alignments where one side alone has a negation, a quantifier or a part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from logic import syntax as S
from logic.explaining.alignment.connectives import bag
from logic.explaining.alignment.edits import Applied, Edit, Join, combined
from logic.explaining.alignment.shapes import Shape, denied, made, weight

if TYPE_CHECKING:
    from logic.explaining.alignment.aligner import Aligner


def negations(
    aligner: Aligner, candidate: S.Formula, reference: S.Formula, limit: float
) -> Join | None:
    """A negation that only one of the formulas has."""
    inner = aligner.join(
        denied(candidate),
        reference,
        limit - 1.0,
        flip=False,
    )
    if inner is None:
        return None
    too_many = isinstance(candidate, S.Not) and not isinstance(reference, S.Not)
    reason = "too many" if too_many else "is missing"
    words = f"a negation {reason}: {{c}} in place of {{r}}"
    edit = Edit(
        "negation",
        candidate,
        reference,
        words,
    )

    def build(applied: Applied) -> S.Formula:
        formula = inner.build(applied)
        return formula if edit in applied else denied(formula)

    return combined(
        [inner],
        [edit],
        build,
    )


def added(
    aligner: Aligner, candidate: S.Formula, right: Shape, limit: float
) -> Iterator[Join | None]:
    """The candidate's part within a larger one of the reference."""
    variable = right.variable
    if variable is not None:
        words = f"{right.sign}{variable.name} is missing"
        edit = Edit(
            "quantifier",
            candidate,
            right.formula,
            words,
        )
        inner = aligner.join(
            candidate,
            right.parts[0],
            limit - 1.0,
        )
        yield _bound(
            inner,
            right,
            edit,
            bound_when_applied=True,
        )
    elif right.sign in ("∧", "∨"):
        left = replace(right, parts=(candidate,))
        yield bag(
            aligner,
            left,
            right,
            None,
            limit,
        )
    elif right.sign == "→":
        condition, consequence = right.parts
        inner = aligner.join(
            candidate,
            consequence,
            limit - aligner.weight(condition),
        )
        yield _half(
            inner,
            condition,
            is_condition=True,
            missing=True,
        )
        inner = aligner.join(
            candidate,
            condition,
            limit - aligner.weight(consequence),
        )
        yield _half(
            inner,
            consequence,
            is_condition=False,
            missing=True,
        )


def removed(
    aligner: Aligner, left: Shape, reference: S.Formula, limit: float
) -> Iterator[Join | None]:
    """A larger part of the candidate within which the reference's part lies."""
    variable = left.variable
    if variable is not None:
        words = f"{left.sign}{variable.name} is not in the reference"
        edit = Edit(
            "quantifier",
            left.formula,
            reference,
            words,
        )
        inner = aligner.join(
            left.parts[0],
            reference,
            limit - 1.0,
        )
        yield _bound(
            inner,
            left,
            edit,
            bound_when_applied=False,
        )
    elif left.sign in ("∧", "∨"):
        right = replace(left, parts=(reference,))
        yield bag(
            aligner,
            left,
            right,
            None,
            limit,
        )
    elif left.sign == "→":
        condition, consequence = left.parts
        inner = aligner.join(
            consequence,
            reference,
            limit - aligner.weight(condition),
        )
        yield _half(
            inner,
            condition,
            is_condition=True,
            missing=False,
        )
        inner = aligner.join(
            condition,
            reference,
            limit - aligner.weight(consequence),
        )
        yield _half(
            inner,
            consequence,
            is_condition=False,
            missing=False,
        )


def _bound(
    inner: Join | None, shape: Shape, edit: Edit, *, bound_when_applied: bool
) -> Join | None:
    """A quantifier around what is aligned, with the edit or without it."""
    if inner is None:
        return None

    def build(applied: Applied) -> S.Formula:
        formula = inner.build(applied)
        if (edit in applied) is bound_when_applied:
            return made(
                shape.sign,
                [formula],
                shape.variable,
            )
        return formula

    return combined(
        [inner],
        [edit],
        build,
    )


def _half(inner: Join | None, rest: S.Formula, *, is_condition: bool, missing: bool) -> Join | None:
    """A side of a conditional whose other side, `rest`, only one of the formulas has."""
    if inner is None:
        return None
    side = "condition" if is_condition else "consequence"
    if missing:
        edit = Edit("missing part", None, rest, f"the {side} {{r}} is missing")
    else:
        edit = Edit("extra part", rest, None, f"the {side} {{c}} is not in the reference")

    def build(applied: Applied) -> S.Formula:
        formula = inner.build(applied)
        if (edit in applied) is not missing:
            return formula
        if is_condition:
            return S.Implies(rest, formula)
        return S.Implies(formula, rest)

    join = combined(
        [inner],
        [edit],
        build,
    )
    # A whole part counts for more than the one that every edit counts for.
    return replace(
        join,
        cost=join.cost + weight(rest) - 1.0,
    )
