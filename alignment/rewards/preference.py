"""Preference without a reward model: the logic of an answer against the preferred answer's."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from alignment.messages import last_text
from alignment.preference import THRESHOLD, Finding, PreferenceJudge, Reader, counts
from alignment.rewards.embedding import loading
from alignment.rewards.registry import RewardSettingError, column, register
from logic.judging.embedding import ByEmbedding

UNREADABLE = -0.5
"""What an answer without a formula that can be read gets: less than any wrong one."""


@register("preference")
@dataclass(eq=False)
class PreferenceReward:
    """The score in [0, 1] of the completion's formula against the preferred answer's.

    The preferred answer is the column `reference`. Both formulas are written by a frozen translator
    (`alignment.preference.translator`), loaded at the first call: `translator` is its path or hub
    name, `prompt`, `chat`, `max_tokens` and `batch_size` how it is asked. Names less alike than
    `threshold` are no match; `embedding` is a sentence-transformers folder or hub name by which
    they are compared, by their words where absent.

    An answer that has no formula, or is none in words (`alignment.preference.fault`), gets
    `unreadable`, below 0; None where the preferred answer has no formula, or the judge's budget ran
    out. The shares of equivalent, wrong, unreadable and wordless answers are logged.
    """

    required_columns: ClassVar[tuple[str, ...]] = ("reference",)
    is_rate: ClassVar[bool] = False

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
                "unreadable must be at most 0, the least that a wrong answer gets: "
                f"{self.unreadable}"
            )

    @functools.cached_property
    def judge(self) -> PreferenceJudge:
        """What compares the answers; made, with the translator, when it is first asked for."""
        translator = self._load_translator()
        if self.embedding is None:
            return PreferenceJudge(translator, threshold=self.threshold)
        with loading("preference", self.embedding):
            likeness = ByEmbedding(self.embedding, threshold=self.threshold)
        return PreferenceJudge(translator, threshold=self.threshold, likeness=likeness)

    def _load_translator(self) -> Reader:
        # Late: it loads torch and transformers, which rewards do not need otherwise.
        from alignment.preference.translator import Translator

        try:
            return Translator(
                self.translator,
                prompt=self.prompt,
                chat=self.chat,
                max_tokens=self.max_tokens,
                batch_size=self.batch_size,
            )
        except (OSError, ValueError) as error:
            raise RewardSettingError(
                f"the reward 'preference' cannot load its translator: {error}"
            ) from error

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        preferred = [last_text(answer) for answer in column(columns, "reference", "preference")]
        findings = self.judge.compare(prompts, completions, preferred)
        log_metric = columns.get("log_metric")
        if log_metric is not None and findings:
            for name, count in counts(findings).items():
                share = count / len(findings)
                log_metric(f"rewards/preference/{name}", share)
        return [self._pay(finding) for finding in findings]

    def _pay(self, finding: Finding) -> float | None:
        has_fault = finding.fault and finding.score is not None
        return self.unreadable if has_fault else finding.score
