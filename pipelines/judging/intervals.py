"""Half the width of the 95 % interval of a mean, by the normal approximation."""

from __future__ import annotations

import math
from collections.abc import Sequence

# The 97.5 % point of the normal distribution, in the two decimals by which intervals have been
# reported so far: `scipy.stats.norm.ppf(0.975)` would move every margin in the fifth digit.
Z = 1.96


def margin_of_mean(values: Sequence[float]) -> float:
    """Half the interval of the mean of independent values; 0 for a single one."""
    count = len(values)
    mean = sum(values) / count
    squares = [(value - mean) ** 2 for value in values]
    variance = sum(squares) / max(1, count - 1)
    return Z * math.sqrt(variance / count)


def margin_of_share(share: float, count: int) -> float:
    """Half the interval of a share of `count` independent answers."""
    return Z * math.sqrt(share * (1 - share) / count)
