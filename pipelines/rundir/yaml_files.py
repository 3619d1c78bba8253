"""Write YAML whole or not at all; apart from `files`, which commands without PyYAML use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from pipelines.rundir.files import write_atomic


def read_yaml(path: str | Path) -> dict[str, Any]:
    """A mapping that `write_yaml` wrote; {} where the file is absent or holds no mapping."""
    try:
        content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return content if isinstance(content, dict) else {}


def write_yaml(path: str | Path, content: dict[str, Any]) -> None:
    """Write a mapping as YAML, keys in the given order, whole or not at all."""
    write_atomic(path, yaml.safe_dump(content, sort_keys=False, allow_unicode=True))
