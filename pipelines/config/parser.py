"""From settings and command-line options to the arguments of one stage, through TRL's parser."""

from __future__ import annotations

import json
import os
import re
from argparse import SUPPRESS, Action, ArgumentDefaultsHelpFormatter
from copy import copy
from enum import Enum
from inspect import get_annotations
from typing import Any, NoReturn, get_args, get_type_hints

from trl.scripts.utils import TrlParser

from logic import DIALECTS
from pipelines.config.arguments import DEFAULT_OUTPUT_DIR, RewardArguments
from pipelines.config.corpus import place_rows
from pipelines.config.domains import resolve_domain
from pipelines.config.light.ranges import MAX_SEED, check_ranges, place
from pipelines.config.settings import Setting, plain
from pipelines.config.stage_config import StageConfig
from pipelines.errors import UsageError, did_you_mean
from pipelines.registry import STAGES

NAME = r"[A-Za-z0-9_-]+"
FEW = 20  # so many allowed keys are listed in a message; of more, --help is named


_CALLING = ("--help", "--help-all", "--config")
_NO_KEYS = ("help", "help_all", "config")
_CONFIG_HELP = "a YAML file of keys, or a run's file; --section NAME names the section where needed"
_KNOWN_BEST = ("learning_rate", "num_train_epochs", "max_steps", "per_device_train_batch_size")


class _HelpAll(Action):
    """Print the help of every key, and end."""

    def __call__(self, parser: Any, *_: Any) -> None:
        print(parser.format_help_all(), end="")
        parser.exit()


class _KeysFormatter(ArgumentDefaultsHelpFormatter):
    """Keys as a config has them, without their other spelling; no default where it is nothing."""

    def _format_action_invocation(self, action: Action) -> str:
        # An option is spelled with _, as a key is, and with - too.
        spellings = {name.replace("-", "_"): name for name in reversed(action.option_strings)}
        plain = copy(action)
        plain.option_strings = list(reversed(spellings.values()))
        return super()._format_action_invocation(plain)

    def _get_help_string(self, action: Action) -> str | None:
        return action.help if action.default is None else super()._get_help_string(action)


def _title(own: type) -> str:
    """The first line of a class's docstring, as a heading."""
    first = (own.__doc__ or own.__name__).strip().splitlines()[0]
    return first.rstrip(".")


