"""Axes with round limits and ticks."""

from __future__ import annotations

import math
from dataclasses import dataclass

TICKS = 5
"""About so many ticks on an axis."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The ends of an axis and its ticks."""

    low: float
    high: float
    ticks: list[float]

    def share(self, value: float) -> float:
        """How far along the axis a value lies, from 0 to 1."""
        return (value - self.low) / (self.high - self.low)


def value_axis(low: float, high: float) -> Axis:
    """Rounded limits around the values; 0 is in sight where it is near."""
    if 0 < low < 0.4 * high:
        low = 0.0
    if high - low < 1e-12:  # all values are the same
        low -= max(abs(low), 1e-3) * 0.5
        high += max(abs(high), 1e-3) * 0.5
    step = _step(low, high)
    # A limit that is a multiple of the step but for rounding stays the limit.
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    ticks = [number * step for number in range(first, last + 1)]
    return Axis(ticks[0], ticks[-1], ticks)


def step_axis(low: float, high: float) -> Axis:
    """An axis that ends with the values; its ticks lie within."""
    high = max(high, low + 1)
    step = _step(low, high)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return Axis(
        low,
        high,
        [number * step for number in range(first, last + 1)],
    )


def _step(low: float, high: float) -> float:
    """A round distance between ticks."""
    distance = (high - low) / TICKS
    magnitude = 10 ** math.floor(math.log10(distance))
    steps = [magnitude * factor for factor in (1, 2, 2.5, 5, 10)]
    return float(next(step for step in steps if step >= distance))
