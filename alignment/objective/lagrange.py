"""What breaking a constraint costs, moved until it is kept as often as was asked."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

RATE = 0.1
"""How far a weight moves for each unit that a share is off."""


@dataclass
class LagrangeWeights:
    """A weight for each constraint of which a share is asked for; each starts at 0.

    A completion is paid

        (reward - sum of weight * (1 - constraint)) / (1 + sum of weights)

    where a constraint is a reward in [0, 1], and after each batch

        weight <- max(0, weight + RATE * (share asked for - mean of the constraint))

    so that breaking a constraint costs more for as long as it is broken too often, and in the end
    nothing where it is not: projected ascent of the dual, as in Safe RLHF (Dai et al., arXiv
    2310.12773, section 3.2, which moves the logarithm of the weight and pays by the same quotient).

    Args:
        shares: the share asked for of each, in (0, 1].
        weights: what they are at first.
        moves: whether `update` moves them. A trainer turns it off while it evaluates.
    """

    shares: Sequence[float]
    weights: list[float] = field(default_factory=list)
    moves: bool = True

    def __post_init__(self) -> None:
        self.weights = self.weights or [0.0] * len(self.shares)

    def paid(self, reward: float, constraints: Sequence[float]) -> float:
        """What a completion is paid that got `reward`, and of each constraint what is given."""
        pairs = zip(self.weights, constraints, strict=True)
        # Of what is above 1 no more than 1 counts: it would be paid for.
        cost = sum(weight * (1.0 - min(1.0, value)) for weight, value in pairs)
        return (reward - cost) / (1.0 + sum(self.weights))

    def update(self, constraints: Sequence[Sequence[float | None]]) -> None:
        """Move the weights by a batch; in training by several processes all must call it.

        Args:
            constraints: for each constraint what each of this process' completions got, None where
                not judged.
        """
        if not self.moves:
            return
        here = [[value for value in values if value is not None] for values in constraints]
        everywhere = _everywhere(here)
        for place, share in enumerate(self.shares):
            judged = [value for process in everywhere for value in process[place]]
            if judged:
                gap = share - sum(min(1.0, value) for value in judged) / len(judged)
                self.weights[place] = max(0.0, self.weights[place] + RATE * gap)


def _everywhere(values: list[list[float]]) -> list[list[list[float]]]:
    """What each process has."""
    distributed = sys.modules.get("torch.distributed")  # not loaded for this where nobody has
    if distributed is None or not distributed.is_available() or not distributed.is_initialized():
        return [values]
    from accelerate.utils import gather_object

    found: list[list[list[float]]] = gather_object([values])
    return found
