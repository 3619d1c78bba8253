"""Tables and charts: what every evaluated model reached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.judging import reasons
from pipelines.judging.intervals import mcnemar, probability
from pipelines.report.charts.intervals import Share, interval_chart
from pipelines.report.markup import figure, percent, safe, tag
from pipelines.report.runs import PARTS, Run, Stage, number_in

MAX_COLUMNS = 16
"""Figures of an evaluation of another kind that are shown."""
MAX_DEPTH = 3
"""Levels of nested figures that are shown."""
CONTROLS = ("control", "sft")
"""The names by which a control is known, the first that is there; else it is the first model."""
_TEXTS = ("sentence", "reference", "prompt", "chosen")


@dataclass(frozen=True)
class _Rightness:
    """What makes an answer right: the keys of its share and of half its interval, and how it is said."""

    share: str
    margin: str
    short: str
    caption: str


EQUIVALENT = _Rightness(
    "equivalent",
    "margin",
    "equivalent",
    "Greedy answers proved equivalent to the reference, with 95 % intervals.",
)
LABELS = _Rightness(
    "labels",
    "labels_margin",
    "labels proved",
    "Greedy answers to whole stories that prove the label, with 95 % intervals.",
)


@dataclass(frozen=True)
class _Model:
    """One evaluated model; `number` is its run's place, or its own where there is one run."""

    label: str
    number: int
    stage: Stage

    def figure(self, part: str, key: str) -> float | None:
        return number_in(self.stage.metrics.get(part), key)


def judges(runs: Sequence[Run]) -> list[str]:
    """The names of the evaluations, in order."""
    names = [str(stage.judge) for run in runs for stage in run.judged]
    return list(dict.fromkeys(names))


def results(runs: Sequence[Run]) -> str:
    """A chart and a table for each evaluation; other figures as they are named.

    An evaluation of sentences and one of stories are two, though they may have one name in two runs.
    """
    names = judges(runs)
    parts = []
    for name in names:
        models = _models(runs, name)
        of_stories = [model for model in models if model.figure("greedy", "labels") is not None]
        of_sentences = [model for model in models if model not in of_stories]
        groups = [group for group in (of_sentences, of_stories) if group] or [models]
        for group in groups:
            several = len(names) > 1 or len(groups) > 1
            parts.append(_evaluation(group, tag("h3", safe(name, 60)) if several else ""))
    return "".join(parts)


def _models(runs: Sequence[Run], judge: str) -> list[_Model]:
    models: list[_Model] = []
    for number, run in enumerate(runs):
        for stage in run.judged:
            if stage.judge == judge and stage.metrics:
                place = number if len(runs) > 1 else len(models)
                models.append(
                    _Model(
                        label(run, stage.name, runs),
                        place,
                        stage,
                    )
                )
    return models


def _evaluation(models: list[_Model], heading: str) -> str:
    if not models:
        return tag("p", "No model has been evaluated yet.", class_="note")
    if not all(isinstance(model.stage.metrics.get("greedy"), dict) for model in models):
        return heading + _other_table(models)
    return heading + _chart(models) + _table(models)


def label(run: Run, model: str, runs: Sequence[Run]) -> str:
    """A model's name, with its run's where there are several."""
    return f"{run.name} · {model}" if len(runs) > 1 else model


def _chart(models: list[_Model]) -> str:
    """The greedy answers' shares with their intervals; empty where none is known."""
    right = _rightness(models)
    shares = []
    for model in models:
        share = model.figure("greedy", right.share)
        if share is not None:
            margin = model.figure("greedy", right.margin) or 0.0
            shares.append(
                Share.with_margin(
                    model.label,
                    model.number,
                    share,
                    margin,
                )
            )
    if not shares:
        return ""
    content = interval_chart(shares) + tag("figcaption", right.caption, class_="note")
    return tag("figure", content, class_="wide")


def _rightness(models: list[_Model]) -> _Rightness:
    """Whole stories are right by their labels, sentences by their references."""
    has_labels = any(model.figure("greedy", "labels") is not None for model in models)
    return LABELS if has_labels else EQUIVALENT


def _table(models: list[_Model]) -> str:
    right = _rightness(models)
    best: dict[str, float] = {}
    for part in PARTS:
        if any(isinstance(model.stage.metrics.get(part), dict) for model in models):
            best[part] = max(model.figure(part, right.share) or 0.0 for model in models)
    heads = [
        "model",
        *[f"{right.short}, {PARTS[part]}" for part in best],
        *(["sentences equivalent"] if right is LABELS else []),
        "mean score",
        "readable",
        "not judged",
        "items",
    ]
    control = control_of([model.stage for model in models])
    if control is not None:
        heads.append(f"p, greedy against {control.name}")
    rows = [_row(model, best, right) + _test(model, control) for model in models]
    items = "stories" if right is LABELS else "sentences"
    note = (
        f"± is half of the 95 % interval over {items}, in percentage points. "
        f"Mean score and readable: greedy answers. p: McNemar's test on the same {items}, exact "
        "and two-sided; not corrected for the number of models."
    )
    return frame(heads, rows) + tag("p", note, class_="note")


