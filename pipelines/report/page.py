"""`folalign report`: one HTML file on one or more runs; it needs nothing beside itself."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from string import Template

from pipelines.errors import UsageError
from pipelines.report.curves import curves
from pipelines.report.gallery import gallery
from pipelines.report.markup import safe, tag
from pipelines.report.missing import missing
from pipelines.report.results import results
from pipelines.report.runs import Run, read_run
from pipelines.report.stages import progress
from pipelines.rundir.files import write_atomic

FILE = "report.html"
LOOKED_AT = 4096
"""Bytes at the beginning of a file that tell a report."""
MAX_PROBLEMS = 50
MAX_GOING = 6
"""Stages not finished that the head of the page names for each run."""
CURVES_NOTE = (
    "Lines are means over a moving window of a tenth of the log, "
    "bands one standard deviation of the noise there; a short log is drawn as it is."
)


def write(
    output_dir: str | Path,
    output: str | Path | None = None,
    *,
    seed: int = 0,
    domains: Sequence[str] = (),
) -> Path:
    """Write the report of one run directory, by default as `report.html` in it.

    Returns the file's path.
    """
    return write_all([output_dir], output, seed=seed, domains=domains)


def write_all(
    output_dirs: Sequence[str | Path],
    output: str | Path | None = None,
    *,
    seed: int = 0,
    domains: Sequence[str] = (),
) -> Path:
    """Write one report of several runs side by side, by default into the first one's directory.

    `domains` are those to compare answers in beside the ones that ship, as `resolve_domain` gives
    them: their code is run, and nothing that a run directory holds or names. Raises `UsageError`
    for a directory that is not there or holds nothing of a run, or a file that cannot be written.
    """
    paths = [Path(output_dir) for output_dir in output_dirs]
    for path in paths:
        if not os.path.isdir(path):  # pathlib's raises where a folder above is locked
            raise UsageError(f"{path}: no such run directory")
    runs = [read_run(path, name) for path, name in zip(paths, _names(paths), strict=True)]
    for run in runs:
        if not run.stages:
            told = "; ".join(run.problems) or "no manifest.json, metrics.json or metrics.jsonl"
            raise UsageError(f"{run.path}: holds no stage of a run ({told})")
    target = paths[0] / FILE if output is None else Path(output)
    write_atomic(target, page(runs, seed, domains))
    return target


def is_report(path: Path) -> bool:
    """Whether a file is a page that `write_all` wrote, which another may take the place of."""
    try:
        with path.open("rb") as stream:
            head = stream.read(LOOKED_AT).decode("utf-8", errors="replace")
    except OSError:
        return False
    return head.startswith("<!doctype html>") and "folalign report</title>" in head


def _names(paths: Sequence[Path]) -> list[str]:
    """Short names that tell the runs apart: the last parts of their paths that differ."""
    parts = [path.resolve().parts for path in paths]
    longest = max(len(names) for names in parts)
    for count in range(1, longest + 1):
        names = ["/".join(of_path[-count:]) for of_path in parts]
        if len(set(names)) == len(names):
            return names
    return [f"{of_path[-1]} ({number})" for number, of_path in enumerate(parts, 1)]


def page(runs: Sequence[Run], seed: int = 0, domains: Sequence[str] = ()) -> str:
    """The whole page."""
    sections = [section for section in _sections(runs, seed, domains) if section[2]]
    body = [
        tag("section", tag("h2", title) + content, id=name, class_="part")
        for name, title, content in sections
    ]
    links = [tag("a", title, href=f"#{name}") for name, title, _ in sections]
    script = _file("script.js")
    return Template(_file("page.html")).substitute(
        title=safe(", ".join([run.name for run in runs]), 100),
        lead=_lead(runs),
        links="".join(links),
        body="".join(body),
        style=_file("style.css"),
        script=script,
        policy=_policy(script),
        written=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    )


def _sections(runs: Sequence[Run], seed: int, domains: Sequence[str]) -> list[tuple[str, str, str]]:
    """Name, title and content of each part of the page; empty is what there is nothing of."""
    answers = gallery(runs, seed, domains)
    problems = [f"{run.name}: {problem}" for run in runs for problem in run.problems]
    return [
        ("missing", "What is missing, and why", missing(runs)),
        ("results", "Results", results(runs)),
        ("curves", "Learning curves", _with_note(curves(runs), CURVES_NOTE)),
        ("errors", "What goes wrong", answers.errors),
        ("gallery", "Answers", answers.items),
        ("stages", "Stages", progress(runs)),
        ("problems", "Not shown", _problems(problems + answers.problems)),
    ]


def _policy(script: str) -> str:
    """What a browser may do with the page: run its own script, and load nothing from anywhere."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        "default-src 'none'; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; img-src data:"
    )


def _file(name: str) -> str:
    return files("pipelines.report").joinpath(name).read_text(encoding="utf-8")


def _lead(runs: Sequence[Run]) -> str:
    """How far the runs are, in a sentence each."""
    items = []
    for run in runs:
        name = tag("b", safe(run.name, 60)) + " " if len(runs) > 1 else ""
        items.append(tag("li", name + safe(_state(run), 200)))
    return tag("ul", "".join(items))


def _state(run: Run) -> str:
    going = [stage for stage in run.stages if stage.status != "done"]
    text = f"{len(run.stages) - len(going)} of {len(run.stages)} stages finished"
    if going:
        names = [f"{stage.name} {stage.status}" for stage in going[:MAX_GOING]]
        text += f"; {', '.join(names)}"
    return text


def _with_note(content: str, note: str) -> str:
    return tag("p", note, class_="note") + content if content else ""


def _problems(problems: Sequence[str]) -> str:
    items = [tag("li", safe(problem, 300)) for problem in problems[:MAX_PROBLEMS]]
    rest = len(problems) - MAX_PROBLEMS
    if rest > 0:
        items.append(tag("li", f"and {rest} more"))
    return tag("ul", "".join(items)) if items else ""
