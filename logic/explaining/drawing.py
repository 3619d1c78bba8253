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
# Colours are the page's, where it sets them.
_FILL = "var(--world-fill, #dbe7ff)"
_LINE = "var(--world-line, #3b6fd4)"
_NAME = "var(--world-name, #12233f)"
_PAPER = "var(--world-paper, transparent)"
_FONT = {"font_family": "ui-sans-serif, system-ui, sans-serif", "font_size": 12}


class _Point(NamedTuple):
    """A point, or a vector from one to another."""

    x: float
    y: float

    def __str__(self) -> str:
        return f"{self.x:.1f} {self.y:.1f}"

    def plus(self, other: _Point, times: float = 1.0) -> _Point:
        return _Point(
            self.x + other.x * times,
            self.y + other.y * times,
        )

    def to(self, other: _Point) -> _Point:
        return other.plus(self, -1.0)

    def unit(self) -> _Point:
        """The vector of length one in this direction."""
        length = math.hypot(self.x, self.y)
        return _Point(self.x / length, self.y / length)

    def normal(self) -> _Point:
        """The vector turned by a quarter, to the left of its direction on the page."""
        return _Point(self.y, -self.x)


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
    arrows: dict[tuple[int, int], list[str]] = {}
    for label, start, end in relations:
        arrows.setdefault((start, end), []).append(label)
    centres = _centres(len(names))
    elements = []
    for index, name in enumerate(names):
        loops = (index, index) in arrows
        element = _Element(
            centres[index],
            name,
            properties[index],
            loops,
        )
        elements.append(element)

    parts = []
    for (start, end), labels in arrows.items():
        label = ", ".join(labels)
        if start == end:
            parts.append(_loop(centres[start], label))
            continue
        both = (end, start) in arrows
        arrow = _arrow(
            centres[start],
            centres[end],
            label,
            both=both,
        )
        parts.append(arrow)
    parts += [_circle(element) for element in elements]
    return _svg(
        "".join(parts),
        *_frame(elements, bool(arrows)),
        title,
    )


def _svg(content: str, corner: _Point, size: _Point, title: str) -> str:
    width, height = f"{size.x:.0f}", f"{size.y:.0f}"
    attributes = _attributes(
        viewBox=f"{corner.x:.0f} {corner.y:.0f} {width} {height}",
        width=width,
        height=height,
        style="max-width:100%;height:auto",
        role="img",
        aria_label=escape(title),
    )
    return f"<svg class='world' {attributes}>{content}</svg>"


def _attributes(**values: object) -> str:
    """Attributes of an element, in order; an underscore stands for a hyphen."""
    texts = []
    for name, value in values.items():
        text = f"{value:.1f}" if isinstance(value, float) else str(value)
        texts.append(f"{name.replace('_', '-')}='{text}'")
    return " ".join(texts)


# ---- where things are ----


def _centres(count: int) -> list[_Point]:
    """One element in the middle, two side by side, more on a circle."""
    if count == 1:
        return [_Point(0.0, 0.0)]
    spread = 78.0 + 14 * max(0, count - 2)
    if count == 2:
        return [_Point(-spread, 0.0), _Point(spread, 0.0)]
    # An odd number has one at the top, an even number a flat side.
    first = -math.pi / 2
    if count % 2 == 0:
        first -= math.pi / count
    centres = []
    for index in range(count):
        angle = first + 2 * math.pi * index / count
        centre = _Point(
            spread * math.cos(angle),
            spread * math.sin(angle),
        )
        centres.append(centre)
    return centres


def _frame(elements: list[_Element], arrows: bool) -> tuple[_Point, _Point]:
    """The upper left corner, and the width and height, with room for loops and labels."""
    # An arrow between two elements side by side bends into the space above or below them.
    margin = 26 if arrows and len(elements) == 2 else 8
    above = margin
    if any(element.loops for element in elements):
        above = 48
    below = 0
    for element in elements:
        height = _LINE_HEIGHT * len(element.properties)
        below = max(below, height)
        if element.upper:
            above = max(above, height + 8)
    columns = [element.centre.x for element in elements]
    rows = [element.centre.y for element in elements]
    corner = _Point(
        min(columns) - _MARGIN,
        min(rows) - _RADIUS - above,
    )
    opposite = _Point(
        max(columns) + _MARGIN,
        max(rows) + _RADIUS + below + margin,
    )
    return corner, corner.to(opposite)


