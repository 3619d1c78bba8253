"""Curves over the steps of a training, with their bands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.report.charts.elements import COLOURS, tick
from pipelines.report.charts.scales import Axis, step_axis, value_axis
from pipelines.report.charts.smoothing import SMOOTH_FROM, Curve, Series, smooth
from pipelines.report.markup import figure, safe, tag

MAX_ROWS = 12
"""Rows of a chart's table of values."""
_WIDTH, _HEIGHT = 420, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 50, 10, 10, 28


def line_chart(title: str, note: str, series: Sequence[Series]) -> str:
    """A figure with one curve and band for each series.

    A legend stands where there are several, and a table of values below.
    """
    curves = [smooth(one.points) for one in series]
    plane = _plane(curves)
    parts = [*_grid(plane)]
    for one, curve in zip(series, curves, strict=True):
        parts += _drawing(plane, one, curve)
    svg = tag(
        "svg",
        "".join(parts),
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        role="img",
        class_="chart",
        aria_label=f"{title} by step. {_in_words(series, curves)}",
        data_chart=json.dumps(_data(plane, series, curves), separators=(",", ":")),
    )
    heading = tag("h4", safe(title))
    if note:
        heading += tag("p", safe(note), class_="note")
    content = tag("figcaption", heading) + svg + _legend(series) + _values(series, curves)
    return tag("figure", content, class_="panel")


@dataclass(frozen=True, slots=True)
class _Plane:
    """Where values lie in the drawing, in its units, from the left and from the top."""

    x_axis: Axis
    y_axis: Axis

    def x(self, value: float) -> str:
        width = _WIDTH - _LEFT - _RIGHT
        return f"{_LEFT + self.x_axis.share(value) * width:.1f}"

    def y(self, value: float) -> str:
        height = _HEIGHT - _TOP - _BOTTOM
        axis = self.y_axis
        from_top = (axis.high - value) / (axis.high - axis.low)
        return f"{_TOP + from_top * height:.1f}"

    def points(self, xs: Sequence[float], ys: Sequence[float]) -> list[str]:
        return [f"{self.x(x)},{self.y(y)}" for x, y in zip(xs, ys, strict=True)]


def _plane(curves: Sequence[Curve]) -> _Plane:
    """The plane in which all curves and bands lie."""
    first = min(curve.xs[0] for curve in curves)
    last = max(curve.xs[-1] for curve in curves)
    lowest = min(min(curve.low) for curve in curves)
    highest = max(max(curve.high) for curve in curves)
    return _Plane(step_axis(first, last), value_axis(lowest, highest))


def _grid(plane: _Plane) -> list[str]:
    """Horizontal lines, and the numbers on both axes."""
    parts = []
    right = _WIDTH - _RIGHT
    for value in plane.y_axis.ticks:
        y = plane.y(value)
        parts.append(f"<line class='grid' x1='{_LEFT}' x2='{right}' y1='{y}' y2='{y}'/>")
        middle = f"{float(y) + 3.5:.1f}"  # of the letters' height
        parts.append(
            tick(
                str(_LEFT - 6),
                middle,
                "end",
                figure(value),
            )
        )
    for value in plane.x_axis.ticks:
        parts.append(
            tick(
                plane.x(value),
                str(_HEIGHT - 10),
                "middle",
                figure(value),
            )
        )
    return parts


def _drawing(plane: _Plane, series: Series, curve: Curve) -> list[str]:
    """The band and the line of one series; a dot where it is one point."""
    colour = f"c{series.colour % COLOURS}"
    dash = f" d{series.dash}" if series.dash else ""
    parts = []
    if len(curve.xs) >= SMOOTH_FROM:
        edge = plane.points(curve.xs, curve.high)
        edge += reversed(plane.points(curve.xs, curve.low))
        parts.append(f"<polygon class='band {colour}' points='{' '.join(edge)}'/>")
    if len(curve.xs) == 1:
        x = plane.x(curve.xs[0])
        y = plane.y(curve.ys[0])
        parts.append(f"<circle class='dot {colour}' cx='{x}' cy='{y}' r='3.5'/>")
    line = " ".join(plane.points(curve.xs, curve.ys))
    parts.append(f"<polyline class='line {colour}{dash}' points='{line}'/>")
    return parts


def _data(plane: _Plane, series: Sequence[Series], curves: Sequence[Curve]) -> dict[str, object]:
    """What the page's script reads the values under the pointer from."""
    return {
        "box": [_LEFT, _WIDTH - _RIGHT, _TOP, _HEIGHT - _BOTTOM],
        "x": [plane.x_axis.low, plane.x_axis.high],
        "y": [plane.y_axis.low, plane.y_axis.high],
        "series": [
            {
                "label": one.label,
                "colour": one.colour % COLOURS,
                "x": curve.xs,
                "y": [_round(y) for y in curve.ys],
            }
            for one, curve in zip(series, curves, strict=True)
        ],
    }


def _round(value: float) -> float:
    return float(f"{value:.4g}")


def _in_words(series: Sequence[Series], curves: Sequence[Curve]) -> str:
    """Where each curve begins and ends."""
    return "; ".join(
        f"{one.label}: {figure(curve.ys[0])} to {figure(curve.ys[-1])}"
        for one, curve in zip(series, curves, strict=True)
    )


def _legend(series: Sequence[Series]) -> str:
    if len(series) < 2:
        return ""
    entries = []
    for one in series:
        key = tag(
            "span",
            "",
            class_=f"key c{one.colour % COLOURS} d{one.dash}",
        )
        entries.append(tag("li", key + safe(one.label, 60)))
    return tag("ul", "".join(entries), class_="legend")


def _values(series: Sequence[Series], curves: Sequence[Curve]) -> str:
    """The curves as a table, a dozen rows: for readers who cannot see them."""
    columns = [dict(zip(curve.xs, curve.ys, strict=True)) for curve in curves]
    rows = []
    for x in _some(sorted({x for column in columns for x in column})):
        cells = [tag("th", figure(x), scope="row")]
        cells += [tag("td", figure(column.get(x))) for column in columns]
        rows.append(tag("tr", "".join(cells)))
    head = "".join([tag("th", safe(one.label, 60), scope="col") for one in series])
    head = f"<thead><tr><th scope='col'>step</th>{head}</tr></thead>"
    table = tag("table", f"{head}<tbody>{''.join(rows)}</tbody>")
    content = "<summary>Values</summary>" + tag("div", table, class_="scroll")
    return tag("details", content, class_="values")


def _some(xs: list[float]) -> list[float]:
    """The first, the last, and some between at equal distances."""
    if len(xs) <= MAX_ROWS:
        return xs
    last, steps = len(xs) - 1, MAX_ROWS - 1
    places = [round(number * last / steps) for number in range(MAX_ROWS)]
    return [xs[place] for place in places]
