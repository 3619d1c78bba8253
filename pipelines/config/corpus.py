"""Load the rows a stage works on, and say what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import data
from data import prompts
from data.records import DataError
from pipelines.config.arguments import DataArguments
from pipelines.config.domains import with_notation
from pipelines.console import console
from pipelines.errors import UsageError

if TYPE_CHECKING:
    from datasets import Dataset

    from pipelines.config.parser import StageConfig


def load_rows(
    arguments: DataArguments, *, split: str, size: int | None, seed: int, quiet: bool = False
) -> Dataset:
    """Columns `prompt`, `completion`, `reference` and the task's own of a split; what was left out is counted aloud.

    Raises `UsageError` for an unknown data set or split, or a file that cannot be read.
    """
    try:
        corpus = data.load(
            arguments.dataset,
            split=split,
            task=arguments.task,
            path=arguments.dataset_path,
            size=size,
            seed=seed,
            predictions=arguments.predictions,
            domain=arguments.domain,
        )
        rows = corpus.to_dataset(
            template(arguments, corpus.rows[0].task if corpus.rows else None), chat=arguments.chat
        )
    except (DataError, FileNotFoundError) as error:
        raise UsageError(str(error)) from error
    if quiet:
        return rows
    left_out = f", {len(corpus.quarantined):,} left out" if corpus.quarantined else ""
    console.print(f"[dim]{arguments.dataset} {split}: {len(rows):,} rows{left_out}[/]")
    for fault in corpus.quarantined[:3]:
        console.print(
            f"  left out {fault.source}:{fault.row}: {fault.reason}",
            style="dim",
            markup=False,
            soft_wrap=True,
        )
    return rows


def template(arguments: DataArguments, task: str | None) -> str | None:
    """The prompt template that the options ask for; None for the task's own. Raises DataError for one that is unfit."""
    stated = with_notation(arguments.prompt, arguments.domain)
    if not arguments.signature or task is None:
        return stated
    own = prompts.choose(task, stated, chat=arguments.chat)
    return own if "{signature}" in own else prompts.with_signature(own)


def load_training_rows(config: StageConfig, *, quiet: bool = False) -> Dataset:
    """The rows a training stage's config names."""
    own: Any = config.arguments[0]
    return load_rows(
        own, split=own.train_split, size=own.train_size, seed=config.resolved["seed"], quiet=quiet
    )


def load_held_out(own: Any, *, quiet: bool = False) -> Dataset:
    """The rows that an evaluation's options name."""
    return load_rows(own, split=own.split, size=own.size, seed=own.seed, quiet=quiet)
