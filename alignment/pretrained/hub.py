"""The hub of models, and what a machine that cannot reach it does."""

from __future__ import annotations

import functools
import os

import httpx
from huggingface_hub import constants, get_session

PATIENCE = 5.0
"""Seconds that the hub may take to answer at all."""


@functools.cache
def reach() -> bool:
    """Whether the hub answers; where it does not, its cache alone is asked from now on.

    The hub's library would try again for half a minute for each file of a model, and say at the
    end what is known at once. It is asked once in a process.
    """
    if constants.HF_HUB_OFFLINE:
        return False
    try:
        get_session().head(constants.ENDPOINT, timeout=PATIENCE)
    except httpx.TransportError:
        constants.HF_HUB_OFFLINE = True
        os.environ["HF_HUB_OFFLINE"] = "1"  # for the processes that this one starts
        return False
    return True
