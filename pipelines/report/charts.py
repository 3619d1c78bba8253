"""Charts as inline SVG. Colours and dashes come from the page's style sheet, so they follow light and dark."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.report.markup import figure, percent, safe, tag

COLOURS = 8
"""Colours that the style sheet has."""
MAX_POINTS = 240
"""Points drawn of one curve; a longer log is averaged into so many."""
_SMOOTH_FROM = 12
_WIDTH, _HEIGHT = 420, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 50, 10, 10, 28


@dataclass(frozen=True, slots=True)
class Series:
    """A curve: what it is called, its points, and which colour and dash it has."""

    label: str
    points: tuple[tuple[float, float], ...]
    colour: int = 0
    dash: int = 0


@dataclass(frozen=True, slots=True)
class Curve:
    """A series made ready: x, mean over a moving window, and the band around it."""

    xs: list[float]
    ys: list[float]
    low: list[float]
    high: list[float]


def smooth(points: Sequence[tuple[float, float]]) -> Curve:
    """At most `MAX_POINTS`, each the mean of a window of a tenth of them (of itself alone in a short log).

    The band is that mean ± the standard deviation of the noise there, estimated from second differences, which a
    trend does not change.
    """
    points = sorted(points)
    size = math.ceil(len(points) / MAX_POINTS)
    chunks = [points[start : start + size] for start in range(0, len(points), size)]
    xs = [chunk[-1][0] for chunk in chunks]
    values = [sum(y for _, y in chunk) / len(chunk) for chunk in chunks]
    count = len(values)
    reach = 0 if count < _SMOOTH_FROM else max(2, count // 20)
    ys, low, high = [], [], []
    for place in range(count):
        near = min(reach, place, count - 1 - place)
        mean = sum(values[place - near : place + near + 1]) / (2 * near + 1)
        start = min(max(1, place - reach), count - 2 - 2 * reach)
        around = range(start, start + 2 * reach + 1) if reach else range(0)
        bends = [values[i - 1] - 2 * values[i] + values[i + 1] for i in around]
        noise = math.sqrt(sum(bend * bend for bend in bends) / (6 * len(bends))) if bends else 0.0
        ys.append(mean)
        low.append(mean - noise if min(values) < 0 else max(0.0, mean - noise))
        high.append(mean + noise)
    return Curve(xs, ys, low, high)


def line_chart(title: str, note: str, series: Sequence[Series]) -> str:
    """A figure with one curve and band for each series, a legend where there are several, and a table of values."""
    curves = [smooth(one.points) for one in series]
    x_low, x_high = min(c.xs[0] for c in curves), max(c.xs[-1] for c in curves)
    y_low, y_high, y_ticks = _scale(
        min(min(c.low) for c in curves), max(max(c.high) for c in curves)
    )
    x_low, x_high, x_ticks = x_low, max(x_high, x_low + 1), _ticks(x_low, max(x_high, x_low + 1), 5)

    def at(x: float, y: float) -> str:
        return (
            f"{_LEFT + (x - x_low) / (x_high - x_low) * (_WIDTH - _LEFT - _RIGHT):.1f},"
            f"{_TOP + (y_high - y) / (y_high - y_low) * (_HEIGHT - _TOP - _BOTTOM):.1f}"
        )

    parts = []
    for value in y_ticks:
        y = at(x_low, value).split(",")[1]
        parts.append(f"<line class='grid' x1='{_LEFT}' x2='{_WIDTH - _RIGHT}' y1='{y}' y2='{y}'/>")
        parts.append(
            f"<text class='tick' x='{_LEFT - 6}' y='{float(y) + 3.5:.1f}' text-anchor='end'>{figure(value)}</text>"
        )
    for value in x_ticks:
        x = at(value, y_low).split(",")[0]
        parts.append(
            f"<text class='tick' x='{x}' y='{_HEIGHT - 10}' text-anchor='middle'>{figure(value)}</text>"
        )
    for one, curve in zip(series, curves, strict=True):
        colour, dash = f"c{one.colour % COLOURS}", f" d{one.dash}" if one.dash else ""
        if len(curve.xs) >= _SMOOTH_FROM:
            edge = [at(x, y) for x, y in zip(curve.xs, curve.high, strict=True)]
            edge += [at(x, y) for x, y in reversed(list(zip(curve.xs, curve.low, strict=True)))]
            parts.append(f"<polygon class='band {colour}' points='{' '.join(edge)}'/>")
        line = " ".join([at(x, y) for x, y in zip(curve.xs, curve.ys, strict=True)])
        if len(curve.xs) == 1:
            x, y = line.split(",")
            parts.append(f"<circle class='dot {colour}' cx='{x}' cy='{y}' r='3.5'/>")
        parts.append(f"<polyline class='line {colour}{dash}' points='{line}'/>")
    data = {
        "box": [_LEFT, _WIDTH - _RIGHT, _TOP, _HEIGHT - _BOTTOM], "x": [x_low, x_high], "y": [y_low, y_high],
        "series": [
            {"label": one.label, "colour": one.colour % COLOURS, "x": curve.xs, "y": [_round(y) for y in curve.ys]}
            for one, curve in zip(series, curves, strict=True)
        ],
    }  # fmt: skip
    last = "; ".join(
        [
            f"{one.label}: {figure(c.ys[0])} to {figure(c.ys[-1])}"
            for one, c in zip(series, curves, strict=True)
        ]
    )
    svg = tag(
        "svg", "".join(parts), viewBox=f"0 0 {_WIDTH} {_HEIGHT}", role="img", class_="chart",
        aria_label=f"{title} by step. {last}", data_chart=json.dumps(data, separators=(",", ":")),
    )  # fmt: skip
    heading = tag("h4", safe(title)) + (tag("p", safe(note), class_="note") if note else "")
    return tag(
        "figure",
        tag("figcaption", heading) + svg + _legend(series) + _values(series, curves),
        class_="panel",
    )


def _legend(series: Sequence[Series]) -> str:
    if len(series) < 2:
        return ""
    entries = [
        tag(
            "li",
            tag("span", "", class_=f"key c{one.colour % COLOURS} d{one.dash}")
            + safe(one.label, 60),
        )
        for one in series
    ]
    return tag("ul", "".join(entries), class_="legend")


def _values(series: Sequence[Series], curves: Sequence[Curve]) -> str:
    """The curves as a table, a dozen rows: for readers who cannot see them."""
    xs = sorted({x for curve in curves for x in curve.xs})
    chosen = xs if len(xs) <= 12 else [xs[round(i * (len(xs) - 1) / 11)] for i in range(12)]
    head = "".join([tag("th", safe(one.label, 60), scope="col") for one in series])
    rows = []
    for x in chosen:
        cells = [tag("td", figure(dict(zip(c.xs, c.ys, strict=True)).get(x))) for c in curves]
        rows.append(tag("tr", tag("th", figure(x), scope="row") + "".join(cells)))
    table = tag(
        "table",
        f"<thead><tr><th scope='col'>step</th>{head}</tr></thead><tbody>{''.join(rows)}</tbody>",
    )
    return tag(
        "details", "<summary>Values</summary>" + tag("div", table, class_="scroll"), class_="values"
    )


def _round(value: float) -> float:
    return float(f"{value:.4g}")


def _scale(low: float, high: float) -> tuple[float, float, list[float]]:
    """Rounded limits around the values, and ticks; 0 is in sight where it is near."""
    if 0 < low < 0.4 * high:
        low = 0.0
    if high - low < 1e-12:
        low, high = low - max(abs(low), 1e-3) * 0.5, high + max(abs(high), 1e-3) * 0.5
    step = _step(low, high, 5)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return first * step, last * step, [i * step for i in range(first, last + 1)]


def _ticks(low: float, high: float, about: int) -> list[float]:
    step = _step(low, high, about)
    return [
        i * step for i in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    ]


def _step(low: float, high: float, about: int) -> float:
    """A round distance between ticks."""
    raw = (high - low) / about
    magnitude = 10 ** math.floor(math.log10(raw))
    return float(
        next(magnitude * factor for factor in (1, 2, 2.5, 5, 10) if magnitude * factor >= raw)
    )


def interval_chart(rows: Sequence[tuple[str, int, float, float]]) -> str:
    """Shares with their margins, one (label, colour, share, margin) a row, on a scale from 0 to 100 %."""
    left, width, row_height = 150, 640, 30
    height = row_height * len(rows) + 34

    def x(share: float) -> float:
        return left + min(1.0, max(0.0, share)) * (width - left - 70)

    parts = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(
            f"<line class='grid' x1='{x(share):.1f}' x2='{x(share):.1f}' y1='6' y2='{height - 26}'/>"
        )
        parts.append(
            f"<text class='tick' x='{x(share):.1f}' y='{height - 8}' text-anchor='middle'>{share:.0%}</text>"
        )
    for index, (label, colour, share, margin) in enumerate(rows):
        y = 6 + row_height * (index + 0.5)
        low, middle, high = x(share - margin), x(share), x(share + margin)
        parts.append(
            f"<text class='name' x='{left - 12}' y='{y + 4:.1f}' text-anchor='end'>{safe(label, 24)}</text>"
            f"<g class='c{colour % COLOURS}'><path class='line' d='M {low:.1f} {y:.1f} H {high:.1f}'/>"
            f"<circle class='dot' cx='{middle:.1f}' cy='{y:.1f}' r='5'/></g>"
            f"<text class='name' x='{high + 10:.1f}' y='{y + 4:.1f}'>{percent(share)}</text>"
        )
    said = "; ".join(
        [f"{label}: {percent(share)} ± {100 * margin:.1f}" for label, _, share, margin in rows]
    )
    return tag(
        "svg",
        "".join(parts),
        viewBox=f"0 0 {width} {height}",
        role="img",
        class_="intervals",
        aria_label=said,
    )
