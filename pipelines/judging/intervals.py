"""Half the width of the 95 % interval of a mean, by the normal approximation where that says something."""

from __future__ import annotations

import math
from collections.abc import Sequence

# The 97.5 % point of the normal distribution, in the two decimals by which intervals have been
# reported so far: `scipy.stats.norm.ppf(0.975)` would move every margin in the fifth digit.
Z = 1.96


def margin_of_mean(values: Sequence[float]) -> float:
    """Half the interval of the mean of independent values of [0, 1].

    Where all are 0, or all are 1, their spread tells nothing: then it is that of such a share.
    """
    count = len(values)
    if set(values) in ({0.0}, {1.0}):
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
