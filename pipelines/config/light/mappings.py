"""Mappings among the keys: in a config as they are, and on a command line as they stand in a config."""

from __future__ import annotations

import json
from typing import Any

UNMADE = (ValueError, LookupError, AttributeError, TypeError, ArithmeticError)
"""What PyYAML raises, beside its own errors, for a scalar that is none of its kind: 2026-02-30."""


def mapping_of(key: str, value: dict[str, Any] | str | None, example: str) -> dict[str, Any] | None:
    """A mapping; on the command line JSON, or as a config has it. Raises ValueError for anything else."""
    if isinstance(value, str):
        value = _read(value)
    if value is not None and not isinstance(value, dict):
        raise ValueError(f"{key} is a mapping such as {example}, got {value!r}")
    return value


def _read(text: str) -> Any:
    """The value of a text; the text itself where it has none."""
    try:
        return json.loads(text)
    except ValueError:
        pass
    import yaml  # here: the judge alone does without it

    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, *UNMADE):
        return text
