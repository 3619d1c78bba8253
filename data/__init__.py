"""Data sets of every task: records, loaders, prompts, splits and audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.records import (
    PROMPT,
    Claim,
    Corpus,
    Correction,
    DataError,
    Message,
    Preference,
    Quarantined,
    Story,
    TextPair,
    Translation,
)

if TYPE_CHECKING:
    from data.published.source import Source

__all__ = [
    "NAMES",
    "PROMPT",
    "Claim",
    "Corpus",
    "Correction",
    "DataError",
    "Message",
    "Preference",
    "Quarantined",
    "Story",
    "TextPair",
    "Translation",
    "licence",
    "load",
    "source",
    "split_names",
    "tasks",
]

_PUBLISHED = {
    "malls": "malls",
    "proverqa": "proverqa",
    "hh-rlhf": "hh_rlhf",
    "pku-saferlhf": "pku_saferlhf",
    "wmt": "wmt",
    "xsum-faithful": "xsum_faithful",
}
# Made here: the module of each, with its SPLITS.
_MADE = {
    "synthetic": "synthetic",
    "preference-synthetic": "preference",
    "entail-synthetic": "stories",
    "mt-synthetic": "parallel",
}
_LOCAL = ("jsonl", "json", "csv", "parquet")
# The tasks of a data set; the first is the default.
_TASKS: dict[str, tuple[str, ...]] = {
    "synthetic": ("translate", "correct"),
    "folio": ("translate", "correct", "entail"),
    "malls": ("translate", "correct"),
    "proverqa": ("translate", "correct", "entail"),
    "preference-synthetic": ("preference", "distill"),
    "entail-synthetic": ("entail",),
    "mt-synthetic": ("mt",),
    "hh-rlhf": ("preference",),
    "pku-saferlhf": ("preference",),
    "wmt": ("mt",),
    "xsum-faithful": ("distill",),
    **{name: ("translate", "correct", "distill", "preference", "mt", "entail") for name in _LOCAL},
}
NAMES = tuple(_TASKS)
_IN_A_DOMAIN = ("translate", "correct", "distill")


def tasks(name: str) -> tuple[str, ...]:
    """The tasks a data set serves, its own first. Raises DataError for an unknown name."""
    if name not in _TASKS:
        raise DataError(f"no data set {name!r}; allowed: {', '.join(NAMES)}")
    return _TASKS[name]


def source(name: str, task: str) -> Source | None:
    """How a published data set is laid out; None for those that are made here, and for a user's own."""
    if task not in tasks(name):
        raise DataError(f"{name} is for {', '.join(tasks(name))}, not {task}")
    if name not in _PUBLISHED:
        return None
    module = import_module(f"data.published.{_PUBLISHED[name]}")
    return module.STORIES if task == "entail" else module.SOURCE


def licence(name: str) -> str:
    """Under which licence a data set may be used. Raises DataError for an unknown name."""
    published = source(name, tasks(name)[0])
    if published is not None:
        return published.licence
    if name == "folio":
        from data.published import folio

        return folio.LICENCE
    return "your own" if name in _LOCAL else "Apache-2.0, as the project"


def split_names(
    name: str, task: str | None = None, path: str | Path | None = None
) -> tuple[str, ...]:
    """The splits that can be loaded; those that a folder of one's own has files for. Raises DataError for none."""
    if name in _LOCAL:
        from data import local

        return local.split_names(path)
    if name in _MADE:
        return tuple(import_module(f"data.made.{_MADE[name]}").SPLITS)
    if name == "folio":
        from data.published import folio

        return folio.SPLITS
    published = source(name, task or tasks(name)[0])
    assert published is not None  # every other name has been dealt with
    if path is not None and Path(path).is_file():
        from data.published.source import SINGLE_FILE

        return tuple(SINGLE_FILE)
    return published.splits


def load(
    name: str,
    *,
    split: str,
    task: str | None = None,
    path: str | Path | None = None,
    size: int | None = None,
    seed: int = 0,
    columns: Mapping[str, str] | None = None,
    predictions: str | Path | None = None,
    domain: str = "fol",
) -> Corpus[Any]:
    """The rows of one split, validated.

    `name` is one of `NAMES`; `task` one of `tasks(name)`, the first where absent, and decides the kind of record.
    `path` is a folder, a file or a name on the hub; the made ones take none, the local ones need one. `size` is the
    number of rows: exact for the made ones, at most so many, in whole groups, for the others; `seed` decides which.
    Splits do not depend on the seed. `columns` maps the task's column names to those of a user's own file. For
    `correct` the wrong formulas come from `predictions` (see `data.perturb.corrections`), or from seeded edits.
    `domain` is that of the formulas, by name or path: they are read and audited in it.
    Raises DataError naming the setting, or the file and row.
    """
    if size is not None and (isinstance(size, bool) or not isinstance(size, int) or size < 1):
        raise DataError(f"size is {size!r}; allowed: a whole number above 0, or none")
    task = task or tasks(name)[0]
    if task not in tasks(name):
        raise DataError(f"{name} is for {', '.join(tasks(name))}, not {task}")
    if columns and name not in _LOCAL:
        raise DataError(f"columns apply to {', '.join(_LOCAL)}, not to {name}")
    if predictions is not None and task != "correct":
        raise DataError(f"predictions apply to the task correct, not to {task}")
    if not _is_core(domain) and task not in _IN_A_DOMAIN:
        raise DataError(f"domain applies to the tasks {', '.join(_IN_A_DOMAIN)}, not to {task}")
    if task == "correct" and (
        predictions is not None or not _has_wrong(name, split, path, columns)
    ):
        from data.perturb import corrections

        pairs = _load(name, split, "translate", path, size, seed, columns, domain)
        if predictions is not None:
            return corrections.from_predictions(pairs, predictions)
        return corrections.perturbed(pairs, seed=seed)
    return _load(name, split, task, path, size, seed, columns, domain)


def _is_core(domain: str) -> bool:
    """Whether formulas are in the core language. Raises `DataError` for a domain that there is not."""
    from logic.core import CORE
    from logic.errors import DomainError
    from logic.languages import language

    try:
        return language(domain) is CORE
    except DomainError as error:
        raise DataError(f"domain: {error}") from error


def _has_wrong(
    name: str, split: str, path: str | Path | None, columns: Mapping[str, str] | None
) -> bool:
    """Whether a user's own file brings its wrong formulas."""
    if name not in _LOCAL or path is None:
        return False
    from data import local

    return local.has_column(path, split, (columns or {}).get("wrong", "wrong"))


def _load(
    name: str,
    split: str,
    task: str,
    path: str | Path | None,
    size: int | None,
    seed: int,
    columns: Mapping[str, str] | None,
    domain: str,
) -> Corpus[Any]:
    if name in _MADE:
        if path is not None:
            raise DataError(f"{name} takes no path (given: {path})")
        module = import_module(f"data.made.{_MADE[name]}")
        several = (task,) if name == "preference-synthetic" else ()
        made = module.load(*several, split, size, seed)
        return made if _is_core(domain) else replace(made, domain=domain).audit()
    if name == "folio":
        from data.published import folio

        if task == "entail":
            return folio.stories(path, split, size, seed)
        return folio.load(path, split, size, seed, domain)
    if name in _LOCAL:
        from data import local

        if path is None:
            raise DataError(
                f"{name} needs a path: a .jsonl, .json, .csv or .parquet file, or a folder of them"
            )
        return local.load(path, split, size, seed, columns, task, domain)
    from data.published import source as sources

    published = source(name, task)
    assert published is not None  # every other name has been dealt with
    return sources.load(published, path, split, size, seed, domain)
