"""From settings and command-line options to the arguments of one stage, through TRL's parser."""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass
from enum import Enum
from typing import Any, get_args, get_type_hints

from trl.scripts.utils import TrlParser

from pipelines.config.arguments import DEFAULT_OUTPUT_DIR
from pipelines.config.domains import resolve_domain
from pipelines.config.settings import Setting, plain
from pipelines.errors import UsageError
from pipelines.registry import STAGES

NAME = r"[A-Za-z0-9_-]+"


class StageParser(TrlParser):
    """TRL's parser, with errors as `UsageError` and no guessing at shortened option names."""

    def __init__(self, stage: str) -> None:
        self.stage = stage
        name = f"folalign {stage}"
        usage = f"{name} [--config FILE] [--key value ...]"
        super().__init__(STAGES[stage].argument_types(), prog=name, usage=usage, allow_abbrev=False)
        self.set_defaults(output_dir=DEFAULT_OUTPUT_DIR, section=stage)
        self.known = {action.dest: action for action in self._actions if action.dest != "help"}
        hints = {
            key: hint for kind in self.dataclass_types for key, hint in get_type_hints(kind).items()
        }
        self.optional = {key for key, hint in hints.items() if type(None) in get_args(hint)}
        self.optional |= {key for key, action in self.known.items() if action.default is None}

    def error(self, message: str) -> Any:
        raise UsageError(message)

    def check(self, key: str, setting: Setting) -> None:
        """Raise `UsageError` unless the stage has this key and the value is of its type."""
        if key not in self.known:
            raise UsageError(
                f"{setting.where}: {unknown_key(key, list(self.known), f'the {self.stage} stage')}"
            )
        if setting.value is None and key not in self.optional:
            raise UsageError(f"{setting.where}: '{key}' needs a value, not null")
        try:
            _, rest = self.parse_known_args(as_options(key, setting.value))
        except UsageError as error:
            raise UsageError(f"{setting.where}: {error}") from None
        if rest or (setting.value == [] and self.known[key].nargs != "+"):
            raise UsageError(f"{setting.where}: '{key}' takes one value, not {setting.value!r}")


def unknown_key(key: str, allowed: list[str], owner: str) -> str:
    """A message that names the key and what may have been meant."""
    close = difflib.get_close_matches(key, allowed, n=3, cutoff=0.6)
    if close:
        return f"unknown key '{key}' for {owner}; did you mean {' or '.join(close)}?"
    if len(allowed) <= 20:
        return f"unknown key '{key}' for {owner}; allowed: {', '.join(allowed)}"
    return f"unknown key '{key}' for {owner}; `folalign {owner.split()[1]} --help` lists what is allowed"


def as_options(key: str, value: Any) -> list[str]:
    """A YAML value as options of the command line: a list as several values, a mapping as JSON; null and [] as none."""
    if isinstance(value, Setting):
        return as_options(key, value.value)
    if value in (None, []):
        return []
    if isinstance(value, (list, tuple)):
        return [f"--{key}", *map(str, value)]
    if isinstance(value, dict):
        return [f"--{key}={json.dumps(plain(value))}"]
    return [f"--{key}={value}"]


@dataclass(frozen=True)
class StageConfig:
    """A stage's arguments: `arguments` as dataclasses, and `resolved`, every key with its plain value."""

    stage: str
    arguments: tuple[Any, ...]
    resolved: dict[str, Any]


def stage_config(
    stage: str, settings: dict[str, Setting], options: list[str] | None = None
) -> StageConfig:
    """Check settings and command-line options of one stage and turn them into its arguments.

    Raises `UsageError` naming the key (and file and line) that is unknown or of the wrong type, or the values
    that do not go together.
    """
    parser = StageParser(stage)
    tokens: list[str] = []
    for key, setting in settings.items():
        parser.check(key, setting)
        if setting.value in (None, []):  # what no option of a command line can say
            parser.set_defaults(**{key: setting.value})
        tokens += as_options(key, setting.value)
    tokens += options or []
    namespace, rest = parser.parse_known_args(tokens)
    if rest:
        option = rest[0].lstrip("-").partition("=")[0].replace("-", "_")
        if not rest[0].startswith("-"):
            raise UsageError(f"folalign {stage}: unexpected argument {rest[0]!r}")
        raise UsageError(unknown_key(option, list(parser.known), f"the {stage} stage"))
    resolved = {key: _plain(value) for key, value in vars(namespace).items()}
    if not re.fullmatch(NAME, resolved["section"]):
        raise UsageError(
            f"folalign {stage}: section must be of letters, digits, _ and -, got {resolved['section']!r}"
        )
    if resolved.get("model") and resolved.get("start"):
        raise UsageError(
            f"folalign {stage}: say model or start, not both: {resolved['model']}, {resolved['start']}"
        )
    if not 0 <= resolved["seed"] < 2**32:
        raise UsageError(
            f"folalign {stage}: seed must be between 0 and {2**32 - 1}, got {resolved['seed']}"
        )
    domain = resolve_domain(resolved["domain"], f"folalign {stage}: domain")
    try:
        arguments = parser.parse_args_and_config(tokens)
    except (ValueError, TypeError, ImportError) as error:
        raise UsageError(f"folalign {stage}: {error}") from error
    arguments[0].domain = domain
    if hasattr(arguments[0], "run_dir"):
        arguments[0].run_dir = resolved["output_dir"]
    return StageConfig(stage, arguments, resolved)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def take_option(argv: list[str], name: str) -> tuple[str | None, list[str]]:
    """Split `--name value` (or `--name=value`) off the options; the last one counts."""
    rest: list[str] = []
    found: str | None = None
    words = iter(argv)
    for word in words:
        if word == f"--{name}":
            found = next(words, None)
            if found is None:
                raise UsageError(f"--{name} needs a value")
        elif word.startswith(f"--{name}="):
            found = word.partition("=")[2]
        else:
            rest.append(word)
    return found, rest
