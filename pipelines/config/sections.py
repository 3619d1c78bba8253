"""A run's config: a few shared keys at the top and any number of sections, each the settings of one stage.

A section is named after its stage or says `stage: NAME`. Its keys are the stage's, and four of its own:

    start: SECTION    train on from that section's model (`base`: from what the run begins with); where neither start
                      nor model is given, from the training section before, the first one from `tiny`
    like: SECTION     take what is left open here from that section, as far as this stage knows its keys
    budget: SECTION   the same rows, updates and prompts per update as that section
    sections: [...]   (evaluate) the sections whose models to judge; all of them, and the base, where absent

`only: [...]` at the top names the sections to run; the others are there to be referred to by `like` and `budget`.
A stage's command takes a run's file too, and reads the shared keys and its own section. Options come last and win.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Any

import yaml

from pipelines.config.arguments import DEFAULT_OUTPUT_DIR, TINY
from pipelines.config.parser import (
    NAME,
    StageConfig,
    StageParser,
    stage_config,
    take_option,
    unknown_key,
)
from pipelines.config.settings import Setting, read_settings
from pipelines.errors import UsageError
from pipelines.registry import STAGES

SHARED = (
    "output_dir",
    "seed",
    "dataset",
    "dataset_path",
    "task",
    "prompt",
    "domain",
    "chat",
    "signature",
    "backend",
)
ONLY = "only"
OWN_KEYS = ("stage", "like", "budget", "sections")  # `start` is a key of the stages that train
WHERE_FROM = ("model", "start", "base")  # what `like` does not take over

Settings = dict[str, Setting]


def load_stage(stage: str, argv: list[str]) -> StageConfig:
    """The arguments of a stage from `--config FILE` and options, as typed on the command line.

    `--section NAME` reads another section of a run's file than the one called after the stage.
    """
    path, options = take_option(argv, "config")
    section, options = take_option(options, "section")
    settings = read_settings(path) if path else {}
    if any(_is_section(key, setting) for key, setting in settings.items()):
        settings = section_settings(settings, section or stage)
        if (other := settings.pop("stage").value) != stage:
            raise UsageError(
                f"{path}: the section '{section or stage}' is one of the {other} stage, not of {stage}"
            )
    elif section:
        settings["section"] = Setting(section, "--section")
    typed = {word.partition("=")[0] for word in options}
    for key, other in (
        ("model", "start"),
        ("start", "model"),
    ):  # the command line wins over the file
        if f"--{key}" in typed:
            settings.pop(other, None)
    return stage_config(stage, settings, options)


def load_run(argv: list[str]) -> Settings:
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
            for name in sections(run):
                if isinstance(run[name].value, dict):
                    run[name].value.pop(key, None)
        elif section in sections(run) and isinstance(run[section].value, dict):
            run[section].value[inner] = setting
        else:
            present = ", ".join(sections(run)) or "none"
            raise UsageError(f"--{key}: {path} has no section '{section}'; it has {present}")
    check_run(run)
    if not training_sections(run):
        trains = ", ".join(name for name, stage in STAGES.items() if stage.trains)
        raise UsageError(f"{path}: a run needs a section that trains; stages: {trains}")
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
    return [(key, _yaml_value(words)) for key, words in found]


def _yaml_value(words: list[str]) -> Any:
    try:
        values = [yaml.safe_load(word) for word in words]
    except yaml.YAMLError:
        values = list(words)
    if not values:
        return True
    return values[0] if len(values) == 1 else values


def _is_section(key: str, setting: Setting) -> bool:
    return key in STAGES or (isinstance(setting.value, dict) and "stage" in setting.value)


def sections(run: Settings) -> list[str]:
    """The names of all sections, in the order of the file."""
    return [key for key, setting in run.items() if _is_section(key, setting)]


def wanted_sections(run: Settings) -> list[str]:
    """The names of the sections to run, in the order of the file: those of `only`, or all."""
    only = _listed(run[ONLY].value) if ONLY in run else sections(run)
    return [name for name in sections(run) if name in only]


def training_sections(run: Settings) -> list[str]:
    """The names of the sections to run that train a model, in the order of the file."""
    return [name for name in wanted_sections(run) if STAGES[stage_of(run, name)].trains]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def stage_of(run: Settings, section: str) -> str:
    """The stage whose keys a section holds."""
    stated = run[section].value.get("stage")
    return section if stated is None else stated.value


def check_run(run: Settings) -> None:
    """Raise `UsageError` for a key at the top of a run's config that is neither shared nor a section."""
    for key, setting in run.items():
        if _is_section(key, setting):
            _check_section(run, key)
        elif isinstance(setting.value, dict) and not difflib.get_close_matches(
            key, [*SHARED, *STAGES], cutoff=0.6
        ):
            raise UsageError(
                f"{setting.where}: the section '{key}' is not called after a stage and says none: give it "
                f"`stage: NAME`, one of {', '.join(STAGES)}"
            )
        elif key == ONLY:
            for name in _listed(setting.value):
                if name not in sections(run):
                    raise UsageError(
                        f"{setting.where}: only: no section {name!r}; it has {', '.join(sections(run))}"
                    )
        elif key not in SHARED:
            message = unknown_key(key, [*SHARED, ONLY, *sections(run)], "a run")
            raise UsageError(f"{setting.where}: {message} (a stage's own keys go into its section)")


