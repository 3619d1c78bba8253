"""Who scores: any reward by its name, and three that only rank."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import data
from alignment import rewards
from alignment.metrics.bleu import sentence_bleu
from pipelines.errors import UsageError
from pipelines.judging.remote import reward as _llm_judge  # noqa: F401 (registers it)
from pipelines.ranking.items import Item
from pipelines.ranking.measures import Place, Scores, key

Scorer = Callable[..., Sequence[float | None]]
"""As TRL calls a reward: prompts, completions and the column `reference`."""
FIRST, AT_A_TIME = 32, 512
"""Answers that are scored in one call: the first time, at most, and then."""
EXACT, PROSE_BLEU, LONGEST = "exact", "prose_bleu", "longest"
OWN = {
    EXACT: "what the preferred answer's exact reader says (a data set with one)",
    PROSE_BLEU: "sentence BLEU of the texts",
    LONGEST: "the longer answer",
}


def scorer(label: str, name: str, settings: dict[str, Any], dataset: str) -> Scorer:
    """The scorer of a name. Raises `UsageError` for one there is not, or settings that it has not."""
    if not isinstance(settings, dict):
        raise UsageError(f"--settings: those of {label!r} are a mapping, got {settings!r}")
    if name in (PROSE_BLEU, LONGEST) and settings:
        raise UsageError(f"--settings: the scorer {name!r} has none")
    if name == PROSE_BLEU:
        return _prose_bleu
    if name == LONGEST:
        return _longest
    if name == EXACT and "dataset" not in settings:
        if data.exact_reader(dataset) is None:
            raise UsageError(
                f"--scorers {EXACT}: {dataset} has no exact reader; rows that are a copy of a data "
                f'set\'s name it, as in --settings \'{{"{label}": {{"dataset": "NAME"}}}}\''
            )
        settings = settings | {"dataset": dataset}
    try:
        return rewards.get(name, **settings)
    except rewards.RewardSettingError as error:
        others = "" if name in rewards.names() else f"; or {', '.join(OWN)}"
        raise UsageError(f"--scorers: {error}{others}") from None


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


def scores_of(
    items: Sequence[Item], judge: Scorer, label: str, told: Callable[[int, int], None]
) -> Scores:
    """The scores of all answers of the items, each asked for once, so many at a time.

    `told` hears how many of how many are done. Raises `UsageError` where of the first ones, which are
    from all over the rows, none is judged: a service that is not there, or a scorer of something else.
    """
    asked: dict[Place, tuple[Any, str, str]] = {}
    for item in items:
        worlds = [item] if item.other_world is None else [item, item.other_world]
        for world in worlds:
            prompts = [world.prompt] if world.story is None else [world.prompt, world.story]
            for prompt, answer in product(prompts, (*world.right, *world.wrong)):
                place = key(prompt, world.reference, answer)
                asked.setdefault(place, (prompt, answer, world.reference))
    tried = list(asked)[:: -(-len(asked) // FIRST)]
    known = set(tried)
    places = tried + [place for place in asked if place not in known]
    values: list[float | None] = []
    while len(values) < len(places):
        first = not values
        part = places[len(values) : len(values) + (len(tried) if first else AT_A_TIME)]
        values += _scores(judge, [asked[place] for place in part], label)
        if first and all(value is None for value in values):
            raise UsageError(
                f"--scorers: {label!r} judges none of the first {len(values)} answers; what it says "
                "of them is above, if anything: does it read such answers, and is its service there?"
            )
        told(len(values), len(places))
    return dict(zip(places, values, strict=True))


def _scores(judge: Scorer, rows: Sequence[tuple[Any, str, str]], label: str) -> list[float | None]:
    """The scores of some answers."""
    try:
        values = judge(
            [prompt for prompt, _, _ in rows],
            [answer for _, answer, _ in rows],
            reference=[reference for _, _, reference in rows],
        )
    except rewards.RewardSettingError as error:
        raise UsageError(f"--scorers: {label!r}: {error}") from error
    return list(values)