class StageParser(TrlParser):
    """TRL's parser, with errors as `UsageError` and no guessing at shortened option names."""

    def __init__(self, stage: str, types: tuple[type, ...] | None = None) -> None:
        """Of all the stage's dataclasses, which load the training packages, or of these alone."""
        self.stage = stage
        name = f"folalign {stage}"
        super().__init__(
            types or STAGES[stage].stage().argument_types(),
            prog=name,
            usage=f"{name} [--config FILE] [--key value ...]",
            allow_abbrev=False,
            formatter_class=_KeysFormatter,
        )
        calling = self.add_argument_group("how it is called")
        calling.add_argument("--config", metavar="FILE", default=SUPPRESS, help=_CONFIG_HELP)
        calling.add_argument(
            "--help-all",
            action=_HelpAll,
            nargs=0,
            default=SUPPRESS,
            help="all keys, those of the trainer's library too",
        )
        self.set_defaults(output_dir=DEFAULT_OUTPUT_DIR, section=stage)
        self.known: dict[str, Action] = {
            action.dest: action for action in self._actions if action.dest not in _NO_KEYS
        }
        self.known["output_dir"].type = os.path.expanduser  # as shells do it, for a config too
        self.optional = self._optional_keys()

    def _optional_keys(self) -> set[str]:
        """The keys that may be null: by their type, or because they are where they are absent."""
        keys = set()
        for key, action in self.known.items():
            if action.default is None:
                keys.add(key)
        for arguments in self.dataclass_types:
            for key, hint in get_type_hints(arguments).items():
                if type(None) in get_args(hint):
                    keys.add(key)
        return keys

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)

    def format_help(self) -> str:
        """The project's own keys, class by class, the stage's first; of the library's, the number."""
        formatter = self._get_formatter()
        formatter.add_usage(self.usage, self._actions, self._mutually_exclusive_groups)
        formatter.add_text(STAGES[self.stage].summary)
        left = dict(self.known)
        groups = [("how it is called", [self._option_string_actions[name] for name in _CALLING])]
        for own in self._own_classes():
            named = [left.pop(key) for key in get_annotations(own) if key in left]
            groups.append((_title(own), named))
        for title, actions in groups:
            if actions:
                formatter.start_section(title)
                formatter.add_arguments(actions)
                formatter.end_section()
        if left:
            formatter.add_text(
                f"And {len(left)} keys of the library's trainer ({', '.join(_KNOWN_BEST)} ...): "
                f"folalign {self.stage} --help-all"
            )
        return formatter.format_help()

    def _own_classes(self) -> list[type]:
        """The classes of options that the project itself has, the stage's own before what it shares."""
        return [
            own
            for arguments in self.dataclass_types
            for own in arguments.__mro__
            if own.__module__.partition(".")[0] in ("pipelines", "alignment")
        ]

    def format_help_all(self) -> str:
        """argparse's help: every key."""
        return super().format_help()

    def check(self, key: str, setting: Setting) -> None:
        """Raise `UsageError` unless the stage has this key and the value is of its type."""
        if key not in self.known:
            message = unknown_key(
                key,
                list(self.known),
                f"the {self.stage} stage",
            )
            raise UsageError(f"{setting.where}: {message}")
        if setting.value is None and key not in self.optional:
            raise UsageError(f"{setting.where}: '{key}' needs a value, not null")
        try:
            _, rest = self.parse_known_args(as_options(key, setting.value))
        except UsageError as error:
            raise UsageError(f"{setting.where}: {error}") from None
        takes_a_list = self.known[key].nargs == "+"
        if rest or (setting.value == [] and not takes_a_list):
            raise UsageError(f"{setting.where}: '{key}' takes one value, not {plain(setting)!r}")


def unknown_key(key: str, allowed: list[str], owner: str) -> str:
    """A message that names the key and what may have been meant."""
    problem = f"unknown key '{key}' for {owner}"
    meant = did_you_mean(key, allowed)
    if meant:
        return f"{problem}{meant}"
    if len(allowed) <= FEW:
        return f"{problem}; allowed: {', '.join(allowed)}"
    return f"{problem}; `folalign {owner.split()[1]} --help` lists what is allowed"


def as_options(key: str, value: Any) -> list[str]:
    """A YAML value as options of the command line.

    A list becomes several values, a mapping JSON, null and [] nothing.
    """
    if isinstance(value, Setting):
        return as_options(key, value.value)
    if value in (None, []):
        return []
    if isinstance(value, (list, tuple)):
        return [f"--{key}", *map(str, value)]
    if isinstance(value, dict):
        return [f"--{key}={json.dumps(plain(value))}"]
    return [f"--{key}={value}"]


def stage_config(
    stage: str, settings: dict[str, Setting], options: list[str] | None = None
) -> StageConfig[Any]:
    """Check settings and command-line options of one stage and turn them into its arguments.

    Raises `UsageError` naming the key (and file and line) that is unknown or of the wrong type, or
    the values that do not go together.
    """
    parser = StageParser(stage)
    words = _words(parser, settings) + (options or [])
    resolved = _resolve(parser, words)
    check_values(stage, resolved)
    words += chosen_precision(resolved)
    place_rows(resolved, parser.dataclass_types[0])
    domain = resolve_domain(resolved["domain"], f"folalign {stage}: domain")
    try:
        parsed = parser.parse_args_and_config(words)
    except (ValueError, TypeError, ImportError, ArithmeticError) as error:
        raise UsageError(f"{place(stage, resolved)}: {error}") from error
    arguments = STAGES[stage].stage().collect(parsed)
    try:
        STAGES[stage].stage().check_arguments(arguments)
    except UsageError as error:
        raise UsageError(f"{place(stage, resolved)}: {error}") from None
    arguments.options.domain = domain
    for key in ("dataset", "dataset_path", "task", "train_split", "split"):
        if key in resolved:
            setattr(arguments.options, key, resolved[key])
    for key in ("columns", "dataset_settings", "chat", "stop"):
        resolved[key] = getattr(arguments.options, key)
    if isinstance(arguments.options, RewardArguments):
        arguments.options.run_dir = resolved["output_dir"]
    return StageConfig(stage, arguments, resolved)


