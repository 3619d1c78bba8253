"""`folalign report`: one HTML file that shows what one or more runs have come to; it needs nothing beside itself."""

from __future__ import annotations

import argparse
import base64
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import NoReturn

from pipelines.errors import UsageError
from pipelines.report.curves import curves
from pipelines.report.gallery import gallery
from pipelines.report.markup import printable, safe, tag
from pipelines.report.results import progress, results
from pipelines.report.runs import Run, read_run
from pipelines.rundir.files import write_atomic

FILE = "report.html"
MAX_PROBLEMS = 50


def write(output_dir: str | Path, output: str | Path | None = None, *, seed: int = 0) -> Path:
    """Write the report of one run directory, by default as `report.html` in it; returns the file's path."""
    return write_all([output_dir], output, seed=seed)


def write_all(
    output_dirs: Sequence[str | Path], output: str | Path | None = None, *, seed: int = 0
) -> Path:
    """Write one report of several runs side by side, by default into the first one's directory.

    Raises `UsageError` for a directory that is not there or holds nothing of a run, or a file that cannot be written.
    """
    paths = [Path(given) for given in output_dirs]
    for path in paths:
        if not path.is_dir():
            raise UsageError(f"{path}: no such run directory")
    runs = [read_run(path, name) for path, name in zip(paths, _names(paths), strict=True)]
    for run in runs:
        if not run.stages:
            raise UsageError(
                f"{run.path}: holds no stage of a run (no manifest.json, metrics.json or metrics.jsonl)"
            )
    target = paths[0] / FILE if output is None else Path(output)
    write_atomic(target, page(runs, seed))
    return target


def _names(paths: Sequence[Path]) -> list[str]:
    """Short names that tell the runs apart: the last parts of their paths that differ."""
    resolved = [path.resolve() for path in paths]
    for count in range(1, max(len(path.parts) for path in resolved) + 1):
        names = ["/".join(path.parts[-count:]) for path in resolved]
        if len(set(names)) == len(names):
            return names
    return [f"{path.name} ({number})" for number, path in enumerate(resolved, 1)]


def page(runs: Sequence[Run], seed: int = 0) -> str:
    """The whole page."""
    shown = gallery(runs, seed)
    problems = [
        f"{run.name}: {problem}" for run in runs for problem in run.problems
    ] + shown.problems
    sections = [
        ("results", "Results", results(runs)),
        ("curves", "Learning curves", _with_note(curves(runs), "Lines are means over a moving window of a tenth of the "
         "log, bands one standard deviation of the noise there; a short log is drawn as it is.")),
        ("errors", "What goes wrong", shown.errors),
        ("gallery", "Answers", shown.items),
        ("stages", "Stages", progress(runs)),
        ("problems", "Not shown", _problems(problems)),
    ]  # fmt: skip
    filled = [(name, title, content) for name, title, content in sections if content]
    body = "".join([
        tag("section", tag("h2", title) + content, id=name, class_="part") for name, title, content in filled
    ])  # fmt: skip
    links = "".join([tag("a", title, href=f"#{name}") for name, title, _ in filled])
    script = _file("script.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    title = ", ".join([run.name for run in runs])
    return Template(_file("page.html")).substitute(
        title=safe(title, 100), lead=_lead(runs), links=links, body=body, style=_file("style.css"), script=script,
        policy=f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data:",
        written=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    )  # fmt: skip


def _file(name: str) -> str:
    return files("pipelines.report").joinpath(name).read_text(encoding="utf-8")


def _lead(runs: Sequence[Run]) -> str:
    """How far the runs are, in a sentence each."""
    said = []
    for run in runs:
        done = sum(stage.status == "done" for stage in run.stages)
        text = f"{done} of {len(run.stages)} stages finished"
        going = [stage for stage in run.stages if stage.status != "done"]
        if going:
            text += "; " + ", ".join([f"{stage.name} {stage.status}" for stage in going[:6]])
        said.append(
            tag(
                "li",
                (tag("b", safe(run.name, 60)) + " " if len(runs) > 1 else "") + safe(text, 200),
            )
        )
    return tag("ul", "".join(said))


def _with_note(content: str, note: str) -> str:
    return tag("p", note, class_="note") + content if content else ""


def _problems(problems: Sequence[str]) -> str:
    listed = [tag("li", safe(problem, 300)) for problem in problems[:MAX_PROBLEMS]]
    if len(problems) > MAX_PROBLEMS:
        listed.append(tag("li", f"and {len(problems) - MAX_PROBLEMS} more"))
    return tag("ul", "".join(listed)) if listed else ""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def parser() -> argparse.ArgumentParser:
    """What the command takes."""
    taken = _Parser(
        prog="folalign report",
        description="Show runs, finished or in progress, on one HTML page: results, learning curves, errors, answers.",
        allow_abbrev=False,
    )
    taken.add_argument(
        "runs",
        metavar="RUN",
        nargs="+",
        type=Path,
        help="run directory; several are shown together",
    )
    taken.add_argument(
        "--output", metavar="FILE", type=Path, help=f"default: {FILE} in the first run directory"
    )
    taken.add_argument(
        "--seed", type=int, default=0, help="seed of the sample of answers (default 0)"
    )
    return taken


def main(argv: list[str]) -> int:
    """Run the command: 0 when the report is written; raises `UsageError` on bad usage."""
    arguments = parser().parse_args(argv)
    print(printable(str(write_all(arguments.runs, arguments.output, seed=arguments.seed))))
    return 0
