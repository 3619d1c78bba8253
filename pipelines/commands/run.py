"""`folalign run`: every section of a config trained and judged in turn; ends with one table."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from rich.table import Table

from pipelines import cli, report
from pipelines.commands.parser import CommandParser
from pipelines.config.domains import resolve_domain
from pipelines.config.load import load_run
from pipelines.config.resolve import section_config
from pipelines.config.sections import (
    SHARED,
    Settings,
    domains,
    left_out_models,
    models_to_judge,
    output_dir,
    stage_of,
    training_sections,
    trains,
    wanted_sections,
)
from pipelines.config.settings import plain
from pipelines.config.stage_config import StageConfig
from pipelines.console import console
from pipelines.early.check import check_sections
from pipelines.errors import UsageError
from pipelines.judging.stage import JudgingStage
from pipelines.judging.translators import check_translator, translators_of
from pipelines.processes import launched, run_apart
from pipelines.registry import STAGES
from pipelines.rundir.directory import RunDir
from pipelines.rundir.files import read_json
from pipelines.rundir.lock import FolderLock
from pipelines.rundir.yaml_files import write_yaml

HELP = """\
usage: folalign run --config FILE [--key value ...] [--section.key value ...] [--overwrite]

The config has shared keys at the top ({shared})
and any number of sections, each with the keys of its stage (`folalign sft --help` and so on list \
them) and

  stage: NAME       {stages}; where absent, the section is called after it
  start: SECTION    train on from that section's model; from the one before where absent, `base` \
is the very first
  like: SECTION     what is left open is as in that section
  budget: SECTION   as many rows, updates and prompts per update as that section
  sections: [...]   for evaluate: whose models to judge; all where absent

