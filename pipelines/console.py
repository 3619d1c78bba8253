"""The one console of the command line, its progress bars, and the silencing of chatty libraries."""

from __future__ import annotations

import logging
import os
import warnings

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from pipelines.processes import is_main_process

console = Console(highlight=False, quiet=not is_main_process())


def progress(where: Console = console) -> Progress:
    """A progress bar with the task's name, counts, times and a free text field `note`."""
    return Progress(
        TextColumn("{task.description:<12}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
        console=where,
        refresh_per_second=4,
    )


def quiet() -> None:
    """Stop the training libraries' routine notices; call before they are imported.

    A user's own settings win. Errors and Python warnings other than notices of change stay.
    """
    for name, value in {
        "TOKENIZERS_PARALLELISM": "false",
        "TRANSFORMERS_VERBOSITY": "error",
        "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "VLLM_LOGGING_LEVEL": "ERROR",
        "TORCH_CPP_LOG_LEVEL": "ERROR",
    }.items():
        os.environ.setdefault(name, value)
    for category in (FutureWarning, DeprecationWarning):
        warnings.filterwarnings("ignore", category=category)
    for library in ("torch", "vllm"):
        logging.getLogger(library).setLevel(logging.ERROR)
