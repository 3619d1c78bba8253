"""Why a formula is true or false in a finite structure: the facts that make it so, in words."""

from __future__ import annotations

from collections.abc import Iterator

from logic import syntax as S
from logic.explaining.scenes import Scene
from logic.nodes import Count

_MAX_REASONS = 6


def reasons(formula: S.Formula, scene: Scene) -> tuple[bool, str]:
    """Whether the formula is true in the scene, and why, as the facts that make it so."""
    value = scene.holds(formula)
    facts = list(dict.fromkeys(_reasons(formula, value, scene)))
    words = "; ".join(facts[:_MAX_REASONS])
    if len(facts) > _MAX_REASONS:
        words += " …"
    return value, words


def _reasons(formula: S.Formula, value: bool, scene: Scene) -> Iterator[str]:
    """Why the formula has this value there."""
    match formula:
        case S.Not(operand):
            yield from _reasons(
                operand,
                not value,
                scene,
            )
        case S.And() | S.Or():
            yield from _chain(
                formula,
                value,
                scene,
            )
        case S.Implies():
            yield from _conditional(
                formula,
                value,
                scene,
            )
        case S.Xor() | S.Iff():
            # No part of these decides alone: each has its say, whatever its value.
            for child in formula.children():
                if isinstance(child, S.Formula):
                    yield from _reasons(child, scene.holds(child), scene)
        case S.Quantified():
            yield from _quantified(
                formula,
                value,
                scene,
            )
        case S.Truth():
            return
        case _:
            words = scene.text(formula)
            yield words if value else f"not {words}"


def _chain(formula: S.And | S.Or, value: bool, scene: Scene) -> Iterator[str]:
    """All parts where all must agree, as for a true conjunction; else one that decides."""
    deciding = list(formula.operands)
    if value is not isinstance(formula, S.And):
        deciding = [part for part in deciding if scene.holds(part) is value][:1]
    for part in deciding:
        yield from _reasons(
            part,
            value,
            scene,
        )


def _conditional(formula: S.Implies, value: bool, scene: Scene) -> Iterator[str]:
    condition, consequence = formula.left, formula.right
    if not value:
        yield from _reasons(
            condition,
            True,
            scene,
        )
        yield from _reasons(
            consequence,
            False,
            scene,
        )
    elif scene.holds(consequence):
        yield from _reasons(
            consequence,
            True,
            scene,
        )
    else:
        yield from _reasons(
            condition,
            False,
            scene,
        )


def _quantified(formula: S.Quantified, value: bool, scene: Scene) -> Iterator[str]:
    """One element that decides it, or what is so of all."""
    variable = formula.variable.name
    if isinstance(formula, S.ExistsUnique | Count):
        yield _counted(formula, scene)
    elif value is isinstance(formula, S.Exists):
        yield from _witness(
            formula,
            value,
            scene,
        )
    elif isinstance(formula, S.Forall) and isinstance(formula.body, S.Implies):
        condition, consequence = formula.body.left, formula.body.right
        if any(instance.holds for instance in scene.instances(formula.rebuild([condition]))):
            yield f"{scene.text(consequence)} for every {variable} with {scene.text(condition)}"
        else:
            yield f"{scene.text(condition)} for no {variable}"
    else:
        amount = "every" if value else "no"
        yield f"{scene.text(formula.body)} for {amount} {variable}"


def _counted(formula: S.Quantified, scene: Scene) -> str:
    """All elements of which the body is true, since their number decides."""
    names = [instance.name for instance in scene.instances(formula) if instance.holds]
    elements = f"{formula.variable.name} = {', '.join(names)}" if names else "none"
    return f"{scene.text(formula.body)} for {elements}"


def _witness(formula: S.Quantified, value: bool, scene: Scene) -> Iterator[str]:
    """The first element that makes an ∃ true or a ∀ false."""
    for instance in scene.instances(formula):
        if instance.holds is value:
            yield f"with {formula.variable.name} = {instance.name}"
            yield from _reasons(
                instance.body,
                value,
                instance.scene,
            )
            return
