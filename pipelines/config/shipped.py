"""The configs that ship with folalign, by name: `tiny`, `tasks/mt`."""

from __future__ import annotations

import difflib
from pathlib import Path

from pipelines.errors import UsageError

FOLDER = Path(__file__).parents[1] / "configs"
STARTER = "own"
"""The config to start from with rows of one's own."""
_NO_RUNS = "accelerate"  # configs of `accelerate launch`


def shipped() -> dict[str, Path]:
    """The shipped configs of runs by name."""
    files = [path.relative_to(FOLDER) for path in sorted(FOLDER.rglob("*.yaml"))]
    names = [file for file in files if file.parts[0] != _NO_RUNS]
    return {file.with_suffix("").as_posix(): FOLDER / file for file in names}


def purpose(path: Path) -> str:
    """The first sentence of the comment that a shipped config begins with."""
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# "))
    sentence, _, _ = " ".join(lines).partition(". ")
    return sentence.rstrip(".")


def find_config(name: str) -> Path:
    """A config by its path, or by the name of a shipped one; a path that is there comes first.

    Raises `UsageError` for neither.
    """
    path = Path(name)
    configs = shipped()
    if path.exists():
        return path
    if name in configs:
        return configs[name]
    if path.suffix in (".yaml", ".yml"):
        raise UsageError(f"cannot read the config {path}: No such file or directory")
    close = difflib.get_close_matches(name, configs, n=1)
    hint = f"did you mean {close[0]}?" if close else "`folalign configs` lists those that ship"
    raise UsageError(f"no config {name!r}, neither a file nor a name; {hint}")
