"""From YAML and command-line overrides to the arguments of a stage, through TRL's parser.

A config file is either flat, the keys of one stage, or describes a whole run: a few shared keys at the top and
one section for each stage. A stage's command takes both; from a run's file it reads the shared keys and its own
section. Options on the command line come last and win.
"""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_type_hints

import yaml
from trl.scripts.utils import TrlParser

from pipelines.arguments import DEFAULT_OUTPUT_DIR, stage_types
from pipelines.errors import UsageError
from pipelines.yaml_files import Setting, read_settings

SECTIONS = ("sft", "sgrpo", "control", "evaluate")
SHARED = ("output_dir", "seed", "dataset", "dataset_path", "prompt", "backend")


class StageParser(TrlParser):
    """TRL's parser, with errors as `UsageError` and no guessing at shortened option names."""

    def __init__(self, stage: str) -> None:
        self.stage = stage
        name = f"folalign {stage}"
        super().__init__(
            stage_types(stage), prog=name, usage=f"{name} [--config FILE] [--key value ...]", allow_abbrev=False
        )
        self.set_defaults(output_dir=DEFAULT_OUTPUT_DIR)
        self.known = {action.dest: action for action in self._actions if action.dest != "help"}
        hints = {key: hint for kind in self.dataclass_types for key, hint in get_type_hints(kind).items()}
        self.optional = {key for key, hint in hints.items() if type(None) in get_args(hint)}
        self.optional |= {key for key, action in self.known.items() if action.default is None}

    def error(self, message: str) -> Any:
        raise UsageError(message)

    def check(self, key: str, setting: Setting) -> None:
        """Raise `UsageError` unless the stage has this key and the value is of its type."""
        if key not in self.known:
            raise UsageError(f"{setting.where}: {unknown_key(key, list(self.known), f'the {self.stage} stage')}")
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
        return [f"--{key}={json.dumps(value)}"]
    return [f"--{key}={value}"]


@dataclass(frozen=True)
class StageConfig:
    """A stage's arguments: `arguments` as dataclasses, and `resolved`, every key with its plain value."""

    stage: str
    arguments: tuple[Any, ...]
    resolved: dict[str, Any]


def stage_config(stage: str, settings: dict[str, Setting], options: list[str] | None = None) -> StageConfig:
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
    if not 0 <= resolved["seed"] < 2**32:
        raise UsageError(f"folalign {stage}: seed must be between 0 and {2**32 - 1}, got {resolved['seed']}")
    try:
        arguments = parser.parse_args_and_config(tokens)
    except (ValueError, TypeError, ImportError) as error:
        raise UsageError(f"folalign {stage}: {error}") from error
    return StageConfig(stage, arguments, resolved)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def load_stage(stage: str, argv: list[str]) -> StageConfig:
    """The arguments of a stage from `--config FILE` and options, as typed on the command line.

    `--section NAME` reads another section of a run's file than the one called after the stage.
    """
    path, options = take_option(argv, "config")
    section, options = take_option(options, "section")
    settings = read_settings(path) if path else {}
    if any(name in settings for name in SECTIONS):
        settings = section_settings(settings, section or stage)
    elif section:
        raise UsageError(f"--section {section}: {path or 'there is no --config, which'} has no sections")
    return stage_config(stage, settings, options)


def load_run(argv: list[str]) -> dict[str, Setting]:
    """The settings of a run from `--config FILE`, `--key value` and `--section.key value`, checked at the top level.

    A shared key on the command line wins over the same key in the sections.
    """
    path, options = take_option(argv, "config")
    if path is None:
        raise UsageError("`folalign run` needs --config FILE, such as pipelines/configs/tiny.yaml")
    run = read_settings(path)
    for key, value in _overrides(options):
        section, dot, inner = key.partition(".")
        setting = Setting(value, f"--{key}")
        if not dot:
            run[key] = setting
            for name in SECTIONS:
                if name in run and isinstance(run[name].value, dict):
                    run[name].value.pop(key, None)
        elif section in run and section in SECTIONS and isinstance(run[section].value, dict):
            run[section].value[inner] = setting
        else:
            present = ", ".join(name for name in SECTIONS if name in run)
            raise UsageError(f"--{key}: {path} has no section '{section}'; it has {present or 'none'}")
    check_run(run)
    for needed in ("sft", "evaluate"):
        if needed not in run:
            raise UsageError(f"{path}: a run needs the section '{needed}'; sections: {', '.join(SECTIONS)}")
    return run


