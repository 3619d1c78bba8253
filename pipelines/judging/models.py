"""Which models an evaluation judges, and what they are called."""

from __future__ import annotations

from pathlib import Path

from alignment.rewards.learned.features import FILE
from pipelines.config.arguments import HeldOutArguments
from pipelines.errors import UsageError
from pipelines.rundir.files import read_json


def models_of(options: HeldOutArguments) -> dict[str, str]:
    """The models to judge by name: as the options say, or every model of the output directory.

    A path's name is its last part, or the part before where that is "model".
    """
    entries = options.model or _models_in(options.output_dir)
    if not entries:
        raise UsageError(
            f"no model to evaluate: {options.output_dir} has none, and --model names none"
        )
    models: dict[str, str] = {}
    for entry in entries:
        name, equals, path = entry.partition("=")
        if not equals:
            name, path = _name_of(entry), entry
        if not is_folder_name(name):
            raise UsageError(
                f"model: {name!r} cannot be the name of a model's results; say name=path, "
                "the name without / and not beginning with a dot"
            )
        if name in models:
            raise UsageError(
                f"two models are called '{name}': {models[name]} and {path}; say name=path"
            )
        models[name] = path
    return models


def is_folder_name(name: str) -> bool:
    """Whether a name is that of a folder within another, and of no other place."""
    return bool(name) and not name.startswith(".") and not set(name) & set("/\\\0")


def _name_of(path: str) -> str:
    """What a model is called whose path or hub name alone is there."""
    model = Path(path)
    if model.exists():
        model = model.resolve()
    *folders, name = model.parts
    if name == "model" and folders:
        return folders[-1]
    return name


def _models_in(output_dir: str) -> list[str]:
    """The models of a run directory that write answers, oldest first."""
    models = sorted(Path(output_dir).glob("*/model"), key=_age)
    return [str(model) for model in models if _writes(model)]


def _writes(model: Path) -> bool:
    """Whether a model is none that scores answers, as the stage `reward` trains."""
    if (model / FILE).exists():  # weights of features, and no network
        return False
    kinds = (read_json(model / "config.json") or {}).get("architectures") or []
    return not any("ForSequenceClassification" in str(kind) for kind in kinds)


def _age(model: Path) -> tuple[str, str]:
    manifest = read_json(model.parent / "manifest.json") or {}
    return manifest.get("started", ""), str(model)
