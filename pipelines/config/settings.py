"""Read YAML with the line of every key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipelines.config.light.mappings import UNMADE
from pipelines.config.shipped import find_config, shipped
from pipelines.errors import UsageError


@dataclass(frozen=True)
class Setting:
    """A value and the place it came from, `file:line` or an option of the command line."""

    value: Any
    where: str


def read_settings(path: str | Path) -> dict[str, Setting]:
    """Read a YAML mapping; a value that is itself a mapping of settings keeps its keys' places.

    `path` may be the name of a shipped config. `extends: FILE`, relative to the file that says it,
    or such a name, takes that file's settings first: a key of this file wins, two mappings are
    joined key by key, and null in place of a mapping leaves it out.

    Raises `UsageError` for a missing file, a file that is not UTF-8, malformed YAML, a key that is
    there twice, anything but a mapping at the top, or files that extend each other.
    """
    return _read_extended(find_config(str(path)), ())


def _read_extended(path: Path, descendants: tuple[Path, ...]) -> dict[str, Setting]:
    settings = _read(path)
    extends = settings.pop("extends", None)
    if extends is None:
        return settings
    if not isinstance(extends.value, str):
        raise UsageError(f"{extends.where}: 'extends' names one file, not {plain(extends)!r}")
    chain = (*descendants, path.resolve())
    parent = path.parent / extends.value
    if not parent.exists():
        parent = shipped().get(extends.value, parent)
    if parent.resolve() in chain:
        raise UsageError(f"{extends.where}: {parent} extends itself")
    if not parent.is_file():
        raise UsageError(f"{extends.where}: 'extends' names no file: {parent}")
    return _join(_read_extended(parent, chain), settings)


def _join(inherited: dict[str, Setting], settings: dict[str, Setting]) -> dict[str, Setting]:
    joined = dict(inherited)
    for key, setting in settings.items():
        section = inherited[key].value if key in inherited else None
        if not isinstance(section, dict):
            joined[key] = setting
        elif setting.value is None:
            del joined[key]
        elif isinstance(setting.value, dict):
            joined[key] = Setting(section | setting.value, setting.where)
        else:
            joined[key] = setting
    return joined


MAX_DEPTH = 50
"""Levels of lists and mappings in a config."""
MAX_VALUES = 100_000
"""Values of a config, an alias counting as all that it stands for."""


def _read(path: Path) -> dict[str, Setting]:
    root = _compose(path)
    if root is None:
        return {}
    _measure(root, path, {}, ())
    if not isinstance(root, yaml.MappingNode):
        raise UsageError(f"{path}: a config is a mapping of keys to values, not a {root.id}")
    return _settings(root, path)


def _compose(path: Path) -> yaml.Node | None:
    """The file as YAML's tree of nodes, which know their lines."""
    try:
        return yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except OSError as error:
        raise UsageError(f"cannot read the config {path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 text: {error.reason} at byte {error.start}") from None
    except yaml.MarkedYAMLError as error:
        raise UsageError(_malformed(path, error)) from None
    except yaml.YAMLError as error:
        raise UsageError(f"{path}: malformed YAML: {error}") from None
    except RecursionError:
        raise UsageError(f"{path}: nested more than {MAX_DEPTH} levels deep") from None


def _measure(
    node: yaml.Node, path: Path, sizes: dict[int, int], around: tuple[yaml.Node, ...]
) -> int:
    """How many values a node stands for; `UsageError` for too many, or for levels without end."""
    if id(node) in sizes:  # an alias
        return sizes[id(node)]
    where = f"{path}:{node.start_mark.line + 1}"
    if node in around:
        raise UsageError(f"{where}: a value contains itself")
    if len(around) > MAX_DEPTH:
        raise UsageError(f"{where}: nested more than {MAX_DEPTH} levels deep")
    size = 1
    if isinstance(node, yaml.CollectionNode):
        pairs = isinstance(node, yaml.MappingNode)
        children = [child for pair in node.value for child in pair] if pairs else node.value
        size += sum([_measure(child, path, sizes, (*around, node)) for child in children])
    if size > MAX_VALUES:
        raise UsageError(f"{where}: more than {MAX_VALUES:,} values, those of aliases counted")
    sizes[id(node)] = size
    return size


def _malformed(path: Path, error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return f"{path}: malformed YAML: {error.problem}"
    line, column = mark.line + 1, mark.column + 1
    message = f"{path}:{line}:{column}: malformed YAML: {error.problem}"
    return f"{message}\n{mark.get_snippet()}" if mark.buffer else message


def _settings(node: yaml.MappingNode, path: Path) -> dict[str, Setting]:
    loader = yaml.SafeLoader("")
    settings: dict[str, Setting] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        where = f"{path}:{key_node.start_mark.line + 1}"
        if not isinstance(key_node, yaml.ScalarNode):
            raise UsageError(f"{where}: a key is one word, not a {key_node.id}")
        if key in settings:
            first = settings[key].where
            raise UsageError(f"{where}: the key '{key}' is given twice (first at {first})")
        try:
            value = loader.construct_object(value_node, deep=True)
        except yaml.MarkedYAMLError as error:
            raise UsageError(f"{where}: malformed YAML at key '{key}': {error.problem}") from None
        except UNMADE:
            raise UsageError(_unmade(value_node, path, key)) from None
        if isinstance(value_node, yaml.MappingNode):
            value = _settings(value_node, path)
        settings[key] = Setting(value, where)
    return settings


def _unmade(node: yaml.Node, path: Path, key: str) -> str:
    """What is told of the first scalar within a node that is none of its kind."""
    for inner, scalar in _scalars(node, key):
        try:
            yaml.SafeLoader("").construct_object(scalar)
        except UNMADE:
            kind = scalar.tag.rpartition(":")[2]
            return (
                f"{path}:{scalar.start_mark.line + 1}: {inner}: YAML reads {scalar.value!r} as its "
                f"type {kind}, and it is none; as a text it stands in quotes"
            )
    return f"{path}:{node.start_mark.line + 1}: {key}: a value that YAML cannot make"


def _scalars(node: yaml.Node, key: str) -> Iterator[tuple[str, yaml.ScalarNode]]:
    """The single values within a node, each with the key that it stands under."""
    if isinstance(node, yaml.ScalarNode):
        yield key, node
    elif isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            yield from _scalars(key_node, key)
            yield from _scalars(value_node, str(key_node.value))
    elif isinstance(node, yaml.SequenceNode):
        for part in node.value:
            yield from _scalars(part, key)


def plain(value: Any) -> Any:
    """Strip the places from settings, at every depth."""
    if isinstance(value, Setting):
        return plain(value.value)
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return value
