"""The whole road: every section of a config trained and judged in turn; ends with one table."""

from __future__ import annotations

import time
from pathlib import Path

from rich.table import Table

from pipelines import cli, report
from pipelines.config.corpus import load_held_out, load_training_rows
from pipelines.config.parser import StageConfig
from pipelines.config.sections import (
    SHARED,
    Settings,
    load_run,
    models_to_judge,
    output_dir,
    section_config,
    stage_of,
    training_sections,
    wanted_sections,
)
from pipelines.config.settings import plain, write_yaml
from pipelines.config.translators import check_named, translators_named
from pipelines.console import console
from pipelines.errors import UsageError
from pipelines.processes import launched, run_apart
from pipelines.registry import STAGES
from pipelines.rundir.directory import RunDir
from pipelines.rundir.files import read_json

HELP = """\
usage: folalign run --config FILE [--key value ...] [--section.key value ...] [--overwrite]

The config has shared keys at the top ({shared})
and any number of sections, each with the keys of its stage (`folalign sft --help` and so on list them) and

  stage: NAME       {stages}; where absent, the section is called after it
  start: SECTION    train on from that section's model; from the one before where absent, `base` is the very first
  like: SECTION     what is left open is as in that section
  budget: SECTION   as many rows, updates and prompts per update as that section
  sections: [...]   for evaluate: whose models to judge; all where absent

`only: [...]` at the top names the sections to run, where not all are; the others can be referred to.
`extends: FILE` at the top takes another config's settings first. Options win over the file: --key sets a shared key
in every section, --section.key one section's. Finished sections are kept and an unfinished one goes on from its last
checkpoint, so the same command continues a run that was interrupted; --overwrite starts afresh the sections whose
settings or inputs changed.
"""


def main(argv: list[str]) -> int:
    """Run every section that is not finished yet, in order, each in its own process; 0 when all are done."""
    if "--help" in argv or "-h" in argv:
        console.print(
            HELP.format(shared=", ".join(SHARED), stages=", ".join(STAGES)), end="", markup=False
        )
        return 0
    if launched() > 1:
        raise UsageError(
            "`folalign run` takes one process; launch its sections one by one, as docs/multi-gpu.md says"
        )
    started = time.monotonic()
    settings = load_run(without_overwrite(argv))
    with console.status("loading the training packages"):
        _finish(run_apart(check, argv))
    resolved = output_dir(settings) / "config.yaml"
    write_yaml(resolved, plain(settings))
    for title, (command, *options) in steps(settings):
        console.rule(f"[bold]{title}[/]", align="left")
        again = ["--overwrite"] if "--overwrite" in argv else []
        _finish(run_apart(cli.main, [command, "--config", str(resolved), *options, *again]))
    for section in _evaluations(settings):
        console.print(results(settings, section))
    console.print(f"report: {report.write(output_dir(settings))}", soft_wrap=True)
    console.print(
        f"{output_dir(settings)}  ({(time.monotonic() - started) / 60:.1f} min)", soft_wrap=True
    )
    return 0


def without_overwrite(argv: list[str]) -> list[str]:
    """The options that are settings."""
    return [word for word in argv if word != "--overwrite"]


def _finish(code: int) -> None:
    if code == 130:
        raise KeyboardInterrupt
    if code:
        raise SystemExit(code if code > 0 else 128 - code)


def check(argv: list[str]) -> int:
    """Check before any work what a later stage will need: keys, rewards, backend, data, unchanged settings on disk."""
    try:
        settings = load_run(without_overwrite(argv))
        configs = {
            section: section_config(settings, section) for section in wanted_sections(settings)
        }
        for section, config in configs.items():
            module = STAGES[config.stage].module()
            if STAGES[config.stage].trains:
                load_training_rows(config, quiet=True)
            else:
                models_to_judge(settings, section)
                getattr(module, "load", load_held_out)(config.arguments[0], quiet=True)
            if more := getattr(module, "check", None):
                more(config)
            for name in translators_named(config.arguments[0]):
                check_named(settings, section, name)
        if "--overwrite" not in argv:
            _refuse_changes(settings, configs)
    except UsageError as error:
        return cli.report(error)
    return 0


def _refuse_changes(settings: Settings, configs: dict[str, StageConfig]) -> None:
    for section, config in configs.items():
        names = [""] if STAGES[config.stage].trains else list(models_to_judge(settings, section))
        for name in names:
            directory = Path(config.resolved["output_dir"]) / section / name
            RunDir(directory, stage=section, config=config.resolved).refuse_changes(
                with_inputs=False
            )


def steps(settings: Settings) -> list[tuple[str, list[str]]]:
    """The commands of a run and their titles; what a section trained is judged before the next one begins."""
    waiting = {section: models_to_judge(settings, section) for section in _evaluations(settings)}
    trained = training_sections(settings)
    listed = []
    for section in trained:
        stage = stage_of(settings, section)
        listed.append((f"{section}: {STAGES[stage].summary}", [stage, "--section", section]))
        later = trained[trained.index(section) + 1 :]
        for judge, models in waiting.items():
            ready = {name: path for name, path in models.items() if name not in later}
            waiting[judge] = {name: path for name, path in models.items() if name in later}
            if ready:
                named = [f"{name}={path}" for name, path in ready.items()]
                title = f"{judge}: {', '.join(ready)}"
                listed.append(
                    (title, [stage_of(settings, judge), "--section", judge, "--model", *named])
                )
    return listed


def _evaluations(settings: Settings) -> list[str]:
    return [
        section
        for section in wanted_sections(settings)
        if not STAGES[stage_of(settings, section)].trains
    ]


def results(settings: Settings, section: str) -> Table:
    """The table of an evaluation: one row for each model."""
    folder = output_dir(settings) / section
    found = {
        name: read_json(folder / name / "metrics.json")
        for name in models_to_judge(settings, section)
    }
    module = STAGES[stage_of(settings, section)].module()
    return module.table({name: metrics for name, metrics in found.items() if metrics})
