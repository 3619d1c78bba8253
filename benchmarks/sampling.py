"""What does sampling under the grammar bring, and what does it cost?

    python benchmarks/sampling.py [--model PATH] [--steps 160] [--size 300] [--n 8]

Without --model, the tiny model is built and warmed up for so many steps of SFT, an early checkpoint. Each way of
sampling answers the same held-out sentences of the synthetic corpus. A vote takes the answer that most of n samples
are logically equivalent to (the first of them is the greedy one); "any right" is the most that a choice among them
could reach. What is no formula under the grammar alone (a name with two arities, an answer cut off by the token
limit) is cut back, and counted in a column.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

import data
import logic
from alignment.models import load_tokenizer
from alignment.sampling import Sampler, cut_back, grammars, make_sampler, reference_signatures
from pipelines.stages.evaluate import measure
from pipelines.translate import choose

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "pipelines" / "configs" / "tiny.yaml"
WAYS = {
    "free, greedy": ("none", 1),
    "grammar, greedy": ("formula", 1),
    "signature, greedy": ("signature", 1),
    "free, vote of {n}": ("none", 0),
    "grammar, vote of {n}": ("formula", 0),
    "signature, vote of {n}": ("signature", 0),
}


@dataclass(frozen=True)
class Outcome:
    """What one way of sampling gave: for each sentence the answer chosen and all of them, and the seconds it took."""

    answers: list[str]
    confidences: list[float]
    texts: list[list[str]]
    cut: float
    seconds: float


def train(folder: Path, steps: int) -> Path:
    """An early checkpoint of the default run's SFT stage."""
    command = [
        sys.executable,
        "-m",
        "pipelines.cli",
        "sft",
        "--config",
        str(CONFIG),
        "--output_dir",
        str(folder),
    ]
    subprocess.run(
        [*command, "--max_steps", str(steps)], check=True, cwd=ROOT, env=dict(os.environ)
    )
    return folder / "sft" / "model"


def answer(
    sampler: Sampler,
    rows: Sequence[data.Translation],
    kind: str,
    n: int,
    options: argparse.Namespace,
) -> Outcome:
    """Answers of one kind, n to a sentence, in batches; the greedy one comes first."""
    prompts = [data.PROMPT.format(sentence=row.sentence) for row in rows]
    signatures = (
        reference_signatures([row.formula for row in rows]) if kind == "signature" else None
    )
    chosen = grammars(kind, len(rows), signatures=signatures)
    raw: list[list[str]] = []
    start = time.perf_counter()
    step = max(1, 256 // n)
    for first in track(range(0, len(rows), step), description=f"{kind} {n}", transient=True):
        part = slice(first, first + step)
        own = None if chosen is None else chosen[part]
        settings = {"max_tokens": options.max_tokens, "grammars": own}
        found = sampler.sample(prompts[part], temperature=0.0, **settings)
        if n > 1:
            drawn = sampler.sample(
                prompts[part], n=n - 1, temperature=options.temperature, seed=first, **settings
            )
            found = [one + rest for one, rest in zip(found, drawn, strict=True)]
        raw += found
    seconds = time.perf_counter() - start
    texts = raw if kind == "none" else [[cut_back(text) for text in own] for own in raw]
    cut = sum(
        text != whole
        for own, kept in zip(raw, texts, strict=True)
        for text, whole in zip(own, kept, strict=True)
    )
    chosen_ones = [choose(own) for own in texts]
    answers = [
        own[0] if n == 1 else one["formula"] or ""
        for own, one in zip(texts, chosen_ones, strict=True)
    ]
    return Outcome(
        answers, [one["confidence"] for one in chosen_ones], texts, cut / (n * len(rows)), seconds
    )


def scored(rows: Sequence[data.Translation], answers: list[str]) -> list[float | None]:
    return logic.score(candidates=answers, references=[row.formula for row in rows])


def any_right(rows: Sequence[data.Translation], texts: list[list[str]]) -> float:
    """Share of sentences with at least one right answer: the most that any choice among them could reach."""
    places = [place for place, own in enumerate(texts) for _ in own]
    scores = scored([rows[place] for place in places], [text for own in texts for text in own])
    return len({place for place, score in zip(places, scores, strict=True) if score == 1.0}) / len(
        rows
    )


def by_confidence(rows: Sequence[data.Translation], outcome: Outcome) -> str:
    """The share of right answers where more, and where fewer, of the samples agree."""
    parts = []
    scores = scored(rows, outcome.answers)
    for low, high in ((0.0, 0.5), (0.5, 0.8), (0.8, 1.01)):
        held = [
            score == 1.0
            for score, sure in zip(scores, outcome.confidences, strict=True)
            if low <= sure < high
        ]
        if held:
            parts.append(
                f"{low:.0%} to {min(high, 1):.0%}: {sum(held) / len(held):.1%} of {len(held)}"
            )
    return "; ".join(parts)


def measured(rows: Sequence[data.Translation], answers: list[str]) -> dict[str, float | int]:
    scores = scored(rows, answers)
    return measure([
        {"sentence": row.sentence, "reference": row.formula, "formula": logic.read_answer(text).formula, "score": score}
        for row, text, score in zip(rows, answers, scores, strict=True)
    ])  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, help="a trained model; without it one is trained")
    parser.add_argument("--steps", type=int, default=160, help="steps of SFT (default 160)")
    parser.add_argument("--size", type=int, default=300, help="held-out sentences (default 300)")
    parser.add_argument("--n", type=int, default=8, help="samples of a vote (default 8)")
    parser.add_argument(
        "--temperature",
        type=float,
        default=0.8,
        help="of the samples after the first (default 0.8)",
    )
    parser.add_argument("--max_tokens", type=int, default=96)
    parser.add_argument("--backend", choices=("transformers", "vllm"), default="transformers")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model = options.model or train(Path(folder), options.steps)
        report(model, options)


def report(model: Path, options: argparse.Namespace) -> None:
    rows = data.load("synthetic", split="test", size=options.size).rows
    tokenizer = load_tokenizer(model)
    sampler = make_sampler(options.backend, model, batch_size=256)
    sampler.sample(["Sentence:"], max_tokens=2)  # load, outside the times
    table = Table(title=f"{len(rows)} held-out sentences, {options.backend}, {model}")
    for column in (
        "sampling",
        "readable",
        "cut back",
        "equivalent",
        "±",
        "any right",
        "mean score",
        "tokens/s",
    ):
        table.add_column(column, justify="left" if column == "sampling" else "right")
    notes: list[str] = []
    for name, (kind, single) in WAYS.items():
        n = single or options.n
        outcome = answer(sampler, rows, kind, n, options)
        metrics = measured(rows, outcome.answers)
        texts = [text for own in outcome.texts for text in own]
        tokens = sum(len(ids) + 1 for ids in tokenizer(texts)["input_ids"])
        table.add_row(
            name.format(n=n), f"{metrics['readable']:.1%}", f"{outcome.cut:.1%}" if kind != "none" else "",
            f"{metrics['equivalent']:.1%}", f"{100 * metrics['margin']:.1f}", f"{any_right(rows, outcome.texts):.1%}",
            f"{metrics['score']:.3f}", f"{tokens / outcome.seconds:,.0f}",
        )  # fmt: skip
        if n > 1:
            notes.append(f"{name.format(n=n)}, right by confidence: {by_confidence(rows, outcome)}")
    sampler.close()
    console = Console(width=120, highlight=False)
    console.print(table)
    for note in notes:
        console.print(note)


if __name__ == "__main__":
    main()
