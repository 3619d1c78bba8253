"""Which model is the translator: a section of the run, a path, or a hub name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import UsageError

if TYPE_CHECKING:
    from alignment.preference import PreferenceJudge


def locate(output_dir: str | Path, name: str) -> str:
    """The model of a section of the run directory where there is one of that name; else the name itself."""
    trained = Path(output_dir) / name / "model"
    return str(trained) if trained.exists() else name


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
