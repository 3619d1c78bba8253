"""Rewards of form alone, to weigh lightly beside one of meaning: a window of length, a limit on repetition.

Both count words and signs, so that they mean the same for every tokenizer, and also apply to a
reference answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from alignment.rewards.registry import register

_TOKEN = re.compile(r"\w+|[^\w\s]")


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
        return [self._grade(len(_TOKEN.findall(text))) for text in completions]

    def _grade(self, length: int) -> float:
        return max(0.0, min(length / self.minimum, 1.0, 2.0 - length / self.maximum))


@register("repetition")
@dataclass(eq=False)
class Repetition:
    """1 while at most a share `allowed` of a completion's n-grams repeat an earlier one, falling to 0 at all of them.

    `size` is n, in words and signs. A formula repeats itself a little by nature, which `allowed`
    makes room for.
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
        return [
            min(1.0, (1.0 - self._repeated(text)) / (1.0 - self.allowed)) for text in completions
        ]

    def _repeated(self, text: str) -> float:
        words = _TOKEN.findall(text)
        grams = [
            tuple(words[start : start + self.size]) for start in range(len(words) - self.size + 1)
        ]
        return 1.0 - len(set(grams)) / len(grams) if grams else 0.0
