"""Published scores of formulas as rewards, to compare with; they read the column `reference`."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import logic
from alignment.rewards.embedding import loading
from alignment.rewards.fol import AgainstReference
from alignment.rewards.registry import column, register
from logic import baselines
from logic.core import CORE


@register("bleu")
@dataclass(eq=False)
class Bleu(AgainstReference):
    """BLEU in [0, 1] over formula tokens; see `logic.baselines.bleu`."""

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        return _baseline("bleu", "bleu", completions, columns, self)


@dataclass(eq=False)
class _CoreOnly(AgainstReference):
    """A score that is defined for the core language alone. Raises ValueError for a domain."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.domain != CORE.spec:
            raise ValueError(
                f"LE is defined for the core language, not for the domain {self.domain}"
            )


@register("le")
@dataclass(eq=False)
class LE(_CoreOnly):
    """LE as published with S-GRPO (arXiv 2512.14100), in [0, 1]; see `logic.baselines.le_sgrpo`.

    `model` is the sentence-transformers model that matches literals (published: all-MiniLM-L6-v2),
    by letters where absent; `threshold` the cosine below which a pair of literals spoils a binding
    (published: 0.6 for preferences).
    """

    model: str | None = None
    threshold: float | None = None

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        return _baseline(
            "le",
            "le_sgrpo",
            completions,
            columns,
            self,
            similarity=_similarity(self.model),
            threshold=self.threshold,
        )


@register("le_bleu")
@dataclass(eq=False)
class LEBleu(_CoreOnly):
    """The reward described with S-GRPO, half LE and half BLEU; see `logic.baselines.le_bleu`.

    `model` is that of `le`.
    """

    model: str | None = None

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        similarity = _similarity(self.model)
        return _baseline("le_bleu", "le_bleu", completions, columns, self, similarity=similarity)


@functools.cache
def _similarity(model: str | None) -> Any:
    """The similarity of literals, loaded once."""
    if model is None:
        return baselines.lexical
    with loading("le", model):
        return baselines.SentenceEmbedding(model)


def _baseline(
    name: str,
    baseline: str,
    completions: Sequence[str],
    columns: dict[str, Any],
    reward: AgainstReference,
    **options: Any,
) -> list[float | None]:
    """The scores of the reward `name`, a baseline; it is given the formula's text where one can be read."""
    references = list(map(str, column(columns, "reference", name)))
    return baselines.score(
        baseline,
        candidates=[_formula_text(text, reward) for text in completions],
        references=references,
        **options,
    )


def _formula_text(completion: str, reward: AgainstReference) -> str:
    """The text of the formula; one in a notation that is named is written anew in the canonical one."""
    answer = logic.read_answer(completion, domain=reward.domain, dialect=reward.dialect)
    if reward.dialect is None or answer.formula is None:
        return answer.text
    return logic.to_text(answer.formula, domain=reward.domain)
