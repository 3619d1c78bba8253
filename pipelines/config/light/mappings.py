"""Mappings among the keys: in a config as they are, JSON on a command line."""

from __future__ import annotations

import json
from typing import Any


def mapping_of(key: str, value: dict[str, Any] | str | None, example: str) -> dict[str, Any] | None:
    """A mapping, which is JSON on the command line. Raises ValueError for anything else."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise ValueError(f"{key} is no JSON such as {example}: {error}: {value!r}") from None
    if value is not None and not isinstance(value, dict):
        raise ValueError(f"{key} is a mapping such as {example}, got {value!r}")
    return value
