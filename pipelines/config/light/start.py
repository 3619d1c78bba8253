"""What a stage starts from, or judges, as far as it can be told without loading a model."""

from __future__ import annotations

from pathlib import Path

from alignment.pretrained.known import KNOWN, fetched
from data.published.reach import hub_fault
from pipelines.config.arguments import TINY
from pipelines.errors import UsageError


def start_and_model(
    stage: str, start: str | None, model: str | None
) -> tuple[str | None, str | None]:
    """The section or the model that a training stage starts from, where its keys leave it open."""
    if start is not None or model is not None:
        return start, model
    # A stage called alone: the warm-up begins the road, the others go on from it.
    return (None, TINY) if stage == "sft" else ("sft", None)


def trained_model(output_dir: str | Path, section: str) -> Path:
    """Where a section's model is; `UsageError` where it is not."""
    path = Path(output_dir) / section / "model"
    if not path.exists():
        raise UsageError(
            f"no model in {path}: train the section '{section}' first, or name a model with --model"
        )
    return path


def check_local(model: str) -> None:
    """Raise `UsageError` for a model that is not there.

    That is a path where nothing is, a known model that was not fetched, or a name on a hub that
    cannot be asked.
    """
    path = Path(model)
    is_path = path.is_absolute() or model.startswith((".", "runs/")) or model.count("/") > 1
    if path.exists() or model == TINY:
        return
    if is_path:
        raise UsageError(f"model: no model folder {model!r}")
    if model in KNOWN:
        try:
            fetched(model)
        except FileNotFoundError as error:
            raise UsageError(f"model: {error}") from None
        return
    fault = hub_fault("models", model.partition("@")[0])
    if fault is not None:
        raise UsageError(f"model: no local folder {model!r}, and {fault}")