# ---- elements ----


def _circle(element: _Element) -> str:
    x, y = element.centre
    circle = _attributes(
        cx=x,
        cy=y,
        r=_RADIUS,
        fill=_FILL,
        stroke=_LINE,
        stroke_width="1.6",
    )
    name = _attributes(
        x=x,
        y=y + 4,
        text_anchor="middle",
        fill=_NAME,
        **_FONT,
        font_weight=600,
    )
    # Above an upper element there is room, since arrows leave it downward; a loop is drawn there.
    if element.upper and not element.loops:
        first = y - _RADIUS - 7 - _LINE_HEIGHT * (len(element.properties) - 1)
    else:
        first = y + _RADIUS + _LINE_HEIGHT
    labels = []
    for row, label in enumerate(element.properties):
        point = _Point(x, first + _LINE_HEIGHT * row)
        labels.append(_label(point, label))
    return f"<circle {circle}/>{_text(name, element.name, _MAX_NAME)}{''.join(labels)}"


# ---- arrows ----


def _loop(centre: _Point, label: str) -> str:
    """An arrow that comes back to its element, above it."""
    start = centre.plus(_Point(-9, 2 - _RADIUS))
    tip = centre.plus(_Point(9, 2 - _RADIUS))
    left = centre.plus(_Point(-30, -58))
    right = centre.plus(_Point(30, -58))
    parts = [
        _curve(f"M {start} C {left}, {right}, {tip}"),
        _head(tip, _Point(0.38, 1.0)),
        _label(centre.plus(_Point(0, -56)), label),
    ]
    return "".join(parts)


def _arrow(start: _Point, end: _Point, label: str, *, both: bool) -> str:
    """A curve with its label and a head; it bends more where another comes the other way."""
    along = start.to(end).unit()
    bend = 26 if both else 10
    halfway = _Point(
        (start.x + end.x) / 2,
        (start.y + end.y) / 2,
    )
    control = halfway.plus(along.normal(), bend)
    # The curve goes from rim to rim, and the head takes some of the way.
    tail = start.plus(
        start.to(control).unit(),
        _RADIUS + 1,
    )
    tip = end.plus(
        end.to(control).unit(),
        _RADIUS + 5,
    )
    path = f"M {tail} Q {control} {tip}"
    middle = _Point(
        (tail.x + 2 * control.x + tip.x) / 4,
        (tail.y + 2 * control.y + tip.y) / 4,
    )
    point = middle.plus(_Point(0, _lift(along)))
    return _curve(path) + _head(tip, control.to(end)) + _label(point, label)


def _lift(along: _Point) -> int:
    """How far down a label is moved off its curve: little beside a steep one."""
    if abs(along.x) <= 0.5:
        return 4
    # The curve bends to the left of its way, which is upward from left to right.
    return -7 if along.x > 0 and along.y <= 0 else 15


def _curve(path: str) -> str:
    attributes = _attributes(
        d=path,
        fill="none",
        stroke=_LINE,
        stroke_width="1.6",
    )
    return f"<path {attributes}/>"


def _head(tip: _Point, direction: _Point) -> str:
    """An arrowhead whose point is a little beyond the end of the curve."""
    along = direction.unit()
    point = tip.plus(along, 4)
    base = point.plus(along, -9)
    corners = (
        point,
        base.plus(along.normal(), 4.5),
        base.plus(along.normal(), -4.5),
    )
    points = " ".join([f"{x:.1f},{y:.1f}" for x, y in corners])
    return f"<polygon points='{points}' fill='{_LINE}'/>"


# ---- labels ----


def _label(point: _Point, label: str) -> str:
    attributes = _attributes(
        x=point.x,
        y=point.y,
        text_anchor="middle",
        fill="currentColor",
        **_FONT,
        stroke=_PAPER,
        stroke_width=3,
        paint_order="stroke",
    )
    return _text(attributes, label, _MAX_LABEL)


def _text(attributes: str, words: str, most: int) -> str:
    """Words cut short after so many characters; a pointer on them shows the whole."""
    shown = words if len(words) <= most else words[: most - 1] + "…"
    return f"<text {attributes}>{escape(shown)}<title>{escape(words)}</title></text>"
