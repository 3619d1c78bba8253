"""What a stage starts from, or judges, as far as it can be told without loading a model."""

from __future__ import annotations

from pathlib import Path

from alignment.pretrained.known import KNOWN, fetched
from data.published.reach import hub_fault
from pipelines.config.arguments import TINY
from pipelines.errors import UsageError

CONFIG = "config.json"
"""What the folder of every model has."""


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
    folder = Path(output_dir) / section
    path = folder / "model"
    if path.exists():
        return path
    if (folder / "metrics.json").exists():  # which a section writes at its end
        raise UsageError(f"{section}: {finished_without_model(folder)}")
    raise UsageError(
        f"no model in {path}: train the section '{section}' first, or name a model with --model"
    )


def finished_without_model(folder: Path) -> str:
    """What is told of a finished section whose model was taken away."""
    return (
        f"it is finished in {folder}, but its model/ is gone; "
        f"to make it again, delete the folder {folder}"
    )


def check_local(model: str) -> None:
    """Raise `UsageError` for a model that is not there.

    That is no name at all, a path where nothing is or that ends before the model's folder, a known
    model that was not fetched, or a name on a hub that cannot be asked.
    """
    if not model.strip():
        raise UsageError(f"model must be a path, a name on the hub or {TINY}, got {model!r}")
    if model == TINY:
        return
    path = Path(model)
    if meant := _deeper(path):
        raise UsageError(f"model: {model!r} has no model itself; did you mean {meant}?")
    is_path = path.is_absolute() or model.startswith((".", "runs/")) or model.count("/") > 1
    if path.exists():
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


def _deeper(path: Path) -> str:
    """The models of a run, where the path is the folder of its sections or of one of them."""
    if not path.is_dir() or (path / CONFIG).exists():
        return ""
    models = [path / "model"] if (path / "model" / CONFIG).exists() else path.glob("*/model")
    return " or ".join(sorted(str(model) for model in models if (model / CONFIG).exists()))
