"""Formulas of a text file, one a line."""

from __future__ import annotations

import os
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


def refuse_file(formula: str, cure: str) -> None:
    """Raises `UsageError` for the name of a file where a formula is asked for: it would read as one."""
    is_name = "." in formula or os.sep in formula
    if formula == str(STANDARD_INPUT) or (is_name and os.path.isfile(formula)):
        raise UsageError(f"FORMULA {formula!r} is a file, not a formula{cure}")
