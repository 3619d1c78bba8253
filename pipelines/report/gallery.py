"""Test items: a sample of them with what each model answered, and the errors of each counted."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from logic.explaining.explanation import ERROR_TYPES, error_types
from pipelines.judging import reasons
from pipelines.report.cards import MEANINGS, card, filters
from pipelines.report.judge import Judge
from pipelines.report.markup import safe, tag
from pipelines.report.results import label
from pipelines.report.runs import Run, Stage

KINDS = MEANINGS | reasons.REASONS
"""What can be wrong with an answer to a sentence, and with one to a story."""
SHOWN, COUNTED = 40, 150
"""Sentences in the gallery, and sentences over which errors are counted."""
MOST_ANSWERS = 400
"""Answers in the gallery, over all runs and models."""
_STRETCH = 1.6
"""Shares are small: a cell has its full colour where 1 / 1.6 of the answers have the error."""

Key = tuple[str, str]
"""A sentence and its reference."""


@dataclass
class Model:
    """One evaluated model and its greedy answers, by sentence and reference."""

    name: str
    colour: int
    items: str
    """What it answered: sentences, or whole stories."""
    answers: dict[Key, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Gallery:
    """The parts of the page on answers, and what could not be shown."""

    errors: str
    items: str
    problems: list[str]


@dataclass
class _Count:
    """Errors of one model by type, its wrong answers, and all its answers."""

    errors: Counter[str] = field(default_factory=Counter)
    wrong: int = 0
    answers: int = 0


def gallery(runs: Sequence[Run], seed: int = 0, domains: Sequence[str] = ()) -> Gallery:
    """Count errors and show a sample of the items.

    Both samples are drawn with the seed, the same for all models. Answers are compared in the
    core, in domains that ship and in `domains`, and otherwise shown as they are.
    """
    models = _models(runs)
    if not models:
        return Gallery("", "", [])
    judge = Judge(domains)
    errors, notes, cards = "", "", ""
    for items in ("sentences", "stories"):
        keys = list(
            dict.fromkeys(key for model in models if model.items == items for key in model.answers)
        )
        if keys:
            total = len(keys)
            random.Random(seed).shuffle(keys)
            some = [model for model in models if model.items == items]
            errors += _errors(some, items, keys[:COUNTED], total, seed, judge)
            sample = keys[: max(1, min(SHOWN, MOST_ANSWERS // len(models)))]
            drawn = (
                f"{len(sample)} of {total:,} test {items}, drawn with seed {seed}; greedy answers."
            )
            notes += tag("p", drawn, class_="note")
            cards += _cards(models, sample, judge)
    asked = {model.items for model in models}
    form = filters(
        [model.name for model in models],
        sentences="sentences" in asked,
        stories="stories" in asked,
    )
    shown = notes + form + tag("div", cards, id="items")
    problems = [
        f"{count} answers could not be explained: {reason}"
        for reason, count in judge.failures.items()
    ]
    return Gallery(errors, shown, problems)


def _models(runs: Sequence[Run]) -> list[Model]:
    models = []
    judges = {stage.judge for run in runs for stage in run.judged if stage.answers}
    for number, run in enumerate(runs):
        for place, stage in enumerate(run.judged):
            name = f"{stage.judge}: {stage.name}" if len(judges) > 1 else stage.name
            answers = _greedy_answers(stage)
            if answers:
                colour = number if len(runs) > 1 else place
                are_stories = any(map(reasons.is_story, answers.values()))
                items = "stories" if are_stories else "sentences"
                models.append(Model(label(run, name, runs), colour, items, answers))
    return models


def _greedy_answers(stage: Stage) -> dict[Key, dict[str, Any]]:
    answers: dict[Key, dict[str, Any]] = {}
    for row in stage.answers:
        if row.get("part", "greedy") == "greedy":
            answers.setdefault((str(row.get("sentence", "")), row["reference"]), row)
    return answers


def _cards(models: list[Model], sample: list[Key], judge: Judge) -> str:
    """The items with the models' answers."""
    cards = []
    for sentence, reference in sample:
        answers = {
            index: model.answers[sentence, reference]
            for index, model in enumerate(models)
            if (sentence, reference) in model.answers
        }
        cards.append(card(sentence, reference, answers, models, judge))
    return "".join(cards)


def _count(model: Model, keys: Sequence[Key], judge: Judge) -> _Count:
    count = _Count()
    for key in keys:
        row = model.answers.get(key)
        if row is None:
            continue
        count.answers += 1
        if reasons.is_story(row):
            count.wrong += not reasons.is_right(row)
            count.errors.update(reasons.reasons(row))
            continue
        comparison = judge.compare(row)
        if comparison is not None and comparison.verdict in ("refuted", "unreadable"):
            count.wrong += 1
            count.errors.update(error_types(comparison))
    return count


def _errors(
    models: Sequence[Model],
    items: str,
    keys: Sequence[Key],
    total: int,
    seed: int,
    judge: Judge,
) -> str:
    """A table of the errors: a row for each kind, a column for each model."""
    counts = [_count(model, keys, judge) for model in models]
    head = "".join([tag("th", safe(model.name, 60), scope="col") for model in models])
    rows = [
        _error_row(kind, counts)
        for kind in (*ERROR_TYPES, *reasons.REASONS)
        if any(count.errors[kind] for count in counts)
    ]
    wrong = [tag("th", "wrong answers", scope="row")]
    wrong += [tag("td", f"{count.wrong} <small>of {count.answers}</small>") for count in counts]
    rows.append(tag("tr", "".join(wrong), class_="total"))
    table = tag(
        "table",
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{''.join(rows)}</tbody>",
        class_="errors",
    )
    drawn = f", drawn with seed {seed}" if len(keys) < total else ""
    meaning = (
        "a change that was checked to be needed to make the answer equivalent to the reference"
    )
    if items == "stories":
        meaning = "why the answer does not prove the label"
    note = (
        f"Greedy answers to {len(keys):,} of {total:,} test {items}{drawn}. An answer can have "
        f"errors of several kinds; each is {meaning}."
    )
    return tag("div", table, class_="scroll") + tag("p", note, class_="note")


def _error_row(kind: str, counts: Sequence[_Count]) -> str:
    heading = f"{safe(kind)} <small>{safe(KINDS[kind])}</small>"
    cells = [tag("th", heading, scope="row")]
    for count in counts:
        number = count.errors[kind]
        share = number / count.answers if count.answers else 0.0
        style = f"--share:{min(1.0, _STRETCH * share):.3f}"
        cells.append(
            tag(
                "td",
                str(number or ""),
                class_="heat",
                style=style,
            )
        )
    return tag("tr", "".join(cells))
