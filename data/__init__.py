"""Sentences and their formulas: records, loaders, prompts, splits and audit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from data.records import PROMPT, Corpus, DataError, Quarantined, Translation

__all__ = ["NAMES", "PROMPT", "Corpus", "DataError", "Quarantined", "Translation", "load"]

NAMES = ("synthetic", "folio", "jsonl")


def load(
    name: str,
    *,
    split: str,
    path: str | Path | None = None,
    size: int | None = None,
    seed: int = 0,
    columns: Mapping[str, str] | None = None,
) -> Corpus:
    """The pairs of one split.

    `name` is "synthetic" (splits train, rl, validation, test), "folio" (train, validation; `path` a folder or a
    name on the hub) or "jsonl" (`path` a file, .jsonl or .csv, or a folder of them; `columns` its column names).
    `size` is the number of pairs: exact for synthetic, at most so many, in whole groups, for the others; `seed`
    decides which. Splits do not depend on the seed. Raises DataError naming the setting, or the file and row.
    """
    if size is not None and (isinstance(size, bool) or not isinstance(size, int) or size < 1):
        raise DataError(f"size is {size!r}; allowed: a whole number above 0, or none")
    if columns and name != "jsonl":
        raise DataError(f"columns apply to jsonl alone, not to {name}")
    match name:
        case "synthetic":
            from data import synthetic

            if path is not None:
                raise DataError(f"synthetic takes no path (given: {path})")
            return synthetic.load(split, size, seed)
        case "folio":
            from data import folio

            return folio.load(path, split, size, seed)
        case "jsonl":
            from data import local

            if path is None:
                raise DataError("jsonl needs a path: a .jsonl or .csv file, or a folder of them")
            return local.load(path, split, size, seed, columns)
    raise DataError(f"no data set {name!r}; allowed: {', '.join(NAMES)}")
