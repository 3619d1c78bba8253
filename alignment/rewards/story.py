"""The reward of a whole story: what the answer proves, against the story's label.

No formula of the story need be known. An answer that meets the label dishonestly is paid nothing
(`logic.stories.judgement`): with premises that contradict each other, formulas that say nothing, a
conclusion that copies a premise, or a signature that is not used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from alignment.rewards.fol import InDomain
from alignment.rewards.registry import column, register
from data.records import Label, label_of
from logic.errors import LogicError
from logic.syntax import Formula

Story = tuple[tuple[str, ...], str, Label, tuple[Any, ...]]
"""Premises, conclusion, label, and the formulas where they are known."""


@register("story")
@dataclass(eq=False)
class StoryLabel(InDomain):
    """1 for an answer that proves the label with formulas of its sentences, in [0, 1].

    Columns: `premises` (a list of sentences), `conclusion`, `label` (True, False or Uncertain), and
    `formulas` where references are known: then they grade the formulas, else their words do.
    `process` is the share that the formulas have in it. None where a budget ran out, or a column
    holds something else.
    """

    process: float = 0.5
    required_columns: ClassVar[tuple[str, ...]] = ("premises", "conclusion", "label")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0.0 <= self.process <= 1.0:
            raise ValueError(f"process is a share from 0 to 1, got {self.process!r}")

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        stories = zip(
            column(columns, "premises", "story"),
            column(columns, "conclusion", "story"),
            column(columns, "label", "story"),
            columns.get("formulas") or [()] * len(completions),
            strict=True,
        )
        scores: dict[tuple[str, Story], float | None] = {}  # a group's samples are often equal
        paid: list[float | None] = []
        for text, row in zip(completions, stories, strict=True):
            story = _story(*row)
            if story is None:
                paid.append(None)
                continue
            if (text, story) not in scores:
                scores[text, story] = self._score(text, story)
            paid.append(scores[text, story])
        return paid

    def _score(self, text: str, story: Story) -> float | None:
        from logic.stories.judgement import (
            judge_story,
        )  # here: a fifth of a second, for who pays by it

        premises, conclusion, label, formulas = story
        try:
            judged = judge_story(
                text,
                premises=premises,
                conclusion=conclusion,
                label=label,
                formulas=formulas,
                domain=self.domain,
            )
        except LogicError:  # a formula of the row cannot be read
            return None
        undecided = judged.finding == "not judged" and not judged.faults
        return None if undecided else judged.score(self.process)


def _story(premises: Any, conclusion: Any, label: Any, formulas: Any) -> Story | None:
    """A row's story; None where it is none."""
    sentences = _texts(premises, str)
    written = () if formulas is None else _texts(formulas, (str, Formula))
    if sentences is None or written is None or not isinstance(conclusion, str):
        return None
    if written and len(written) != len(sentences) + 1:
        return None
    try:
        return sentences, conclusion, label_of(str(label)), written
    except ValueError:
        return None


def _texts(values: Any, kinds: Any) -> tuple[Any, ...] | None:
    """A list of such; None where it is none: a text is no list of its letters."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        return None
    texts = tuple(values)
    return texts if all(isinstance(text, kinds) for text in texts) else None
