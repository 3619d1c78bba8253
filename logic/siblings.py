"""That `logic`, `data`, `alignment` and `pipelines` are those of one folder.

These are plain names: a user's `data.py` in the working folder comes before ours on the path, and
our modules would import it without a word. So each package checks those below it before it imports
any of them. It runs this file by its path, as the name `logic` may be a user's too.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("logic", "data", "alignment", "pipelines")
"""Each imports those before it."""


def check_siblings(package: str) -> None:
    """Check that a package, when it imports those below it, gets its neighbours.

    Imports nothing. Raises ImportError where another file would be imported; its `name` is the
    package that is hidden, its `path` the file that hides it.
    """
    root = Path(__file__).resolve().parent.parent
    for name in PACKAGES[: PACKAGES.index(package)]:
        origin = _origin(name)
        if origin is not None and Path(origin).resolve().parent != root / name:
            raise ImportError(
                f"`import {name}` finds {origin}, which hides a package that {package} needs, "
                f"{root / name / '__init__.py'}. Rename the first, or keep its folder off the "
                "path: start in another folder, or with `python -P`, or change PYTHONPATH",
                name=name,
                path=origin,
            )


def _origin(name: str) -> str | None:
    """The file that `import` of a top-level name gives, or has given; None where it has no file."""
    if name in sys.modules:
        return getattr(sys.modules[name], "__file__", None)
    spec = find_spec(name)
    return None if spec is None else spec.origin
