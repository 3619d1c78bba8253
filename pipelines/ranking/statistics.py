"""Intervals of shares, and the test of two scorers on the same items."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pipelines.judging.intervals import Z


def wilson(share: float, count: int) -> tuple[float, float]:
    """The 95 % interval of a share of independent items (Wilson 1927); never of no width."""
    spread = Z * Z / count
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * math.sqrt(share * (1 - share) / count + spread / (4 * count))
    return max(0.0, middle - half), min(1.0, middle + half)


def mcnemar(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """How likely so uneven a split is where two scorers are equally good (exact McNemar test).

    Of the items that one of them gets more of than the other; two-sided, from 0 to 1.
    """
    pairs = list(zip(ours, theirs, strict=True))
    wins = sum(one > two for one, two in pairs)
    losses = sum(one < two for one, two in pairs)
    differing = wins + losses
    tail = sum(math.comb(differing, count) for count in range(min(wins, losses) + 1))
    return min(1.0, 2 * tail / 2**differing)
