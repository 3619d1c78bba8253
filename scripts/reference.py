"""Write docs/reference.md: every command and every key of a config, as the code has them.

`make reference` runs it.
"""

from __future__ import annotations

import argparse
import dataclasses
import inspect
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import data
from alignment.objective import loss
from alignment.rewards import registry
from logic.domains import available
from pipelines import cli
from pipelines.commands import completion, run, translate, verify
from pipelines.commands import data as data_command
from pipelines.commands import domains as domains_command
from pipelines.commands import report as report_command
from pipelines.commands.configs import init, listing
from pipelines.commands.formulas import convert, holds, models, prove
from pipelines.commands.pretrained import model
from pipelines.commands.results import rank, samples
from pipelines.config import sections
from pipelines.config.arguments import DEFAULT_OUTPUT_DIR
from pipelines.config.settings import read_settings
from pipelines.registry import STAGES, StageCommand
from pipelines.service import command as serve_command
from pipelines.training.base_model import TinyShape

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference.md"
CONFIGS = [
    path
    for path in sorted((ROOT / "pipelines/configs").rglob("*.yaml"))
    if path.parent.name != "accelerate"
]
PARSERS: dict[str, Callable[[], argparse.ArgumentParser]] = {
    "translate": translate.make_parser,
    "model": model.make_parser,
    "data": data_command.make_parser,
    "report": report_command.make_parser,
    "rank": rank.make_parser,
    "samples": samples.make_parser,
    "configs": listing.make_parser,
    "init": init.make_parser,
    "domains": domains_command.make_parser,
    "verify": verify.make_parser,
    "prove": prove.make_parser,
    "models": models.make_parser,
    "holds": holds.make_parser,
    "convert": convert.make_parser,
    "completion": completion.make_parser,
    "serve": serve_command.make_parser,
}
# Whose keys a class of options holds, where several stages share it.
SHARED_BY = {
    "PromptArguments": "every stage and its prompts",
    "DataArguments": "every stage",
    "TrainingArguments": "every stage that trains",
    "RewardArguments": "stages with rewards",
    "RolloutArguments": "stages that sample first and train then",
    "HeldOutArguments": "every stage that judges",
}
CHOICES = {"label_loss": loss.LABEL_LOSSES, "label_schedule": loss.LABEL_SCHEDULES}
INTRODUCTION = """\
# Reference

Every command and every key of a config. Written from the code by `make reference`; a test compares the two, so
change the code and not this page.

[Commands](#commands) · [Config of a run](#config-of-a-run) · [Keys of stages](#keys-of-stages) · [Names](#names)

## Commands

`folalign COMMAND --help` prints a command's options, of a stage the project's own (`--help-all`: the library's too);
`folalign -V` or `--version` the version. Where the command is not on the path, `python -m pipelines` is the same. Exit
codes: 0 done; 1 `verify` found formulas that are not equivalent, for `prove` it does not follow, for `models` there is
none, for `holds` it is false; 2 bad usage or bad input; 3 a fault of folalign; 130 interrupted.
"""
STAGE_COMMANDS = """\
`folalign STAGE [--config FILE] [--section NAME] [--key value ...]`

Each stage is a command. Its options are the [keys of the stage](#keys-of-stages): `--key value`, several values for a
list, `true` or `false` for a switch, JSON for a mapping. `--config` reads a YAML file of these keys, or a run's file,
of which the command takes the shared keys and its own section (`--section` names another one). Options win.
"""
OWN_KEYS = {
    "stage": "which stage the section is of; where absent, the one it is called after",
    "start": "train on from that section's model; where absent the one before, `base` being the very first",
    "like": "what is left open is as in that section",
    "budget": "as many rows, updates and prompts per update as that section",
    "sections": "stages that judge: whose models; all where absent",
}
TOP_KEYS = {
    "only": "the sections to run; `like` and `budget` can refer to the others, `start` cannot, "
    "and their models are not judged",
    "extends": "a config whose settings come first; `null` for a section takes it out",
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; empty where there are no rows."""
    lines = [
        " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) for row in rows
    ]
    return (
        "\n".join(
            f"| {line} |" for line in [" | ".join(head), " | ".join("---" for _ in head), *lines]
        )
        + "\n"
    )


def options(parser: argparse.ArgumentParser) -> str:
    """A table of what a command takes."""
    rows = []
    for action in parser._actions:
        if "help" in action.dest:
            continue
        name = ", ".join(action.option_strings) or str(action.metavar or action.dest).upper()
        value = (
            ""
            if action.nargs == 0 or not action.option_strings
            else f" {action.metavar or action.dest.upper()}"
        )
        needed = " (needed)" if action.required and action.option_strings else ""
        allowed = f": {', '.join(map(str, action.choices))}" if action.choices else ""
        rows.append((f"`{name}{value}`", f"{action.help or ''}{allowed}{needed}"))
    return table(("option", "meaning"), rows)


def command(name: str, parser: argparse.ArgumentParser) -> str:
    """Heading, description and options of a command that is no stage, with its subcommands."""
    inner = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not inner:
        return f"### {name}\n\n{parser.description}\n\n{options(parser)}"
    helps = {choice.dest: choice.help for choice in inner[0]._choices_actions}
    return "\n".join(
        f"### {name} {sub}\n\n{_sentence(helps[sub] or '')}\n\n{options(below)}"
        for sub, below in inner[0].choices.items()
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith("?") else ".")


def kind(hint: Any) -> str:
    """The type of a key as YAML has it; the allowed values of a choice."""
    if get_origin(hint) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(hint))
    if get_origin(hint) is list:
        return f"list of {kind(get_args(hint)[0])}"
    if parts := [part for part in get_args(hint) if part is not type(None)]:
        return "mapping" if dict in (get_origin(part) for part in parts) else kind(parts[0])
    return {str: "text", int: "whole number", float: "number", bool: "true or false"}.get(
        hint, "mapping"
    )


def default_of(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def shown(value: Any) -> str:
    return "" if value in (None, "") else f"`{json.dumps(value).strip(chr(34))}`"


def keys(own: type) -> str:
    """A table of the keys that a class of options itself brings (not those it inherits)."""
    hints = get_type_hints(own)
    named = inspect.get_annotations(own)
    brought = [field for field in dataclasses.fields(own) if field.name in named and field.init]
    rows = [
        (
            f"`{field.name}`",
            _listed(CHOICES[field.name]) if field.name in CHOICES else kind(hints[field.name]),
            shown(default_of(field)),
            field.metadata.get("help", ""),
        )
        for field in brought
    ]
    return table(("key", "value", "default", "meaning"), rows) if rows else ""


def own_classes(stage: StageCommand) -> list[type]:
    """The classes of the project's own options of a stage, from what all share to what is its own."""
    return [one for one in reversed(stage.stage().argument_types()[0].__mro__) if one is not object]


def set_by_configs(stage: str) -> set[str]:
    """The keys that shipped configs set in sections of this stage, `like` included."""
    found: set[str] = set()
    for path in CONFIGS:
        settings = read_settings(str(path))
        for name in sections.sections(settings):
            if sections.stage_of(settings, name) == stage:
                other: str | None = name
                while other is not None:
                    values = settings[other].value
                    found |= set(values)
                    other = values["like"].value if "like" in values else None
    return found


def library_keys(stage: StageCommand) -> str:
    """The library's class of a stage, and a table of those of its keys that shipped configs set."""
    trainer = stage.stage().argument_types()[1]
    project = trainer.__module__.startswith("alignment.")
    base = trainer.__mro__[1] if project else trainer
    inherited = {field.name: field for field in dataclasses.fields(base)}
    own = {field.name for field in dataclasses.fields(stage.stage().argument_types()[0])}
    used = sorted((inherited.keys() & set_by_configs(stage.name)) - own)
    rows = [(f"`{key}`", shown(default_of(inherited[key]))) for key in used]
    text = (
        f"Of the trainer's config, `alignment.{trainer.__name__}`:\n\n{keys(trainer)}\n"
        if project
        else ""
    )
    return text + (
        f"All keys of `trl.{base.__name__}` too ({len(inherited.keys() - own)} of them, transformers' "
        f"`TrainingArguments` included), with their meaning there; `folalign {stage.name} --help` lists them. "
        f"`output_dir` is `{DEFAULT_OUTPUT_DIR}` where absent. Those that the shipped configs set:\n\n"
        f"{table(('key', 'default'), rows)}"
    )


def stage_part(stage: StageCommand) -> str:
    """Heading and keys of one stage."""
    classes = own_classes(stage)
    shared = [
        f"[{SHARED_BY[one.__name__]}](#{_anchor(one)})"
        for one in classes
        if one.__name__ in SHARED_BY
    ]
    if stage.trains:
        shared.append("[the tiny model](#keys-of-the-tiny-model)")
    parts = [
        f"### {stage.name}\n",
        f"{stage.summary[0].upper()}{stage.summary[1:]}. Keys of {', '.join(shared)}.\n",
    ]
    if table_of_own := keys(classes[-1]):
        parts.append(table_of_own)
    if stage.trains:
        parts.append(library_keys(stage))
    return "\n".join(parts)


def _anchor(own: type) -> str:
    return "keys-of-" + SHARED_BY[own.__name__].replace(" ", "-")


def tiny_model() -> str:
    fields = dataclasses.fields(TinyShape)
    rows = [(f"`{field.name}`", shown(field.default)) for field in fields]
    return f"### Keys of the tiny model\n\nWhat `model: tiny` builds.\n\n{table(('key', 'default'), rows)}"


def run_config() -> str:
    """The keys of a run's file that are no stage's."""
    shared = ", ".join(f"`{key}`" for key in sections.SHARED)
    return (
        "## Config of a run\n\nA mapping of shared keys, sections, and\n\n"
        + table(("key", "meaning"), [(f"`{key}`", meaning) for key, meaning in TOP_KEYS.items()])
        + f"\n**Shared keys** hold for every section that does not set them itself: {shared}.\n\n"
        + "**A section** is called after its stage or says which it is. It has the keys of the stage, and\n\n"
        + table(
            ("key", "meaning"),
            [(f"`{key}`", OWN_KEYS[key]) for key in ("start", *sections.OWN_KEYS)],
        )
    )


def names() -> str:
    """What may stand where a key takes a name."""
    configs = ", ".join(f"`{path.relative_to(ROOT / 'pipelines/configs')}`" for path in CONFIGS)
    known = [name for name, source in available().items() if source.startswith("logic.domains.")]
    # A program that writes the page may have registered more.
    shipped = [
        name
        for name in registry.names()
        if registry._entry(name).__module__.startswith("alignment.")
    ]
    tasks = {name: ", ".join(data.tasks(name)) for name in data.NAMES}
    return (
        "## Names\n\n"
        + f"- Rewards ([rewards](rewards.md), [tasks](tasks.md)): {_listed(shipped)}\n"
        + f"- Domains ([domains](domains.md)): `fol`, {_listed(known)}\n"
        + f"- Configs, in `pipelines/configs`: {configs}\n\n"
        + "Data sets ([data](data.md)) and their tasks, the first being the one where `task` is absent:\n\n"
        + table(("data set", "tasks"), [(f"`{name}`", found) for name, found in tasks.items()])
    )


def _listed(found: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in found)


def page() -> str:
    """The whole text of docs/reference.md."""
    shared = {
        one for stage in STAGES.values() for one in own_classes(stage) if one.__name__ in SHARED_BY
    }
    ordered = sorted(shared, key=lambda one: list(SHARED_BY).index(one.__name__))
    help_of_run = run.HELP.format(shared=", ".join(sections.SHARED), stages=", ".join(STAGES))
    stages = table(
        ("stage", "what it does"),
        [(f"[`{one.name}`](#{one.name})", one.summary) for one in STAGES.values()],
    )
    parts = [
        INTRODUCTION,
        f"### run\n\n```text\n{help_of_run}```\n",
        f"### Stages\n\n{STAGE_COMMANDS}\n{stages}",
        *(command(name, PARSERS[name]()) for name in cli.COMMANDS if name in PARSERS),
        run_config(),
        "## Keys of stages\n",
        *(f"### Keys of {SHARED_BY[one.__name__]}\n\n{keys(one)}" for one in ordered),
        tiny_model(),
        *(stage_part(stage) for stage in STAGES.values()),
        names(),
    ]
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE.relative_to(ROOT))
