"""Which model is the translator: a section of the run, a path, or a hub name."""

from __future__ import annotations

import difflib
from pathlib import Path

from pipelines.config.arguments import AnswersArguments, DataArguments, RewardArguments
from pipelines.config.sections import (
    Settings,
    models_to_judge,
    output_dir,
    sections,
    training_sections,
)
from pipelines.errors import UsageError


def locate(output_dir: str | Path, name: str) -> str:
    """The model of the run's section of that name where there is one; else the name itself."""
    path = Path(output_dir) / name / "model"
    return str(path) if path.exists() else name


def translators_of(options: DataArguments) -> list[str]:
    """The translators and reward models that a stage's options name, as they are written."""
    names: list[str | None] = []
    if isinstance(options, AnswersArguments):
        names.append(options.translator)
    if isinstance(options, RewardArguments):
        for settings in options.settings_by_reward().values():
            models = settings.get("models")
            names.append(settings.get("translator"))
            names += map(str, models) if isinstance(models, list) else ()
    return [name for name in names if name]


def check_translator(run: Settings, section: str, name: str) -> None:
    """`UsageError` where a section names a translator that is not trained when it is needed.

    A name that is no section is a path or a hub name, unless a section's is nearly the same.
    """
    ready = _trained_by_then(run, section)
    if name in ready or Path(name).exists():
        return
    if name in sections(run):
        if _left_as_it_is(run, name):
            return
        problem = f"the section {name!r} has no model by then"
    elif close := difflib.get_close_matches(name, ready, n=1, cutoff=0.75):
        problem = f"no section or folder {name!r}; did you mean {close[0]}?"
    else:
        return
    raise UsageError(
        f"{section}: translator: {problem}; sections trained before: {', '.join(ready) or 'none'}"
    )


def _trained_by_then(run: Settings, section: str) -> list[str]:
    """The sections that are trained before the work of a section begins."""
    trained = training_sections(run)
    if section in trained:
        return trained[: trained.index(section)]
    # What a section trained is judged before the next one begins.
    places = [
        trained.index(model) if model in trained else 0 for model in models_to_judge(run, section)
    ]
    return trained[: min(places, default=0) + 1]


def _left_as_it_is(run: Settings, name: str) -> bool:
    """Whether `only` leaves a section out whose model stands from an earlier run."""
    model = output_dir(run) / name / "model"
    return name not in training_sections(run) and model.exists()
