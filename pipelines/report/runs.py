"""What a run directory holds.

It is read so that nothing that is missing, broken or half written stops the report.
"""

from __future__ import annotations

import json
import math
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
    for folder in _folders(path, DEPTH):
        if any((folder / file).is_file() for file in FILES):
            run.stages.append(_read_stage(run, folder))
    run.stages.sort(key=_beginning)  # a stable sort: of equals, the first in name stays first
    return run


def _beginning(stage: Stage) -> str:
    return str(stage.manifest.get("started") or "~")  # after every date


def _folders(path: Path, depth: int) -> Iterator[Path]:
    yield path
    if not depth:
        return
    try:
        inner = sorted(entry for entry in path.iterdir() if entry.is_dir())
    except OSError:
        return
    for entry in inner:
        if entry.name not in SKIPPED and not entry.name.startswith("."):
            yield from _folders(entry, depth - 1)


def _read_stage(run: Run, folder: Path) -> Stage:
    stage = _named(run, folder)
    stage.manifest = _read_object(run, folder / "manifest.json")
    stage.metrics = _read_object(run, folder / "metrics.json")
    stage.logs = _read_logs(run, folder / "metrics.jsonl")
    stage.samples = [
        row | {"completion": str(row["completion"])} if "completion" in row else row
        for row in _read_lines(run, folder / "samples.jsonl")
    ]
    # The directory of one evaluated model, reported on alone.
    if folder == run.path and stage.answers and not stage.logs:
        stage.judge = folder.resolve().parent.name
    return stage


def _named(run: Run, folder: Path) -> Stage:
    """A stage with what its place in the run says of it."""
    parts = folder.relative_to(run.path).parts
    name = parts[-1] if parts else folder.resolve().name
    return Stage(
        name,
        folder,
        judge=parts[0] if len(parts) > 1 else None,
    )


def _read_logs(run: Run, path: Path) -> list[dict[str, Any]]:
    rows = _read_lines(run, path)
    logs = [row for row in rows if _is_step(row.get("step"))]
    without = len(rows) - len(logs)
    if without:
        run.problems.append(f"{run.where(path.parent)}/{path.name}: {without} lines without a step")
    return logs


def _is_step(value: Any) -> bool:
    return _is_number(value) and math.isfinite(value)


def _read(run: Run, path: Path) -> str:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return ""
    except OSError as error:
        run.problems.append(f"{run.where(path)}: cannot be read: {error.strerror or error}")
        return ""
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
    if not path.exists():
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
        count = len(lines) - 1
        run.problems.append(f"{run.where(path)}: {broken} of {count} lines are broken and left out")
    return rows
