"""Formulas of a text file, one a line."""

from __future__ import annotations

import sys
from pathlib import Path

from pipelines.errors import UsageError

STANDARD_INPUT = Path("-")


def formula_lines(path: Path, option: str) -> list[tuple[int, str]]:
    """The lines of a file with their numbers, or of standard input for `-`.

    Empty lines, and lines that begin with #, are passed over. Raises `UsageError`.
    """
    try:
        text = sys.stdin.read() if path == STANDARD_INPUT else path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{option} {path}: {error}") from None
    stripped = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    return [(number, line) for number, line in stripped if line and not line.startswith("#")]
