"""What a run directory holds.

It is read so that nothing that is missing, broken or half written stops the report.
"""

from __future__ import annotations

import json
import math
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILES = ("manifest.json", "metrics.json", "metrics.jsonl", "samples.jsonl")
SKIPPED = frozenset({"checkpoints", "model", "adapter"})
DEPTH = 2
"""Levels of folders below a run directory that may be a stage's."""
MAX_BYTES = 64 << 20
"""Bytes of one file that are read; the report says where there are more."""
PARTS = {"greedy": "greedy", "constrained": "under the grammar", "sampled": "sampled"}
"""The parts of an evaluation's answers, each with figures of its own, and what they are called."""
MAX_DIGITS = 16
"""From so many digits on, an integer of a file is read as a float."""


@dataclass
class Stage:
    """One directory of a run: a training stage, or the evaluation of one model.

    Of an evaluation, `judge` names the section.
    """

    name: str
    path: Path
    judge: str | None = None
    manifest: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    logs: list[dict[str, Any]] = field(default_factory=list)
    samples: list[dict[str, Any]] = field(default_factory=list)
    is_cut: bool = False
    """Whether some of the samples that its metrics are of are lost."""

    @property
    def answers(self) -> list[dict[str, Any]]:
        """The samples that are answers with a reference and a score.

        Others, of training or of translation between languages, have none that is a formula.
        """
        return [
            row
            for row in self.samples
            if isinstance(row.get("reference"), str) and "completion" in row and "score" in row
        ]

    @property
    def status(self) -> str:
        """As the manifest says: running, done, failed, interrupted; "unknown" without one."""
        return str(self.manifest.get("status") or "unknown")

    @property
    def is_finished(self) -> bool:
        """Whether nothing is written to the files any more; the final metrics come last."""
        return self.status == "done" or bool(self.metrics)

    @property
    def step(self) -> int:
        """The last step logged."""
        return int(max((entry["step"] for entry in self.logs), default=0))


@dataclass
class Run:
    """A run directory: its name, stages in the order they began, and what could not be read."""

    name: str
    path: Path
    stages: list[Stage] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def trained(self) -> list[Stage]:
        return [stage for stage in self.stages if stage.judge is None]

    @property
    def judged(self) -> list[Stage]:
        return [stage for stage in self.stages if stage.judge is not None]

    def where(self, path: Path) -> str:
        """A path in the run as the report names it."""
        return str(path.relative_to(self.path)) if path != self.path else self.name


def number_in(values: Any, key: str) -> float | None:
    """The number under a key of what should be a mapping; None where there is none."""
    value = values.get(key) if isinstance(values, dict) else None
    return float(value) if value is not None and _is_number(value) else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def read_run(path: Path, name: str) -> Run:
    """Read a run directory, or the directory of a single stage."""
    run = Run(name, path)
    for folder in _folders(run, path, DEPTH):
        if any(os.path.lexists(folder / file) for file in FILES):
            run.stages.append(_read_stage(run, folder))
    run.stages.sort(key=_beginning)  # a stable sort: of equals, the first in name stays first
    _leave_out_unlike(run)
    return run


def _beginning(stage: Stage) -> str:
    return str(stage.manifest.get("started") or "~")  # after every date


def _folders(run: Run, path: Path, depth: int) -> Iterator[Path]:
    try:
        inner = sorted(path.iterdir())
        os.stat(f"{path}/.")  # a folder may be listed and its files be out of reach
    except OSError as error:
        run.problems.append(f"{run.where(path)}: cannot be read: {error.strerror or error}")
        return
    yield path
    if not depth:
        return
    for entry in inner:
        if entry.name in SKIPPED or entry.name.startswith("."):
            continue
        if os.path.isdir(entry):
            yield from _folders(run, entry, depth - 1)


def _read_stage(run: Run, folder: Path) -> Stage:
    stage = _named(run, folder)
    stage.manifest = _read_object(run, folder / "manifest.json")
    stage.metrics = _read_object(run, folder / "metrics.json")
    is_finished = stage.is_finished
    stage.logs = _read_logs(run, folder / "metrics.jsonl", is_finished)
    stage.samples = [
        row | {"completion": str(row["completion"])} if "completion" in row else row
        for row in _read_lines(run, folder / "samples.jsonl", is_finished)
    ]
    # The directory of one evaluated model, reported on alone.
    if folder == run.path and stage.answers and not stage.logs:
        stage.judge = folder.resolve().parent.name
    _check_whole(run, stage)
    return stage


# ---- is everything there? ----


