"""Rewards for translation into first-order logic; each reads the column `reference` (a formula)."""

from __future__ import annotations

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
    """BLEU in [0, 1] over formula tokens; see `logic.baselines.bleu`."""
    return _baseline("bleu", completions, columns)


@register("le_bleu")
def le_bleu_reward(prompts: Sequence[Any], completions: Sequence[str], **columns: Any) -> list[float | None]:
    """The reward published with S-GRPO, half LE and half BLEU; see `logic.baselines.le_bleu`."""
    return _baseline("le_bleu", completions, columns)


def _baseline(name: str, completions: Sequence[str], columns: dict[str, Any]) -> list[float | None]:
    from logic import baselines, read_answer

    references = list(column(columns, "reference", name))
    return baselines.score(name, candidates=[read_answer(text).text for text in completions], references=references)
