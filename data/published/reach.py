"""Whether the hub can be asked at all: its own client tries again for half a minute before it says no."""

from __future__ import annotations

import functools
import os
import socket
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from urllib.request import getproxies

_SECONDS = 5.0


def hub_fault(kind: Literal["models", "datasets"], name: str) -> str | None:
    """Why something cannot come from the hub.

    None where the hub answers, where its cache has the name, and where only its client can tell.
    """
    from huggingface_hub import constants  # here: the judge alone does without it

    if constants.HF_HUB_OFFLINE or getproxies() or _is_cached(kind, name):
        return None
    fault = _no_connection(constants.ENDPOINT)
    return None if fault is None else f"the hub ({constants.ENDPOINT}) cannot be reached: {fault}"


def _is_cached(kind: str, name: str) -> bool:
    from huggingface_hub import constants

    place = Path(constants.HF_HUB_CACHE) / f"{kind}--{name.replace('/', '--')}" / "snapshots"
    prepared = os.environ.get("HF_DATASETS_CACHE", Path(constants.HF_HOME) / "datasets")
    return place.exists() or (Path(prepared) / name.replace("/", "___")).exists()


@functools.cache
def _no_connection(endpoint: str) -> str | None:
    """Why a server cannot be reached."""
    address = urlsplit(endpoint)
    port = address.port or (80 if address.scheme == "http" else 443)
    try:
        socket.create_connection((address.hostname or "", port), timeout=_SECONDS).close()
    except OSError as error:
        return error.strerror or str(error)
    return None
