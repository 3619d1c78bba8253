"""Read YAML with the line of every key, and write it atomically."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipelines.errors import UsageError
from pipelines.files import write_atomic


@dataclass(frozen=True)
class Setting:
    """A value and the place it came from, `file:line` or an option of the command line."""

    value: Any
    where: str


def read_settings(path: str | Path) -> dict[str, Setting]:
    """Read a YAML mapping; a value that is itself a mapping of settings keeps the places of its keys.

    Raises `UsageError` for a missing file, a file that is not UTF-8, malformed YAML, a key given twice, or
    anything but a mapping at the top.
    """
    path = Path(path)
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except OSError as error:
        raise UsageError(f"cannot read the config {path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 text: {error.reason} at byte {error.start}") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        snippet = f"\n{mark.get_snippet()}" if mark and mark.buffer else ""
        raise UsageError(f"{path}{where}: malformed YAML: {error.problem}{snippet}") from None
    except yaml.YAMLError as error:
        raise UsageError(f"{path}: malformed YAML: {error}") from None
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise UsageError(f"{path}: a config is a mapping of keys to values, not a {root.id}")
    return _settings(root, path)


def _settings(node: yaml.MappingNode, path: Path) -> dict[str, Setting]:
    loader = yaml.SafeLoader("")
    settings: dict[str, Setting] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        where = f"{path}:{key_node.start_mark.line + 1}"
        if key in settings:
            raise UsageError(f"{where}: the key '{key}' is given twice (first at {settings[key].where})")
        try:
            value = loader.construct_object(value_node, deep=True)
        except yaml.MarkedYAMLError as error:
            raise UsageError(f"{where}: malformed YAML at key '{key}': {error.problem}") from None
        if isinstance(value_node, yaml.MappingNode):
            value = _settings(value_node, path)
        settings[key] = Setting(value, where)
    return settings


def plain(value: Any) -> Any:
    """Strip the places from settings, at every depth."""
    if isinstance(value, Setting):
        return plain(value.value)
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return value


def write_yaml(path: str | Path, content: dict[str, Any]) -> None:
    """Write a mapping as YAML, keys in the given order, whole or not at all."""
    write_atomic(path, yaml.safe_dump(content, sort_keys=False, allow_unicode=True))
