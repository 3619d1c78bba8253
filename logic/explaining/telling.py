"""Of the structures that tell two formulas apart, one that is good to look at."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from logic import syntax as S
from logic.signatures.signature import Signature, signature

if TYPE_CHECKING:
    from logic.deciding.structure import Structure

MAX_SLIMMED = 40
"""Facts up to which a countermodel is made smaller before it is shown."""
MAX_STEPS = 20_000
"""Steps of plain evaluation up to which a world is shown: each fact and reason asks for one."""


def is_showable(structure: Structure, left: S.Formula, right: S.Formula) -> bool:
    """Whether the formulas are soon evaluated in the structure."""
    return structure.steps(left) + structure.steps(right) <= MAX_STEPS


def telling(structure: Structure, left: S.Formula, right: S.Formula) -> Structure:
    """A structure that tells the formulas apart: populated where one is found, with few facts.

    The countermodel given is taken where no sampled structure has an instance of every predicate.
    """
    sampled = _populated(
        signature(left, right),
        left,
        right,
    )
    return _slimmed(
        structure if sampled is None else sampled,
        left,
        right,
    )


def _populated(joint: Signature, left: S.Formula, right: S.Formula) -> Structure | None:
    """The first sampled structure that tells apart and has an instance of every predicate."""
    from logic.deciding.samples import sampled_model  # here, since it loads numpy

    if not joint.predicates:
        return None
    differ = S.Not(S.Iff(left, right))
    conditions = S.And((differ, *_instances(joint)))
    structure = sampled_model(conditions, joint, (2, 3))
    if structure is None or not is_showable(structure, left, right):
        return None
    if structure.holds(left) == structure.holds(right):
        return None
    return structure


def _instances(joint: Signature) -> list[S.Formula]:
    """That each predicate is true of something."""
    formulas: list[S.Formula] = []
    for name, arity in joint.predicates:
        variables = tuple([S.Variable(f"x{index}") for index in range(arity)])
        instance: S.Formula = S.Atom(name, variables)
        for variable in variables:
            instance = S.Exists(variable, instance)
        formulas.append(instance)
    return formulas


def _slimmed(structure: Structure, left: S.Formula, right: S.Formula) -> Structure:
    """The structure without facts that are not needed.

    Where every predicate has an instance, one of each stays.
    """
    facts = []
    for predicate, tuples in structure.predicates.items():
        facts += [(predicate, values) for values in sorted(tuples)]
    if len(facts) > MAX_SLIMMED or not is_showable(structure, left, right):
        return structure
    least = 1 if all(structure.predicates.values()) else 0
    for predicate, values in reversed(facts):
        tuples = structure.predicates[predicate] - {values}
        if len(tuples) < least:
            continue
        predicates = {**structure.predicates, predicate: tuples}
        smaller = replace(structure, predicates=predicates)
        if smaller.holds(left) != smaller.holds(right):
            structure = smaller
    return structure
