"""The settings of one section: shared keys, `like`, `budget`, its own, and what it starts from."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pipelines.config.arguments import TINY
from pipelines.config.checks import check_run
from pipelines.config.light.keys import known_keys
from pipelines.config.parser import StageParser, stage_config
from pipelines.config.sections import (
    OWN_KEYS,
    SHARED,
    Settings,
    base_models,
    sections,
    stage_of,
    training_sections,
    trains,
    wanted_sections,
    without_only,
    writes,
)
from pipelines.config.settings import Setting, plain
from pipelines.config.stage_config import StageConfig
from pipelines.errors import UsageError

WHERE_FROM = ("model", "start", "base")  # what `like` does not take over


def section_config(run: Settings, section: str) -> StageConfig[Any]:
    """The arguments of the stage that a section of a run describes."""
    settings = section_settings(run, section)
    return stage_config(settings.pop("stage").value, settings)


def section_settings(run: Settings, section: str, *, with_budget: bool = True) -> Settings:
    """The flat settings of one section, with `stage` and `section`; what is more special wins.

    Without what its budget says, which takes another section's trainer, no training package is
    loaded.
    """
    check_run(run)
    if section not in sections(run):
        present = ", ".join(sections(run))
        raise UsageError(f"the config has no section '{section}'; it has {present}")
    stage = stage_of(run, section)
    keys = stage_keys(stage)
    settings: Settings = {}
    for key in SHARED:
        if key in run and key in keys:
            settings[key] = run[key]
    for key, setting in _like(run, section).items():
        if key in keys:
            settings[key] = setting
    if with_budget:
        settings |= _budget(run, section)
    for key, setting in run[section].value.items():
        if key not in OWN_KEYS:
            settings[key] = setting
    if trains(run, section):
        settings |= _start(run, section)
        _check_base(run, section, settings)
    settings["stage"] = Setting(stage, "")
    settings["section"] = Setting(section, run[section].where)
    return settings


def stage_keys(stage: str) -> Collection[str]:
    """The keys of a stage, without loading a training package where that can be."""
    try:
        return known_keys(stage)
    except LookupError:  # other releases of the libraries, whose sources are laid out differently
        return StageParser(stage).known


def _reference(run: Settings, section: str, key: str, allowed: list[str]) -> str | None:
    """The section that `key` of a section names, which must be one of `allowed`."""
    setting = run[section].value.get(key)
    if setting is None:
        return None
    if setting.value not in allowed:
        hint = f"; a path, a hub name or {TINY} goes to `model`" if key == "start" else ""
        names = ", ".join(allowed) or "none, as no training section stands before"
        raise UsageError(
            f"{setting.where}: {key}: {plain(setting)!r} names no section that can be meant here; "
            f"allowed: {names}{hint}"
        )
    return setting.value


def _like(run: Settings, section: str) -> Settings:
    """The settings of the section that `like` names, and of those that it is like itself."""
    names = sections(run)
    names_before = names[: names.index(section)]
    before = [name for name in names_before if trains(run, name)]
    model_section = _reference(run, section, "like", before)
    if model_section is None:
        return {}
    settings = _like(run, model_section)
    for key, setting in run[model_section].value.items():
        if key not in OWN_KEYS and key not in WHERE_FROM:
            settings[key] = setting
    return settings


def _budget(run: Settings, section: str) -> Settings:
    """Rows, updates and prompts per update as in the section that `budget` names."""
    others = [
        name
        for name in sections(run)
        if name != section and trains(run, name) and "budget" not in run[name].value
    ]
    model_section = _reference(run, section, "budget", others)
    if model_section is None:
        return {}
    where = run[section].value["budget"].where
    stage = stage_of(run, section)
    if "num_generations" in stage_keys(stage):
        raise UsageError(f"{where}: the {stage} stage counts completions; set its sizes themselves")
    arguments = section_config(without_only(run), model_section).arguments
    sizes = {
        "train_split": arguments.options.train_split,
        "train_size": arguments.options.train_size,
        "gold_rows": arguments.options.gold_rows,
        "gold_split": arguments.options.gold_split,
        "max_steps": arguments.trainer.max_steps,
        "num_train_epochs": arguments.trainer.num_train_epochs,
        "per_device_train_batch_size": prompts_per_update(arguments.trainer),
        "gradient_accumulation_steps": 1,
    }
    where += f" (of the section {model_section})"
    return {key: Setting(size, where) for key, size in sizes.items()}


def prompts_per_update(trainer: Any) -> int:
    """How many prompts one update sees, on one process; GRPO's batches count completions."""
    rows = trainer.per_device_train_batch_size * trainer.gradient_accumulation_steps
    return max(1, rows // getattr(trainer, "num_generations", 1))


def _start(run: Settings, section: str) -> Settings:
    """What a training section starts from: `model` or `start`."""
    if "model" in run[section].value:
        return {}
    if section not in wanted_sections(run):  # a stage's own command takes any section of the file
        run = without_only(run)
    where = run[section].where
    _check_start(run, section)
    before = _trained_before(run, section)
    bases = base_models(run) if _before(run, section) else {}
    start = _reference(
        run,
        section,
        "start",
        [*bases, *before],
    )
    if start is None and not before:
        return {"model": Setting(TINY, where)}
    if start in bases and bases[start] != TINY:
        return {
            "start": Setting(None, where),
            "model": Setting(bases[start], where),
        }
    return {"start": Setting(start or before[-1], where)}


def _check_start(run: Settings, section: str) -> None:
    """A section to start from is among those to run, which take it up as it was trained."""
    start = run[section].value.get("start")
    wanted = wanted_sections(run)
    if start is None or start.value in [*wanted, *base_models(run)]:
        return
    names = sections(run)
    before = [name for name in names[: names.index(section)] if writes(run, name)]
    if start.value in before:
        raise UsageError(
            f"{start.where}: start: {plain(start)!r} is not among the sections of `only` "
            f"({', '.join(wanted)}); name it too: where it is finished, it is kept as it is"
        )


def _check_base(run: Settings, section: str, settings: Settings) -> None:
    """`base` says where a tiny model is kept, and would mean nothing in a section that goes on from another.

    With a `model` of its own it may stand: who puts another model for `tiny` need not take it out.
    """
    own = run[section].value
    base = own.get("base")
    if base is None or base.value is None:
        return
    if base.value in sections(run):
        raise UsageError(
            f"{base.where}: base: {plain(base)!r} is a section, which has the folder of that name; "
            "the tiny model takes another"
        )
    if "model" in own:
        return
    model = settings["model"].value if "model" in settings else None
    if section in training_sections(run) and model != TINY:
        start = settings["start"].value if "start" in settings else None
        raise UsageError(
            f"{base.where}: base: {plain(base)!r} is the folder of a tiny model, and the section "
            f"'{section}' starts from {start or model!r}; give it `model: {TINY}`, or leave out base"
        )


def _trained_before(run: Settings, section: str) -> list[str]:
    return [name for name in _before(run, section) if writes(run, name)]


def _before(run: Settings, section: str) -> list[str]:
    """The training sections before one, of those to run."""
    names = training_sections(run)
    return names[: names.index(section)]
