"""What a report has nothing of, and why."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.report.markup import safe, tag
from pipelines.report.runs import Run, Stage, number_in


def missing(runs: Sequence[Run]) -> str:
    """A list of what is missing, as HTML; empty where nothing is."""
    several = len(runs) > 1
    lines = [f"{run.name}: {line}" if several else line for run in runs for line in _of_run(run)]
    return tag("ul", "".join([tag("li", safe(line, 300)) for line in lines])) if lines else ""


def _of_run(run: Run) -> list[str]:
    lines = [line for stage in run.trained if (line := _of_training(stage))]
    if not run.judged:
        lines.append(
            "No results and no answers: no model of this run is evaluated. "
            f"folalign evaluate --output_dir {run.path} does it."
        )
    elif not any(stage.metrics for stage in run.judged):
        names = ", ".join([f"{stage.name} ({stage.status})" for stage in run.judged])
        if all(stage.status == "done" for stage in run.judged):
            lines.append(f"No results: the metrics cannot be read of {names}.")
        else:
            lines.append(f"No results yet: the evaluation is not finished for {names}.")
    return lines


def _of_training(stage: Stage) -> str:
    """Why a training stage has no learning curve; "" where it has one, or trains nothing."""
    config = stage.manifest.get("config")
    if number_in(config, "max_steps") is None or any("loss" in entry for entry in stage.logs):
        return ""
    name = f"{stage.name} has no learning curve"
    if stage.status == "running":
        return f"{name} yet: nothing is logged so far."
    if stage.status != "done":
        return f"{name}: it is {stage.status}, and ended before its first log."
    updates = number_in(stage.metrics, "updates")
    count = "" if updates is None else f" after {int(updates):,} updates"
    return f"{name}: it ended{count}, before its first log. Lower logging_steps, or train longer."
