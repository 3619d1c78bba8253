"""How far every stage has come, with the versions and the seed of each run."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.report.markup import figure, safe, tag
from pipelines.report.results import frame
from pipelines.report.runs import Run, Stage, number_in

STATUSES = ("done", "running", "failed", "interrupted")  # that the style sheet has a colour for


def progress(runs: Sequence[Run]) -> str:
    """A table of all stages, and a line on each run."""
    heads = ["stage", "status", "steps", "time", "parameters", "started"]
    if len(runs) > 1:
        heads.insert(0, "run")
    rows = []
    for run in runs:
        first = (
            tag(
                "th",
                safe(run.name, 40),
                scope="row",
            )
            if len(runs) > 1
            else ""
        )
        rows += [first + _cells(stage) for stage in run.stages]
    return frame(heads, rows) + "".join([_versions(run) for run in runs])


def _cells(stage: Stage) -> str:
    name = stage.name if stage.judge is None else f"{stage.judge}: {stage.name}"
    status = stage.status if stage.status in STATUSES else "unknown"
    badge = tag(
        "span",
        safe(stage.status, 20),
        class_=f"status {status}",
    )
    seconds = number_in(stage.manifest, "seconds")
    parameters = stage.metrics.get("parameters")
    started = str(stage.manifest.get("started", ""))[:16].replace("T", " ")  # to the minute
    cells = [
        tag("th", safe(name, 60), scope="row"),
        tag("td", badge),
        tag("td", _steps(stage)),
        tag("td", "" if seconds is None else _duration(seconds)),
        tag("td", figure(parameters) if "parameters" in stage.metrics else ""),
        tag("td", safe(started, 20)),
    ]
    return "".join(cells)


def _steps(stage: Stage) -> str:
    """The last step logged, of how many where the config says it."""
    if not stage.logs:
        return ""
    config = stage.manifest.get("config", {})
    max_steps = config.get("max_steps") if isinstance(config, dict) else None
    if isinstance(max_steps, int) and max_steps > 0:
        return f"{stage.step:,} of {max_steps:,}"
    return f"{stage.step:,}"


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.1f} min"
    return f"{seconds / 3600:.1f} h"


def _versions(run: Run) -> str:
    """Seed, commit and versions, as the last stage that records versions has them."""
    manifests = [stage.manifest for stage in run.stages if stage.manifest.get("versions")]
    if not manifests or not isinstance(manifests[-1]["versions"], dict):
        return ""
    manifest = manifests[-1]
    facts = [
        f"{run.name}: seed {manifest.get('seed')}",
        f"commit {str(manifest.get('git_commit'))[:12]}",
    ]
    for name, version in manifest["versions"].items():
        if version:
            facts.append(f"{name} {version}")
    return tag("p", safe(", ".join(facts)), class_="note")
