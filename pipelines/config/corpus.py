"""Load the rows a stage works on, and say what was left out."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import data
from data import prompts
from data.catalogue import first_split, is_place
from data.corpus import Corpus
from data.records import DataError, Record
from data.stories.translation import StoryTranslation
from pipelines.config.arguments import DataArguments, HeldOutArguments, TrainingArguments
from pipelines.config.domains import with_notation
from pipelines.config.light.prompting import number_of_examples
from pipelines.config.stage_config import TrainingConfig
from pipelines.console import console
from pipelines.errors import UsageError

if TYPE_CHECKING:
    from datasets import Dataset

OWN = "own"  # the data set of a user's own rows
EXAMPLES = 3  # rows that were left out and are named


def load_rows(
    arguments: DataArguments,
    *,
    split: str | None,
    size: int | None,
    seed: int,
    gold: int | None = None,
    gold_split: str | None = None,
    quiet: bool = False,
) -> Dataset:
    """Columns `prompt`, `completion`, `reference` and the task's own of a split.

    Of whole stories the first `gold` keep their formulas, all where it is None; they are of
    `gold_split` where that is named. What was left out is counted aloud. Raises `UsageError` for an
    unknown data set or split, or a file that cannot be read.
    """
    check_gold(gold, gold_split, size=size)
    if gold_split in (None, split) or not gold:
        corpus = load_corpus(arguments, split=split, size=size, seed=seed)
        corpus = corpus if gold is None else _with_gold(corpus, gold)
    else:
        corpus = _from_two_splits(arguments, gold_split, gold, split=split, size=size, seed=seed)
    task = corpus.rows[0].task if corpus.rows else None
    examples = load_examples(arguments, seed=seed)
    try:
        rows = corpus.to_dataset(
            template(arguments, task),
            chat=arguments.chat,
            examples=examples,
        )
    except DataError as error:
        raise UsageError(str(error)) from error
    if not quiet:
        heading = f"{name_of(arguments)} {split}: {len(rows):,} rows"
        if examples:
            heading += f", after {len(examples)} examples each"
        announce(heading, corpus)
    return rows


def check_gold(gold: int | None, gold_split: str | None, *, size: int | None) -> None:
    """Raise `UsageError` for a number of stories with formulas that makes no sense."""
    if gold is not None and gold < 0:
        raise UsageError(f"gold_rows must be 0 or more, got {gold}")
    if gold_split is not None and gold is None:
        raise UsageError(
            f"gold_split is {gold_split}: gold_rows says how many of its stories to take"
        )
    if gold_split is not None and gold is not None and size is not None and gold >= size:
        raise UsageError(
            f"gold_rows is {gold:,}; allowed with gold_split: less than train_size, which is {size:,} "
            "and counts both kinds"
        )


def _with_gold(corpus: Corpus[Any], gold: int) -> Corpus[StoryTranslation]:
    """The stories, the first `gold` with their formulas and the others with their label alone."""
    for row in corpus:
        if not isinstance(row, StoryTranslation):
            raise UsageError(f"gold_rows applies to the task story, not to {row.task}")
    rows = [
        row if place < gold else row.without_formulas() for place, row in enumerate(corpus.rows)
    ]
    return replace(corpus, rows=rows)


def _from_two_splits(
    arguments: DataArguments,
    gold_split: str,
    gold: int,
    *,
    split: str | None,
    size: int | None,
    seed: int,
) -> Corpus[Any]:
    """So many stories of one split, and then those of the other with their labels alone; `size` together."""
    known = _with_gold(load_corpus(arguments, split=gold_split, size=gold, seed=seed), gold)
    if len(known) < gold:
        console.print(f"[dim]gold_rows: {gold_split} has {len(known):,} of {gold:,}[/]")
    rest = None if size is None else size - len(known)
    others = _with_gold(load_corpus(arguments, split=split, size=rest, seed=seed), 0)
    return replace(
        others,
        rows=[*known.rows, *others.rows],
        quarantined=[*known.quarantined, *others.quarantined],
        repaired=[*known.repaired, *others.repaired],
    )


def load_examples(arguments: DataArguments, *, seed: int, task: str | None = None) -> list[Record]:
    """The solved examples that stand before each prompt: of train, or of a file.

    They are of the task named here, or else of that of the arguments.
    Raises `UsageError` for too few rows, and as `load_rows` does.
    """
    if arguments.examples is None:
        return []
    count = number_of_examples(arguments.examples)
    if count is None:
        named = _from_file(arguments)
        return load_corpus(named, split="all", size=None, seed=seed, task=task).rows
    train = first_split(
        arguments.dataset,
        ("train",),
        task=task or arguments.task,
        path=arguments.dataset_path,
    )
    rows = load_corpus(arguments, split=train, size=None, seed=seed, task=task).rows
    if len(rows) < count:
        raise UsageError(f"examples: {train} has {len(rows):,} rows, and {count:,} are to be drawn")
    return random.Random(seed).sample(rows, count)


def _from_file(arguments: DataArguments) -> DataArguments:
    """The same arguments, with the file of examples in the place of the data set."""
    task = arguments.task or data.tasks(arguments.dataset)[0]
    return replace(
        arguments,
        dataset=OWN,
        dataset_path=arguments.examples,
        dataset_settings=None,
        task=task,
    )


def answer_ends(
    arguments: DataArguments, asked: Sequence[Any], *, task: str | None = None
) -> tuple[str, ...]:
    """The texts that end an answer to one of the prompts, which are of one form.

    They are those that the arguments name; else, for a base model, what the template begins with.
    """
    if arguments.stop is not None:
        return tuple(arguments.stop)
    if not asked or not isinstance(asked[0], str):  # a chat model ends its turn
        return ()
    task = task or arguments.task or data.tasks(arguments.dataset)[0]
    chosen = prompts.choose(task, template(arguments, task))
    if prompts.opening(chosen) not in asked[0]:  # rows with prompts of their own
        return ()
    return prompts.stops(chosen, examples=arguments.examples is not None)


def load_corpus(
    arguments: DataArguments,
    *,
    split: str | None,
    size: int | None,
    seed: int,
    task: str | None = None,
) -> Corpus[Any]:
    """The records of a split, of the task that the arguments name where none is named here.

    Raises `UsageError` as `load_rows` does.
    """
    assert split is not None, "`place_rows` chooses one"
    settings = arguments.dataset_settings
    try:
        return data.load(
            arguments.dataset,
            split=split,
            task=task or arguments.task,
            path=arguments.dataset_path,
            size=size,
            seed=seed,
            columns=arguments.columns if isinstance(arguments.columns, dict) else None,
            predictions=arguments.predictions,
            domain=arguments.domain,
            dialect=arguments.dialect,
            settings=settings if isinstance(settings, dict) else None,
        )
    except (DataError, FileNotFoundError) as error:
        raise UsageError(str(error)) from error


def name_of(arguments: DataArguments) -> str:
    """What the data set is called, or where a user's own is."""
    return str(arguments.dataset_path if arguments.dataset == OWN else arguments.dataset)


