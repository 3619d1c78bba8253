"""Intervals of shares and means, and the test of two who answered the same items.

A margin is half the width of a 95 % interval: by the normal approximation where that says something,
and never 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

# The 97.5 % point of the normal distribution, in the two decimals by which intervals have been
# reported so far: `scipy.stats.norm.ppf(0.975)` would move every margin in the fifth digit.
Z = 1.96


def margin_of_mean(values: Sequence[float]) -> float:
    """Half the interval of the mean of independent values of [0, 1].

    Where all are equal their spread tells nothing: then it is that of such a share.
    """
    count = len(values)
    if len(set(values)) == 1:
        return margin_of_share(values[0], count)
    mean = sum(values) / count
    squares = [(value - mean) ** 2 for value in values]
    variance = sum(squares) / max(1, count - 1)
    return Z * math.sqrt(variance / count)


def margin_of_share(share: float, count: int) -> float:
    """Half the interval of a share of `count` independent answers; of none or all of them Wilson's."""
    if share in (0.0, 1.0):
        return Z**2 / (count + Z**2) / 2
    return Z * math.sqrt(share * (1 - share) / count)


def wilson(share: float, count: int) -> tuple[float, float]:
    """The 95 % interval of a share of independent items (Wilson 1927); never of no width."""
    spread = Z * Z / count
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * math.sqrt(share * (1 - share) / count + spread / (4 * count))
    return max(0.0, middle - half), min(1.0, middle + half)


def mcnemar(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """How likely so uneven a split is where two are equally good (exact McNemar test).

    Of the items that one of them gets more of than the other; two-sided, from 0 to 1.
    """
    pairs = list(zip(ours, theirs, strict=True))
    return sign_test(
        sum(one > two for one, two in pairs),
        sum(one < two for one, two in pairs),
    )


def sign_test(wins: int, losses: int) -> float:
    """How likely so uneven a split of wins and losses is by chance; two-sided, exact."""
    differing = wins + losses
    tail = sum(math.comb(differing, count) for count in range(min(wins, losses) + 1))
    return min(1.0, 2 * tail / 2**differing)


def with_margin(share: float, margin: float | None) -> str:
    """A share in percent with its margin in points, for people."""
    return f"{share:.1%}" if margin is None else f"{share:.1%} ± {100 * margin:.1f}"


def probability(value: float) -> str:
    """p in words."""
    if value < 0.001:
        return "p < 0.001"
    return f"p {value:.3f}" if value < 0.01 else f"p {value:.2f}"
