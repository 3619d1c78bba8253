"""The kinds of data set, and what is asked of each: made, published, FOLIO, and a user's own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from data.corpus import Corpus
from data.own import local
from data.published import folio
from data.published import source as published
from data.records import DataError, Record
from data.splits import SINGLE_FILE, require_split
from logic.core import CORE
from logic.languages import language
from logic.syntax import Formula

PROJECT_LICENCE = "Apache-2.0, as the project"
MAX_ROWS = 100_000_000
"""Rows of a set that is made: all of them are held in memory."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """Which rows are asked for, as `load` takes it."""

    split: str
    task: str
    path: str | Path | None = None
    size: int | None = None
    seed: int = 0
    columns: Mapping[str, str] | None = None
    domain: str = "fol"
    dialect: str | None = None
    settings: Mapping[str, Any] | None = None


SentenceReader = Callable[[str], Formula]
"""From an answer in words to its formula. Raises ValueError for one that it cannot read."""


@dataclass(frozen=True, kw_only=True)
class DataSet(ABC):
    """One data set; the first of its tasks is the default."""

    name: str
    tasks: tuple[str, ...]
    licence: str

    @abstractmethod
    def split_names(self, task: str, path: str | Path | None) -> tuple[str, ...]:
        """The splits that can be loaded. Raises DataError for none."""

    @abstractmethod
    def load(self, request: Request) -> Corpus[Any]:
        """The rows of one split. Raises DataError naming the setting, or the file and row."""

    def source(self, task: str) -> published.Source | None:
        """How it is published; None where it is not, or in a layout of its own."""
        return None

    def has_wrong_formulas(self, request: Request) -> bool:
        """Whether its rows bring the wrong formulas that the task `correct` needs."""
        return False

    def check_settings(self, settings: Mapping[str, Any] | None) -> None:
        """Raise DataError for settings that it is not made by."""
        if settings:
            raise DataError(f"{self.name} takes no settings, got {', '.join(map(str, settings))}")

    def exact_reader(self) -> SentenceReader | None:
        """What reads the English of its answers exactly; None where nothing does."""
        return None


@dataclass(frozen=True, kw_only=True)
class MadeSet(DataSet):
    """Made by the project: `rows` draws those of a split by task, split and seed, one by one.

    `sizes` is the number of rows in each split unless told otherwise; `reader` reads the English of
    its answers exactly. `settings` reads what a set that is made
    to order is ordered by, which the draws then take; it raises DataError.
    """

    licence: str = PROJECT_LICENCE
    sizes: Mapping[str, int]
    rows: Mapping[str, Callable[..., Iterator[Record]]]
    reader: SentenceReader | None = None
    settings: Callable[[Mapping[str, Any] | None], Any] | None = None

    def exact_reader(self) -> SentenceReader | None:
        return self.reader

    def check_settings(self, settings: Mapping[str, Any] | None) -> None:
        if self.settings is None:
            super().check_settings(settings)
        else:
            self.settings(settings)

    def split_names(self, task: str, path: str | Path | None) -> tuple[str, ...]:
        return tuple(self.sizes)

    def load(self, request: Request) -> Corpus[Any]:
        if request.path is not None:
            raise DataError(f"{self.name} takes no path (given: {request.path})")
        if request.dialect is not None:
            raise DataError(f"{self.name} takes no dialect: it is made in the canonical notation")
        split = request.split
        require_split(self.name, split, self.sizes)
        size = self.sizes[split] if request.size is None else request.size
        if size > MAX_ROWS:
            raise DataError(f"{self.name}: {size:,} rows; at most {MAX_ROWS:,} are made at a time")
        order = () if self.settings is None else (self.settings(request.settings),)
        draw = self.rows[request.task](split, request.seed, *order)
        rows = list(islice(draw, size))
        if len(rows) < size:
            raise DataError(
                f"{self.name} split {split!r} has {len(rows)} pairs; {size} were asked for"
            )
        corpus = Corpus(self.name, split, rows, domain=request.domain)
        # What is drawn is canonical in the core notation already.
        return corpus if language(request.domain) is CORE else corpus.audit()


@dataclass(frozen=True, kw_only=True)
class PublishedSet(DataSet):
    """Published by others, laid out for each task as its source says."""

    sources: Mapping[str, published.Source]

    @classmethod
    def of(cls, source: published.Source) -> PublishedSet:
        """The data set of a source that serves its one task."""
        return cls(
            name=source.name,
            tasks=(source.task,),
            licence=source.licence,
            sources={source.task: source},
        )

    def source(self, task: str) -> published.Source:
        # Wrong formulas are made of the pairs of `translate`.
        return self.sources["translate" if task == "correct" else task]

    def split_names(self, task: str, path: str | Path | None) -> tuple[str, ...]:
        if path is not None and Path(path).is_file():
            return tuple(SINGLE_FILE)
        return self.source(task).splits

    def load(self, request: Request) -> Corpus[Any]:
        return published.load(
            self.source(request.task),
            request.path,
            request.split,
            size=request.size,
            seed=request.seed,
            domain=request.domain,
            dialect=request.dialect,
        )


@dataclass(frozen=True, kw_only=True)
class FolioSet(DataSet):
    """FOLIO, which has a file layout and stories of its own."""

    name: str = "folio"
    licence: str = folio.LICENCE

    def split_names(self, task: str, path: str | Path | None) -> tuple[str, ...]:
        return folio.SPLITS

    def load(self, request: Request) -> Corpus[Any]:
        if request.task == "entail":
            return folio.load_stories(
                request.path,
                request.split,
                size=request.size,
                seed=request.seed,
                dialect=request.dialect,
            )
        return folio.load(
            request.path,
            request.split,
            size=request.size,
            seed=request.seed,
            domain=request.domain,
            dialect=request.dialect,
        )


@dataclass(frozen=True, kw_only=True)
class OwnSet(DataSet):
    """A user's own rows; each name of it reads any kind of file. `place` is what the name says."""

    tasks: tuple[str, ...] = ("translate", "correct", "distill", "preference", "mt", "entail")
    licence: str = "your own"
    place: str | None = None

    def split_names(self, task: str, path: str | Path | None) -> tuple[str, ...]:
        return local.split_names(path or self.place)

    def load(self, request: Request) -> Corpus[Any]:
        return local.load(
            self._path(request),
            request.split,
            size=request.size,
            seed=request.seed,
            columns=request.columns,
            task=request.task,
            domain=request.domain,
            dialect=request.dialect,
        )

    def _path(self, request: Request) -> str | Path:
        if self.place is None and request.path is None:
            raise DataError(f"{self.name} needs a path: {local.WHERE}")
        if self.place is not None and request.path is not None:
            raise DataError(f"{self.name} is a path already; {request.path} is one too many")
        return request.path or self.place or ""

    def has_wrong_formulas(self, request: Request) -> bool:
        column = (request.columns or {}).get("wrong", "wrong")
        return local.has_column(self._path(request), request.split, column)
