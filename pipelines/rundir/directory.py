"""The directory of one stage: resolved config, manifest, metrics, samples, checkpoints and model.

What says "this is finished" is written last and in one step, so a stage killed at any moment
leaves a directory from which it can go on.
"""

from __future__ import annotations

import json
import platform
import shutil
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from pipelines.errors import UsageError
from pipelines.processes import is_main_process, launched
from pipelines.rundir.files import fingerprint, read_json, write_json
from pipelines.rundir.lock import FolderLock
from pipelines.rundir.provenance import git_commit, versions
from pipelines.rundir.yaml_files import write_yaml

# Keys that do not change what a stage computes: what lies behind a path is compared by content, and
# the others say what is told of it, and where it is kept.
NOT_COMPARED = frozenset(
    """
    overwrite output_dir model start base dataset_path domain
    disable_tqdm report_to run_name project trackio_space_id save_total_limit
    logging_steps logging_dir logging_first_step logging_strategy log_level log_level_replica
    log_on_each_node log_completions num_completions_to_print log_unique_prompts
    push_to_hub hub_model_id hub_strategy hub_private_repo hub_always_push hub_revision
    """.split()
)
MANIFEST = "manifest.json"
CONFIG = "config.yaml"
FILES = (
    CONFIG,
    "metrics.json",
    "metrics.jsonl",
    "samples.jsonl",
    "answers.jsonl",
    "judgements.jsonl",
    "difficulty.jsonl",
    "start_samples.jsonl",
    "rounds",
    "checkpoints",
    "adapter",
    "model",
    ".model.tmp",
)
"""What stages write beside the manifest, each of them some of it: all that is ever cleared."""


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class RunDir:
    """One stage's directory and the record of how far the stage has come.

    `config` is the resolved config (plain values); `inputs` maps a name to what the stage reads
    from disk, which is compared by content. As a context manager around the stage's work it takes
    the directory's lock, refuses a directory that holds other settings (`UsageError`, unless
    `overwrite`), writes config and manifest, and records whether the stage ended, failed or was
    interrupted. `done` is True where the stage had ended before.
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
        self._lock = FolderLock(self.path)
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
        """What differs between the stage on disk and this one, a line for each key.

        Nothing where that one failed before it made anything: settings that cannot be used would
        stand in the way of those that can.
        """
        manifest = self._read_manifest()
        if manifest is None or (manifest.get("status") == "failed" and not self._has_results()):
            return []
        old = _compared(manifest["config"])
        new = _compared(self.config)
        if manifest.get("status") != "done":  # its checkpoints are those of so many processes
            old["processes"] = manifest.get("processes", 1)
            new["processes"] = launched()
        if with_inputs:
            old |= _contents(manifest["inputs"])
            new |= _contents(self.inputs)
        return [
            f"{key}: {old.get(key)!r} -> {new.get(key)!r}"
            for key in sorted(set(old) | set(new))
            if old.get(key) != new.get(key)
        ]

    def _has_results(self) -> bool:
        """Whether a stage has left anything to go on from."""
        entries = [self.path / name for name in FILES if name != CONFIG]
        return any(
            any(entry.iterdir()) if entry.is_dir() else entry.exists() and entry.stat().st_size > 0
            for entry in entries
        )

    def refuse_changes(self, *, with_inputs: bool = True) -> None:
        """Raise `UsageError` naming the keys in which the stage on disk differs, if any."""
        changes = self.changes(with_inputs=with_inputs)
        if changes:
            heading = f"{self.path} holds this stage with other settings:"
            raise UsageError(
                "\n  ".join([heading, *changes])
                + "\nChoose another --output_dir, or pass --overwrite to start afresh "
                "the stages that changed."
            )

    def __enter__(self) -> RunDir:
        if not is_main_process():  # the main process has been here before
            self.done = (self._read_manifest() or {}).get("status") == "done"
            return self
        self._lock.take()
        try:
            if self.overwrite and self.changes():
                self._clear()
            self.refuse_changes()
            before = self._read_manifest()
            self.done = before is not None and before.get("status") == "done"
            if not self.done:
                self._begin(before)
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._lock.is_held:
            return
        if kind is not None and not self.done:
            status = "interrupted" if issubclass(kind, KeyboardInterrupt) else "failed"
            with suppress(UsageError):  # on a full disk: what ended the stage is told
                self._write_manifest(status=status)
        self._lock.release()

    def finish(self, metrics: dict[str, Any]) -> None:
        """Write the final metrics and mark the stage as done."""
        if not is_main_process():
            return
        write_json(self.path / "metrics.json", metrics)
        self.done = True
        self._write_manifest(status="done")

    def _read_manifest(self) -> dict[str, Any] | None:
        """The manifest on disk; `UsageError` where it is none of this stage's."""
        path = self.path / MANIFEST
        record = read_json(path)
        if record is None:
            return None
        fault = _fault(record, self.stage)
        if fault:
            raise UsageError(
                f"{path} {fault}, so {self.path} is left as it is; choose another --output_dir"
            )
        return record

    def _begin(self, before: dict[str, Any] | None) -> None:
        write_yaml(self.path / CONFIG, self.config)
        self._clock = time.monotonic()
        record = before or {}
        resumed = [*record.get("resumed", []), _now()] if before else []
        self._manifest = {
            "stage": self.stage,
            "status": "running",
            "started": record.get("started", _now()),
            "resumed": resumed,
            "ended": None,
            "seconds": record.get("seconds", 0.0),
            "seed": self.config.get("seed"),
            "processes": launched(),
            "platform": platform.platform(),
            "git_commit": git_commit(),
            "versions": versions(),
            "files": list(FILES),
            "inputs": self.inputs,
            "config": _compared(self.config),
        }
        write_json(self.path / MANIFEST, self._manifest)

    def _write_manifest(self, *, status: str) -> None:
        spent = self._manifest["seconds"] + time.monotonic() - self._clock
        self._manifest |= {
            "status": status,
            "ended": _now(),
            "seconds": round(spent, 2),
        }
        write_json(self.path / MANIFEST, self._manifest)

    def _clear(self) -> None:
        """Delete what the manifest lists, and nothing that a stage does not write."""
        listed = (self._read_manifest() or {}).get("files", FILES)
        # The manifest goes last: until then a killed clean-up still reads as "other settings".
        for name in [*filter(FILES.__contains__, listed), MANIFEST]:
            entry = self.path / name
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink(missing_ok=True)


def _fault(record: dict[str, Any], stage: str) -> str | None:
    """Why a manifest is not one that the stage has written."""
    kinds = {"stage": str, "status": str, "config": dict, "inputs": dict}
    optional = {"seconds": float, "resumed": list, "files": list}
    for key, kind in (kinds | {key: optional[key] for key in optional if key in record}).items():
        value = record.get(key)
        if not isinstance(float(value) if isinstance(value, int) else value, kind):
            return f"is no manifest of a stage: {key!r} is missing or no {kind.__name__}"
    if record["stage"] != stage:
        return f"is of the stage {record['stage']!r}, not of {stage!r}"
    return None


def _contents(inputs: dict[str, str]) -> dict[str, str]:
    return {f"content of {name}": digest for name, digest in inputs.items()}


def _compared(config: dict[str, Any]) -> dict[str, Any]:
    """The keys that a manifest holds, as reading it back gives them: JSON has lists for tuples."""
    settings = {key: value for key, value in config.items() if key not in NOT_COMPARED}
    return json.loads(json.dumps(settings))
