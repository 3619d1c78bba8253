"""A countermodel to look at: made small where it may be, with names, and why formulas are true or false there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from logic import syntax as S
from logic.deciding.structure import Structure
from logic.errors import LogicError, UnsupportedError
from logic.explaining.reasons import reasons
from logic.explaining.scenes import PlainScene, SortedScene
from logic.explaining.telling import MAX_STEPS, is_showable, telling
from logic.explaining.world import World, world
from logic.language import Language

Because = tuple[tuple[bool, str], ...]
"""For each formula that was asked about, whether it is true, and why."""


class Picture(NamedTuple):
    """A structure, the same as a world where it is small enough, and why each formula is true or not."""

    structure: Structure
    world: World | None
    because: Because = ()


def picture(
    spoken: Language,
    found: Structure,
    apart: tuple[S.Formula, S.Formula],
    asked: Sequence[S.Formula],
) -> Picture:
    """A structure that tells two formulas apart, as `found` does, and what it says of those asked about."""
    if spoken.any_structure:
        return _plain(
            found,
            apart,
            asked,
        )
    try:
        meaning = spoken.first_order([*apart, *asked])
        if type(found) is Structure and not meaning.axioms:
            # The formulas say nothing beyond the core, which decided about them.
            left, right, *told = map(meaning.shown, meaning.formulas)
            return _plain(found, (left, right), told)
        scene = SortedScene.of(found, meaning)
        return Picture(found, world(found), _reasons(scene, meaning.formulas[2:]))
    except LogicError:
        # What leaves something open, or has no plain evaluation, is shown as it is.
        return Picture(found, world(found))


def _plain(
    found: Structure, apart: tuple[S.Formula, S.Formula], asked: Sequence[S.Formula]
) -> Picture:
    try:
        structure = telling(found, *apart)
        if not is_showable(structure, *apart):
            return Picture(found, None)
        scene = PlainScene(structure)
        because = tuple([reasons(formula, scene) for formula in asked])
    except UnsupportedError:
        return Picture(found, world(found))
    return Picture(structure, world(structure), because)


def _reasons(scene: SortedScene, asked: Sequence[S.Formula]) -> Because:
    for formula in asked:
        scene.check(formula, MAX_STEPS)
    return tuple([reasons(formula, scene) for formula in asked])
