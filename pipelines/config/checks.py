"""What the top of a run's config and the heads of its sections may hold."""

from __future__ import annotations

import difflib
import re

from pipelines.config.parser import NAME, unknown_key
from pipelines.config.sections import (
    BASE,
    ONLY,
    SHARED,
    Settings,
    as_list,
    is_section,
    output_dir,
    sections,
)
from pipelines.config.settings import Setting, plain
from pipelines.errors import UsageError
from pipelines.registry import STAGES


def check_run(run: Settings) -> None:
    """Raise `UsageError` for a key at the top that is neither shared nor a section, or no folder."""
    for key, setting in run.items():
        if is_section(key, setting):
            _check_section(run, key)
        elif key == ONLY:
            _check_only(run, setting)
        elif key not in SHARED:
            raise UsageError(f"{setting.where}: {_unknown(run, key, setting)}")
    output_dir(run)


def _unknown(run: Settings, key: str, setting: Setting) -> str:
    """What is told of a key that is neither shared nor a section: a mapping was to be a section."""
    shared = [*SHARED, ONLY]
    close = difflib.get_close_matches(key, [*shared, *STAGES], n=1, cutoff=0.6)
    if isinstance(setting.value, dict) and not (close and close[0] in shared):
        meant = f"did you mean {close[0]}? Else " if close else ""
        return (
            f"the section '{key}' is not called after a stage and says none: "
            f"{meant}give it `stage: NAME`, one of {', '.join(STAGES)}"
        )
    message = unknown_key(key, [*shared, *sections(run)], "a run")
    return f"{message} (a stage's own keys go into its section)"


def _check_only(run: Settings, setting: Setting) -> None:
    for name in as_list(setting.value):
        if name not in sections(run):
            present = ", ".join(sections(run))
            raise UsageError(f"{setting.where}: only: no section {plain(name)!r}; it has {present}")


def _check_section(run: Settings, name: str) -> None:
    where, values = run[name].where, run[name].value
    if not isinstance(values, dict):
        raise UsageError(f"{where}: '{name}' is a section: a mapping of the {name} stage's keys")
    if not re.fullmatch(NAME, name) or name == BASE:
        raise UsageError(
            f"{where}: a section's name is letters, digits, _ and -, and not {BASE}: {name!r}"
        )
    stage = values["stage"] if "stage" in values else Setting(name, "")
    if not isinstance(stage.value, str) or stage.value not in STAGES:
        raise UsageError(
            f"{stage.where}: unknown stage {plain(stage)!r}; allowed: {', '.join(STAGES)}"
        )
    _check_keys(name, stage.value, values)


def _check_keys(name: str, stage: str, values: Settings) -> None:
    """The keys of a section that its stage does not check itself."""
    if "section" in values:
        raise UsageError(
            f"{values['section'].where}: a section in a run has the name it stands under: {name}"
        )
    if "output_dir" in values:
        raise UsageError(
            f"{values['output_dir'].where}: output_dir stands at the top of a run: all its sections "
            "are in one folder"
        )
    if "model" in values and "start" in values:
        raise UsageError(f"{values['start'].where}: say model or start, not both")
    misplaced = ("sections",) if STAGES[stage].trains else ("like", "budget")
    for key in misplaced:
        if key in values:
            raise UsageError(f"{values[key].where}: unknown key '{key}' for the {stage} stage")