def _overrides(options: list[str]) -> list[tuple[str, Any]]:
    """`--key value`, `--key=value`, `--key v1 v2` (a list) and `--key` (true) as pairs, values read as YAML."""
    found: list[tuple[str, list[str]]] = []
    for word in options:
        if word.startswith("--"):
            key, equals, value = word[2:].partition("=")
            found.append((key, [value] if equals else []))
        elif not found:
            raise UsageError(f"unexpected argument {word!r}; options are --key value")
        else:
            found[-1][1].append(word)
    return [(key, _yaml_value(key, words)) for key, words in found]


def _yaml_value(key: str, words: list[str]) -> Any:
    try:
        values = [yaml.safe_load(word) for word in words]
    except yaml.YAMLError:
        values = list(words)
    if not values:
        return True
    return values[0] if len(values) == 1 else values


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


def check_run(settings: dict[str, Setting]) -> None:
    """Raise `UsageError` for a key at the top of a run's config that is neither shared nor a section."""
    for key, setting in settings.items():
        if key in SECTIONS:
            if not isinstance(setting.value, dict):
                raise UsageError(f"{setting.where}: '{key}' is a section: a mapping of the {key} stage's keys")
        elif key not in SHARED:
            message = unknown_key(key, [*SHARED, *SECTIONS], "a run")
            raise UsageError(f"{setting.where}: {message} (a stage's own keys go into its section)")


def section_config(run: dict[str, Setting], section: str) -> StageConfig:
    """The arguments of the stage that a section of a run describes."""
    return stage_config(stage_of(section), section_settings(run, section))


def stage_of(section: str) -> str:
    """The stage whose keys a section holds: its name, but the control is an SFT."""
    return "sft" if section == "control" else section


def section_settings(run: dict[str, Setting], section: str) -> dict[str, Setting]:
    """The flat settings of one stage of a run: shared keys the stage has, then its section.

    The control (more SFT on the rows of S-GRPO, for as many updates) takes what its section leaves open from
    the section of SFT and, for rows, updates and prompts per update, from that of S-GRPO.
    """
    check_run(run)
    if section not in run:
        raise UsageError(f"the config has no section '{section}'; it has {', '.join(k for k in run if k in SECTIONS)}")
    known = StageParser(stage_of(section)).known
    shared = {key: setting for key, setting in run.items() if key in SHARED and key in known}
    if section == "control":
        return shared | run["sft"].value | _control_defaults(run) | run["control"].value
    return shared | run[section].value


def _control_defaults(run: dict[str, Setting]) -> dict[str, Setting]:
    for needed in ("sft", "sgrpo"):
        if needed not in run:
            raise UsageError(f"{run['control'].where}: the control needs the section '{needed}'")
    own, trainer = section_config(run, "sgrpo").arguments
    where = "derived from the sgrpo section"
    derived = {
        "stage_name": "control",
        "model": str(Path(trainer.output_dir) / "sft" / "model"),
        "train_split": own.train_split,
        "train_size": own.train_size,
        "max_steps": trainer.max_steps,
        "num_train_epochs": trainer.num_train_epochs,
        "per_device_train_batch_size": prompts_per_update(trainer),
        "gradient_accumulation_steps": 1,
    }
    return {key: Setting(value, where) for key, value in derived.items()}


def prompts_per_update(trainer: Any) -> int:
    """How many prompts one update of S-GRPO sees, on one process."""
    completions = trainer.per_device_train_batch_size * trainer.gradient_accumulation_steps
    return max(1, completions // trainer.num_generations)
