"""Rows of a data set on the hub, read through `datasets`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from data.files import Row
from data.published.reach import hub_fault
from data.records import DataError
from logic.errors import installs

HUB_NAME = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")
"""An owner and a name: yale-nlp/FOLIO."""


def hub_rows(
    name: str,
    split: str,
    *,
    files: list[str] | None = None,
    alternatives: str = "a folder",
    streaming: bool = False,
) -> Iterator[Row]:
    """The rows of a split; of these files of the repository, where they are named.

    `streaming` fetches them as they are asked for, and keeps none. Raises DataError where it cannot
    be loaded; `alternatives` are what else the name might have meant.
    """
    datasets = _library(name, alternatives)
    options: dict[str, Any] = {}
    if files is not None:
        options["data_files"] = {split: files}
    if streaming:
        options["streaming"] = True
    try:
        table = datasets.load_dataset(name, split=split, **options)
    except Exception as error:  # the hub's client raises many unrelated kinds
        raise DataError(
            f"{name}: neither {alternatives} nor a data set that could be loaded: {error}"
        ) from error
    for number, columns in enumerate(table, start=1):
        yield number, dict(columns)


def hub_splits(name: str) -> tuple[str, ...]:
    """The splits of a data set. Raises DataError where it cannot be found."""
    datasets = _library(name, "a file, a folder")
    try:
        return tuple(datasets.get_dataset_split_names(name))
    except Exception as error:  # the hub's client raises many unrelated kinds
        raise DataError(
            f"{name}: neither a file, a folder nor a data set that could be found: {error}"
        ) from error


def _library(name: str, alternatives: str) -> Any:
    """The library that asks the hub. Raises DataError without it, and where the hub is out of reach."""
    try:
        import datasets  # a library of the training extra
    except ImportError as error:
        raise DataError(f"{name}: the hub needs {installs('train')} ({error})") from error
    fault = hub_fault("datasets", name)
    if fault is not None:
        raise DataError(f"{name}: not {alternatives} here, and {fault}")
    return datasets
