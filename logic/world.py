"""A countermodel as a small world a person can look at: named elements, their properties, who stands to whom, and why
a formula is true or false there; in words and as a drawing (SVG)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

from logic import syntax as S
from logic.errors import UnsupportedError
from logic.rewriting import text
from logic.substitution import substitute
from logic.symbols import signature

if TYPE_CHECKING:
    from logic.finite import Structure

MAX_SLIMMED = 40
"""Facts up to which a countermodel is made smaller before it is shown."""
_MAX_REASONS = 6
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class World:
    """What holds in a finite structure.

    `elements` are names, by element; `properties` what is true of each; `relations` (label, from, to) between two;
    `facts` all that is neither: propositions, relations and functions of more places.
    """

    elements: tuple[str, ...]
    properties: tuple[tuple[str, ...], ...]
    relations: tuple[tuple[str, int, int], ...]
    facts: tuple[str, ...]

    def sentences(self) -> list[str]:
        """The world in words, one statement a line."""
        count = len(self.elements)
        lines = [f"{count} element{'s' if count > 1 else ''}: {', '.join(self.elements)}"]
        for name, properties in zip(self.elements, self.properties, strict=True):
            if properties:
                lines.append(f"{name}: {', '.join(properties)}")
        for label in dict.fromkeys(label for label, _, _ in self.relations):
            pairs = [
                f"{self.elements[a]} → {self.elements[b]}"
                for name, a, b in self.relations
                if name == label
            ]
            lines.append(f"{label.removesuffix(' =')}: {', '.join(pairs)}")
        return [*lines, *self.facts]

    def svg(self) -> str:
        """A drawing: elements as circles, properties below them, relations as arrows. Colours follow the page."""
        return _drawing(self)


def telling(structure: Structure, left: S.Formula, right: S.Formula) -> Structure:
    """A structure that tells the formulas apart and is good to look at: populated where one is found, with few facts.

    The countermodel given is taken where no sampled structure has an instance of every predicate.
    """
    from logic.finite import first_bit  # here, since it loads numpy
    from logic.samples import sampled_batches

    joint = signature(left, right)
    variables = [
        S.Variable(f"x{place}")
        for place in range(max([arity for _, arity in joint.predicates], default=0))
    ]
    wanted: list[S.Formula] = [S.Not(S.Iff(left, right))]
    for name, arity in joint.predicates:
        instance: S.Formula = S.Atom(name, tuple(variables[:arity]))
        for variable in variables[:arity]:
            instance = S.Exists(variable, instance)
        wanted.append(instance)
    for batch in sampled_batches(joint, (2, 3)):
        try:
            index = first_bit(batch.truth(S.And(tuple(wanted)))) if len(wanted) > 1 else None
        except UnsupportedError:
            break
        if index is not None:
            found = batch.structure(index)
            if found.holds(left) != found.holds(right):
                return _slimmed(found, left, right)
    return _slimmed(structure, left, right)


def _slimmed(structure: Structure, left: S.Formula, right: S.Formula) -> Structure:
    """The structure without facts that are not needed; where every predicate has an instance, one of each stays."""
    facts = [
        (key, values) for key, tuples in structure.predicates.items() for values in sorted(tuples)
    ]
    if len(facts) > MAX_SLIMMED:
        return structure
    least = int(all(structure.predicates.values()))
    for key, values in reversed(facts):
        fewer = {**structure.predicates, key: structure.predicates[key] - {values}}
        smaller = replace(structure, predicates=fewer)
        if len(fewer[key]) >= least and smaller.holds(left) != smaller.holds(right):
            structure = smaller
    return structure


def element_names(structure: Structure) -> tuple[str, ...]:
    """The constants that denote each element, or a letter."""
    letters: Iterator[str] = (letter for letter in _LETTERS if letter not in structure.constants)
    names = []
    for element in range(structure.size):
        constants = [name for name, value in structure.constants.items() if value == element]
        names.append(" = ".join(constants) or next(letters, f"e{element}"))
    return tuple(names)


def world(structure: Structure) -> World:
    """The structure with names for its elements."""
    names = element_names(structure)
    properties: list[list[str]] = [[] for _ in names]
    relations: list[tuple[str, int, int]] = []
    facts: list[str] = []
    for (name, arity), tuples in structure.predicates.items():
        if arity == 0:
            facts.append(f"{name} is {'true' if tuples else 'false'}")
        for values in sorted(tuples):
            if arity == 1:
                properties[values[0]].append(name)
            elif arity == 2:
                relations.append((name, values[0], values[1]))
            elif arity > 2:
                facts.append(f"{name}({', '.join([names[value] for value in values])})")
    for (name, _), table in structure.functions.items():
        for args, value in sorted(table.items()):
            if len(args) == 1:
                relations.append((f"{name} =", args[0], value))
            else:
                facts.append(f"{name}({', '.join([names[arg] for arg in args])}) = {names[value]}")
    return World(names, tuple(map(tuple, properties)), tuple(relations), tuple(facts))


# ---- why a formula is true or false ----------------------------------------------------------------------------------


def reasons(formula: S.Formula, structure: Structure) -> tuple[bool, str]:
    """Whether the formula is true in the structure, and why, as the facts that make it so."""
    names = element_names(structure)
    value = structure.holds(formula)
    found = list(dict.fromkeys(_reasons(formula, value, structure, names)))
    shown = "; ".join(found[:_MAX_REASONS]) + (" …" if len(found) > _MAX_REASONS else "")
    return value, shown


def _reasons(f: S.Formula, value: bool, m: Structure, names: tuple[str, ...]) -> Iterator[str]:
    match f:
        case S.Not(operand):
            yield from _reasons(operand, not value, m, names)
        case S.And(parts) | S.Or(parts):
            if value is isinstance(f, S.And):
                deciding = list(parts)
            else:
                deciding = [part for part in parts if m.holds(part) is value][:1]
            for part in deciding:
                yield from _reasons(part, value, m, names)
        case S.Implies(left, right):
            if not value:
                yield from _reasons(left, True, m, names)
                yield from _reasons(right, False, m, names)
            elif m.holds(right):
                yield from _reasons(right, True, m, names)
            else:
                yield from _reasons(left, False, m, names)
        case S.Xor() | S.Iff():
            for child in f.children():
                if isinstance(child, S.Formula):
                    yield from _reasons(child, m.holds(child), m, names)
        case S.Quantified():
            yield from _quantified(f, value, m, names)
        case S.Truth():
            return
        case _:
            yield text(f) if value else f"not {text(f)}"


def _quantified(
    f: S.Quantified, value: bool, m: Structure, names: tuple[str, ...]
) -> Iterator[str]:
    """One element that decides it, or what is so of all."""
    instances = [
        (name, _instance(f, element, name.partition(" = ")[0], m))
        for element, name in enumerate(names)
    ]
    satisfied = [name for name, (body, inner) in instances if inner.holds(body)]
    if isinstance(f, S.ExistsUnique):
        yield (
            f"{text(f.body)} for {f.variable.name} = {', '.join(satisfied)}"
            if satisfied
            else f"{text(f.body)} for none"
        )
    elif value is isinstance(f, S.Exists):
        for name, (body, inner) in instances:
            if inner.holds(body) is value:
                yield f"with {f.variable.name} = {name}"
                yield from _reasons(body, value, inner, names)
                return
    elif isinstance(f, S.Forall) and isinstance(f.body, S.Implies):
        condition = S.Exists(f.variable, f.body.left)
        if m.holds(condition):
            yield f"{text(f.body.right)} for every {f.variable.name} with {text(f.body.left)}"
        else:
            yield f"{text(f.body.left)} for no {f.variable.name}"
    else:
        yield f"{text(f.body)} for {'every' if value else 'no'} {f.variable.name}"


def _instance(
    f: S.Quantified, element: int, name: str, m: Structure
) -> tuple[S.Formula, Structure]:
    """The body with the element's name for the variable, and the structure in which that name denotes it."""
    named = replace(m, constants={**m.constants, name: element})
    return substitute(f.body, {f.variable.name: S.Constant(name)}), named


