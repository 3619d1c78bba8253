"""Answers of a model to held-out prompts, greedy and sampled, kept on disk."""

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
    """One answer to each prompt; "" where it is too long for the model. See `held_out_answers`."""
    return [
        first for first, *_ in held_out_answers(own, name, model, prompts, path, grammar=grammar)
    ]


def held_out_answers(
    own: Any,
    name: str,
    model: str,
    prompts: Sequence[Any],
    path: Path,
    *,
    samples: int = 0,
    grammar: str = "none",
) -> list[list[str]]:
    """The greedy answer to each prompt and then so many sampled ones; "" where it is too long for the model.

    `path` keeps them, one line {"completion": ..., "sampled": [...]} for each prompt, and is read instead where it is
    whole. `own.temperature` is that of the sampled ones. Raises UsageError where the model, vLLM or a chat template is
    not there.
    """
    done = [[row["completion"], *row.get("sampled", ())] for row in read_jsonl(path)]
    if len(done) == len(prompts):
        return done
    from alignment.sampling import constrained

    draws: list[dict[str, Any]] = [{"n": 1, "temperature": 0.0}]
    if samples:
        draws.append({"n": samples, "temperature": own.temperature})
    sampler = open_sampler(own.backend, model, seed=own.seed, batch_size=own.batch_size)
    try:
        texts = render_prompts(sampler, prompts)
        too_long = set(sampler.too_long(texts, own.max_tokens))
        fitting = [place for place in range(len(texts)) if place not in too_long]
        answers = [[""] * (1 + samples) for _ in texts]
        with progress() as bar:
            task = bar.add_task(name, total=len(texts), completed=len(too_long), note="")
            for start in range(0, len(fitting), own.batch_size):
                chunk = fitting[start : start + own.batch_size]
                found: list[list[str]] = [[] for _ in chunk]
                for draw in draws:
                    drawn = sampler.sample(
                        [texts[place] for place in chunk],
                        max_tokens=own.max_tokens,
                        seed=own.seed + start,
                        grammars=constrained.grammars(grammar, len(chunk)),
                        **draw,
                    )
                    found = [one + more for one, more in zip(found, drawn, strict=True)]
                for place, completions in zip(chunk, found, strict=True):
                    whole = (
                        completions if grammar == "none" else map(constrained.cut_back, completions)
                    )
                    answers[place] = list(whole)
                bar.update(task, advance=len(chunk))
    finally:
        sampler.close()
    write_jsonl(
        path,
        [{"completion": first} | ({"sampled": rest} if rest else {}) for first, *rest in answers],
    )
    return answers
