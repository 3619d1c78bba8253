"""The experiment trackers that `report_to` names, and whether they are installed."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from logic.errors import installs
from pipelines.errors import UsageError

EXTRAS = ("tensorboard", "trackio", "wandb")
"""Trackers that an extra of the same name brings."""
# Others that transformers knows, by the package that they need.
_OTHERS = {
    "azure_ml": "azureml",
    "clearml": "clearml",
    "codecarbon": "codecarbon",
    "comet_ml": "comet_ml",
    "dagshub": "dagshub",
    "dvclive": "dvclive",
    "flyte": "flytekit",
    "mlflow": "mlflow",
    "neptune": "neptune",
    "swanlab": "swanlab",
}
_NO_PACKAGE = ("none", "all")


def check_trackers(names: Sequence[str]) -> None:
    """Raise `UsageError` for a tracker that there is not, or that is not installed."""
    for name in names:
        package = name if name in EXTRAS else _OTHERS.get(name)
        if name in _NO_PACKAGE or (package is not None and find_spec(package) is not None):
            continue
        if package is None:
            allowed = ", ".join([*EXTRAS, *_OTHERS, *_NO_PACKAGE])
            raise UsageError(f"report_to: no tracker {name!r}; allowed: {allowed}")
        cure = installs(name) if name in EXTRAS else f"pip install {package}"
        raise UsageError(f"report_to: {name} is not installed: {cure}")
