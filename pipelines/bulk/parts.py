"""The parts of a file that is being made: what is kept of a job, so that a kill costs one shard.

A part is a shard's results, and beside it lies a record: its hash and its summary. It counts where
both are there and agree. Which job the parts are of, is told in `job.json`.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from data.writing import NO_LINKS, replacing
from pipelines.bulk.formats import STDOUT, Format, is_stream
from pipelines.bulk.identity import Identity, changes
from pipelines.bulk.summary import Summary
from pipelines.errors import UsageError
from pipelines.rundir.files import read_json, write_json

JOB = "job.json"
JOINING = "joining"
"""In place once all parts are there: from then on the output may be this job's own."""


@dataclass(frozen=True)
class Part:
    """The results of a shard, written."""

    key: str
    content: bytes
    summary: Summary


class Parts:
    """The folder of a job's parts, beside its output; a context manager, which locks it.

    Raises `UsageError` where it holds parts of another job, which `overwrite` deletes, is in use,
    or cannot be written.
    """

    def __init__(self, folder: Path, job: Identity, *, overwrite: bool = False) -> None:
        self.folder = folder
        self.job = job
        self.overwrite = overwrite
        self._lock: IO[bytes] | None = None

    def __enter__(self) -> Parts:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT | NO_LINKS, 0o666)
            self._lock = os.fdopen(descriptor, "rb")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(f"{self.folder} is in use by another folalign process") from None
        except OSError as error:
            raise UsageError(f"cannot write to {self.folder}: {error.strerror or error}") from None
        self._claim()
        return self

    def _claim(self) -> None:
        """Let the folder be this job's."""
        known = read_json(self.folder / JOB)
        if known == self.job:
            return
        if known is not None and not self.overwrite:
            raise UsageError(
                f"{self.folder} holds parts of another job: {'; '.join(changes(known, self.job))}. "
                "Go on with what it was begun with, name another --output, or pass --overwrite to "
                "begin again"
            )
        self._delete_parts()
        write_json(self.folder / JOB, self.job)

    def __exit__(self, *_: object) -> None:
        if self._lock is not None:
            self._lock.close()

    def find(self, tell: Callable[[str], None]) -> dict[str, Summary]:
        """The summaries of the parts that are whole, by their keys; of a damaged one it is told."""
        found = {}
        for path in sorted(self.folder.glob("*.part")):
            summary = self._checked(path)
            if summary is None:
                tell(f"{path} is damaged: its rows are judged again")
            else:
                found[path.stem] = summary
        return found

    def _checked(self, path: Path) -> Summary | None:
        with suppress(UsageError, KeyError, TypeError, ValueError):
            record = read_json(path.with_suffix(".json"))
            if record is not None and record["sha256"] == _hash(path):
                return Summary.from_dict(record["summary"])
        return None

    def add(self, part: Part) -> None:
        """Keep a part. Raises `UsageError` where the file system refuses."""
        path = self._path(part.key)
        try:
            with replacing(path) as stream:
                stream.write(part.content)
        except OSError as error:
            raise UsageError(f"cannot write {path}: {error.strerror or error}") from error
        record = {
            "sha256": hashlib.sha256(part.content).hexdigest(),
            "summary": part.summary.to_dict(),
        }
        write_json(path.with_suffix(".json"), record)

    def join(self, keys: list[str], form: Format, output: Path) -> None:
        """Make the output of the parts with these keys, whole or not at all."""
        (self.folder / JOINING).touch()
        paths = [self._path(key) for key in keys]
        try:
            if is_stream(output):
                with _opened(output) as stream:
                    form.join(paths, stream)
                return
            with replacing(output) as stream:
                form.join(paths, stream)
        except BrokenPipeError:  # who reads, as `| head`, has read enough
            raise
        except OSError as error:
            raise UsageError(f"cannot write {output}: {error.strerror or error}") from error

    def delete(self) -> None:
        """Delete what is the job's own, and the folder where nothing else is in it."""
        self._delete_parts()
        # Last: until then the folder still says whose parts it held.
        for name in (JOB, ".lock"):
            (self.folder / name).unlink(missing_ok=True)
        with suppress(OSError):
            self.folder.rmdir()

    def _delete_parts(self) -> None:
        (self.folder / JOINING).unlink(missing_ok=True)
        for pattern in ("*.part", "*-*.json", ".*.tmp"):
            for path in self.folder.glob(pattern):
                path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.part"


def is_joining(folder: Path) -> bool:
    """Whether a job had begun to write its output when it ended."""
    return (folder / JOINING).is_file()


@contextmanager
def _opened(output: Path) -> Iterator[BinaryIO]:
    """A stream to write to."""
    if output not in STDOUT:
        with output.open("wb") as stream:
            yield stream
        return
    yield sys.stdout.buffer
    sys.stdout.flush()


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
