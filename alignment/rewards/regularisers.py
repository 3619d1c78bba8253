"""Rewards of form alone, to weigh lightly beside one of meaning: length, and repetition.

Both count words and signs, so that they mean the same for every tokenizer, and also apply to a
reference answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from alignment.rewards.registry import register
from logic.baselines.text import tokens


@register("length")
@dataclass(eq=False)
class Length:
    """1 for completions of `minimum` to `maximum` words and signs, less outside.

    Below the window it falls in proportion to the length, to 0 for nothing; above it falls to 0 at
    twice the maximum.
    """

    maximum: int
    minimum: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.minimum <= self.maximum:
            raise ValueError(
                f"1 <= minimum <= maximum must hold, got {self.minimum} and {self.maximum}"
            )

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        return [self._grade(len(tokens(text))) for text in completions]

    def _grade(self, length: int) -> float:
        short = length / self.minimum
        long = 2.0 - length / self.maximum
        return max(0.0, min(short, 1.0, long))


@register("repetition")
@dataclass(eq=False)
class Repetition:
    """1 while few of a completion's n-grams repeat an earlier one, falling to 0 at all of them.

    Few is a share of at most `allowed`: a formula repeats itself a little by nature. `size` is n,
    in words and signs.
    """

    size: int = 6
    allowed: float = 0.2

    def __post_init__(self) -> None:
        if self.size < 1:
            raise ValueError(f"size must be at least 1, got {self.size}")
        if not 0.0 <= self.allowed < 1.0:
            raise ValueError(f"allowed must be at least 0 and below 1, got {self.allowed}")

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        return [self._grade(self._repeated_share(text)) for text in completions]

    def _grade(self, repeated: float) -> float:
        return min(1.0, (1.0 - repeated) / (1.0 - self.allowed))

    def _repeated_share(self, text: str) -> float:
        """Share of the n-grams that repeat an earlier one, in [0, 1)."""
        words = tokens(text)
        starts = range(len(words) - self.size + 1)
        grams = [tuple(words[start : start + self.size]) for start in starts]
        if not grams:
            return 0.0
        distinct = len(set(grams))
        return 1.0 - distinct / len(grams)
