"""Write files whole or not at all, and follow no link on the way."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

NO_LINKS = getattr(os, "O_NOFOLLOW", 0)
"""Opening a link fails, where the system can say so."""


def replace_text(path: Path, text: str) -> None:
    """Write text to a file, whole or not at all, also where the power fails. Raises OSError."""
    with replacing(path) as stream:
        # A lone surrogate has no UTF-8; escaped, it is still the same JSON string.
        stream.write(text.encode("utf-8", errors="backslashreplace"))


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A stream whose content is the file's when the block ends well, and nowhere otherwise."""
    temporary = temporary_of(path)
    try:
        with open_new(temporary) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


def temporary_of(path: Path) -> Path:
    """The name under which a file is written before it is put in its place."""
    return path.with_name(f".{path.name}.tmp")


def open_new(path: Path) -> BinaryIO:
    """Open a file that is made afresh; what bears its name goes, a link and not what it names."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINKS, 0o666)
    return os.fdopen(descriptor, "wb")


def sync_folder(folder: Path) -> None:
    """Let a folder's new names outlast a power failure, where its file system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
