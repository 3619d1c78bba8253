"""Load the rows a stage works on, and say what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import data
from data import prompts
from data.corpus import Corpus
from data.records import DataError
from pipelines.config.arguments import DataArguments, HeldOutArguments, TrainingArguments
from pipelines.config.domains import with_notation
from pipelines.config.stage_config import TrainingConfig
from pipelines.console import console
from pipelines.errors import UsageError

if TYPE_CHECKING:
    from datasets import Dataset

EXAMPLES = 3  # rows that were left out and are named


def load_rows(
    arguments: DataArguments, *, split: str, size: int | None, seed: int, quiet: bool = False
) -> Dataset:
    """Columns `prompt`, `completion`, `reference` and the task's own of a split.

    What was left out is counted aloud. Raises `UsageError` for an unknown data set or split, or a
    file that cannot be read.
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
            dialect=arguments.dialect,
        )
        task = corpus.rows[0].task if corpus.rows else None
        rows = corpus.to_dataset(template(arguments, task), chat=arguments.chat)
    except (DataError, FileNotFoundError) as error:
        raise UsageError(str(error)) from error
    if not quiet:
        _announce(f"{arguments.dataset} {split}: {len(rows):,} rows", corpus)
    return rows


def _announce(heading: str, corpus: Corpus[Any]) -> None:
    left_out = f", {len(corpus.quarantined):,} left out" if corpus.quarantined else ""
    console.print(f"[dim]{heading}{left_out}[/]")
    for fault in corpus.quarantined[:EXAMPLES]:
        console.print(
            f"  left out {fault.source}:{fault.row}: {fault.reason}",
            style="dim",
            markup=False,
            soft_wrap=True,
        )


def template(arguments: DataArguments, task: str | None) -> str | None:
    """The prompt template that the options ask for; None for the task's own.

    Raises `DataError` for one that is unfit.
    """
    prompt = with_notation(arguments.prompt, arguments.domain)
    if not arguments.signature or task is None:
        return prompt
    chosen = prompts.choose(task, prompt, chat=arguments.chat)
    return chosen if "{signature}" in chosen else prompts.with_signature(chosen)


def load_training_rows(
    config: TrainingConfig[TrainingArguments, Any], *, quiet: bool = False
) -> Dataset:
    """The rows a training stage's config names."""
    options = config.arguments.options
    return load_rows(
        options,
        split=options.train_split,
        size=options.train_size,
        seed=config.resolved["seed"],
        quiet=quiet,
    )


def load_held_out(options: HeldOutArguments, *, quiet: bool = False) -> Dataset:
    """The rows that an evaluation's options name."""
    return load_rows(
        options, split=options.split, size=options.size, seed=options.seed, quiet=quiet
    )