def _check_whole(run: Run, stage: Stage) -> None:
    """Name what a finished stage had once, and has no more."""
    if not stage.is_finished:
        return
    where = run.where(stage.path)
    if not os.path.lexists(stage.path / "metrics.json"):
        run.problems.append(f"{where}/metrics.json: missing, though the stage is finished")
    if stage.judge is None:
        updates = number_in(stage.metrics, "updates") or 0
        if stage.step < updates:
            told = f"the log ends at step {stage.step:,} of {int(updates):,}"
            run.problems.append(f"{where}/metrics.jsonl: {told}")
        return
    for part, count in _judged_answers(stage.metrics).items():
        rows = [row for row in stage.samples if part in ("", row.get("part", "greedy"))]
        if len(rows) < count:
            stage.is_cut = True
            told = f"only {len(rows):,} of {count:,} {part} answers are there".replace("  ", " ")
            run.problems.append(f"{where}/samples.jsonl: {told}")


def _judged_answers(metrics: dict[str, Any]) -> dict[str, int]:
    """How many answers an evaluation's metrics are of, by part; "" where there are no parts."""
    parts = {part: number_in(metrics.get(part), "answers") for part in PARTS}
    counts = {part: int(count) for part, count in parts.items() if count is not None}
    if counts or "greedy" in metrics:
        return counts
    count = number_in(metrics, "sentences") or number_in(metrics, "items")
    return {} if count is None else {"": int(count)}


def _leave_out_unlike(run: Run) -> None:
    """Leave out metrics without figures of greedy answers beside others that have them."""
    have = {stage.judge for stage in run.judged if isinstance(stage.metrics.get("greedy"), dict)}
    for stage in run.judged:
        greedy = stage.metrics.get("greedy")
        is_broken = "greedy" in stage.metrics or (stage.metrics and stage.judge in have)
        if is_broken and not isinstance(greedy, dict):
            where = run.where(stage.path)
            run.problems.append(f"{where}/metrics.json: has no figures of greedy answers; left out")
            stage.metrics = {}


# ---- files ----


def _named(run: Run, folder: Path) -> Stage:
    """A stage with what its place in the run says of it."""
    parts = folder.relative_to(run.path).parts
    name = parts[-1] if parts else folder.resolve().name
    return Stage(
        name,
        folder,
        judge=parts[0] if len(parts) > 1 else None,
    )


def _read_logs(run: Run, path: Path, is_finished: bool) -> list[dict[str, Any]]:
    rows = _read_lines(run, path, is_finished)
    logs = [row for row in rows if _is_step(row.get("step"))]
    without = len(rows) - len(logs)
    if without:
        run.problems.append(f"{run.where(path.parent)}/{path.name}: {without} lines without a step")
    return logs


def _is_step(value: Any) -> bool:
    return _is_number(value) and math.isfinite(value)


def _read(run: Run, path: Path) -> str | None:
    """The text of a file; None where it is not there, or cannot be read, which is told."""
    try:
        # Whoever opens a pipe otherwise waits for a writer.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                run.problems.append(f"{run.where(path)}: is no file")
                return None
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        if path.is_symlink():
            run.problems.append(f"{run.where(path)}: is a link to nothing")
        return None
    except OSError as error:
        run.problems.append(f"{run.where(path)}: cannot be read: {error.strerror or error}")
        return None
    if len(content) > MAX_BYTES:
        run.problems.append(f"{run.where(path)}: only the first {MAX_BYTES >> 20} MiB are read")
    return content[:MAX_BYTES].decode("utf-8", errors="replace")


def _loads(text: str) -> Any:
    """JSON, with no number too large to plot."""
    return json.loads(text, parse_int=_parse_int)


def _parse_int(digits: str) -> int | float:
    """An integer too long for a float's digits becomes a float."""
    return int(digits) if len(digits) < MAX_DIGITS else float(digits)


def _read_object(run: Run, path: Path) -> dict[str, Any]:
    text = _read(run, path)
    if text is None:
        return {}
    try:
        content = _loads(text)
    except (ValueError, RecursionError) as error:
        run.problems.append(f"{run.where(path)}: not JSON: {error}")
        return {}
    if not isinstance(content, dict):
        kind = type(content).__name__
        run.problems.append(f"{run.where(path)}: holds {kind}, not a JSON object")
        return {}
    return content


def _read_lines(run: Run, path: Path, is_finished: bool) -> list[dict[str, Any]]:
    """Every line that is a JSON object; while a stage goes on its last line may be in writing."""
    *whole, last = (_read(run, path) or "").split("\n")
    lines = [line for line in whole if line.strip()]
    rows = [row for line in lines if (row := _row(line)) is not None]
    if last.strip():
        row = _row(last)
        if row is not None:
            rows.append(row)
        if row is not None or is_finished:
            lines.append(last)
    if len(rows) < len(lines):
        told = f"{len(lines) - len(rows)} of {len(lines)} lines are broken and left out"
        run.problems.append(f"{run.where(path)}: {told}")
    return rows


def _row(line: str) -> dict[str, Any] | None:
    """The object that a line holds; None where it holds none."""
    try:
        row = _loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None
