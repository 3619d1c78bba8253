"""Judged samples of a model, for the stages that learn from what it writes.

They are kept on disk, so that sampling can go on where it was killed.
"""

from __future__ import annotations

import contextlib
import json
import operator
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from accelerate import PartialState

from alignment.sampling import Sampler, SamplingSettings, sample_fitting
from pipelines.config.arguments import RolloutArguments
from pipelines.config.corpus import answer_ends
from pipelines.console import console, progress
from pipelines.errors import UsageError
from pipelines.judging.answerer import open_sampler, render_prompts
from pipelines.judging.answers import check_backend
from pipelines.rundir.files import read_jsonl, write_jsonl
from pipelines.training.rewards import Reward, build_reward

if TYPE_CHECKING:
    from datasets import Dataset


class Scored(NamedTuple):
    """A sampled completion and its score."""

    score: float
    text: str


def rollout_reward(options: RolloutArguments, trainer: Any = None) -> Reward:
    """The reward that judges samples.

    Raises `UsageError` for one there is not, and for what does not go with samples drawn beforehand.
    """
    if options.reward_transform != "none":
        raise UsageError(
            f"reward_transform: {options.reward_transform} compares with samples of the start "
            "model, which sgrpo and rloo draw; here it must be none"
        )
    if weighed := [text for text in options.reward_constraints if "=" in text]:
        raise UsageError(
            f"reward_constraints: {weighed[0]} has a weight that moves in training, which sgrpo and "
            "rloo do; here name the reward alone"
        )
    check_backend(options.backend)
    return build_reward(options, trainer=trainer)


def as_completion(row: dict[str, Any], text: str) -> Any:
    """A sampled text in the form that the row's reference answer has: text, or messages."""
    return text if isinstance(row["completion"], str) else [{"role": "assistant", "content": text}]


@dataclass(frozen=True)
class Rollout:
    """Who samples, how, and who judges; `title` names it beside the progress bar.

    A score is one number, or what else the reward returns for a completion.
    """

    model: str
    options: RolloutArguments
    seed: int
    reward: Callable[..., list[Any]]
    title: str

    def samples(self, path: Path, rows: Dataset) -> list[dict[str, Any]]:
        """Completions of each row's prompt with their scores, None where none could be told.

        One line of `path` for each row, in order: {"completions": [...], "scores": [...]}, both
        empty where the prompt is too long for the model. What `path` holds is kept, so a call that
        was killed goes on, to the same result.
        """
        with PartialState().main_process_first():  # the other processes then find it on disk
            samples = read_jsonl(path, keys=("completions", "scores"))
            if len(samples) < len(rows):
                # A batch has one seed, so one that was cut off is sampled again as a whole.
                whole = len(samples) - len(samples) % self.options.batch_size
                samples = samples[:whole]
                write_jsonl(path, samples)
                samples += self._sample_from(len(samples), path, rows)
        too_long = sum(not row["completions"] for row in samples)
        if too_long:
            console.print(
                f"[dim]{self.title}: {too_long:,} prompts are too long for the model "
                "and are left out[/]"
            )
        return samples

    def _sample_from(self, first: int, path: Path, rows: Dataset) -> list[dict[str, Any]]:
        """Sample and judge the rows from the `first` on, appending to `path` batch by batch."""
        size = self.options.batch_size
        samples: list[dict[str, Any]] = []
        sampler = open_sampler(
            self.options.backend,
            self.model,
            seed=self.seed,
            batch_size=size * self.options.samples,
        )
        with (
            contextlib.closing(sampler),
            progress() as bar,
            path.open("a", encoding="utf-8", errors="backslashreplace") as stream,
        ):
            task = bar.add_task(
                self.title,
                total=len(rows),
                completed=first,
                note="",
            )
            for start in range(first, len(rows), size):
                end = min(len(rows), start + size)
                batch = rows.select(range(start, end))
                for row in _sample(sampler, batch, self.options, self.seed + start, self.reward):
                    samples.append(row)
                    stream.write(json.dumps(row, ensure_ascii=False) + "\n")
                stream.flush()
                bar.update(task, advance=len(batch))
        return samples


def _sample(
    sampler: Sampler,
    rows: Dataset,
    options: RolloutArguments,
    seed: int,
    reward: Callable[..., list[Any]],
) -> list[dict[str, list[Any]]]:
    draw = SamplingSettings(
        n=options.samples,
        temperature=options.temperature,
        top_p=options.top_p,
        top_k=options.top_k,
        max_tokens=options.max_tokens,
        stop=answer_ends(options, rows["prompt"]),
    )
    prompts = render_prompts(sampler, rows["prompt"])
    completions = [texts or [] for texts in sample_fitting(sampler, prompts, draw, seed=seed)]
    scores = iter(score(reward, rows, completions))
    return [
        {"completions": texts, "scores": [next(scores) for _ in texts]} for texts in completions
    ]


def score(
    reward: Callable[..., list[Any]], rows: Dataset, completions: list[list[str]]
) -> list[Any]:
    """The scores of all completions in one call, as TRL makes it: one row for each completion.

    Prompts that are messages stay messages: in the text that a chat template makes of them, a
    reward could not tell the last message.
    """
    places = [place for place, texts in enumerate(completions) for _ in texts]
    if not places:
        return []
    columns = {
        name: [rows[name][place] for place in places]
        for name in rows.column_names
        if name not in ("prompt", "completion")
    }
    all_rows = list(rows)
    answers = [
        as_completion(row, text)
        for row, texts in zip(all_rows, completions, strict=True)
        for text in texts
    ]
    return reward(
        [all_rows[place]["prompt"] for place in places],
        answers,
        **columns,
    )


def extremes(samples: dict[str, Any]) -> tuple[Scored, Scored] | None:
    """The best and the worst completion of a row, the first of equals; None if none was judged."""
    judged = [
        Scored(score, text)
        for score, text in zip(samples["scores"], samples["completions"], strict=True)
        if score is not None
    ]
    if not judged:
        return None
    by_score = operator.attrgetter("score")
    return max(judged, key=by_score), min(judged, key=by_score)
