"""What does sampling under the grammar bring, and what does it cost?

    python benchmarks/sampling.py [--model PATH] [--steps 160] [--size 300] [--n 8]

Without --model, the tiny model is built and warmed up for so many steps of SFT, an early checkpoint. Each way of
sampling answers the same held-out sentences of the synthetic corpus. A vote takes the answer that most of n samples
are logically equivalent to (the first of them is the greedy one); "any right" is the most that a choice among them
could reach. What is no formula under the grammar alone (a name with two arities, an answer cut off by the token
limit) is cut back, and counted in a column. Then: how many votes are accepted, and right, where so many samples must
agree; and what the model makes of what a solver says of its first answer.
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
from alignment.checking import remarked
from alignment.models import load_tokenizer
from alignment.sampling import Sampler, cut_back, grammars, make_sampler, reference_signatures
from logic.signatures.signature import signature
from pipelines.commands.translating.choosing import choose
from pipelines.commands.translating.translator import continued
from pipelines.judging.intervals import wilson
from pipelines.stages.evaluate import measure

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


AGREEMENT = (0.0, 0.25, 0.5, 0.625, 0.75, 0.875, 1.0)
FEEDBACK = (
    ("what needs no reference", False, False),
    ("the same, with the names of the reference as those allowed", True, False),
    ("the same, and a world in which it fails", True, True),
)
"""What is told of a first answer: a title, whether with the reference's names, and whether by the reference."""


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


def accepting(rows: Sequence[data.Translation], outcome: Outcome) -> Table:
    """Accuracy against coverage: the votes accepted on which a share of the samples agrees."""
    rights = [score == 1.0 for score in scored(rows, outcome.answers)]
    table = Table(title="votes that are accepted, of how many sentences, and how many are right")
    for column in ("samples that agree, at least", "accepted", "right", "95 %"):
        table.add_column(column, justify="right")
    for share in AGREEMENT:
        held = [
            right for right, sure in zip(rights, outcome.confidences, strict=True) if sure >= share
        ]
        if held:
            low, high = wilson(sum(held) / len(held), len(held))
            accepted, right = len(held) / len(rows), sum(held) / len(held)
            interval = f"{100 * low:.0f} to {100 * high:.0f}"
            table.add_row(f"{share:.0%}", f"{accepted:.1%}", f"{right:.1%}", interval)
    return table


def attempts(
    sampler: Sampler, rows: Sequence[data.Translation], options: argparse.Namespace
) -> Table:
    """The greedy answer, and the one after what a solver says of it: without, and with the reference."""
    asked = [data.PROMPT.format(sentence=row.sentence) for row in rows]
    settings = {"temperature": 0.0, "max_tokens": options.max_tokens}
    first = [texts[0] for texts in sampler.sample(asked, **settings)]
    names = [signature(logic.parse(row.formula)).to_line() for row in rows]
    table = Table(title="the first answer, and the last of two")
    for column in (
        "what is told",
        "answered again",
        "first right",
        "last right",
        "repaired",
        "broken",
    ):
        table.add_column(column, justify="left" if column == "what is told" else "right")
    before = [score == 1.0 for score in scored(rows, first)]
    for title, own, reference in FEEDBACK:
        said = remarked(
            first,
            names if own else [None] * len(rows),
            [None] * len(rows),
            references=[row.formula if reference else None for row in rows],
        )
        places = [place for place, text in enumerate(said) if text]
        prompts = [
            continued(asked[place], first[place], said[place] or "", asked[place])
            for place in places
        ]
        last = list(first)
        for place, texts in zip(places, sampler.sample(prompts, **settings), strict=True):
            if logic.read_answer(texts[0]).formula is not None:
                last[place] = texts[0]
        after = [score == 1.0 for score in scored(rows, last)]
        pairs = list(zip(before, after, strict=True))
        shares = [sum(before), sum(after), pairs.count((False, True)), pairs.count((True, False))]
        table.add_row(title, *[f"{count / len(rows):.1%}" for count in (len(places), *shares)])
    return table


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
    accepted: dict[str, Table] = {}
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
            accepted[name.format(n=n)] = accepting(rows, outcome)
    again = attempts(sampler, rows, options)
    sampler.close()
    console = Console(width=120, highlight=False)
    console.print(table)
    for name, found in accepted.items():
        console.print(f"{name}:", found)
    console.print(again)


if __name__ == "__main__":
    main()
