"""Preference without a reward model: the logic of an answer against the preferred answer's."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import data
from alignment.messages import given_text
from alignment.preference import (
    RELATIONS,
    THRESHOLD,
    ExactReader,
    Finding,
    PreferenceJudge,
    counts,
    rubric,
    worth,
)
from alignment.rewards.embedding import loading
from alignment.rewards.registry import RewardSettingError, column, register
from logic.judging.embedding import ByEmbedding

if TYPE_CHECKING:
    from alignment.preference.translator import Translator

Pays = Literal["relations", "score", "rubric", "equivalence"]

UNREADABLE = -0.5
"""What an answer without a formula that can be read gets: less than any wrong one."""


@register("preference")
@dataclass(eq=False)
class PreferenceReward:
    """What the completion's formula is worth against the preferred answer's, in [0, 1].

    `pays` says how: "relations", the band of its relation (`alignment.preference.RELATIONS`), so
    that a contradiction is the worst and then come what is unsupported, weaker, stronger and
    equivalent; "score", the judge's graded score alone; "rubric", the share of the preferred
    formula's conjuncts that it entails, 0 where it contradicts one; "equivalence", nothing but an
    equivalent answer, so that no part of the way is worth going for.

    The preferred answer is the column `reference`. Both formulas are written by a frozen translator
    (`alignment.preference.translator`), loaded at the first call: `translator` is its path or hub
    name, `prompt`, `chat`, `max_tokens` and `batch_size` how it is asked, `dtype` the precision of
    its weights, which a stage takes from the model it trains. Names less alike than `threshold` are
    no match; `embedding` is a sentence-transformers folder or hub name by which they are compared,
    by their words where absent.

    An answer that has no formula, or is none in words (`alignment.preference.fault`), gets
    `unreadable`, below 0; None where the preferred answer has no formula, or the judge's budget ran
    out. The shares of equivalent, wrong, unreadable and wordless answers, and of each relation, are
    logged.
    """

    text_columns: ClassVar[tuple[str, ...]] = ("reference",)
    is_rate: ClassVar[bool] = False

    translator: str
    threshold: float = THRESHOLD
    unreadable: float = UNREADABLE
    embedding: str | None = None
    prompt: str | None = None
    chat: bool = False
    max_tokens: int = 96
    batch_size: int = 64
    pays: Pays = "relations"
    dtype: Literal["float32", "bfloat16", "float16"] = "float32"

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
        translator = load_translator("preference", self)
        if self.embedding is None:
            return PreferenceJudge(translator, threshold=self.threshold)
        with loading("preference", self.embedding):
            likeness = ByEmbedding(self.embedding, threshold=self.threshold)
        return PreferenceJudge(translator, threshold=self.threshold, likeness=likeness)

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        references = column(columns, "reference", "preference")
        preferred = [given_text(answer) or "" for answer in references]
        findings = self.judge.compare(prompts, completions, preferred)
        _log("preference", findings, columns.get("log_metric"), relations=self.pays == "relations")
        return [_pay(finding, self.pays, self.unreadable) for finding in findings]


@register("exact")
@dataclass(eq=False)
class ExactReward:
    """What `preference` pays, read by the exact reader of a data set: the gold standard.

    For comparisons with rewards that have to guess. `dataset` is one whose English is made by a
    grammar, `pays` as there. Raises ValueError for another.
    """

    text_columns: ClassVar[tuple[str, ...]] = ("reference",)
    is_rate: ClassVar[bool] = False

    dataset: str = "preference-synthetic"
    unreadable: float = UNREADABLE
    pays: Pays = "relations"

    def __post_init__(self) -> None:
        read = data.exact_reader(self.dataset)
        if read is None:
            readable = [name for name in data.NAMES if data.exact_reader(name) is not None]
            raise ValueError(f"{self.dataset} has no exact reader; allowed: {', '.join(readable)}")
        self._judge = PreferenceJudge(ExactReader(read), exact=True)

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        references = column(columns, "reference", "exact")
        preferred = [given_text(answer) or "" for answer in references]
        findings = self._judge.compare(prompts, completions, preferred)
        _log("exact", findings, columns.get("log_metric"), relations=self.pays == "relations")
        return [_pay(finding, self.pays, self.unreadable) for finding in findings]


def load_translator(name: str, reward: Any) -> Translator:
    """The frozen translator that the settings of the reward `name` describe.

    Raises RewardSettingError where it cannot be loaded.
    """
    # Late: it loads torch and transformers, which rewards do not need otherwise.
    from alignment.preference.translator import Translator

    try:
        return Translator(
            reward.translator,
            prompt=reward.prompt,
            chat=reward.chat,
            max_tokens=reward.max_tokens,
            batch_size=reward.batch_size,
            dtype=reward.dtype,
        )
    except (OSError, ValueError) as error:
        raise RewardSettingError(
            f"the reward {name!r} cannot load its translator: {error}"
        ) from error


def _pay(finding: Finding, pays: Pays, unreadable: float) -> float | None:
    """What a finding is worth; None where it was not decided."""
    if finding.score is None:
        return None
    if finding.fault or finding.comparison is None:
        return unreadable
    if pays == "relations":
        return worth(finding.relation, finding.score)
    if pays == "equivalence":
        return finding.score if finding.equivalent else 0.0
    return rubric(finding.comparison) if pays == "rubric" else finding.score


def _log(name: str, findings: list[Finding], log_metric: Any, *, relations: bool) -> None:
    """The shares of answers of each kind, and of each relation where these are paid."""
    if log_metric is None or not findings:
        return
    numbers = counts(findings)
    if relations:
        found = Counter(finding.relation for finding in findings)
        numbers |= {kind: found[kind] for kind in RELATIONS}
    for kind, count in numbers.items():
        log_metric(f"rewards/{name}/{kind}", count / len(findings))
