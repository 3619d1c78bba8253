"""Which checkpoint is whole: each lists its parts once it is, and one that differs is passed over."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from accelerate import PartialState
from transformers import Trainer

from data.writing import replace_text

PARTS = "parts.json"
"""The list of a checkpoint's files, with size and hash; the last file that is written."""


class ListingTrainer(Trainer):
    """A base of trainers whose checkpoints can be told to be whole."""

    def create_model_card(self, *arguments: Any, **named: Any) -> None:
        """Write none: TRL's says of a model from a folder that it was trained from nothing."""

    def _save_checkpoint(self, *arguments: Any, **named: Any) -> None:
        super()._save_checkpoint(*arguments, **named)
        PartialState().wait_for_everyone()  # each process writes parts of its own
        if self.args.should_save:
            folder = Path(self._get_output_dir(trial=None), f"checkpoint-{self.state.global_step}")
            list_parts(folder)


def list_parts(checkpoint: Path) -> None:
    """Write the list of a checkpoint's files, all of them being there."""
    parts = {name: _part(checkpoint / name) for name in _names(checkpoint)}
    replace_text(checkpoint / PARTS, json.dumps(parts, indent=1))


def _names(checkpoint: Path) -> list[str]:
    files = [path for path in checkpoint.rglob("*") if path.is_file() and path.name != PARTS]
    return sorted(str(path.relative_to(checkpoint)) for path in files)


def _part(path: Path) -> list[int | str]:
    with path.open("rb") as stream:
        return [path.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest()]


def last_checkpoint(
    output_dir: str | os.PathLike[str], passed_over: Callable[[str], object] | None = None
) -> Path | None:
    """The newest whole checkpoint of a transformers trainer in a folder, or None.

    A run may be killed while it writes one, and a file may be damaged later; `passed_over` is told
    why a newer one is not taken.
    """
    paths = sorted(Path(output_dir).glob("checkpoint-*"), key=_step, reverse=True)
    # Others than our trainers list no parts: then the trainer's state, written last, has to do.
    are_listed = any((path / PARTS).is_file() for path in paths)
    for path in paths:
        reason = _fault(path, are_listed)
        if reason is None:
            return path
        if passed_over is not None:
            passed_over(f"{path} is passed over: {reason}")
    return None


def _step(path: Path) -> int:
    """The step of a checkpoint's folder; -1 for a folder that only looks like one."""
    number = path.name.removeprefix("checkpoint-")
    return int(number) if number.isdecimal() and number.isascii() else -1


def _fault(checkpoint: Path, is_listed: bool) -> str | None:
    """What is missing or damaged."""
    try:
        if is_listed:
            parts = json.loads((checkpoint / PARTS).read_text(encoding="utf-8"))
            return _damage(checkpoint, parts)
        json.loads((checkpoint / "trainer_state.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        return f"{Path(error.filename).name} is missing"
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        return f"{type(error).__name__}: {error}"
    return None


def _damage(checkpoint: Path, parts: dict[str, list[int | str]]) -> str | None:
    if "trainer_state.json" not in parts:
        return f"{PARTS} lists no trainer_state.json"
    for name, part in parts.items():
        path = checkpoint / name
        if path.stat().st_size != part[0]:
            return f"{name} has {path.stat().st_size:,} bytes in place of {part[0]:,}"
        if _part(path) != part:
            return f"{name} does not hold what was written"
    return None
