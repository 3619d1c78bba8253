"""The reward of correction: how much better the new formula is than the wrong one it was made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from alignment.rewards.fol import InDomain
from alignment.rewards.registry import column, register


@register("correct")
@dataclass(eq=False)
class Correct(InDomain):
    """The judge's score of the completion less that of the wrong formula (column `wrong`), in [-1, 1].

    A formula copied from the prompt gets 0, one that is worse, or cannot be read, less than 0. None
    where either could not be judged. The score is that of `logic`.
    """

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        import logic

        references = list(column(columns, "reference", "correct"))
        wrong = list(column(columns, "wrong", "correct"))
        scores = logic.score(
            candidates=[*completions, *wrong],
            references=references * 2,
            names="match",
            domain=self.domain,
            workers=0,
        )
        new, old = scores[: len(references)], scores[len(references) :]
        return [None if a is None or b is None else a - b for a, b in zip(new, old, strict=True)]
