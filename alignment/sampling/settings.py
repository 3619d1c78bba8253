"""How completions are drawn: one record for every sampler and every stage that samples."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SamplingSettings:
    """Completions for each prompt and the distribution that they are drawn from.

    `n` completions; `temperature` 0 is greedy; `top_p` is the nucleus; `top_k` tokens are kept, 0
    keeps all; `max_tokens` is the length of the longest completion, in tokens; a completion ends
    before the first text of `stop` in it.

    Raises ValueError where one of them is out of range.
    """

    n: int = 1
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    max_tokens: int = 256
    stop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.n < 1 or self.max_tokens < 1:
            raise ValueError(
                f"n and max_tokens must be at least 1, got {self.n} and {self.max_tokens}"
            )
        if not all(self.stop):
            raise ValueError("a stop text must not be empty: it would end every completion at once")
        # Written so that a temperature that is not a number is refused too.
        if not self.temperature >= 0.0 or not 0.0 < self.top_p <= 1.0:
            raise ValueError(
                f"temperature must be >= 0 and top_p in (0, 1], "
                f"got {self.temperature} and {self.top_p}"
            )

    @property
    def greedy(self) -> bool:
        """Whether the likeliest token is taken at each step, so that nothing is drawn."""
        return self.temperature == 0.0