def _row(model: _Model, best: dict[str, float], right: _Rightness) -> str:
    greedy = model.stage.metrics["greedy"]
    cells = [tag("th", safe(model.label, 60), scope="row")]
    for part, most in best.items():
        share = model.figure(part, right.share)
        is_best = share is not None and share == most > 0
        text = _with_margin(share, model.figure(part, right.margin))
        cells.append(tag("td", text, class_="best" if is_best else None))
    if right is LABELS:
        parts = [model.figure("greedy", name) for name in ("sentences", "sentences_margin")]
        cells.append(tag("td", _with_margin(*parts)))
    score, margin = model.figure("greedy", "score"), model.figure("greedy", "score_margin")
    text = figure(score)
    if margin is not None:
        text += f" <small>± {margin:.3f}</small>"
    cells.append(tag("td", text))
    cells.append(tag("td", percent(model.figure("greedy", "readable"))))
    cells.append(tag("td", figure(greedy.get("not_judged"))))
    cells.append(tag("td", figure(model.stage.metrics.get("items"))))
    return "".join(cells)


def _with_margin(share: float | None, margin: float | None) -> str:
    return percent(share) + ("" if margin is None else f" <small>± {100 * margin:.1f}</small>")


def _other_table(models: list[_Model]) -> str:
    """Metrics of an evaluation of another kind: every number, under its own name."""
    figures = [dict(_numbers(model.stage.metrics)) for model in models]
    all_names = dict.fromkeys(name for of_model in figures for name in of_model)
    names = list(all_names)[:MAX_COLUMNS]
    control = control_of([model.stage for model in models])
    if control is not None and not any(against(model.stage, control) for model in models):
        control = None
    rows = []
    for model, of_model in zip(models, figures, strict=True):
        cells = [tag("th", safe(model.label, 60), scope="row")]
        cells += [tag("td", figure(of_model.get(name))) for name in names]
        rows.append("".join(cells) + _test(model, control))
    heads = ["model", *names]
    if control is not None:
        heads.append(f"p, equivalent against {control.name}")
    return frame(heads, rows)


def _test(model: _Model, control: Stage | None) -> str:
    """The cell with p against the control; nothing where there is none."""
    return "" if control is None else tag("td", safe(against(model.stage, control), 40))


def _numbers(metrics: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    """The numbers in nested metrics, with the words that lead to them."""
    for key, value in metrics.items():
        if isinstance(value, dict):
            if prefix.count(" ") < MAX_DEPTH:
                yield from _numbers(value, f"{prefix}{key} ")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield f"{prefix}{key}".replace("_", " "), value


def frame(heads: Sequence[str], rows: Sequence[str]) -> str:
    """A table that scrolls by itself: its heads, and the cells of each row."""
    head = "".join([tag("th", safe(name, 60), scope="col") for name in heads])
    body = "".join([tag("tr", row) for row in rows])
    table = tag("table", f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>")
    return tag("div", table, class_="scroll")


# ---- is a model better than its control? ----


def control_of(stages: Sequence[Stage]) -> Stage | None:
    """The model that the others are compared with; None where there is no other."""
    if len(stages) < 2:
        return None
    names = {stage.name: stage for stage in reversed(stages)}
    return next((names[name] for name in CONTROLS if name in names), stages[0])


def against(stage: Stage, control: Stage) -> str:
    """p of McNemar's test on the items that both answered greedily, in words; "" where none are.

    Right is a sentence whose answer is proved equivalent, and a story whose label is proved.
    """
    if stage is control:
        return ""
    ours, theirs = _right(stage), _right(control)
    both = [item for item in ours if item in theirs]
    if not both:
        return ""
    tested = probability(mcnemar([ours[item] for item in both], [theirs[item] for item in both]))
    # Where some answers are lost p is of other items than the shares beside it.
    is_part = stage.is_cut or control.is_cut or len(both) < max(len(ours), len(theirs))
    return f"{tested}, {len(both):,} items" if is_part else tested


def _right(stage: Stage) -> dict[tuple[Any, ...], float]:
    """Whether the greedy answer to each item is right."""
    right: dict[tuple[Any, ...], float] = {}
    for row in stage.samples:
        if row.get("part", "greedy") != "greedy" or "score" not in row:
            continue
        item = tuple([str(row.get(name)) for name in _TEXTS])
        is_right = reasons.is_right(row) if reasons.is_story(row) else row["score"] == 1.0
        right.setdefault(item, float(is_right))
    return right
