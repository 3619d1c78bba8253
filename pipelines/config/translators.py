"""Which model is the translator: a section of the run, a path, or a hub name."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.config.sections import (
    Settings,
    models_to_judge,
    output_dir,
    sections,
    training_sections,
)
from pipelines.errors import UsageError

if TYPE_CHECKING:
    from alignment.preference import PreferenceJudge


def locate(output_dir: str | Path, name: str) -> str:
    """The model of a section of the run directory where there is one of that name; else the name itself."""
    trained = Path(output_dir) / name / "model"
    return str(trained) if trained.exists() else name


def translators_named(own: Any) -> list[str]:
    """The translators that a stage's options name, as they are written."""
    settings = getattr(own, "reward_settings", None) or {}
    named = [
        getattr(own, "translator", None),
        *(given.get("translator") for given in settings.values()),
    ]
    return [name for name in named if name]


def check_named(run: Settings, section: str, name: str) -> None:
    """`UsageError` where a section of a run names as its translator one that is not trained when it is needed.

    A name that is no section is a path or a hub name, unless a section's is nearly the same.
    """
    trained = training_sections(run)
    if section in trained:
        ready = trained[: trained.index(section)]
    else:  # what a section trained is judged before the next one begins
        judged = [
            trained.index(model) if model in trained else 0
            for model in models_to_judge(run, section)
        ]
        ready = trained[: min(judged, default=0) + 1]
    if name in ready or Path(name).exists():
        return
    if name in sections(run):
        if (
            name not in trained and (output_dir(run) / name / "model").exists()
        ):  # `only` leaves it as it is
            return
        problem = f"the section {name!r} has no model by then"
    elif close := difflib.get_close_matches(name, ready, n=1, cutoff=0.75):
        problem = f"no section or folder {name!r}; did you mean {close[0]}?"
    else:
        return
    raise UsageError(
        f"{section}: translator: {problem}; sections trained before: {', '.join(ready) or 'none'}"
    )


def open_judge(own: Any) -> PreferenceJudge:
    """What compares answers, as an evaluation's options say; `UsageError` where a model is not there."""
    from alignment.rewards.preference import PreferenceReward

    try:
        return PreferenceReward(
            locate(own.output_dir, own.translator),
            threshold=own.threshold,
            embedding=own.embedding,
            prompt=own.translator_prompt,
            chat=own.translator_chat,
            max_tokens=own.formula_tokens,
            batch_size=own.batch_size,
        ).judge
    except (ValueError, ImportError) as error:
        raise UsageError(str(error)) from None
