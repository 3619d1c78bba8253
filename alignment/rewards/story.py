"""The reward of a whole story: what the answer proves, against the story's label.

No formula of the story need be known. An answer that meets the label dishonestly is paid nothing
(`logic.stories.judgement`): with premises that contradict each other, formulas that say nothing, a
conclusion that copies a premise, or a signature that is not used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from alignment.messages import last_text
from alignment.rewards.fol import InDomain
from alignment.rewards.registry import column, register


@register("story")
@dataclass(eq=False)
class StoryLabel(InDomain):
    """1 for an answer that proves the label with formulas of its sentences, in [0, 1].

    Columns: `premises` (a list of sentences), `conclusion`, `label` (True, False or Uncertain), and
    `formulas` where references are known: then they grade the formulas, else their words do.
    `process` is the share that the formulas have in it. None where a budget ran out.
    """

    process: float = 0.5
    required_columns: ClassVar[tuple[str, ...]] = ("premises", "conclusion", "label")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0.0 <= self.process <= 1.0:
            raise ValueError(f"process is a share from 0 to 1, got {self.process!r}")

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[Any], **columns: Any
    ) -> list[float | None]:
        stories = zip(
            column(columns, "premises", "story"),
            column(columns, "conclusion", "story"),
            column(columns, "label", "story"),
            columns.get("formulas") or [()] * len(completions),
            strict=True,
        )
        scores: dict[Any, float | None] = {}  # a group's samples are often equal
        paid = []
        for completion, (premises, conclusion, label, formulas) in zip(
            completions, stories, strict=True
        ):
            answer = (
                last_text(completion),
                tuple(premises),
                conclusion,
                label,
                tuple(formulas or ()),
            )
            if answer not in scores:
                scores[answer] = self._score(*answer)
            paid.append(scores[answer])
        return paid

    def _score(
        self,
        text: str,
        premises: Sequence[str],
        conclusion: str,
        label: str,
        formulas: Sequence[str],
    ) -> float | None:
        from logic.stories.judgement import (
            judge_story,
        )  # here: a fifth of a second, for who pays by it

        judged = judge_story(
            text,
            premises=premises,
            conclusion=conclusion,
            label=label,
            formulas=formulas,
            domain=self.domain,
        )
        undecided = judged.finding == "not judged" and not judged.faults
        return None if undecided else judged.score(self.process)