# ---- the drawing -----------------------------------------------------------------------------------------------------

_RADIUS = 22
_FONT = "font-family='ui-sans-serif, system-ui, sans-serif' font-size='12'"


def _drawing(w: World) -> str:
    count = len(w.elements)
    spread = 0 if count == 1 else 78 + 14 * max(0, count - 2)
    at = _places(count, spread)
    loops = any(a == b for _, a, b in w.relations)
    above = 48 if loops else 26 if w.relations and count == 2 else 8
    above = max(
        above, *[15 * len(p) + 8 for (_, y), p in zip(at, w.properties, strict=True) if y < -1], 0
    )
    below = max([15 * len(p) for p in w.properties], default=0) + (
        26 if w.relations and count == 2 else 8
    )
    left, right = min(x for x, _ in at) - 70, max(x for x, _ in at) + 70
    top, bottom = min(y for _, y in at) - _RADIUS - above, max(y for _, y in at) + _RADIUS + below
    merged: dict[tuple[int, int], list[str]] = {}
    for label, a, b in w.relations:
        merged.setdefault((a, b), []).append(label)
    parts = [_arrow(at[a], at[b], labels, (b, a) in merged) for (a, b), labels in merged.items()]
    for place, ((x, y), name, properties) in enumerate(
        zip(at, w.elements, w.properties, strict=True)
    ):
        parts.append(
            f"<circle cx='{x:.1f}' cy='{y:.1f}' r='{_RADIUS}' fill='var(--world-fill, #dbe7ff)' "
            "stroke='var(--world-line, #3b6fd4)' stroke-width='1.6'/>"
            f"<text x='{x:.1f}' y='{y + 4:.1f}' text-anchor='middle' fill='var(--world-name, #12233f)' {_FONT} "
            f"font-weight='600'>{escape(_short(name, 7))}<title>{escape(name)}</title></text>"
        )
        upward = y < -1 and (place, place) not in merged  # arrows leave downward there
        first = y - _RADIUS - 7 - 15 * (len(properties) - 1) if upward else y + _RADIUS + 15
        parts += [_label(x, first + 15 * row, label) for row, label in enumerate(properties)]
    title = escape("; ".join(w.sentences()))
    width, height = right - left, bottom - top
    return (
        f"<svg class='world' viewBox='{left:.0f} {top:.0f} {width:.0f} {height:.0f}' width='{width:.0f}' "
        f"height='{height:.0f}' "
        f"style='max-width:100%;height:auto' role='img' aria-label='{title}'>{''.join(parts)}</svg>"
    )


