"""Test items: what each model answered, the verdict, and what is wrong; and the errors of each model counted."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import logic
from logic.explaining.explanation import (
    ERROR_TYPES,
    NOT_LOCATED,
    UNREADABLE,
    Explanation,
    error_types,
)
from pipelines.report.markup import figure, printable, safe, tag
from pipelines.report.results import label
from pipelines.report.runs import Run

SHOWN, COUNTED = 40, 150
"""Sentences in the gallery, and sentences over which errors are counted."""
MOST_ANSWERS = 400
"""Answers in the gallery, over all runs and models."""
_BUDGET = logic.Budget(rlimit=1_000_000, max_size=3, max_nodes=5_000, seconds=3.0)
VERDICTS = {
    "proved": ("equivalent", "good"), "refuted": ("not equivalent", "bad"), "unreadable": ("unreadable", "bad"),
    "unknown": ("not judged", "open"),
}  # fmt: skip
_MEANING = {
    "quantifier": "another quantifier, one too many or too few, or another order",
    "connective": "another connective, or a conditional that points the other way",
    "negation": "a negation too many or too few",
    "arguments": "other arguments, or in other places",
    "names": "another predicate",
    "missing part": "a part of the reference is missing",
    "extra part": "a part that the reference does not have",
    "other part": "a part in place of another with nothing in common",
    UNREADABLE: "no formula can be read",
    NOT_LOCATED: "where they differ could not be told",
}

Key = tuple[str, str]


@dataclass
class Model:
    """One evaluated model and its greedy answers, by sentence and reference."""

    name: str
    colour: int
    answers: dict[Key, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Gallery:
    """The parts of the page on answers, and what could not be shown."""

    errors: str
    items: str
    problems: list[str]


def gallery(runs: Sequence[Run], seed: int = 0) -> Gallery:
    """Count errors and show a sample of the items; both samples are drawn with the seed, the same for all models."""
    models = _models(runs)
    keys = list(dict.fromkeys(key for model in models for key in model.answers))
    if not keys:
        return Gallery("", "", [])
    order = list(keys)
    random.Random(seed).shuffle(order)
    counted = order[:COUNTED]
    judge = _Judge()
    counts = [_count(model, counted, judge) for model in models]
    shown = order[: max(1, min(SHOWN, MOST_ANSWERS // len(models)))]
    cards = "".join([_card(key, models, judge) for key in shown])
    note = f"{len(shown)} of {len(keys):,} test sentences, drawn with seed {seed}; greedy answers."
    items = tag("p", note, class_="note") + _filters(models) + tag("div", cards, id="items")
    problems = [
        f"{count} answers could not be explained: {why}" for why, count in judge.failures.items()
    ]
    return Gallery(_errors(models, counts, len(counted), len(keys), seed), items, problems)


def _models(runs: Sequence[Run]) -> list[Model]:
    models = []
    several = len({stage.judge for run in runs for stage in run.judged if stage.answers}) > 1
    for number, run in enumerate(runs):
        for place, stage in enumerate(run.judged):
            name = f"{stage.judge}: {stage.name}" if several else stage.name
            model = Model(label(run, name, runs), number if len(runs) > 1 else place)
            for row in stage.answers:
                if row.get("part", "greedy") == "greedy":
                    model.answers.setdefault((str(row.get("sentence", "")), row["reference"]), row)
            if model.answers:
                models.append(model)
    return models


class _Judge:
    """Judges answers again, for verdict and explanation; what fails is counted and shown as not judged."""

    def __init__(self) -> None:
        self.failures: Counter[str] = Counter()
        self._found: dict[tuple[str, str, str], logic.Comparison | None] = {}

    def compare(self, row: dict[str, Any]) -> logic.Comparison | None:
        place = (row["completion"], row["reference"], row.get("domain", "fol"))
        if place not in self._found:
            try:
                completion, reference, domain = place
                found = logic.compare(
                    candidate=completion, reference=reference, domain=domain, budget=_BUDGET
                )
            except (logic.LogicError, AssertionError, RecursionError) as error:
                self.failures[
                    f"{type(error).__name__}: {printable(str(error).splitlines()[0])[:120]}"
                ] += 1
                found = None
            self._found[place] = found
        return self._found[place]

    def explain(self, row: dict[str, Any]) -> Explanation | None:
        found = self.compare(row)
        if found is None:
            return None
        try:
            return logic.explain(found, budget=_BUDGET)
        except (logic.LogicError, AssertionError, RecursionError) as error:
            self.failures[
                f"{type(error).__name__}: {printable(str(error).splitlines()[0])[:120]}"
            ] += 1
            return None


def _count(model: Model, keys: Sequence[Key], judge: _Judge) -> tuple[Counter[str], int, int]:
    """Errors by type, wrong answers, and answers."""
    errors: Counter[str] = Counter()
    wrong = total = 0
    for key in keys:
        row = model.answers.get(key)
        if row is None:
            continue
        total += 1
        found = judge.compare(row)
        if found is not None and found.verdict in ("refuted", "unreadable"):
            wrong += 1
            errors.update(error_types(found))
    return errors, wrong, total


def _errors(
    models: Sequence[Model],
    counts: list[tuple[Counter[str], int, int]],
    sampled: int,
    total: int,
    seed: int,
) -> str:
    kinds = [kind for kind in ERROR_TYPES if any(errors[kind] for errors, _, _ in counts)]
    head = "".join([tag("th", safe(model.name, 60), scope="col") for model in models])
    rows = []
    for kind in kinds:
        cells = []
        for errors, _, answers in counts:
            share = errors[kind] / answers if answers else 0.0
            cells.append(
                tag(
                    "td",
                    str(errors[kind] or ""),
                    class_="heat",
                    style=f"--share:{min(1.0, 1.6 * share):.3f}",
                )
            )
        heading = f"{safe(kind)} <small>{safe(_MEANING[kind])}</small>"
        rows.append(tag("tr", tag("th", heading, scope="row") + "".join(cells)))
    wrong = "".join([tag("td", f"{bad} <small>of {answers}</small>") for _, bad, answers in counts])
    rows.append(tag("tr", tag("th", "wrong answers", scope="row") + wrong, class_="total"))
    drawn = f", drawn with seed {seed}" if sampled < total else ""
    note = (
        f"Greedy answers to {sampled:,} of {total:,} test sentences{drawn}. An answer can have errors of several "
        "kinds; each is a change that was checked to be needed to make the answer equivalent to the reference."
    )
    table = tag(
        "table",
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{''.join(rows)}</tbody>",
        class_="errors",
    )
    return tag("div", table, class_="scroll") + tag("p", note, class_="note")


def _filters(models: Sequence[Model]) -> str:
    def select(name: str, title: str, values: Sequence[tuple[str, str]]) -> str:
        options = "".join(
            [tag("option", safe(text, 60), value=value) for value, text in [("", "all"), *values]]
        )
        return tag("label", f"{title} " + tag("select", options, name=name))

    verdicts = [(key, words) for key, (words, _) in VERDICTS.items()]
    fields = [
        select("verdict", "Verdict", verdicts),
        select("error", "Error", [(kind, kind) for kind in ERROR_TYPES]),
        select("model", "Model", [(str(index), model.name) for index, model in enumerate(models)]),
        tag(
            "label",
            "Text "
            + tag("input", "", type="search", name="text", placeholder="a word or a symbol"),
        ),
    ]
    return tag("form", "".join(fields) + "<output name='count'></output>", id="filters", hidden="")


def _card(key: Key, models: Sequence[Model], judge: _Judge) -> str:
    sentence, reference = key
    answers = [
        _answer(index, model, row, judge)
        for index, model in enumerate(models)
        if (row := model.answers.get(key))
    ]
    head = tag("h3", safe(sentence)) if sentence else ""
    head += tag(
        "p", tag("span", "reference", class_="who") + tag("code", safe(reference)), class_="formula"
    )
    return tag("article", tag("header", head) + tag("ol", "".join(answers)), class_="item")


def _answer(index: int, model: Model, row: dict[str, Any], judge: _Judge) -> str:
    explained = judge.explain(row)
    found = explained.comparison if explained else None
    verdict = found.verdict if found else "unknown"
    words, mood = VERDICTS[verdict]
    said = (
        str(found.answer.formula)
        if found is not None and found.answer.formula is not None
        else row["completion"]
    )
    code = _marked(said.strip(), explained) if said.strip() else "<span class='cut'>nothing</span>"
    score = found.score if found else None
    line = (
        tag("span", safe(model.name, 40), class_=f"who c{model.colour % 8}")
        + tag("code", code)
        + tag("span", words, class_=f"badge {mood}")
        + (
            tag("span", figure(score), class_="score", title="score")
            if verdict == "refuted"
            else ""
        )
    )
    errors = explained.error_types if explained else ()
    return tag(
        "li", tag("div", line, class_="formula") + (_why(explained) if explained else ""), class_=f"answer {mood}",
        data_verdict=verdict, data_errors="|".join(errors), data_model=str(index),
    )  # fmt: skip


def _marked(formula: str, explained: Explanation | None) -> str:
    """The formula with the part that is wrong marked, where it stands there once."""
    for difference in (explained.differences if explained else None) or ():
        part = difference.candidate
        if part and part != formula and formula.count(part) == 1 and len(formula) < 400:
            before, after = formula.split(part)
            return safe(before) + tag("mark", safe(part)) + safe(after)
    return safe(formula)


def _why(explained: Explanation) -> str:
    """What differs, and folded below it names, error and the small world."""
    found = explained.comparison
    if found.verdict == "refuted":
        differences = explained.differences or ()
        chips = [
            tag("li", tag("b", safe(difference.kind)) + " " + safe(difference.text, 200))
            for difference in differences
        ] or [tag("li", tag("b", NOT_LOCATED) + " " + _MEANING[NOT_LOCATED])]
        shown = tag("ul", "".join(chips), class_="chips")
    else:
        shown = ""
    inner = ""
    if explained.names:
        inner += tag("p", tag("b", "names ") + safe("; ".join(explained.said_of_names())))
    if found.answer.repairs:
        inner += tag("p", tag("b", "repaired ") + safe("; ".join(found.answer.repairs)))
    if found.answer.error is not None:
        inner += tag("pre", safe(str(found.answer.error)))
    summary = "Details"
    if explained.world is not None:
        summary = "A world that tells them apart"
        lines = [tag("li", safe(line)) for line in explained.world.sentences()]
        lines += [tag("li", tag("b", safe(line))) for line in explained.there()]
        drawing = printable(explained.world.svg())
        inner += tag(
            "div",
            tag("div", drawing, class_="drawing") + tag("ul", "".join(lines)),
            class_="world-box",
        )
    return shown + (tag("details", tag("summary", summary) + inner) if inner else "")
