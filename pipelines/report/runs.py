"""What a run directory holds, read so that nothing that is missing, broken or half written stops the report."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILES = ("manifest.json", "metrics.json", "metrics.jsonl", "samples.jsonl")
SKIPPED = frozenset({"checkpoints", "model"})
MAX_BYTES = 64 << 20
"""Bytes of one file that are read; of a longer file the rest is left out, and the report says so."""


@dataclass
class Stage:
    """One directory of a run: a training stage, or the evaluation of one model (then `judge` names the section)."""

    name: str
    path: Path
    judge: str | None = None
    manifest: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    logs: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def status(self) -> str:
        """As the manifest says: running, done, failed, interrupted; "unknown" without one."""
        return str(self.manifest.get("status") or "unknown")

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


def read_run(path: Path, name: str) -> Run:
    """Read a run directory, or the directory of a single stage."""
    run = Run(name, path)
    for folder in _folders(path, 2):
        if any((folder / file).is_file() for file in FILES):
            run.stages.append(_read_stage(run, folder))
    order = {id(stage): index for index, stage in enumerate(run.stages)}
    run.stages.sort(key=lambda stage: (str(stage.manifest.get("started") or "~"), order[id(stage)]))
    return run


def _folders(path: Path, depth: int) -> Iterator[Path]:
    yield path
    if depth:
        try:
            inner = sorted(entry for entry in path.iterdir() if entry.is_dir())
        except OSError:
            return
        for entry in inner:
            if entry.name not in SKIPPED and not entry.name.startswith("."):
                yield from _folders(entry, depth - 1)


def _read_stage(run: Run, folder: Path) -> Stage:
    parts = folder.relative_to(run.path).parts
    stage = Stage(
        parts[-1] if parts else folder.resolve().name, folder, parts[0] if len(parts) > 1 else None
    )
    stage.manifest = _read_object(run, folder / "manifest.json")
    stage.metrics = _read_object(run, folder / "metrics.json")
    logs = _read_lines(run, folder / "metrics.jsonl")
    stage.logs = [entry for entry in logs if _is_step(entry.get("step"))]
    if len(stage.logs) < len(logs):
        run.problems.append(
            f"{_where(run, folder)}/metrics.jsonl: {len(logs) - len(stage.logs)} lines without a step"
        )
    for row in _read_lines(run, folder / "samples.jsonl"):
        # Other samples (of training, of translation between languages) have no reference that is a formula.
        if isinstance(row.get("reference"), str) and "completion" in row and "score" in row:
            stage.answers.append(row | {"completion": str(row["completion"])})
    if not parts and stage.answers and not stage.logs:  # the directory of one evaluated model
        stage.judge = folder.resolve().parent.name
    return stage


def _is_step(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _where(run: Run, path: Path) -> str:
    return str(path.relative_to(run.path)) if path != run.path else run.name


def _read(run: Run, path: Path) -> str:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return ""
    except OSError as error:
        run.problems.append(f"{_where(run, path)}: cannot be read: {error.strerror or error}")
        return ""
    if len(content) > MAX_BYTES:
        run.problems.append(f"{_where(run, path)}: only the first {MAX_BYTES >> 20} MiB are read")
    return content[:MAX_BYTES].decode("utf-8", errors="replace")


def _loads(text: str) -> Any:
    """JSON; an integer too long for a float's digits becomes a float, so that no number is too large to plot."""
    return json.loads(
        text, parse_int=lambda digits: int(digits) if len(digits) < 16 else float(digits)
    )


def _read_object(run: Run, path: Path) -> dict[str, Any]:
    text = _read(run, path)
    if not path.exists():
        return {}
    try:
        content = _loads(text)
    except (ValueError, RecursionError) as error:
        run.problems.append(f"{_where(run, path)}: not JSON: {error}")
        return {}
    if not isinstance(content, dict):
        run.problems.append(
            f"{_where(run, path)}: holds {type(content).__name__}, not a JSON object"
        )
        return {}
    return content


def _read_lines(run: Run, path: Path) -> list[dict[str, Any]]:
    """Every line that is a JSON object; a last line still being written is no problem."""
    lines = _read(run, path).split("\n")
    rows: list[dict[str, Any]] = []
    broken = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = _loads(line)
        except (ValueError, RecursionError):
            broken += number < len(lines)
            continue
        if isinstance(row, dict):
            rows.append(row)
        else:
            broken += 1
    if broken:
        run.problems.append(
            f"{_where(run, path)}: {broken} of {len(lines) - 1} lines are broken and left out"
        )
    return rows