def _places(count: int, spread: float) -> list[tuple[float, float]]:
    if count == 1:
        return [(0.0, 0.0)]
    if count == 2:
        return [(-spread, 0.0), (spread, 0.0)]
    turn = -math.pi / 2 if count % 2 else -math.pi / 2 - math.pi / count
    angles = [turn + 2 * math.pi * i / count for i in range(count)]
    return [(spread * math.cos(angle), spread * math.sin(angle)) for angle in angles]


def _arrow(
    start: tuple[float, float], end: tuple[float, float], labels: list[str], both: bool
) -> str:
    """A curve with its label and a head; a loop where it comes back to its element."""
    line = "fill='none' stroke='var(--world-line, #3b6fd4)' stroke-width='1.6'"
    label = ", ".join(labels)
    (x1, y1), (x2, y2) = start, end
    if start == end:
        head = (x1 + 9, y1 - _RADIUS + 2)
        path = f"M {x1 - 9:.1f} {head[1]:.1f} C {x1 - 30:.1f} {y1 - 58:.1f}, {x1 + 30:.1f} {y1 - 58:.1f}, "
        path += f"{head[0]:.1f} {head[1]:.1f}"
        return f"<path d='{path}' {line}/>{_head(head, (0.38, 1.0))}" + _label(x1, y1 - 56, label)
    length = math.hypot(x2 - x1, y2 - y1)
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    bend = 26 if both else 10
    control = ((x1 + x2) / 2 + uy * bend, (y1 + y2) / 2 - ux * bend)
    a, b = _towards(start, control, _RADIUS + 1), _towards(end, control, _RADIUS + 5)
    direction = (end[0] - control[0], end[1] - control[1])
    path = f"M {a[0]:.1f} {a[1]:.1f} Q {control[0]:.1f} {control[1]:.1f} {b[0]:.1f} {b[1]:.1f}"
    middle = ((a[0] + 2 * control[0] + b[0]) / 4, (a[1] + 2 * control[1] + b[1]) / 4)
    lift = -7 if uy * bend <= 0 and abs(ux) > 0.5 and ux > 0 else 15 if abs(ux) > 0.5 else 4
    drawn = f"<path d='{path}' {line}/>{_head(b, direction)}"
    return drawn + _label(middle[0], middle[1] + lift, label)


def _towards(
    point: tuple[float, float], other: tuple[float, float], distance: float
) -> tuple[float, float]:
    dx, dy = other[0] - point[0], other[1] - point[1]
    length = math.hypot(dx, dy)
    return point[0] + dx / length * distance, point[1] + dy / length * distance


def _head(tip: tuple[float, float], direction: tuple[float, float]) -> str:
    dx, dy = direction
    length = math.hypot(dx, dy)
    dx, dy = dx / length, dy / length
    tip = (tip[0] + 4 * dx, tip[1] + 4 * dy)
    left = (tip[0] - 9 * dx + 4.5 * dy, tip[1] - 9 * dy - 4.5 * dx)
    right = (tip[0] - 9 * dx - 4.5 * dy, tip[1] - 9 * dy + 4.5 * dx)
    points = " ".join([f"{x:.1f},{y:.1f}" for x, y in (tip, left, right)])
    return f"<polygon points='{points}' fill='var(--world-line, #3b6fd4)'/>"


def _label(x: float, y: float, label: str) -> str:
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='middle' fill='currentColor' {_FONT} "
        f"stroke='var(--world-paper, transparent)' stroke-width='3' paint-order='stroke'>"
        f"{escape(_short(label, 34))}<title>{escape(label)}</title></text>"
    )


def _short(label: str, most: int) -> str:
    return label if len(label) <= most else label[: most - 1] + "…"
