"""Write YAML whole or not at all; apart from `files`, which commands without PyYAML use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from pipelines.rundir.files import write_atomic


def write_yaml(path: str | Path, content: dict[str, Any]) -> None:
    """Write a mapping as YAML, keys in the given order, whole or not at all."""
    write_atomic(path, yaml.safe_dump(content, sort_keys=False, allow_unicode=True))
