"""Curves of a log: what was logged, and its mean with a band of noise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

MAX_POINTS = 240
"""Points drawn of one curve; a longer log is averaged into so many."""
SMOOTH_FROM = 12
"""Points from which on a curve is smoothed."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Series:
    """A curve: what it is called, its points, and which colour and dash it has."""

    label: str
    points: tuple[Point, ...]
    colour: int = 0
    dash: int = 0


@dataclass(frozen=True, slots=True)
class Curve:
    """A series made ready: x, mean over a moving window, and the band around it."""

    xs: list[float]
    ys: list[float]
    low: list[float]
    high: list[float]


def smooth(points: Sequence[Point]) -> Curve:
    """At most `MAX_POINTS`, each the mean of a window of a tenth of them.

    In a short log it is the point itself. The band is that mean ± the standard deviation of the
    noise there, estimated from second differences, which a trend does not change.
    """
    xs, values = _thin(sorted(points))
    count = len(values)
    reach = 0 if count < SMOOTH_FROM else max(2, count // 20)
    bends = [
        before - 2 * value + after
        for before, value, after in zip(values, values[1:], values[2:], strict=False)
    ]
    never_negative = min(values) >= 0
    curve = Curve(xs, [], [], [])
    for place in range(count):
        mean = _mean_around(values, place, reach)
        noise = _noise_around(bends, place, reach)
        low = mean - noise
        curve.ys.append(mean)
        curve.low.append(max(0.0, low) if never_negative else low)
        curve.high.append(mean + noise)
    return curve


def _thin(points: Sequence[Point]) -> tuple[list[float], list[float]]:
    """The x and y of at most `MAX_POINTS`: the last x and the mean of each chunk."""
    size = math.ceil(len(points) / MAX_POINTS)
    xs: list[float] = []
    values: list[float] = []
    for start in range(0, len(points), size):
        chunk = points[start : start + size]
        last, _ = chunk[-1]
        total = sum(y for _, y in chunk)
        xs.append(last)
        values.append(total / len(chunk))
    return xs, values


def _mean_around(values: Sequence[float], place: int, reach: int) -> float:
    """The mean of the window, which narrows towards the ends so that it stays in the middle."""
    near = min(
        reach,
        place,
        len(values) - 1 - place,
    )
    window = values[place - near : place + near + 1]
    return sum(window) / len(window)


def _noise_around(bends: Sequence[float], place: int, reach: int) -> float:
    """The standard deviation of the noise, from the second differences of the window.

    The second difference of independent noise has six times its variance: 1 + 4 + 1.
    """
    if not reach:
        return 0.0
    # The window of values begins at 1 at the earliest; its bends lie one place before.
    last_start = len(bends) - 1 - 2 * reach
    start = min(max(1, place - reach) - 1, last_start)
    window = bends[start : start + 2 * reach + 1]
    squares = sum(bend * bend for bend in window)
    return math.sqrt(squares / (6 * len(window)))
