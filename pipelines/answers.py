"""Greedy answers of a model to held-out prompts, kept on disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipelines.console import progress
from pipelines.files import read_jsonl, write_jsonl
from pipelines.rollouts import open_sampler
from pipelines.stages.evaluate import render_prompts


def greedy_answers(
    own: Any, name: str, model: str, prompts: Sequence[Any], path: Path, grammar: str = "none"
) -> list[str]:
    """One answer to each prompt; "" where it is too long for the model.

    `path` keeps them, one line {"completion": ...} for each, and is read instead where it is whole. Raises UsageError
    where the model, vLLM or a chat template is not there.
    """
    done = [row["completion"] for row in read_jsonl(path)]
    if len(done) == len(prompts):
        return done
    from alignment import constrained

    sampler = open_sampler(own.backend, model, seed=own.seed, batch_size=own.batch_size)
    try:
        texts = render_prompts(sampler, prompts)
        too_long = set(sampler.too_long(texts, own.max_tokens))
        fitting = [place for place in range(len(texts)) if place not in too_long]
        answers = [""] * len(texts)
        with progress() as bar:
            task = bar.add_task(name, total=len(texts), completed=len(too_long), note="")
            for start in range(0, len(fitting), own.batch_size):
                chunk = fitting[start : start + own.batch_size]
                found = sampler.sample(
                    [texts[place] for place in chunk],
                    temperature=0.0,
                    max_tokens=own.max_tokens,
                    grammars=constrained.grammars(grammar, len(chunk)),
                )
                for place, (text,) in zip(chunk, found, strict=True):
                    answers[place] = text if grammar == "none" else constrained.cut_back(text)
                bar.update(task, advance=len(chunk))
    finally:
        sampler.close()
    write_jsonl(path, [{"completion": answer} for answer in answers])
    return answers
