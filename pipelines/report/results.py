"""Tables: what every evaluated model reached, and how far every stage has come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pipelines.report.charts import interval_chart
from pipelines.report.markup import figure, percent, safe, tag
from pipelines.report.runs import Run, Stage

PARTS = {"greedy": "greedy", "constrained": "under the grammar", "sampled": "sampled"}


def judges(runs: Sequence[Run]) -> list[str]:
    """The names of the evaluations, in order."""
    return list(dict.fromkeys(str(stage.judge) for run in runs for stage in run.judged))


def results(runs: Sequence[Run]) -> str:
    """A chart and a table for each evaluation; other figures as they are named."""
    return "".join(
        [_evaluation(runs, judge, several=len(judges(runs)) > 1) for judge in judges(runs)]
    )


def _evaluation(runs: Sequence[Run], judge: str, several: bool) -> str:
    models = [
        (run, stage)
        for run in runs
        for stage in run.judged
        if stage.judge == judge and stage.metrics
    ]
    if not models:
        return tag("p", "No model has been evaluated yet.", class_="note")
    usual = [(run, stage) for run, stage in models if isinstance(stage.metrics.get("greedy"), dict)]
    heading = tag("h3", safe(judge, 60)) if several else ""
    if len(usual) < len(models):
        return heading + _other_table(runs, models)
    numbers = {run.name: index for index, run in enumerate(runs)}
    rows = [
        (label(run, stage.name, runs), numbers[run.name] if len(runs) > 1 else index, share, margin)
        for index, (run, stage) in enumerate(usual)
        if (share := _number(stage.metrics["greedy"], "equivalent")) is not None
        and (margin := _number(stage.metrics["greedy"], "margin") or 0.0) is not None
    ]
    chart = tag("figure", interval_chart(rows) + tag(
        "figcaption", "Greedy answers proved equivalent to the reference, with 95 % intervals.", class_="note"
    ), class_="wide") if rows else ""  # fmt: skip
    return heading + chart + _table(runs, usual)


def label(run: Run, model: str, runs: Sequence[Run]) -> str:
    """A model's name, with its run's where there are several."""
    return f"{run.name} · {model}" if len(runs) > 1 else model


def _number(metrics: Any, key: str) -> float | None:
    value = metrics.get(key) if isinstance(metrics, dict) else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _table(runs: Sequence[Run], models: list[tuple[Run, Stage]]) -> str:
    parts = [
        part
        for part in PARTS
        if any(isinstance(stage.metrics.get(part), dict) for _, stage in models)
    ]
    heads = [
        "model",
        *[f"equivalent, {PARTS[part]}" for part in parts],
        "mean score",
        "readable",
        "not judged",
        "items",
    ]
    best = {
        part: max(_number(stage.metrics.get(part), "equivalent") or 0.0 for _, stage in models)
        for part in parts
    }
    rows = []
    for run, stage in models:
        greedy = stage.metrics["greedy"]
        cells = [tag("th", safe(label(run, stage.name, runs), 60), scope="row")]
        for part in parts:
            share, margin = (
                _number(stage.metrics.get(part), key) for key in ("equivalent", "margin")
            )
            shown = percent(share) + (
                f" <small>± {100 * margin:.1f}</small>" if margin is not None else ""
            )
            top = share is not None and share == best[part] > 0
            cells.append(tag("td", shown, class_="best" if top else None))
        cells.append(tag("td", figure(_number(greedy, "score"))))
        cells.append(tag("td", percent(_number(greedy, "readable"))))
        cells.append(tag("td", figure(greedy.get("not_judged"))))
        cells.append(tag("td", figure(stage.metrics.get("items"))))
        rows.append("".join(cells))
    note = "± is half of the 95 % interval over sentences, in percentage points. Mean score and readable: greedy answers."
    return _frame(heads, rows) + tag("p", note, class_="note")


def _other_table(runs: Sequence[Run], models: list[tuple[Run, Stage]]) -> str:
    """Metrics of an evaluation of another kind: every number, under its own name."""
    flat = [dict(_flat(stage.metrics)) for _, stage in models]
    keys = list(dict.fromkeys(key for metrics in flat for key in metrics))[:16]
    rows = [
        tag("th", safe(label(run, stage.name, runs), 60), scope="row")
        + "".join([tag("td", figure(metrics.get(key))) for key in keys])
        for (run, stage), metrics in zip(models, flat, strict=True)
    ]
    return _frame(["model", *keys], rows)


def _flat(metrics: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    for key, value in metrics.items():
        if isinstance(value, dict) and prefix.count(" ") < 3:
            yield from _flat(value, f"{prefix}{key} ")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield f"{prefix}{key}".replace("_", " "), value


def _frame(heads: Sequence[str], rows: Sequence[str]) -> str:
    head = "".join([tag("th", safe(name, 60), scope="col") for name in heads])
    body = "".join([tag("tr", row) for row in rows])
    return tag(
        "div", tag("table", f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"), class_="scroll"
    )


def progress(runs: Sequence[Run]) -> str:
    """How far every stage has come, with the versions and the seed of each run."""
    heads = ["stage", "status", "steps", "time", "parameters", "started"]
    if len(runs) > 1:
        heads.insert(0, "run")
    rows = []
    for run in runs:
        for stage in run.stages:
            name = stage.name if stage.judge is None else f"{stage.judge}: {stage.name}"
            wanted = stage.manifest.get("config", {})
            wanted = wanted.get("max_steps") if isinstance(wanted, dict) else None
            of = f" of {wanted:,}" if isinstance(wanted, int) and wanted > 0 and stage.logs else ""
            seconds = _number(stage.manifest, "seconds")
            cells = [
                tag("th", safe(name, 60), scope="row"),
                tag(
                    "td",
                    tag("span", safe(stage.status, 20), class_=f"status {_word(stage.status)}"),
                ),
                tag("td", f"{stage.step:,}{of}" if stage.logs else ""),
                tag("td", "" if seconds is None else _duration(seconds)),
                tag(
                    "td",
                    figure(stage.metrics.get("parameters"))
                    if "parameters" in stage.metrics
                    else "",
                ),
                tag("td", safe(str(stage.manifest.get("started", ""))[:16].replace("T", " "), 20)),
            ]
            rows.append(
                (tag("th", safe(run.name, 40), scope="row") if len(runs) > 1 else "")
                + "".join(cells)
            )
    return _frame(heads, rows) + "".join([_versions(run) for run in runs])


def _word(status: str) -> str:
    return status if status in ("done", "running", "failed", "interrupted") else "unknown"


def _duration(seconds: float) -> str:
    return (
        f"{seconds:.0f} s"
        if seconds < 120
        else f"{seconds / 60:.1f} min"
        if seconds < 7200
        else f"{seconds / 3600:.1f} h"
    )


def _versions(run: Run) -> str:
    manifest = next(
        (stage.manifest for stage in reversed(run.stages) if stage.manifest.get("versions")), {}
    )
    versions = manifest.get("versions")
    if not isinstance(versions, dict):
        return ""
    found = [f"{name} {version}" for name, version in versions.items() if version]
    said = [
        f"{run.name}: seed {manifest.get('seed')}",
        f"commit {str(manifest.get('git_commit'))[:12]}",
        *found,
    ]
    return tag("p", safe(", ".join(said)), class_="note")
