"""Rewards for translation into first-order logic; each but `readable` reads the column `reference` (a formula)."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from alignment.rewards.embedding import loading
from alignment.rewards.registry import column, register


@register("logic")
def logic_reward(prompts: Sequence[Any], completions: Sequence[str], **columns: Any) -> list[float | None]:
    """The judge's graded score in [0, 1]; 1 only for a proved equivalence, None where it could not judge."""
    return _scores(tuple(completions), tuple(column(columns, "reference", "logic")))


@register("equivalence")
def equivalence_reward(prompts: Sequence[Any], completions: Sequence[str], **columns: Any) -> list[float | None]:
    """1 if the completion is proved equivalent to the reference, else 0; None where it could not be judged."""
    scores = _scores(tuple(completions), tuple(column(columns, "reference", "equivalence")))
    return [None if score is None else float(score == 1.0) for score in scores]


@functools.lru_cache(maxsize=1)
def _scores(completions: tuple[str, ...], references: tuple[str, ...]) -> list[float | None]:
    """The last batch is kept, so that `logic` and `equivalence` together judge it once."""
    import logic

    return logic.score(candidates=completions, references=references, names="match", workers=0)


@register("readable")
def readable_reward(prompts: Sequence[Any], completions: Sequence[str], **columns: Any) -> list[float | None]:
    """The format reward: 1 if a formula can be read from the completion, else 0."""
    import logic

    return [float(logic.read_answer(text).formula is not None) for text in completions]


@register("bleu")
def bleu_reward(prompts: Sequence[Any], completions: Sequence[str], **columns: Any) -> list[float | None]:
    """BLEU in [0, 1] over formula tokens; see `logic.baselines.bleu`."""
    return _baseline("bleu", completions, columns)


@register("le")
@dataclass(eq=False)
class LE:
    """LE as published with S-GRPO (arXiv 2512.14100), in [0, 1]; see `logic.baselines.le_sgrpo`.

    `model` is the sentence-transformers model that matches literals (published: all-MiniLM-L6-v2), by letters where
    absent; `threshold` the cosine below which a pair of literals spoils a binding (published: 0.6 for preferences).
    """

    model: str | None = None
    threshold: float | None = None

    def __call__(self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any) -> list[float | None]:
        return _baseline("le_sgrpo", completions, columns, similarity=_similarity(self.model), threshold=self.threshold)


@register("le_bleu")
@dataclass(eq=False)
class LEBleu:
    """The reward published with S-GRPO, half LE and half BLEU; see `logic.baselines.le_bleu`; `model` as for `le`."""

    model: str | None = None

    def __call__(self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any) -> list[float | None]:
        return _baseline("le_bleu", completions, columns, similarity=_similarity(self.model))


@functools.cache
def _similarity(model: str | None) -> Any:
    """The similarity of literals, loaded once."""
    from logic import baselines

    if model is None:
        return baselines.lexical
    with loading("le", model):
        return baselines.SentenceEmbedding(model)


def _baseline(name: str, completions: Sequence[str], columns: dict[str, Any], **options: Any) -> list[float | None]:
    from logic import baselines, read_answer

    references = list(column(columns, "reference", name))
    candidates = [read_answer(text).text for text in completions]
    return baselines.score(name, candidates=candidates, references=references, **options)
