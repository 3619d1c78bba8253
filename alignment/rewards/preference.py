"""Preference without a reward model: how near the logic of an answer is to that of the preferred answer."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from alignment.messages import last_text
from alignment.preference import THRESHOLD, PreferenceJudge, counts
from alignment.rewards.registry import RewardSettingError, column, register

UNREADABLE = -0.5
"""What an answer without a readable formula gets: less than any that says something wrong."""


@register("preference")
@dataclass(eq=False)
class PreferenceReward:
    """The score in [0, 1] of the completion's formula against that of the preferred answer, the column `reference`.

    Both formulas are written by a frozen translator (`alignment.translator`), loaded at the first call: `translator` is
    its path or hub name, `prompt`, `chat`, `max_tokens` and `batch_size` how it is asked. Names less alike than
    `threshold` are no match; `embedding` is a sentence-transformers folder or hub name by which they are compared, by
    their words where absent. An answer that has no formula, or is none in words (`alignment.preference.fault`), gets
    `unreadable`, below 0; None where the preferred answer has no formula, or the judge's budget ran out. The shares of
    equivalent, wrong, unreadable and wordless answers are logged.
    """

    translator: str
    threshold: float = THRESHOLD
    unreadable: float = UNREADABLE
    embedding: str | None = None
    prompt: str | None = None
    chat: bool = False
    max_tokens: int = 96
    batch_size: int = 64

    def __post_init__(self) -> None:
        if not 0.0 <= self.threshold <= 1.0:
            raise ValueError(f"threshold must be between 0 and 1, got {self.threshold}")
        if self.unreadable > 0.0:
            raise ValueError(
                f"unreadable must be at most 0, the least that a wrong answer gets: {self.unreadable}"
            )

    @functools.cached_property
    def judge(self) -> PreferenceJudge:
        """What compares the answers; made, with the translator, when it is first asked for."""
        from alignment.translator import Translator

        try:
            translator = Translator(
                self.translator, prompt=self.prompt, chat=self.chat, max_tokens=self.max_tokens,
                batch_size=self.batch_size,
            )  # fmt: skip
        except (OSError, ValueError) as error:
            raise RewardSettingError(
                f"the reward 'preference' cannot load its translator: {error}"
            ) from error
        if self.embedding is None:
            return PreferenceJudge(translator, threshold=self.threshold)
        from alignment.rewards.embedding import loading
        from logic.judging.embedding import ByEmbedding

        with loading("preference", self.embedding):
            likeness = ByEmbedding(self.embedding, threshold=self.threshold)
        return PreferenceJudge(translator, threshold=self.threshold, likeness=likeness)

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        preferred = [last_text(answer) for answer in column(columns, "reference", "preference")]
        found = self.judge.compare(prompts, completions, preferred)
        if (log_metric := columns.get("log_metric")) is not None and found:
            for name, count in counts(found).items():
                log_metric(f"rewards/preference/{name}", count / len(found))
        return [
            self.unreadable if one.fault and one.score is not None else one.score for one in found
        ]
