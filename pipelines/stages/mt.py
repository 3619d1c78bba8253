"""Translation between languages: corpus BLEU, and COMET where it is installed, for each direction."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from pipelines.answers import greedy_answers
from pipelines.config import StageConfig
from pipelines.corpus import load_held_out
from pipelines.errors import UsageError
from pipelines.files import write_jsonl
from pipelines.rundir import RunDir
from pipelines.stages.evaluate import judge_models


def main(config: StageConfig) -> list[RunDir]:
    """Judge the translations of each model; the results land in `<output_dir>/<section>/<name>`."""
    check(config)
    return judge_models(config, _judge, summary)


def check(config: StageConfig) -> None:
    """`UsageError` where COMET is asked for and not installed."""
    from alignment.metrics.comet import NO_COMET, comet_installed

    (own,) = config.arguments
    if own.comet not in (None, "none") and not comet_installed():
        raise UsageError(f"comet: {NO_COMET}; or leave it out for BLEU alone")


def _judge(own: Any, name: str, model: str, run: RunDir) -> dict[str, Any]:
    from alignment.metrics.bleu import corpus_bleu
    from alignment.metrics.comet import COMET_MODEL, Comet, comet_installed

    rows = load_held_out(own)
    if "to_language" not in rows.column_names:
        raise UsageError(
            f"{own.dataset} has no pairs of texts; a data set of the task mt is needed"
        )
    answers = [
        text.strip()
        for text in greedy_answers(own, name, model, rows["prompt"], run.path / "answers.jsonl")
    ]
    comet: list[float | None] = [None] * len(answers)
    if own.comet != "none" and comet_installed():
        try:
            comet = list(Comet(own.comet or COMET_MODEL)(rows["text"], answers, rows["reference"]))
        except ValueError as error:
            raise UsageError(f"comet: {error}") from None
    samples = [
        {
            "direction": f"{row['from_language']}-{row['to_language']}",
            "text": row["text"],
            "completion": answer,
            "reference": row["reference"],
            "comet": score,
        }
        for row, answer, score in zip(rows, answers, comet, strict=True)
    ]
    write_jsonl(run.path / "samples.jsonl", samples)
    directions: dict[str, Any] = {}
    for direction in sorted({row["direction"] for row in samples}):
        own_rows = [row for row in samples if row["direction"] == direction]
        scores = [row["comet"] for row in own_rows if row["comet"] is not None]
        texts, references = ([row[key] for row in own_rows] for key in ("completion", "reference"))
        directions[direction] = {
            "items": len(own_rows),
            "bleu": corpus_bleu(texts, references),
            "comet": sum(scores) / len(scores) if scores else None,
            "same_words": sum(
                a.split() == b.split() for a, b in zip(texts, references, strict=True)
            )
            / len(own_rows),
        }
    return {"split": own.split, "items": len(samples), "directions": directions}


def summary(metrics: dict[str, Any]) -> str:
    """The BLEU of one model in a line."""
    return ", ".join(
        f"{name} BLEU {100 * one['bleu']:.1f}" for name, one in metrics["directions"].items()
    )


def table(found: dict[str, dict[str, Any]]) -> Table:
    """One row for each model, three columns for each direction; COMET where it was measured."""
    items = max((metrics["items"] for metrics in found.values()), default=0)
    shown = Table(title=f"{items} held-out texts")
    shown.add_column("model")
    directions = sorted({name for metrics in found.values() for name in metrics["directions"]})
    for direction in directions:
        for measure in ("BLEU", "COMET", "word for word"):
            shown.add_column(f"{direction} {measure}", justify="right")
    for name, metrics in found.items():
        cells = []
        for direction in directions:
            one = metrics["directions"][direction]
            comet = "" if one["comet"] is None else f"{100 * one['comet']:.1f}"
            cells += [f"{100 * one['bleu']:.1f}", comet, f"{one['same_words']:.1%}"]
        shown.add_row(name, *cells)
    return shown
