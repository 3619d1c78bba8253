"""Every data set by name: its tasks, its licence, its splits, and how its rows are loaded.

A new data set is a module in `data/published` or `data/made` and a line in `CATALOGUE`.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from data.corpus import Corpus
from data.files import READERS, ending_of
from data.made import parallel, preference, proofs, stories, synthetic
from data.made.dials import dials_of
from data.made.sentences.reader import formula_of
from data.made.worlds import makers_named
from data.own.local import is_on_hub
from data.perturb import corrections
from data.published import (
    hh_rlhf,
    malls,
    pku_saferlhf,
    proverqa,
    wmt,
    xsum_faithful,
)
from data.published import (
    source as published,
)
from data.records import Correction, DataError, Story
from data.sets import (
    DataSet,
    FolioSet,
    MadeSet,
    OwnSet,
    PublishedSet,
    Request,
    SentenceReader,
)
from data.splits import SINGLE_FILE
from data.stories.translation import StoryTranslation, as_translations
from logic import DIALECTS
from logic.core import CORE
from logic.errors import DomainError
from logic.languages import language

TASKS_OF_FORMULAS = ("translate", "correct", "distill")
"""Tasks whose answer is a formula, which may be of a domain."""
# Tasks with formulas.
_IN_A_DIALECT = (*TASKS_OF_FORMULAS, "preference", "entail", "story")


CATALOGUE: tuple[DataSet, ...] = (
    MadeSet(
        name=synthetic.NAME,
        tasks=("translate", "correct"),
        sizes=synthetic.SIZES,
        rows={"translate": synthetic.generate},
    ),
    FolioSet(tasks=("translate", "correct", "entail")),
    PublishedSet(
        name="malls",
        tasks=("translate", "correct"),
        licence=malls.SOURCE.licence,
        sources={"translate": malls.SOURCE},
    ),
    PublishedSet(
        name="proverqa",
        tasks=("translate", "correct", "entail"),
        licence=proverqa.SOURCE.licence,
        sources={"translate": proverqa.SOURCE, "entail": proverqa.STORIES},
    ),
    MadeSet(
        name=preference.NAME,
        tasks=("preference", "distill"),
        sizes=preference.SIZES,
        rows={"preference": preference.preferences, "distill": preference.claims},
        settings=makers_named,
        reader=formula_of,
    ),
    MadeSet(
        name=stories.NAME,
        tasks=("entail",),
        sizes=stories.SIZES,
        rows={"entail": stories.stories},
    ),
    MadeSet(
        name=proofs.NAME,
        tasks=("entail", "translate", "correct"),
        sizes=proofs.SIZES,
        rows={"entail": proofs.stories, "translate": proofs.sentences},
        settings=dials_of,
    ),
    MadeSet(
        name=parallel.NAME,
        tasks=("mt",),
        sizes=parallel.SIZES,
        rows={"mt": parallel.pairs},
    ),
    PublishedSet.of(hh_rlhf.SOURCE),
    PublishedSet.of(pku_saferlhf.SOURCE),
    PublishedSet.of(wmt.SOURCE),
    PublishedSet.of(xsum_faithful.SOURCE),
    OwnSet(name="own"),
    OwnSet(name="jsonl"),
    OwnSet(name="json"),
    OwnSet(name="csv"),
    OwnSet(name="parquet"),
)
_BY_NAME = {dataset.name: dataset for dataset in CATALOGUE}
NAMES = tuple(_BY_NAME)
"""What `load` takes as a name, beside a path and a name on the hub."""


def tasks(name: str) -> tuple[str, ...]:
    """The tasks a data set serves, its own first. Raises DataError for an unknown name."""
    return _tasks(_find(name))


def _tasks(dataset: DataSet) -> tuple[str, ...]:
    """Whatever has stories for their labels has them for whole translations too."""
    if Story.task not in dataset.tasks:
        return dataset.tasks
    return (*dataset.tasks, StoryTranslation.task)


def _rows_of(task: str) -> str:
    """The task whose rows those of a task are made from."""
    return Story.task if task == StoryTranslation.task else task


def source(name: str, task: str) -> published.Source | None:
    """How a published data set is laid out for a task.

    None for those that are made here, for FOLIO and for a user's own. Raises DataError for an
    unknown name or task.
    """
    dataset = _find(name)
    _require_task(dataset, task)
    return dataset.source(_rows_of(task))


def check_settings(name: str, settings: Mapping[str, Any] | None) -> None:
    """Raise DataError for settings that a data set is not made by, or an unknown name."""
    _find(name).check_settings(settings)


def licence(name: str) -> str:
    """Under which licence a data set may be used. Raises DataError for an unknown name."""
    return _find(name).licence


def exact_reader(name: str) -> SentenceReader | None:
    """What reads the answers of a data set in words exactly, by the grammar they are made by.

    It is a gold standard for them; None for a data set that has none. Raises DataError for an
    unknown name.
    """
    return _find(name).exact_reader()


def split_names(
    name: str, task: str | None = None, path: str | Path | None = None
) -> tuple[str, ...]:
    """The splits that can be loaded; of a folder of one's own, those that it has files for.

    Raises DataError for none.
    """
    dataset = _find(name)
    task = task or dataset.tasks[0]
    _require_task(dataset, task)
    return dataset.split_names(_rows_of(task), path)


def first_split(
    name: str, wanted: Sequence[str], *, task: str | None = None, path: str | Path | None = None
) -> str:
    """The first of the wanted splits that a data set has.

    Where it has none, or only the hub could tell, the most usual one: train or test.
    """
    usual = next(split for split in wanted if split in SINGLE_FILE)
    if is_on_hub(path or name):
        return usual
    try:
        names = split_names(name, task, path)
    except DataError:  # which is told when the rows are loaded
        return usual
    return next((split for split in wanted if split in names), usual)


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
    dialect: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Corpus[Any]:
    """The rows of one split, validated.

    `name` is one of `NAMES`, or the path or the name on the hub of a user's own rows; `task` one
    of `tasks(name)`, the first where absent, and decides the kind of record. `path` is a folder, a
    file or a name on the hub; the made ones take none, `own` needs one. `size` is the number of
    rows: exact for the made ones, at most so many, in whole groups, for the others; `seed` decides
    which. Splits do not depend on the seed. `columns` maps the task's column names to those of a
    user's own file. For `correct` the wrong formulas come from `predictions` (see
    `data.perturb.corrections`), or from seeded edits. `domain` is that of the formulas, by name or
    path: they are read and audited in it; `dialect` the notation they are written in, one of
    `logic.DIALECTS`, where that is known; `settings` are those of a data set that is made to order,
    `proof-synthetic` (`data.made.dials`). Raises DataError naming the setting, or the file and row.
    """
    if size is not None and (isinstance(size, bool) or not isinstance(size, int) or size < 1):
        raise DataError(f"size is {size!r}; allowed: a whole number above 0, or none")
    dataset = _find(name)
    request = Request(
        split=split,
        task=task or dataset.tasks[0],
        path=path,
        size=size,
        seed=seed,
        columns=columns,
        domain=domain,
        dialect=dialect,
        settings=settings,
    )
    _require_task(dataset, request.task)
    if columns and not isinstance(dataset, OwnSet):
        raise DataError(f"columns apply to rows of your own, not to {name}")
    dataset.check_settings(settings)
    if predictions is not None and request.task != "correct":
        raise DataError(f"predictions apply to the task correct, not to {request.task}")
    _require_domain(request)
    _require_dialect(request)
    if request.task == StoryTranslation.task:
        return as_translations(dataset.load(replace(request, task=Story.task)))
    if request.task != "correct":
        return dataset.load(request)
    return _corrections(dataset, request, predictions)


def _corrections(
    dataset: DataSet, request: Request, predictions: str | Path | None
) -> Corpus[Correction]:
    """Rows with wrong formulas: a model's, or the data set's own, or else seeded edits."""
    if predictions is None and dataset.has_wrong_formulas(request):
        return dataset.load(request)
    pairs = dataset.load(replace(request, task="translate"))
    if predictions is None:
        return corrections.perturbed(pairs, seed=request.seed)
    return corrections.from_predictions(pairs, predictions)


def _find(name: str) -> DataSet:
    """The data set of a name: one of the catalogue, or a user's own at a path or on the hub."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    if is_place(name):
        return OwnSet(name=name, place=name)
    close = difflib.get_close_matches(name, NAMES, n=1)
    hint = f"; did you mean {close[0]}?" if close else ""
    raise DataError(
        f"no data set {name!r}; allowed: {', '.join(NAMES)}, a path, "
        f"or a name on the hub (owner/name){hint}"
    )


def is_place(name: str) -> bool:
    """Whether a name that is none of `NAMES` says where a user's own rows are."""
    is_path = Path(name).exists() or ending_of(Path(name)) in READERS
    return name not in _BY_NAME and (is_path or is_on_hub(name))


def _require_task(dataset: DataSet, task: str) -> None:
    if task not in _tasks(dataset):
        raise DataError(f"{dataset.name} is for {', '.join(_tasks(dataset))}, not {task}")


def _require_domain(request: Request) -> None:
    try:
        is_core = language(request.domain) is CORE
    except DomainError as error:
        raise DataError(f"domain: {error}") from error
    if not is_core and request.task not in TASKS_OF_FORMULAS:
        raise DataError(
            f"domain applies to the tasks {', '.join(TASKS_OF_FORMULAS)}, not to {request.task}"
        )


def _require_dialect(request: Request) -> None:
    if request.dialect is None:
        return
    if request.dialect not in DIALECTS:
        raise DataError(f"no dialect {request.dialect!r}; allowed: {', '.join(DIALECTS)}")
    if request.task not in _IN_A_DIALECT:
        raise DataError(
            f"dialect applies to the tasks {', '.join(_IN_A_DIALECT)}, not to {request.task}"
        )
