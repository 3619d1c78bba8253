"""The label weight of `label_schedule="adaptive"`: from imitation to exploration and back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class AdaptiveShare:
    """The share of `label_weight` in use, in [floor, 1]; it starts at 1.

    It moves once per generation batch:

        target = 1 - reward * min(1, entropy / (collapse * first entropy))
        share <- clip(share + rate * (target - share), floor, 1)

    The label term gives way as the sampled answers earn reward, and comes back where the reward
    falls or where the policy's entropy collapses, as a policy that no longer varies its answers
    explores nothing.

    In the spirit of AMFT (He, Feng and Li, arXiv 2508.06944), whose controller adds to the weight
    of imitation a multiple of (target entropy - entropy). Where AMFT takes a meta-gradient on
    held-out data, this one reads the reward, which needs no data and no second gradient.

    Args:
        floor: smallest share, in [0, 1].
        rate: part of the way to the target in one update, in (0, 1].
        collapse: entropy below this multiple of the run's first pulls back to imitation, at least 0
            (0: never).
    """

    floor: float = 0.1
    rate: float = 0.05
    collapse: float = 0.25
    share: float = 1.0
    first_entropy: float | None = None
    _entropies: list[float] = field(default_factory=list)

    def observe(self, entropy: float) -> None:
        """Note the mean token entropy, in nats, of one forward pass since the last update."""
        self._entropies.append(entropy)

    def update(self, reward: float | None) -> float:
        """Move the share and return it.

        Args:
            reward: mean group reward of a generation batch in [0, 1]; None, where nothing was
                judged, moves nothing.
        """
        exploration = self._exploration()
        if reward is not None:
            target = 1.0 - reward * exploration
            share = self.share + self.rate * (target - self.share)
            self.share = min(1.0, max(self.floor, share))
        return self.share

    def _exploration(self) -> float:
        """How far the policy still varies its answers, in [0, 1]: 1 unless entropy collapses."""
        if not self._entropies:
            return 1.0
        entropy = sum(self._entropies) / len(self._entropies)
        self._entropies.clear()
        if self.first_entropy is None:
            self.first_entropy = entropy
        collapsed = self.collapse * self.first_entropy
        return min(1.0, entropy / collapsed) if collapsed > 0.0 else 1.0

    def state_dict(self) -> dict[str, Any]:
        return {
            "share": self.share,
            "first_entropy": self.first_entropy,
            "entropies": list(self._entropies),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.share = state["share"]
        self.first_entropy = state["first_entropy"]
        self._entropies = list(state["entropies"])
