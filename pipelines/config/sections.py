"""A run's config: a few shared keys at the top and any number of sections, each of one stage.

A section is named after its stage or says `stage: NAME`. It has the stage's keys, and four more:

    start: SECTION    train on from that section's model (`base`: from what the run begins with);
                      where neither start nor model is there, from the training section before,
                      the first one from `tiny`
    like: SECTION     what is left open here is as in that section, as far as this stage knows it
    budget: SECTION   the same rows, updates and prompts per update as that section
    sections: [...]   (stages that judge) whose models; all of them, and the base, where absent

`only: [...]` at the top names the sections to run. `like` and `budget` can refer to the others;
`start` cannot, and of the models of `sections` those of the others are not judged.
A stage's command takes a run's file too, and reads the shared keys and its own section. Options
come last and win.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pipelines.config.arguments import DEFAULT_OUTPUT_DIR, TINY
from pipelines.config.settings import Setting, plain
from pipelines.errors import UsageError
from pipelines.registry import STAGES

SHARED = (
    "output_dir",
    "seed",
    "dataset",
    "dataset_path",
    "dataset_settings",
    "columns",
    "task",
    "prompt",
    "domain",
    "dialect",
    "chat",
    "signature",
    "examples",
    "stop",
    "backend",
    "report_to",
)
ONLY = "only"
OWN_KEYS = ("stage", "like", "budget", "sections")  # `start` is a key of the stages that train
BASE = "base"

Settings = dict[str, Setting]


def is_section(key: str, setting: Setting) -> bool:
    """Whether a key at the top of a run's config is a section."""
    return key in STAGES or (isinstance(setting.value, dict) and "stage" in setting.value)


def sections(run: Settings) -> list[str]:
    """The names of all sections, in the order of the file."""
    return [key for key, setting in run.items() if is_section(key, setting)]


def wanted_sections(run: Settings) -> list[str]:
    """The names of the sections to run, in the order of the file: those of `only`, or all."""
    only = as_list(run[ONLY].value) if ONLY in run else sections(run)
    return [name for name in sections(run) if name in only]


def training_sections(run: Settings) -> list[str]:
    """The names of the sections to run that train a model, in the order of the file."""
    return [name for name in wanted_sections(run) if trains(run, name)]


def as_list(value: Any) -> list[Any]:
    """The value of a key that takes several: one alone is a list of one."""
    return value if isinstance(value, list) else [value]


def stage_of(run: Settings, section: str) -> str:
    """The stage whose keys a section holds."""
    stage = run[section].value.get("stage")
    return section if stage is None else stage.value


def trains(run: Settings, section: str) -> bool:
    """Whether a section trains a model."""
    return STAGES[stage_of(run, section)].trains


def writes(run: Settings, section: str) -> bool:
    """Whether a section trains a model that writes answers, which others go on from."""
    stage = STAGES[stage_of(run, section)]
    return stage.trains and stage.writes


def output_dir(run: Settings) -> Path:
    """The run directory, with ~ for the home folder; `UsageError` for what names no folder."""
    if "output_dir" not in run:
        return Path(DEFAULT_OUTPUT_DIR)
    setting = run["output_dir"]
    text = str(setting.value)
    if setting.value is None or isinstance(setting.value, dict | list) or "\0" in text:
        raise UsageError(f"{setting.where}: output_dir names one folder, not {plain(setting)!r}")
    return Path(os.path.expanduser(text))  # Path's own raises where there is no such user


def domains(run: Settings) -> list[str]:
    """The domains that a run's config names, at the top and in its sections."""
    levels = [run, *(run[section].value for section in sections(run))]
    return list(dict.fromkeys(keys["domain"].value for keys in levels if "domain" in keys))


def base_models(run: Settings) -> dict[str, str]:
    """What sections start from that start from no other section.

    `base`, and tiny models by their name.
    """
    bases: dict[str, str] = {}
    for name in training_sections(run):
        values = run[name].value
        model = values["model"].value if "model" in values else None
        is_first = not bases and "start" not in values
        if model == TINY or (model is None and is_first):
            folder = values["base"].value if "base" in values else BASE
            bases.setdefault(folder, TINY)
        elif model is not None:
            bases.setdefault(BASE, model)
    return bases


def models_to_judge(run: Settings, section: str) -> dict[str, str]:
    """The models a judging section is about, by name, with their paths.

    Those of the key `sections`, or all and the base; not those of sections that `only` leaves out.
    """
    paths = _model_paths(run)
    names = _named_models(run, section)
    if names is None:
        return paths
    left_out = left_out_models(run, section)
    where = run[section].value["sections"].where
    allowed = ", ".join(paths)
    for name in names:
        if name not in paths and name not in left_out:
            raise UsageError(f"{where}: sections: unknown {name!r}; allowed: {allowed}")
    if names and len(left_out) == len(names):
        raise UsageError(
            f"{where}: sections: `only` leaves out all of {', '.join(names)}; name one of them in "
            f"it, or leave {section!r} out too"
        )
    return {name: paths[name] for name in names if name in paths}


def left_out_models(run: Settings, section: str) -> list[str]:
    """What a judging section's key `sections` names and `only` leaves out, in the order given."""
    paths = _model_paths(run)
    everywhere = _model_paths(without_only(run))
    names = _named_models(run, section) or []
    return [name for name in names if name in everywhere and name not in paths]


def without_only(run: Settings) -> Settings:
    """The same run with all sections to run."""
    return {key: setting for key, setting in run.items() if key != ONLY}


def _named_models(run: Settings, section: str) -> list[str] | None:
    """The names in a judging section's key `sections`, where it has one."""
    setting = run[section].value.get("sections")
    if setting is None or setting.value is None:
        return None
    names = as_list(setting.value)
    for name in names:
        if not isinstance(name, str):
            raise UsageError(f"{setting.where}: sections: {plain(name)!r} is no name of a section")
    return names


def _model_paths(run: Settings) -> dict[str, str]:
    folder = output_dir(run)
    paths: dict[str, str] = {}
    for name, model in base_models(run).items():
        paths[name] = str(folder / name / "model") if model == TINY else model
    for name in training_sections(run):
        if writes(run, name):
            paths[name] = str(folder / name / "model")
    return paths
