"""Check the keys, the data and the packages that a command names, in a second.

Whatever is not found here is found when the stage's own parser reads the config.
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import data
from data.catalogue import check_settings
from data.own.local import check_columns, is_on_hub
from data.published.reach import hub_fault
from data.records import DataError
from data.splits import SINGLE_FILE
from pipelines.config.arguments import (
    DataArguments,
    HeldOutArguments,
    RewardArguments,
    TrainingArguments,
)
from pipelines.config.corpus import OWN, place_rows
from pipelines.config.light.keys import OPTIONS, known_keys, light_types
from pipelines.config.light.prompting import examples_file
from pipelines.config.light.start import check_local, start_and_model, trained_model
from pipelines.config.load import stage_settings
from pipelines.config.parser import (
    StageParser,
    as_options,
    check_values,
    unknown_key,
)
from pipelines.config.resolve import section_settings
from pipelines.config.sections import Settings, models_to_judge, trains, wanted_sections
from pipelines.early.columns import check_rows_have
from pipelines.early.trackers import check_trackers
from pipelines.errors import UsageError
from pipelines.judging.answers import check_backend
from pipelines.judging.models import models_of
from pipelines.training.rewards import build_reward


def check_stage(stage: str, argv: list[str]) -> None:
    """Raise `UsageError` for what is wrong with a stage's command."""
    settings, options = stage_settings(stage, argv, with_budget=False)
    arguments, resolved = _check(stage, settings, options)
    if isinstance(arguments, HeldOutArguments):
        models = models_of(arguments)
        for model in models.values() if arguments.endpoint is None else ():
            check_local(model)
    elif isinstance(arguments, TrainingArguments):
        start, _ = start_and_model(stage, arguments.start, arguments.model)
        if start is not None:
            trained_model(resolved["output_dir"], start)


def check_sections(run: Settings) -> None:
    """Raise `UsageError` for what is wrong with the sections of a run."""
    for section in wanted_sections(run):
        settings = section_settings(run, section, with_budget=False)
        if "endpoint" in settings:
            where = settings["endpoint"].where
            raise UsageError(
                f"{where}: endpoint: a run judges what it trains; folalign {section} --endpoint "
                "judges models elsewhere"
            )
        _check(settings.pop("stage").value, settings, [])
        if not trains(run, section):
            models_to_judge(run, section)


def _check(
    stage: str, settings: Settings, options: list[str]
) -> tuple[DataArguments, dict[str, Any]]:
    """The project's own arguments of a stage, and the keys known here, where nothing is wrong."""
    words = _own_words(stage, settings, options)
    namespace, _ = StageParser(stage, light_types(stage)).parse_known_args(words)
    resolved = vars(namespace)
    check_values(stage, resolved)
    try:
        own = {field.name: resolved[field.name] for field in fields(OPTIONS[stage]) if field.init}
        arguments = OPTIONS[stage](**own)
    except ValueError as error:
        raise UsageError(f"folalign {stage}: {error}") from None
    file = examples_file(arguments.examples)
    if file is not None and not Path(file).exists():
        raise UsageError(f"examples: no such file: {file}; or say how many are to be drawn")
    place_rows(resolved, OPTIONS[stage])
    _check_settings(arguments)
    _check_rows(resolved | {"columns": arguments.columns})
    if isinstance(arguments, RewardArguments):
        build_reward(arguments)
    if isinstance(arguments, TrainingArguments) and arguments.model is not None:
        check_local(arguments.model)
    check_backend(resolved.get("backend"))
    check_trackers(resolved.get("report_to", ()))
    if resolved.get("push_to_hub"):
        _check_login()
    return arguments, resolved


def _check_settings(arguments: DataArguments) -> None:
    settings = arguments.dataset_settings
    try:
        check_settings(arguments.dataset, settings if isinstance(settings, dict) else None)
    except DataError as error:
        raise UsageError(f"dataset_settings: {error}") from None


def _check_login() -> None:
    from huggingface_hub import get_token  # half a second, for who pushes

    if get_token() is None:
        raise UsageError("push_to_hub: not logged in; call `hf auth login`, or set HF_TOKEN")


def _own_words(stage: str, settings: Settings, options: list[str]) -> list[str]:
    """The words of a command line for the project's own keys, and the options.

    Raises `UsageError` for an unknown key, and for a value of another type than an own key's.
    """
    parser = StageParser(stage, light_types(stage))
    words: list[str] = []
    for key, setting in settings.items():
        if key in parser.known:
            parser.check(key, setting)
            words += as_options(key, setting.value)
        else:
            _require_known(stage, key, f"{setting.where}: ")
    for word in options:
        if word.startswith("--"):
            key = word[2:].partition("=")[0].replace("-", "_")
            _require_known(stage, key)
    return words + options


def _require_known(stage: str, key: str, where: str = "") -> None:
    try:
        known = known_keys(stage)
    except LookupError:  # other releases of the libraries: their keys are checked later
        return
    # transformers' parser makes --no_KEY of a switch that is on.
    if key not in known and key.removeprefix("no_") not in known:
        message = unknown_key(key, sorted(known), f"the {stage} stage")
        raise UsageError(where + message)


def _check_rows(resolved: dict[str, Any]) -> None:
    """Whether file, split and columns are there; of a user's own rows the first are read."""
    name, path = resolved["dataset"], resolved["dataset_path"]
    split = resolved["train_split" if "train_split" in resolved else "split"]
    try:
        task = resolved["task"] or data.tasks(name)[0]
        splits = _splits(name, path, task, resolved["columns"])
        if splits is None:
            return
        if split not in splits and (split != "all" or splits != tuple(SINGLE_FILE)):
            raise UsageError(f"{path or name} has no split {split!r}; it has {', '.join(splits)}")
        if name == OWN:
            check_rows_have(resolved["columns"], path, split, task)
    except DataError as error:
        raise UsageError(f"dataset: {error}") from None


def _splits(name: str, path: str | None, task: str, columns: Any) -> tuple[str, ...] | None:
    """The splits of a data set; None for one on a hub, which is asked for them later."""
    if columns and name == OWN:
        check_columns(columns, task)
    if is_on_hub(path or ""):
        fault = hub_fault("datasets", path or "")
        if fault is not None:
            raise DataError(f"no file or folder {path}, and {fault}")
        return None
    if name == OWN and not Path(path or "").exists():
        raise DataError(f"{path}: no such file or folder")
    return tuple(data.split_names(name, task, path))