`only: [...]` at the top names the sections to run, where not all are. `like` and `budget` can \
refer to the others;
`start` cannot, and the run does not judge their models. Without `start`, a section goes on from \
the one before among these.
`extends: FILE` at the top takes another config's settings first. Options win over the file: \
--key sets a shared key
in every section, --section.key one section's. Finished sections are kept and an unfinished one \
goes on from its last
checkpoint, so the same command continues a run that was interrupted; --overwrite starts afresh \
the sections whose
settings or inputs changed.
"""
OVERWRITE = "--overwrite"


def make_parser() -> CommandParser:
    """What a shell completes; the keys of the sections are options too."""
    parser = CommandParser(prog="folalign run", allow_abbrev=False)
    parser.add_argument("--config", metavar="FILE")
    parser.add_argument(OVERWRITE, action="store_true")
    return parser


def main(argv: list[str]) -> int:
    """Run every section that is not finished yet, in order, each in its own process.

    Returns 0 when all are done.
    """
    if "--help" in argv or "-h" in argv:
        help_text = HELP.format(shared=", ".join(SHARED), stages=", ".join(STAGES))
        console.print(help_text, end="", markup=False)
        return 0
    if launched() > 1:
        raise UsageError(
            "`folalign run` takes one process; "
            "launch its sections one by one, as docs/multi-gpu.md says"
        )
    started = time.monotonic()
    settings = load_run(without_overwrite(argv))
    check_sections(settings)
    with console.status("loading the training packages"):
        _finish(run_apart(check, argv))
    folder = output_dir(settings)
    overwrite = [OVERWRITE] if OVERWRITE in argv else []
    # Every step reads the config from the folder: another run would put its own there.
    with FolderLock(folder):
        _take_steps(settings, folder, overwrite)
    minutes = (time.monotonic() - started) / 60
    console.print(f"{folder}  ({minutes:.1f} min)", soft_wrap=True)
    return 0


def _take_steps(settings: Settings, folder: Path, overwrite: list[str]) -> None:
    """Train and judge, and end with the tables and the report."""
    resolved = folder / "config.yaml"
    write_yaml(resolved, plain(settings))
    for title, (command, *options) in steps(settings):
        console.rule(f"[bold]{title}[/]", align="left")
        _finish(run_apart(cli.main, [command, "--config", str(resolved), *options, *overwrite]))
    for section in evaluations(settings):
        console.print(results(settings, section))
    specs = [resolve_domain(name, "domain") for name in domains(settings)]
    page = report.write(folder, domains=specs)
    console.print(f"report: {page}", soft_wrap=True)


def without_overwrite(argv: list[str]) -> list[str]:
    """The options that are settings."""
    return [word for word in argv if word != OVERWRITE]


def _finish(code: int) -> None:
    """End as a process that did not end well."""
    if code == 130:
        raise KeyboardInterrupt
    if code:
        raise SystemExit(code if code > 0 else 128 - code)  # a signal, as shells number it


def check(argv: list[str]) -> int:
    """Check before any work what a later stage will need.

    Keys, rewards, backend, data, unchanged settings on disk. It has the exit codes of a command.
    """
    return cli.guarded(_check, argv)


def _check(argv: list[str]) -> int:
    settings = load_run(without_overwrite(argv))
    configs = {section: section_config(settings, section) for section in wanted_sections(settings)}
    for section, config in configs.items():
        _check_section(settings, section, config)
    if OVERWRITE not in argv:
        _refuse_changes(settings, configs)
    return 0


def _check_section(settings: Settings, section: str, config: StageConfig[Any]) -> None:
    stage = STAGES[config.stage].stage()
    if not trains(settings, section):
        _check_models(settings, section, config)
    stage.load_rows(config, quiet=True)
    try:
        stage.check(config)
    except UsageError as error:
        raise UsageError(f"{section}: {error}") from None
    for name in translators_of(config.arguments.options):
        check_translator(settings, section, name)


def _check_models(settings: Settings, section: str, config: StageConfig[Any]) -> None:
    """The models of a judging section, and the one that others are compared with."""
    models = models_to_judge(settings, section)
    left_out = left_out_models(settings, section)
    baseline = getattr(config.arguments.options, "baseline", None)
    if baseline and baseline not in models:
        judged = output_dir(settings) / section / baseline / "samples.jsonl"
        if not judged.exists():
            why = " (`only` leaves it out)" if baseline in left_out else ""
            raise UsageError(
                f"{section}: baseline: {baseline!r} is none of the models that it judges{why}; "
                f"allowed: {', '.join(models)}"
            )
    if left_out:
        console.print(f"[dim]{section}: not judged, as `only` leaves out: {', '.join(left_out)}[/]")


def _refuse_changes(settings: Settings, configs: dict[str, StageConfig[Any]]) -> None:
    for section, config in configs.items():
        directory = Path(config.resolved["output_dir"]) / section
        if trains(settings, section):
            paths = [directory]
        else:
            paths = [directory / name for name in models_to_judge(settings, section)]
        for path in paths:
            run = RunDir(path, stage=section, config=config.resolved)
            run.refuse_changes(with_inputs=False)


def steps(settings: Settings) -> list[tuple[str, list[str]]]:
    """The commands of a run and their titles.

    What a section trained is judged before the next one begins.
    """
    waiting = {section: models_to_judge(settings, section) for section in evaluations(settings)}
    trained = training_sections(settings)
    steps = []
    for place, section in enumerate(trained):
        stage = stage_of(settings, section)
        title = f"{section}: {STAGES[stage].summary}"
        steps.append((title, [stage, "--section", section]))
        later = trained[place + 1 :]
        for judge, models in waiting.items():
            ready = [name for name in models if name not in later]
            if ready:
                paths = [f"{name}={models.pop(name)}" for name in ready]
                command = [stage_of(settings, judge), "--section", judge, "--model", *paths]
                steps.append((f"{judge}: {', '.join(ready)}", command))
    return steps


def evaluations(settings: Settings) -> list[str]:
    """The sections to run that judge models, in the order of the file."""
    return [name for name in wanted_sections(settings) if not trains(settings, name)]


def results(settings: Settings, section: str) -> Table:
    """The table of an evaluation: one row for each model."""
    folder = output_dir(settings) / section
    metrics = {
        name: read_json(folder / name / "metrics.json")
        for name in models_to_judge(settings, section)
    }
    stage = STAGES[stage_of(settings, section)].stage()
    assert isinstance(stage, JudgingStage), f"{section} trains nothing"
    return stage.table({name: values for name, values in metrics.items() if values})
