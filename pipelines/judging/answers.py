"""Answers of a model to held-out prompts, greedy and sampled, kept on disk."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alignment.sampling import constrained
from pipelines.config.arguments import HeldOutArguments
from pipelines.console import progress
from pipelines.judging.sampling import GREEDY, Draw, open_sampler, render_prompts, sample_fitting
from pipelines.rundir.files import read_jsonl, write_jsonl


def greedy_answers(
    options: HeldOutArguments,
    name: str,
    model: str,
    prompts: Sequence[Any],
    path: Path,
    grammar: str = "none",
) -> list[str]:
    """One answer to each prompt; "" where it is too long for the model. See `held_out_answers`."""
    answers = held_out_answers(options, name, model, prompts, path, grammar=grammar)
    return [greedy for greedy, *_ in answers]


def held_out_answers(
    options: HeldOutArguments,
    name: str,
    model: str,
    prompts: Sequence[Any],
    path: Path,
    *,
    sampled: Draw | None = None,
    grammar: str = "none",
) -> list[list[str]]:
    """The greedy answer to each prompt and then those of `sampled`; "" where it is too long.

    `path` keeps them, one line {"completion": ..., "sampled": [...]} for each prompt, and is read
    instead where it is whole. Raises `UsageError` where the model, vLLM or a chat template is not
    there.
    """
    answers = [[row["completion"], *row.get("sampled", ())] for row in read_jsonl(path)]
    if len(answers) == len(prompts):
        return answers
    draws = [GREEDY] if sampled is None else [GREEDY, sampled]
    sampler = open_sampler(options.backend, model, seed=options.seed, batch_size=options.batch_size)
    with contextlib.closing(sampler), progress() as bar:
        texts = render_prompts(sampler, prompts)
        task = bar.add_task(name, total=len(texts), note="")
        answers = sample_fitting(
            sampler,
            texts,
            draws,
            max_tokens=options.max_tokens,
            seed=options.seed,
            batch_size=options.batch_size,
            grammars=constrained.grammars(grammar, len(texts)),
            advance=functools.partial(bar.advance, task),
        )
    nothing = [""] * sum(draw.n for draw in draws)
    answers = [completions or nothing for completions in answers]
    if grammar != "none":
        answers = [[constrained.cut_back(text) for text in completions] for completions in answers]
    write_jsonl(path, [_row(completions) for completions in answers])
    return answers


def _row(completions: list[str]) -> dict[str, Any]:
    greedy, *sampled = completions
    return {"completion": greedy} | ({"sampled": sampled} if sampled else {})


def same_words(texts: list[str], references: list[str]) -> float:
    """The share of texts that are their references word for word."""
    same = [
        text.split() == reference.split() for text, reference in zip(texts, references, strict=True)
    ]
    return sum(same) / len(same)