def _check_section(run: Settings, name: str) -> None:
    values = run[name].value
    if not isinstance(values, dict):
        raise UsageError(
            f"{run[name].where}: '{name}' is a section: a mapping of the {name} stage's keys"
        )
    if not re.fullmatch(NAME, name) or name == "base":
        raise UsageError(
            f"{run[name].where}: a section's name is letters, digits, _ and -, and not base: {name!r}"
        )
    stage = values["stage"] if "stage" in values else Setting(name, "")
    if stage.value not in STAGES:
        raise UsageError(
            f"{stage.where}: unknown stage {stage.value!r}; allowed: {', '.join(STAGES)}"
        )
    if "section" in values:
        raise UsageError(
            f"{values['section'].where}: a section in a run has the name it stands under: {name}"
        )
    if "model" in values and "start" in values:
        raise UsageError(f"{values['start'].where}: say model or start, not both")
    misplaced = ("like", "budget") if not STAGES[stage.value].trains else ("sections",)
    for key in misplaced:
        if key in values:
            raise UsageError(
                f"{values[key].where}: unknown key '{key}' for the {stage.value} stage"
            )


def section_config(run: Settings, section: str) -> StageConfig:
    """The arguments of the stage that a section of a run describes."""
    settings = section_settings(run, section)
    return stage_config(settings.pop("stage").value, settings)


def section_settings(run: Settings, section: str) -> Settings:
    """The flat settings of one section, with `stage` and `section`: shared keys, `like`, `budget`, its own."""
    check_run(run)
    if section not in sections(run):
        raise UsageError(
            f"the config has no section '{section}'; it has {', '.join(sections(run))}"
        )
    stage = stage_of(run, section)
    known = StageParser(stage).known
    shared = {key: setting for key, setting in run.items() if key in SHARED and key in known}
    like = {key: value for key, value in _like(run, section).items() if key in known}
    own = {key: setting for key, setting in run[section].value.items() if key not in OWN_KEYS}
    settings = shared | like | _budget(run, section) | own
    if STAGES[stage].trains:
        settings |= _start(run, section)
    return settings | {"stage": Setting(stage, ""), "section": Setting(section, run[section].where)}


def _named(run: Settings, section: str, key: str, allowed: list[str]) -> str | None:
    """The section that `key` of a section names, which must be one of `allowed`."""
    setting = run[section].value.get(key)
    if setting is None:
        return None
    if setting.value not in allowed:
        hint = f"; a path, a hub name or {TINY} goes to `model`" if key == "start" else ""
        raise UsageError(
            f"{setting.where}: {key}: {setting.value!r} names no section that can be meant here; "
            f"allowed: {', '.join(allowed) or 'none, as no training section stands before'}{hint}"
        )
    return setting.value


