"""The silencing of chatty libraries."""

from __future__ import annotations

import logging
import os
import warnings


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