def _words(parser: StageParser, settings: dict[str, Setting]) -> list[str]:
    """Checked settings as words of a command line; the parser takes the rest as defaults."""
    words: list[str] = []
    for key, setting in settings.items():
        parser.check(key, setting)
        if setting.value in (None, []):  # what no option of a command line can say
            parser.set_defaults(**{key: setting.value})
        words += as_options(key, setting.value)
    return words


def _resolve(parser: StageParser, words: list[str]) -> dict[str, Any]:
    """Every key of the stage with its plain value."""
    namespace, rest = parser.parse_known_args(words)
    if rest:
        if not rest[0].startswith("-"):
            raise UsageError(f"folalign {parser.stage}: unexpected argument {rest[0]!r}")
        key = rest[0].lstrip("-").partition("=")[0].replace("-", "_")
        raise UsageError(
            unknown_key(
                key,
                list(parser.known),
                f"the {parser.stage} stage",
            )
        )
    return {key: _plain(value) for key, value in vars(namespace).items()}


def chosen_precision(resolved: dict[str, Any]) -> list[str]:
    """The words that choose a precision by the machine, where the keys leave it open.

    TRL's default is bfloat16 anywhere, and transformers refuses it without a GPU that has it.
    """
    if "bf16" not in resolved or resolved["bf16"] is not None or resolved["fp16"]:
        return []
    from transformers.utils import is_torch_bf16_gpu_available  # the parser has loaded it

    resolved["bf16"] = not resolved["use_cpu"] and is_torch_bf16_gpu_available()
    return [f"--bf16={resolved['bf16']}"]


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def check_values(stage: str, resolved: dict[str, Any]) -> None:
    """Raise `UsageError` for values that cannot be, or do not go together."""
    model, start = resolved.get("model"), resolved.get("start")
    # They name folders in the run directory, and none elsewhere.
    for key in ("section", "base", "start"):
        name = resolved.get(key)
        if (key == "section" or name is not None) and not re.fullmatch(NAME, str(name)):
            raise UsageError(
                f"folalign {stage}: {key} must be of letters, digits, _ and -, got {name!r}"
            )
    if model and start:
        raise UsageError(f"folalign {stage}: say model or start, not both: {model}, {start}")
    for key in ("dialect", "answer_dialect"):
        dialect = resolved.get(key)
        if dialect is not None and dialect not in DIALECTS:
            raise UsageError(
                f"folalign {stage}: no {key} {dialect!r}; allowed: {', '.join(DIALECTS)}"
            )
    if resolved.get("hub_token") is not None:
        raise UsageError(
            f"folalign {stage}: hub_token would lie in the run directory; "
            "set HF_TOKEN, or call `hf auth login`"
        )
    if not 0 <= resolved["seed"] <= MAX_SEED:
        raise UsageError(
            f"folalign {stage}: seed must be between 0 and {MAX_SEED}, got {resolved['seed']}"
        )
    if not str(resolved["output_dir"]).strip():
        raise UsageError(f"{place(stage, resolved)}: output_dir must name a folder, got ''")
    if "\0" in str(resolved["output_dir"]):
        raise UsageError(
            f"{place(stage, resolved)}: output_dir has a character that no folder's name can have: "
            f"{resolved['output_dir']!r}"
        )
    check_ranges(stage, resolved)


def take_option(argv: list[str], name: str) -> tuple[str | None, list[str]]:
    """Split `--name value` (or `--name=value`) off the options; the last one counts."""
    rest: list[str] = []
    value: str | None = None
    words = iter(argv)
    for word in words:
        key, equals, given = word.partition("=")
        if key.replace("-", "_") != f"__{name}":  # the parser takes --output-dir for --output_dir
            rest.append(word)
        elif equals:
            value = given
        else:
            value = next(words, None)
            if value is None:
                raise UsageError(f"--{name} needs a value")
    return value, rest
