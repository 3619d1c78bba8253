"""Read YAML with the line of every key, and write it atomically."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipelines.errors import UsageError
from pipelines.rundir.files import write_atomic


@dataclass(frozen=True)
class Setting:
    """A value and the place it came from, `file:line` or an option of the command line."""

    value: Any
    where: str


def read_settings(path: str | Path) -> dict[str, Setting]:
    """Read a YAML mapping; a value that is itself a mapping of settings keeps the places of its keys.

    `extends: FILE`, relative to the file that says it, takes that file's settings first: a key of this file wins, two
    mappings are joined key by key, and null in place of a mapping leaves it out.

    Raises `UsageError` for a missing file, a file that is not UTF-8, malformed YAML, a key given twice, anything but a
    mapping at the top, or files that extend each other.
    """
    return _extended(Path(path), ())


def _extended(path: Path, before: tuple[Path, ...]) -> dict[str, Setting]:
    settings = _read(path)
    extends = settings.pop("extends", None)
    if extends is None:
        return settings
    if not isinstance(extends.value, str):
        raise UsageError(f"{extends.where}: 'extends' names one file, not {plain(extends)!r}")
    chain = (*before, path.resolve())
    other = path.parent / extends.value
    if other.resolve() in chain:
        raise UsageError(f"{extends.where}: {other} extends itself")
    if not other.is_file():
        raise UsageError(f"{extends.where}: 'extends' names no file: {other}")
    joined = _extended(other, chain)
    for key, setting in settings.items():
        known = joined[key].value if key in joined else None
        if isinstance(known, dict) and setting.value is None:
            del joined[key]
        elif isinstance(known, dict) and isinstance(setting.value, dict):
            joined[key] = Setting(known | setting.value, setting.where)
        else:
            joined[key] = setting
    return joined


def _read(path: Path) -> dict[str, Setting]:
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
            raise UsageError(
                f"{where}: the key '{key}' is given twice (first at {settings[key].where})"
            )
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
