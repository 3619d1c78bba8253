"""Rewards for translation into first-order logic; each reads the column `reference` (a formula)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from alignment.rewards.registry import column, register


@register("logic")
def logic_reward(prompts: Sequence[Any], completions: Sequence[str], **columns: Any) -> list[float | None]:
    """The judge's graded score in [0, 1]; 1 only for a proved equivalence, None where it could not judge."""
    import logic

    references = list(column(columns, "reference", "logic"))
    return logic.score(candidates=list(completions), references=references, names="match", workers=0)


@register("equivalence")
def equivalence_reward(prompts: Sequence[Any], completions: Sequence[str], **columns: Any) -> list[float | None]:
    """1 if the completion is proved equivalent to the reference, else 0; None where it could not be judged."""
    import logic

    references = list(column(columns, "reference", "equivalence"))
    scores = logic.score(candidates=list(completions), references=references, names="match", workers=0)
    return [None if score is None else float(score == 1.0) for score in scores]


@register("readable")
def readable_reward(prompts: Sequence[Any], completions: Sequence[str], **columns: Any) -> list[float | None]:
    """1 if a formula can be read from the completion, else 0."""
    import logic

    return [float(logic.read_answer(text).formula is not None) for text in completions]


@register("bleu")
def bleu_reward(prompts: Sequence[Any], completions: Sequence[str], **columns: Any) -> list[float | None]:
    """Sentence BLEU in [0, 1] over formula tokens, up to 4-grams, effective order, exponential smoothing."""
    from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

    smoothing = SmoothingFunction().method3
    rewards: list[float | None] = []
    for text, reference in zip(completions, column(columns, "reference", "bleu"), strict=True):
        candidate, target = _tokens(text), _tokens(reference)
        order = min(4, len(candidate))
        if not order or not target:
            rewards.append(0.0)
            continue
        weights = (1.0 / order,) * order
        rewards.append(float(sentence_bleu([target], candidate, weights, smoothing_function=smoothing)))
    return rewards


def _tokens(text: str) -> list[str]:
    """Names, connectives and brackets, each a token."""
    return re.findall(r"\w+|[^\w\s]", text)