def place_rows(resolved: dict[str, Any], options: type[DataArguments]) -> None:
    """Say in a stage's keys where its rows are: a path or a hub name is that of a user's `own`.

    A split that is left open is the first of the stage's that is there. Raises `UsageError` for a
    data set that there is not.
    """
    name = resolved["dataset"]
    if is_place(name):
        if resolved["dataset_path"] is not None:
            raise UsageError(f"say dataset or dataset_path, not both: {name} is a place already")
        resolved["dataset"], resolved["dataset_path"] = OWN, name
    if resolved["dataset"] == OWN:
        resolved["task"] = resolved["task"] or options.own_task
    try:
        data.tasks(resolved["dataset"])
    except DataError as error:
        raise UsageError(f"dataset: {error}") from None
    for key in ("train_split", "split"):
        if key in resolved and resolved[key] is None:
            resolved[key] = first_split(
                resolved["dataset"],
                options.splits,
                task=resolved["task"],
                path=resolved["dataset_path"],
            )


def announce(heading: str, corpus: Corpus[Any]) -> None:
    """Say what was loaded, and of some rows why they were left out."""
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
        seed=seed_of_rows(config),
        gold=options.gold_rows,
        gold_split=options.gold_split,
        quiet=quiet,
    )


def seed_of_rows(config: TrainingConfig[TrainingArguments, Any]) -> int:
    """What draws the rows of a training: its `data_seed`, which also orders them, or else its `seed`."""
    arguments = config.arguments.trainer
    return arguments.seed if arguments.data_seed is None else arguments.data_seed


def load_held_out(options: HeldOutArguments, *, quiet: bool = False) -> Dataset:
    """The rows that an evaluation's options name."""
    return load_rows(
        options, split=options.split, size=options.size, seed=options.seed, quiet=quiet
    )
