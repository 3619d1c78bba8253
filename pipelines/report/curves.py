"""Learning curves: whatever the logs of the training stages hold, in panels that belong together."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from pipelines.report.charts import Series, line_chart
from pipelines.report.markup import safe, tag
from pipelines.report.runs import Run, Stage

PANELS: tuple[tuple[str, str, str], ...] = (
    ("Reward", "mean over the completions of a step", r"reward|rewards/(.+)/mean"),
    ("Readable share", "completions in which a formula can be read", r"(?:.*/)?readable(?:_share)?(?:/mean)?"),
    ("Spread within groups", "standard deviation of the reward, and the share of groups without any",
     r"(reward_std)|(frac_reward_zero_std)"),
    ("Label term", "loss of the reference answer beside the policy's", r"label/loss(?:/.*)?"),
    ("Label weight", "", r"label/weight"),
    ("KL", "divergence from the reference policy", r"kl"),
    ("Entropy", "of the policy, per token", r"entropy"),
    ("Loss", "", r"loss"),
    ("Token accuracy", "", r"mean_token_accuracy"),
    ("Alarms", "1 where the condition holds", r"alarms/(.+)"),
    ("Spread of single rewards", "standard deviation over a step", r"rewards/(.+)/std"),
    ("Not judged", "share of completions, and how often a reward failed", r"rewards/(.+/(?:not_judged|failures))"),
    ("Time split", "seconds per step, or shares of them", r"(step_time)|(rewards/.+/time)|time/(.+)|(profiling/.+)"),
    ("Answer length", "tokens", r"completions/((?:mean|min|max)_length)"),
    ("Cut off", "share of completions that reached the longest length", r"completions/clipped_ratio"),
    ("Gradient norm", "", r"grad_norm"),
    ("Learning rate", "", r"learning_rate"),
)  # fmt: skip
_WORDS = {
    "reward": "all rewards", "reward_std": "standard deviation", "frac_reward_zero_std": "groups without any",
    "step_time": "whole step",
}  # fmt: skip
FIRST = 10
"""Panels that are shown at once; the rest of a stage's lies folded below."""
IGNORED = frozenset({"step", "seconds", "epoch", "num_tokens", "total_flos"})
MAX_OTHER = 24


def curves(runs: Sequence[Run]) -> str:
    """The curves of every training stage, runs side by side; empty where nothing is logged."""
    names = list(
        dict.fromkeys(stage.name for run in runs for stage in run.trained if len(stage.logs) > 1)
    )
    parts = []
    for name in names:
        stages = [
            (run.name, stage)
            for run in runs
            for stage in run.trained
            if stage.name == name and len(stage.logs) > 1
        ]
        parts.append(_stage(name, stages))
    return "".join(parts)


def _stage(name: str, stages: list[tuple[str, Stage]]) -> str:
    keys = list(dict.fromkeys(key for _, stage in stages for entry in stage.logs for key in entry))
    left = [key for key in keys if key not in IGNORED and not key.startswith("train_")]
    shown: list[str] = []
    for title, note, pattern in PANELS:
        matched = {key: _label(key, match) for key in left if (match := re.fullmatch(pattern, key))}
        left = [key for key in left if key not in matched]
        if panel := _panel(title, note, matched, stages):
            shown.append(panel)
    other = [panel for key in left[:MAX_OTHER] if (panel := _panel(key, "", {key: key}, stages))]
    folded = shown[FIRST:] + other
    if len(left) > MAX_OTHER:
        folded.append(
            tag("p", f"{len(left) - MAX_OTHER} further metrics are not drawn.", class_="note")
        )
    more = ""
    if folded:
        grid = tag("div", "".join(folded), class_="grid")
        more = tag("details", tag("summary", f"{len(folded)} more charts") + grid, class_="more")
    steps = max(stage.step for _, stage in stages)
    heading = tag("h3", f"{safe(name, 60)} <small>{steps:,} steps</small>")
    return tag("section", heading + tag("div", "".join(shown[:FIRST]), class_="grid") + more)


def _label(key: str, match: re.Match[str]) -> str:
    found = next((group for group in match.groups() if group), key)
    return _WORDS.get(found, found)


def _panel(title: str, note: str, keys: dict[str, str], stages: list[tuple[str, Stage]]) -> str:
    """One chart: a colour for each run where there are several, else for each metric."""
    drawn: list[tuple[int, int, str, tuple[tuple[float, float], ...]]] = []
    for number, (_, stage) in enumerate(stages):
        for place, (key, label) in enumerate(keys.items()):
            points = tuple(
                [
                    (float(entry["step"]), float(entry[key]))
                    for entry in stage.logs
                    if _is_number(entry.get(key))
                ]
            )
            # A single reward's mean is the reward: one curve for both.
            if points and not any(points == other and number == run for run, _, _, other in drawn):
                drawn.append((number, place, label, points))
    labels = {label for _, _, label, _ in drawn}
    series = []
    for number, place, label, points in drawn:
        if len(stages) == 1:
            series.append(Series(label, points, place))
        else:
            run = stages[number][0]
            series.append(
                Series(f"{run} · {label}" if len(labels) > 1 else run, points, number, place)
            )
    return line_chart(title, note, series) if series else ""


def _is_number(value: object) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
        and abs(value) < 1e30
    )
