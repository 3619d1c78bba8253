"""A small world as a drawing (SVG): circles with properties beside them, and arrows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

_RADIUS = 22
_LINE_HEIGHT = 15
_MARGIN = 70
_MAX_NAME = 7
_MAX_LABEL = 34
_FONT = "font-family='ui-sans-serif, system-ui, sans-serif' font-size='12'"
# Colours are the page's, where it sets them.
_FILL = "var(--world-fill, #dbe7ff)"
_LINE = "var(--world-line, #3b6fd4)"
_NAME = "var(--world-name, #12233f)"
_PAPER = "var(--world-paper, transparent)"
_CURVE = f"fill='none' stroke='{_LINE}' stroke-width='1.6'"


class _Point(NamedTuple):
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class _Element:
    """A circle with its name and properties; `loops` where an arrow comes back to it."""

    centre: _Point
    name: str
    properties: tuple[str, ...]
    loops: bool

    @property
    def upper(self) -> bool:
        return self.centre.y < -1


def drawing(
    names: tuple[str, ...],
    properties: tuple[tuple[str, ...], ...],
    relations: tuple[tuple[str, int, int], ...],
    title: str,
) -> str:
    """The world as an SVG; `relations` are (label, from, to)."""
    centres = _centres(len(names))
    arrows: dict[tuple[int, int], list[str]] = {}
    for label, start, end in relations:
        arrows.setdefault((start, end), []).append(label)
    elements = [
        _Element(centre, name, labels, loops=(index, index) in arrows)
        for index, (centre, name, labels) in enumerate(zip(centres, names, properties, strict=True))
    ]
    parts = []
    for (start, end), labels in arrows.items():
        label = ", ".join(labels)
        if start == end:
            parts.append(_loop(centres[start], label))
        else:
            both = (end, start) in arrows
            parts.append(_arrow(centres[start], centres[end], label, both=both))
    parts += [_circle(element) for element in elements]
    corner, size = _frame(elements, bool(arrows))
    return (
        f"<svg class='world' viewBox='{corner.x:.0f} {corner.y:.0f} {size.x:.0f} {size.y:.0f}' "
        f"width='{size.x:.0f}' height='{size.y:.0f}' style='max-width:100%;height:auto' "
        f"role='img' aria-label='{escape(title)}'>{''.join(parts)}</svg>"
    )


# ---- where things are ----


def _centres(count: int) -> list[_Point]:
    """One element in the middle, two side by side, more on a circle."""
    if count == 1:
        return [_Point(0.0, 0.0)]
    spread = 78 + 14 * max(0, count - 2)
    if count == 2:
        return [_Point(-spread, 0.0), _Point(spread, 0.0)]
    # An odd number has one at the top, an even number a flat side.
    first = -math.pi / 2 if count % 2 else -math.pi / 2 - math.pi / count
    centres = []
    for index in range(count):
        angle = first + 2 * math.pi * index / count
        centres.append(_Point(spread * math.cos(angle), spread * math.sin(angle)))
    return centres


def _frame(elements: list[_Element], arrows: bool) -> tuple[_Point, _Point]:
    """The upper left corner, and the width and height, with room for loops and labels."""
    # An arrow between two elements side by side bends into the space above or below them.
    bends = arrows and len(elements) == 2
    above = 26 if bends else 8
    if any(element.loops for element in elements):
        above = 48
    for element in elements:
        if element.upper:
            above = max(above, _LINE_HEIGHT * len(element.properties) + 8)
    below = max([_LINE_HEIGHT * len(element.properties) for element in elements], default=0)
    below += 26 if bends else 8
    columns = [element.centre.x for element in elements]
    rows = [element.centre.y for element in elements]
    corner = _Point(min(columns) - _MARGIN, min(rows) - _RADIUS - above)
    right = max(columns) + _MARGIN
    bottom = max(rows) + _RADIUS + below
    return corner, _Point(right - corner.x, bottom - corner.y)


# ---- elements ----


def _circle(element: _Element) -> str:
    x, y = element.centre
    circle = (
        f"<circle cx='{x:.1f}' cy='{y:.1f}' r='{_RADIUS}' fill='{_FILL}' "
        f"stroke='{_LINE}' stroke-width='1.6'/>"
    )
    name = (
        f"<text x='{x:.1f}' y='{y + 4:.1f}' text-anchor='middle' fill='{_NAME}' {_FONT} "
        f"font-weight='600'>{escape(_short(element.name, _MAX_NAME))}"
        f"<title>{escape(element.name)}</title></text>"
    )
    # Above an upper element there is room, since arrows leave it downward; a loop is drawn there.
    if element.upper and not element.loops:
        first = y - _RADIUS - 7 - _LINE_HEIGHT * (len(element.properties) - 1)
    else:
        first = y + _RADIUS + _LINE_HEIGHT
    labels = [
        _label(_Point(x, first + _LINE_HEIGHT * row), label)
        for row, label in enumerate(element.properties)
    ]
    return circle + name + "".join(labels)


# ---- arrows ----


def _loop(centre: _Point, label: str) -> str:
    """An arrow that comes back to its element, above it."""
    x, y = centre
    start = _Point(x - 9, y - _RADIUS + 2)
    tip = _Point(x + 9, y - _RADIUS + 2)
    path = (
        f"M {start.x:.1f} {start.y:.1f} "
        f"C {x - 30:.1f} {y - 58:.1f}, {x + 30:.1f} {y - 58:.1f}, {tip.x:.1f} {tip.y:.1f}"
    )
    head = _head(tip, _Point(0.38, 1.0))
    return f"<path d='{path}' {_CURVE}/>{head}" + _label(_Point(x, y - 56), label)


def _arrow(start: _Point, end: _Point, label: str, *, both: bool) -> str:
    """A curve with its label and a head; it bends more where another comes the other way."""
    length = math.hypot(end.x - start.x, end.y - start.y)
    along = _Point((end.x - start.x) / length, (end.y - start.y) / length)
    bend = 26 if both else 10
    control = _Point(
        (start.x + end.x) / 2 + along.y * bend,
        (start.y + end.y) / 2 - along.x * bend,
    )
    # The curve goes from rim to rim, and the head takes some of the way.
    tail = _towards(start, control, _RADIUS + 1)
    tip = _towards(end, control, _RADIUS + 5)
    path = f"M {tail.x:.1f} {tail.y:.1f} Q {control.x:.1f} {control.y:.1f} {tip.x:.1f} {tip.y:.1f}"
    head = _head(tip, _Point(end.x - control.x, end.y - control.y))
    middle = _Point(
        (tail.x + 2 * control.x + tip.x) / 4,
        (tail.y + 2 * control.y + tip.y) / 4 + _lift(along, bend),
    )
    return f"<path d='{path}' {_CURVE}/>{head}" + _label(middle, label)


def _lift(along: _Point, bend: int) -> int:
    """How far a label is moved off its curve: beside a steep one, above or below a flat one."""
    if abs(along.x) <= 0.5:
        return 4
    return -7 if along.x > 0 and along.y * bend <= 0 else 15


def _towards(point: _Point, other: _Point, distance: float) -> _Point:
    dx, dy = other.x - point.x, other.y - point.y
    length = math.hypot(dx, dy)
    return _Point(point.x + dx / length * distance, point.y + dy / length * distance)


def _head(tip: _Point, direction: _Point) -> str:
    """An arrowhead whose point is a little beyond the end of the curve."""
    length = math.hypot(*direction)
    dx, dy = direction.x / length, direction.y / length
    tip = _Point(tip.x + 4 * dx, tip.y + 4 * dy)
    left = _Point(tip.x - 9 * dx + 4.5 * dy, tip.y - 9 * dy - 4.5 * dx)
    right = _Point(tip.x - 9 * dx - 4.5 * dy, tip.y - 9 * dy + 4.5 * dx)
    points = " ".join([f"{x:.1f},{y:.1f}" for x, y in (tip, left, right)])
    return f"<polygon points='{points}' fill='{_LINE}'/>"


# ---- labels ----


def _label(point: _Point, label: str) -> str:
    return (
        f"<text x='{point.x:.1f}' y='{point.y:.1f}' text-anchor='middle' fill='currentColor' "
        f"{_FONT} stroke='{_PAPER}' stroke-width='3' paint-order='stroke'>"
        f"{escape(_short(label, _MAX_LABEL))}<title>{escape(label)}</title></text>"
    )


def _short(label: str, most: int) -> str:
    return label if len(label) <= most else label[: most - 1] + "…"
