"""Kinds of files that hold models."""

from __future__ import annotations

from pathlib import Path

_GGUF = b"GGUF"


def is_gguf(path: Path) -> bool:
    """Whether a file is a GGUF one, by its first bytes."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_GGUF)) == _GGUF
