"""From the words of a command line to the config of a stage or of a run."""

from __future__ import annotations

from typing import Any

import yaml

from pipelines.config.checks import check_run
from pipelines.config.light.mappings import UNMADE
from pipelines.config.parser import stage_config, take_option
from pipelines.config.resolve import section_settings, stage_keys
from pipelines.config.sections import (
    SHARED,
    Settings,
    is_section,
    models_to_judge,
    sections,
    training_sections,
    without_only,
)
from pipelines.config.settings import Setting, read_settings
from pipelines.config.stage_config import StageConfig
from pipelines.errors import UsageError
from pipelines.registry import STAGES


def load_stage(stage: str, argv: list[str]) -> StageConfig[Any]:
    """The arguments of a stage from `--config FILE` and options, as typed on the command line.

    `--section NAME` reads another section of a run's file than the one called after the stage.
    """
    settings, options = stage_settings(stage, argv)
    return stage_config(stage, settings, options)


def stage_settings(
    stage: str, argv: list[str], *, with_budget: bool = True
) -> tuple[Settings, list[str]]:
    """The settings of a stage from its file, and the options that are left; see `load_stage`."""
    path, options = take_option(argv, "config")
    section, options = take_option(options, "section")
    settings = read_settings(path) if path else {}
    if any(is_section(key, setting) for key, setting in settings.items()):
        name = section or stage
        if section is None and stage not in sections(settings):
            return _shared(settings, stage), options
        run = settings
        settings = section_settings(run, name, with_budget=with_budget)
        settings |= _models(run, name, options)
        section_stage = settings.pop("stage").value
        if section_stage != stage:
            raise UsageError(
                f"{path}: the section '{name}' is one of the {section_stage} stage, not of {stage}"
            )
    elif section:
        settings["section"] = Setting(section, "--section")
    # The command line wins over the file, which may name the start in the other way.
    keys = {word.partition("=")[0] for word in options}
    if "--model" in keys:
        settings.pop("start", None)
    if "--start" in keys:
        settings.pop("model", None)
    return settings, options


def _models(run: Settings, section: str, options: list[str]) -> Settings:
    """What a judging section of a run is about, where it says so with `sections`; --model wins."""
    given = {word.partition("=")[0] for word in options}
    if section not in sections(run) or "sections" not in run[section].value or "--model" in given:
        return {}
    run = without_only(run)
    output_dir, _ = take_option(options, "output_dir")
    if output_dir:
        run["output_dir"] = Setting(output_dir, "--output_dir")
    models = models_to_judge(run, section)
    where = run[section].value["sections"].where
    return {"model": Setting([f"{name}={path}" for name, path in models.items()], where)}


def _shared(run: Settings, stage: str) -> Settings:
    """What a run's file says of a stage that it has no section of: the shared keys."""
    check_run(run)
    known = stage_keys(stage)
    return {key: run[key] for key in SHARED if key in run and key in known}


def load_run(argv: list[str]) -> Settings:
    """The settings of a run from `--config FILE`, `--key value` and `--section.key value`.

    They are checked at the top level. A shared key on the command line wins over the same key in
    the sections.
    """
    path, options = take_option(argv, "config")
    if path is None:
        raise UsageError(
            "`folalign run` needs --config FILE, or the name of one that ships, such as tiny"
        )
    run = read_settings(path)
    for key, value in _overrides(options):
        _override(
            run,
            path,
            key,
            Setting(value, f"--{key}"),
        )
    check_run(run)
    if not training_sections(run):
        stages = ", ".join(name for name, stage in STAGES.items() if stage.trains)
        raise UsageError(f"{path}: a run needs a section that trains; stages: {stages}")
    return run


def _override(run: Settings, path: str, key: str, setting: Setting) -> None:
    """Put one option into the run: a shared key, or `section.key`."""
    section, dot, inner = key.partition(".")
    if not dot:
        named = key in sections(run) or is_section(key, setting)
        if named and isinstance(setting.value, dict):
            raise UsageError(f"--{key}: a section's keys are set one by one: --{key}.KEY VALUE")
        run[key] = setting
        for name in sections(run):
            if isinstance(run[name].value, dict):
                run[name].value.pop(key, None)
    elif section in sections(run) and isinstance(run[section].value, dict):
        run[section].value[inner] = setting
    else:
        present = ", ".join(sections(run)) or "none"
        raise UsageError(f"--{key}: {path} has no section '{section}'; it has {present}")


def _overrides(options: list[str]) -> list[tuple[str, Any]]:
    """`--key value`, `--key=value`, `--key v1 v2` (a list) and `--key` (true) as pairs.

    Values are read as YAML.
    """
    overrides: list[tuple[str, list[str]]] = []
    for word in options:
        if word.startswith("--"):
            key, equals, value = word[2:].partition("=")
            overrides.append((key, [value] if equals else []))
        elif not overrides:
            raise UsageError(f"unexpected argument {word!r}; options are --key value")
        else:
            overrides[-1][1].append(word)
    return [(key, _yaml_value(words)) for key, words in overrides]


def _yaml_value(words: list[str]) -> Any:
    try:
        # YAML has null for no text, and that would be as if the key were not there.
        values = [yaml.safe_load(word) if word.strip() else word for word in words]
    except (yaml.YAMLError, RecursionError, *UNMADE):
        values = list(words)
    if not values:
        return True
    return values[0] if len(values) == 1 else values
