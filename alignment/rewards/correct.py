"""The reward of correction: how much better a formula is than the wrong one it was made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import logic
from alignment.rewards.fol import AgainstReference
from alignment.rewards.registry import column, register


@register("correct")
@dataclass(eq=False)
class Correct(AgainstReference):
    """The judge's score of the completion less that of the wrong formula, in [-1, 1].

    The wrong formula is the column `wrong`. A formula copied from the prompt gets 0, one that is
    worse, or cannot be read, less than 0. None where either could not be judged. The score is that
    of `logic`.
    """

    text_columns: ClassVar[tuple[str, ...]] = ("reference", "wrong")
    is_rate: ClassVar[bool] = False

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        references = list(column(columns, "reference", "correct"))
        wrong = list(column(columns, "wrong", "correct"))
        # In one call, so that each reference is read once.
        scores = logic.score(
            candidates=[*completions, *self.targets(wrong)],
            references=[*self.targets(references)] * 2,
            names="match",
            domain=self.domain,
            dialect=self.dialect,
            workers=0,
        )
        count = len(references)
        pairs = zip(scores[:count], scores[count:], strict=True)
        return [None if new is None or old is None else new - old for new, old in pairs]
