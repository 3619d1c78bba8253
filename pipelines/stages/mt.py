"""Translation between languages: BLEU, and COMET where it is installed, for each direction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

from pipelines.config.arguments import MTArguments
from pipelines.config.corpus import answer_ends, load_held_out
from pipelines.config.stage_config import JudgingConfig
from pipelines.errors import UsageError
from pipelines.judging.answers import greedy_answers
from pipelines.judging.intervals import with_margin
from pipelines.judging.stage import JudgingStage
from pipelines.judging.translations import check_comet, comet_scores, measure_direction
from pipelines.rundir.directory import RunDir
from pipelines.rundir.files import write_jsonl
from pipelines.stage import Metrics

if TYPE_CHECKING:
    from datasets import Dataset

MEASURES = ("BLEU", "COMET", "word for word")


class MT(JudgingStage[MTArguments]):
    """Translations of held-out texts."""

    name = "mt"
    options = MTArguments

    def check(self, config: JudgingConfig[MTArguments]) -> None:
        """`UsageError` where COMET is asked for and not installed."""
        if config.arguments.options.comet not in (None, "none"):
            check_comet()

    def judge(self, options: MTArguments, name: str, model: str, run: RunDir) -> Metrics:
        rows = load_held_out(options)
        if "to_language" not in rows.column_names:
            raise UsageError(
                f"{options.dataset} has no pairs of texts; a data set of the task mt is needed"
            )
        answers = greedy_answers(
            options,
            name,
            model,
            rows["prompt"],
            run.path / "answers.jsonl",
            stop=answer_ends(options, rows["prompt"]),
        )
        translations = [answer.strip() for answer in answers]
        scores = comet_scores(
            options.comet,
            rows["text"],
            translations,
            rows["reference"],
        )
        samples = _samples(rows, translations, scores)
        write_jsonl(run.path / "samples.jsonl", samples)
        by_direction: dict[str, list[dict[str, Any]]] = {}
        for sample in samples:
            by_direction.setdefault(sample["direction"], []).append(sample)
        return {
            "split": options.split,
            "items": len(samples),
            "directions": {
                direction: measure_direction(direction, by_direction[direction])
                for direction in sorted(by_direction)
            },
        }

    def summary(self, metrics: Metrics) -> str:
        return ", ".join(
            f"{direction} {_in_words(measures)}"
            for direction, measures in metrics["directions"].items()
        )

    def table(self, results: dict[str, Metrics]) -> Table:
        """Three columns for each direction; COMET where it was measured."""
        items = max((metrics["items"] for metrics in results.values()), default=0)
        directions = sorted(
            {name for metrics in results.values() for name in metrics["directions"]}
        )
        table = Table(title=f"{items} held-out texts; ± half of the 95 % interval")
        table.add_column("model")
        for direction in directions:
            for measure in MEASURES:
                table.add_column(f"{direction} {measure}", justify="right")
        for name, metrics in results.items():
            cells: list[str] = []
            for direction in directions:
                cells += _cells(metrics["directions"][direction])
            table.add_row(name, *cells)
        return table


def _in_words(measures: dict[str, Any]) -> str:
    words = f"BLEU {100 * measures['bleu']:.1f}"
    if "sacrebleu" in measures:
        words += f" (nltk; sacrebleu {100 * measures['sacrebleu']:.1f})"
    return words


def _cells(measures: dict[str, Any]) -> list[str]:
    comet = measures["comet"]
    return [
        with_margin(measures["bleu"], measures.get("bleu_margin")).replace("%", ""),
        "" if comet is None else with_margin(comet, measures.get("comet_margin")).replace("%", ""),
        with_margin(measures["same_words"], measures.get("same_words_margin")),
    ]


def _samples(
    rows: Dataset, translations: list[str], scores: list[float | None]
) -> list[dict[str, Any]]:
    return [
        {
            "direction": f"{row['from_language']}-{row['to_language']}",
            "text": row["text"],
            "completion": translation,
            "reference": row["reference"],
            "comet": score,
        }
        for row, translation, score in zip(rows, translations, scores, strict=True)
    ]


STAGE = MT()
