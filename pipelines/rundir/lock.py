"""The lock of a folder that one process at a time may write: it ends with the process, however that ends."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import IO

from data.writing import NO_LINKS
from pipelines.errors import UsageError

PATIENCE = 15.0  # seconds; the children of a killed run need a moment to notice and end


class FolderLock:
    """The lock of a folder, which is made where it is not there; a context manager too.

    Taking it waits a moment for another process to end, and then raises `UsageError`.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._file: IO[str] | None = None

    @property
    def is_held(self) -> bool:
        return self._file is not None

    def take(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._file = _open(self.folder / ".lock")
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise UsageError(f"{self.folder / '.lock'} is a link; delete it") from None
            raise UsageError(f"cannot write to {self.folder}: {error.strerror or error}") from None
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > deadline:
                    self.release()
                    raise UsageError(
                        f"{self.folder} is in use by another folalign process"
                    ) from None
                time.sleep(0.2)

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> FolderLock:
        self.take()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def _open(path: Path) -> IO[str]:
    """The lock's file; what it holds does not matter, and a link to another file is not followed."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | NO_LINKS, 0o666)
    return open(descriptor, "w", encoding="utf-8", closefd=True)
