"""Write files whole or not at all, read them back, and tell whether they changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from data.writing import replacing
from pipelines.errors import UsageError

CARD = "README.md"
"""What is told of a model in its folder: no part of what the model is."""


def write_atomic(path: str | Path, content: str | bytes) -> None:
    """Write text or bytes to `path`, whole or not at all, making its folder where there is none.

    Raises `UsageError` where the file system refuses.
    """
    path = Path(path)
    if isinstance(content, str):
        # A lone surrogate has no UTF-8; escaped, it is still the same JSON string.
        content = content.encode("utf-8", errors="backslashreplace")
    try:
        if path.exists() and not path.is_file():  # a pipe or a device is written to, never replaced
            path.write_bytes(content)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as stream:
            stream.write(content)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from error


def write_json(path: str | Path, content: Any) -> None:
    """Write JSON, indented, whole or not at all."""
    write_atomic(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def write_jsonl(path: str | Path, rows: list[dict[str, Any]]) -> None:
    """Write one JSON object per line, whole or not at all."""
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    write_atomic(path, "".join(lines))


def read_json(path: str | Path) -> dict[str, Any] | None:
    """Read a JSON object; None where the file is absent.

    Raises `UsageError` where the file holds no JSON object.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"{path}: not JSON ({error}); delete its directory or choose another output_dir"
        ) from None
    if not isinstance(content, dict):
        raise UsageError(f"{path}: holds {type(content).__name__}, not a JSON object")
    return content


def _files(root: Path) -> list[Path]:
    if root.is_file():
        return [root]
    card = root / CARD
    return sorted(path for path in root.rglob("*") if path.is_file() and path != card)


def fingerprint(path: str | Path) -> str:
    """A hash of a file, or of a folder's files with their names: every byte but a card's counts.

    A name that is no local path (a hub name) stands for itself.
    """
    root = Path(path)
    if not root.exists():
        return str(path)
    digest = hashlib.sha256()
    for file in _files(root):
        with file.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256")
        digest.update(f"{file.relative_to(root)}:{content.hexdigest()}\n".encode())
    return digest.hexdigest()[:16]


def read_jsonl(path: str | Path, *, keys: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Read JSON lines that this package wrote, each with these keys.

    A last line that was cut off is left out, an absent file is empty. Raises `UsageError` where any
    other line is no JSON object, or lacks a key.
    """
    try:
        content = Path(path).read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from None
    # Not splitlines: it also divides at U+2028 and U+0085, which stand in JSON strings as they are.
    lines = content.split(b"\n")[:-1]
    return [
        _row(line, f"{path}, line {number}", keys) for number, line in enumerate(lines, start=1)
    ]


def _row(line: bytes, where: str, keys: Sequence[str]) -> dict[str, Any]:
    """The object that a line holds."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where}: not JSON ({error}); delete the line or the file") from None
    if not isinstance(row, dict):
        raise UsageError(f"{where}: holds {type(row).__name__}, not a JSON object")
    for key in keys:
        if key not in row:
            raise UsageError(f"{where}: the key {key!r} is missing; delete the line or the file")
    return row
