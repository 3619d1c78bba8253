"""Learning curves: what the logs of the training stages hold, in panels that belong together."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.report.charts.lines import line_chart
from pipelines.report.charts.smoothing import Point, Series
from pipelines.report.markup import safe, tag
from pipelines.report.runs import Run, Stage


@dataclass(frozen=True)
class Panel:
    """A chart of the metrics whose names match; a group in the pattern is a curve's label."""

    title: str
    note: str
    pattern: str


PANELS = (
    Panel("Reward", "mean over the completions of a step", r"reward|rewards/(.+)/mean"),
    Panel(
        "Readable share",
        "completions in which a formula can be read",
        r"(?:.*/)?readable(?:_share)?(?:/mean)?",
    ),
    Panel(
        "Spread within groups",
        "standard deviation of the reward, and the share of groups without any",
        r"(reward_std)|(frac_reward_zero_std)",
    ),
    Panel(
        "Label term",
        "loss of the reference answer beside the policy's",
        r"label/loss(?:/.*)?",
    ),
    Panel("Label weight", "", r"label/weight"),
    Panel("KL", "divergence from the reference policy", r"kl"),
    Panel("Entropy", "of the policy, per token", r"entropy"),
    Panel("Loss", "", r"loss"),
    Panel("Token accuracy", "", r"mean_token_accuracy"),
    Panel("Alarms", "1 where the condition holds", r"alarms/(.+)"),
    Panel("Spread of single rewards", "standard deviation over a step", r"rewards/(.+)/std"),
    Panel(
        "Not judged",
        "share of completions, and how often a reward failed",
        r"rewards/(.+/(?:not_judged|failures))",
    ),
    Panel(
        "Time split",
        "seconds per step, or shares of them",
        r"(step_time)|(rewards/.+/time)|time/(.+)|(profiling/.+)",
    ),
    Panel("Answer length", "tokens", r"completions/((?:mean|min|max)_length)"),
    Panel(
        "Cut off",
        "share of completions that reached the longest length",
        r"completions/clipped_ratio",
    ),
    Panel("Gradient norm", "", r"grad_norm"),
    Panel("Learning rate", "", r"learning_rate"),
)
_LABELS = {
    "reward": "all rewards",
    "reward_std": "standard deviation",
    "frac_reward_zero_std": "groups without any",
    "step_time": "whole step",
}
FIRST = 10
"""Panels that are shown at once; the rest of a stage's lies folded below."""
IGNORED = frozenset({"step", "seconds", "epoch", "num_tokens", "total_flos"})
MAX_OTHER = 24
LARGEST = 1e30
"""Beyond it a number is no measurement that a chart could show."""


@dataclass(frozen=True)
class _Logs:
    """The logs of one stage in one of the runs; `number` is the run's place among them."""

    number: int
    run: str
    stage: Stage


@dataclass(frozen=True)
class _Line:
    """One metric in one run; `place` is the metric's among those of the panel."""

    logs: _Logs
    place: int
    label: str
    points: tuple[Point, ...]


def curves(runs: Sequence[Run]) -> str:
    """The curves of every training stage, runs side by side; empty where nothing is logged."""
    by_stage: dict[str, list[tuple[str, Stage]]] = {}
    for run in runs:
        for stage in run.trained:
            if len(stage.logs) > 1:
                by_stage.setdefault(stage.name, []).append((run.name, stage))
    parts = []
    for name, stages in by_stage.items():
        logs = [_Logs(number, run, stage) for number, (run, stage) in enumerate(stages)]
        parts.append(_stage(name, logs))
    return "".join(parts)


def _stage(name: str, logs: list[_Logs]) -> str:
    metrics = _metrics(logs)
    panels: list[str] = []
    for panel in PANELS:
        labels = _labels(panel.pattern, metrics)
        metrics = [metric for metric in metrics if metric not in labels]
        chart = _chart(panel.title, panel.note, labels, logs)
        if chart:
            panels.append(chart)
    folded = panels[FIRST:] + _other_panels(metrics, logs)
    content = tag(
        "div",
        "".join(panels[:FIRST]),
        class_="grid",
    )
    if folded:
        grid = tag("div", "".join(folded), class_="grid")
        summary = tag("summary", f"{len(folded)} more charts")
        content += tag("details", summary + grid, class_="more")
    steps = max(one.stage.step for one in logs)
    heading = tag("h3", f"{safe(name, 60)} <small>{steps:,} steps</small>")
    return tag("section", heading + content)


def _metrics(logs: Sequence[_Logs]) -> list[str]:
    """The names of all metrics, in the order in which they are logged first."""
    names: dict[str, None] = {}  # a set that keeps its order
    for one in logs:
        for entry in one.stage.logs:
            names |= dict.fromkeys(entry)
    return [name for name in names if name not in IGNORED and not name.startswith("train_")]


def _other_panels(metrics: Sequence[str], logs: Sequence[_Logs]) -> list[str]:
    """A chart for each metric that no panel takes, as far as there is room."""
    charts = [_chart(name, "", {name: name}, logs) for name in metrics[:MAX_OTHER]]
    parts = [chart for chart in charts if chart]
    rest = len(metrics) - MAX_OTHER
    if rest > 0:
        parts.append(tag("p", f"{rest} further metrics are not drawn.", class_="note"))
    return parts


def _labels(pattern: str, metrics: Sequence[str]) -> dict[str, str]:
    """The metrics that a panel takes, with the labels of their curves."""
    labels = {}
    for name in metrics:
        match = re.fullmatch(pattern, name)
        if match:
            label = next((group for group in match.groups() if group), name)
            labels[name] = _LABELS.get(label, label)
    return labels


def _chart(title: str, note: str, labels: dict[str, str], logs: Sequence[_Logs]) -> str:
    """One chart: a colour for each run where there are several, else for each metric."""
    lines = _lines(labels, logs)
    if not lines:
        return ""
    several_labels = len({line.label for line in lines}) > 1
    series = []
    for line in lines:
        if len(logs) == 1:
            series.append(
                Series(
                    line.label,
                    line.points,
                    line.place,
                )
            )
            continue
        run = line.logs.run
        name = f"{run} · {line.label}" if several_labels else run
        series.append(
            Series(
                name,
                line.points,
                line.logs.number,
                line.place,
            )
        )
    return line_chart(title, note, series)


def _lines(labels: dict[str, str], logs: Sequence[_Logs]) -> list[_Line]:
    lines: list[_Line] = []
    for one in logs:
        drawn: list[tuple[Point, ...]] = []
        for place, (metric, label) in enumerate(labels.items()):
            points = _points(one.stage, metric)
            # A single reward's mean is the reward: one curve for both.
            if points and points not in drawn:
                drawn.append(points)
                lines.append(_Line(one, place, label, points))
    return lines


def _points(stage: Stage, metric: str) -> tuple[Point, ...]:
    return tuple(
        (float(entry["step"]), float(entry[metric]))
        for entry in stage.logs
        if _can_be_drawn(entry.get(metric))
    )


def _can_be_drawn(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and abs(value) < LARGEST
