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
    sections,
)
from pipelines.config.settings import Setting
from pipelines.errors import UsageError
from pipelines.registry import STAGES


def check_run(run: Settings) -> None:
    """Raise `UsageError` for a key at the top that is neither shared nor a section."""
    for key, setting in run.items():
        if is_section(key, setting):
            _check_section(run, key)
        elif isinstance(setting.value, dict) and not _like_a_key(key):
            raise UsageError(
                f"{setting.where}: the section '{key}' is not called after a stage and says none: "
                f"give it `stage: NAME`, one of {', '.join(STAGES)}"
            )
        elif key == ONLY:
            _check_only(run, setting)
        elif key not in SHARED:
            message = unknown_key(
                key,
                [*SHARED, ONLY, *sections(run)],
                "a run",
            )
            raise UsageError(f"{setting.where}: {message} (a stage's own keys go into its section)")


def _like_a_key(name: str) -> bool:
    """Whether a mapping's name is a slip of the pen for a shared key or a stage."""
    return bool(
        difflib.get_close_matches(
            name,
            [*SHARED, *STAGES],
            cutoff=0.6,
        )
    )


def _check_only(run: Settings, setting: Setting) -> None:
    for name in as_list(setting.value):
        if name not in sections(run):
            present = ", ".join(sections(run))
            raise UsageError(f"{setting.where}: only: no section {name!r}; it has {present}")


def _check_section(run: Settings, name: str) -> None:
    where, values = run[name].where, run[name].value
    if not isinstance(values, dict):
        raise UsageError(f"{where}: '{name}' is a section: a mapping of the {name} stage's keys")
    if not re.fullmatch(NAME, name) or name == BASE:
        raise UsageError(
            f"{where}: a section's name is letters, digits, _ and -, and not {BASE}: {name!r}"
        )
    stage = values["stage"] if "stage" in values else Setting(name, "")
    if stage.value not in STAGES:
        raise UsageError(
            f"{stage.where}: unknown stage {stage.value!r}; allowed: {', '.join(STAGES)}"
        )
    _check_keys(name, stage.value, values)


def _check_keys(name: str, stage: str, values: Settings) -> None:
    """The keys of a section that its stage does not check itself."""
    if "section" in values:
        raise UsageError(
            f"{values['section'].where}: a section in a run has the name it stands under: {name}"
        )
    if "model" in values and "start" in values:
        raise UsageError(f"{values['start'].where}: say model or start, not both")
    misplaced = ("sections",) if STAGES[stage].trains else ("like", "budget")
    for key in misplaced:
        if key in values:
            raise UsageError(f"{values[key].where}: unknown key '{key}' for the {stage} stage")
