"""Who scores: any reward by its name, and three that only rank."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import data
from alignment import rewards
from alignment.metrics.bleu import sentence_bleu
from pipelines.errors import UsageError
from pipelines.judging.remote import reward as _llm_judge  # noqa: F401 (registers it)
from pipelines.ranking.items import Item
from pipelines.ranking.measures import Scores, key

Scorer = Callable[..., Sequence[float | None]]
"""As TRL calls a reward: prompts, completions and the column `reference`."""
EXACT, PROSE_BLEU, LONGEST = "exact", "prose_bleu", "longest"
OWN = {
    EXACT: "what the preferred answer's exact reader says (a data set with one)",
    PROSE_BLEU: "sentence BLEU of the texts",
    LONGEST: "the longer answer",
}


def scorer(name: str, settings: dict[str, Any], dataset: str) -> Scorer:
    """The scorer of a name. Raises `UsageError` for one there is not, or settings that it has not."""
    if name in OWN and settings:
        raise UsageError(f"--settings: the scorer {name!r} has none")
    if name == PROSE_BLEU:
        return _prose_bleu
    if name == LONGEST:
        return _longest
    if name == EXACT:
        if data.exact_reader(dataset) is None:
            raise UsageError(f"--scorers {EXACT}: {dataset} has no exact reader")
        return rewards.get(EXACT, dataset=dataset)
    try:
        return rewards.get(name, **settings)
    except rewards.RewardSettingError as error:
        raise UsageError(f"--scorers: {error}; or {', '.join(OWN)}") from None


def voters(name: str, settings: dict[str, Any]) -> list[Scorer]:
    """The models of an ensemble, each a scorer of its own; none where there is no ensemble."""
    models = settings.get("models", [])
    if name != "reward_model" or len(models) < 2:
        return []
    return [rewards.get(name, **settings | {"models": [model]}) for model in models]


def _prose_bleu(
    prompts: Sequence[Any], completions: Sequence[str], **columns: Any
) -> list[float | None]:
    pairs = zip(completions, columns["reference"], strict=True)
    return [sentence_bleu(answer, reference) for answer, reference in pairs]


def _longest(
    prompts: Sequence[Any], completions: Sequence[str], **columns: Any
) -> list[float | None]:
    return [float(len(answer.split())) for answer in completions]


def scores_of(items: Sequence[Item], judge: Scorer) -> Scores:
    """The scores of all answers of the items, each asked for once and all in one call."""
    asked: dict[tuple[str, str], tuple[Any, str, str]] = {}
    for item in items:
        worlds = [item] if item.other_world is None else [item, item.other_world]
        for world in worlds:
            for answer in (*world.right, *world.wrong):
                place = key(world.prompt, answer)
                asked.setdefault(place, (world.prompt, answer, world.reference))
                if world.story is not None:
                    there = key(world.story, answer)
                    asked.setdefault(there, (world.story, answer, world.reference))
    rows = list(asked.values())
    try:
        values = judge(
            [prompt for prompt, _, _ in rows],
            [answer for _, answer, _ in rows],
            reference=[reference for _, _, reference in rows],
        )
    except rewards.RewardSettingError as error:
        raise UsageError(f"--scorers: {error}") from error
    return dict(zip(asked, values, strict=True))