def _before(run: Settings, section: str) -> list[str]:
    names = training_sections(run)
    return names[: names.index(section)] if section in names else names


def _like(run: Settings, section: str) -> Settings:
    names = sections(run)
    before = [name for name in names[: names.index(section)] if STAGES[stage_of(run, name)].trains]
    other = _named(run, section, "like", before)
    if other is None:
        return {}
    kept = {
        key: value for key, value in run[other].value.items() if key not in (*OWN_KEYS, *WHERE_FROM)
    }
    return _like(run, other) | kept


def _budget(run: Settings, section: str) -> Settings:
    trained = [name for name in sections(run) if STAGES[stage_of(run, name)].trains]
    others = [name for name in trained if name != section and "budget" not in run[name].value]
    other = _named(run, section, "budget", others)
    if other is None:
        return {}
    where = run[section].value["budget"].where
    if "num_generations" in StageParser(stage_of(run, section)).known:
        raise UsageError(
            f"{where}: the {stage_of(run, section)} stage counts completions; set its sizes themselves"
        )
    own, trainer, *_ = section_config(run, other).arguments
    derived = {
        "train_split": own.train_split,
        "train_size": own.train_size,
        "max_steps": trainer.max_steps,
        "num_train_epochs": trainer.num_train_epochs,
        "per_device_train_batch_size": prompts_per_update(trainer),
        "gradient_accumulation_steps": 1,
    }
    return {
        key: Setting(value, f"{where} (of the section {other})") for key, value in derived.items()
    }


def prompts_per_update(trainer: Any) -> int:
    """How many prompts one update sees, on one process; GRPO's batches count completions."""
    rows = trainer.per_device_train_batch_size * trainer.gradient_accumulation_steps
    return max(1, rows // getattr(trainer, "num_generations", 1))


def _start(run: Settings, section: str) -> Settings:
    """What a training section starts from: `model` or `start`."""
    if "model" in run[section].value:
        return {}
    before, bases = _before(run, section), base_models(run)
    if not before:
        bases = {}
    start = _named(run, section, "start", [*bases, *before])
    where = run[section].where
    if start is None and not before:
        return {"model": Setting(TINY, where)}
    if start in bases and bases[start] != TINY:
        return {"start": Setting(None, where), "model": Setting(bases[start], where)}
    return {"start": Setting(start or before[-1], where)}


def base_models(run: Settings) -> dict[str, str]:
    """What the sections of a run start from that start from no other section: `base`, and tiny models by their name."""
    found: dict[str, str] = {}
    for name in training_sections(run):
        values = run[name].value
        model = values["model"].value if "model" in values else None
        if model == TINY or (model is None and not found and "start" not in values):
            found.setdefault(values["base"].value if "base" in values else "base", TINY)
        elif model is not None:
            found.setdefault("base", model)
    return found


def output_dir(run: Settings) -> Path:
    """The run directory."""
    return Path(run["output_dir"].value if "output_dir" in run else DEFAULT_OUTPUT_DIR)


def models_to_judge(run: Settings, section: str) -> dict[str, str]:
    """The models an evaluation section judges, by name, with their paths: those of `sections`, or all and the base."""
    folder = output_dir(run)
    paths = {
        name: str(folder / name / "model") if model == TINY else model
        for name, model in base_models(run).items()
    } | {name: str(folder / name / "model") for name in training_sections(run)}
    stated = run[section].value.get("sections")
    if stated is None:
        return paths
    chosen = _listed(stated.value)
    for name in chosen:
        if name not in paths:
            raise UsageError(
                f"{stated.where}: sections: unknown {name!r}; allowed: {', '.join(paths)}"
            )
    return {name: paths[name] for name in chosen}
