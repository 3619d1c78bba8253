"""What `make real` found, in tables: every model beside the others, with intervals and paired tests.

    python benchmarks/real.py RUN [--sections evaluate folio]

Reads the answers that the sections of a finished run have written, and judges each once more: with names as they
stand, with names matched, and by the scores that others report. Models NAME, NAME-seed-1, NAME-seed-2 ... are one
method with several seeds: each stands for itself, and their mean, sentence by sentence, for all. Several samples of a
sentence count as their mean. RUN/real.md holds the same tables.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from scipy import stats
from tables import as_markdown, table_of

import logic
from logic import baselines
from pipelines.judging.intervals import margin_of_mean, mcnemar, probability

OURS = "sgrpo"
GREEDY = "greedy"
WAYS = {GREEDY: "free", "constrained": "under the grammar", "sampled": "sampled"}
HEAD = (
    "readable",
    "equivalent",
    "names as they stand",
    "mean score",
    "BLEU",
    "LE (S-GRPO)",
    "LE (LogicLLaMA)",
)
LEADS = ("equivalent", "better / worse", "mean score")
Answers = list[list[dict[str, Any]]]
"""For each sentence its answers: one, or several samples."""
Columns = dict[str, list[float | None]]
"""The values of each measure, for each sentence; None where a published score refuses a formula."""
Found = dict[str, Columns]
"""Those columns by model and way."""
SEED = re.compile(r"(.+)-seed-\d+")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", type=Path, help="the folder of the run")
    parser.add_argument(
        "--sections", nargs="*", help="evaluations to tell of; all that are there where absent"
    )
    options = parser.parse_args()
    console = Console()
    names = options.sections or evaluations(options.run)
    if not names:
        parser.error(f"no evaluation of sentences in {options.run}")
    texts = []
    for name in names:
        asked = list(answers_of(options.run / name))
        if other := first_with_other_sentences(asked):
            parser.error(f"{name}: '{other}' was asked other sentences than '{asked[0][0]}'")
        found = {
            title: measured(answers)
            for title, answers in track(asked, f"judging {name}", console=console)
        }
        found |= means_of_seeds(found)
        for table in (_figures(name, found), _leads(name, found)):
            console.print(table)
            texts.append(f"{table.title}\n\n{as_markdown(table)}")
    (options.run / "real.md").write_text("\n\n".join(texts) + "\n", encoding="utf-8")


def evaluations(run: Path) -> list[str]:
    """The sections of a run that hold answers to sentences."""
    folders = {path.parent.parent.name for path in run.glob("*/*/samples.jsonl")}
    return sorted(name for name in folders if any(answers_of(run / name)))


def first_with_other_sentences(asked: Sequence[tuple[str, Answers]]) -> str | None:
    """The first whose sentences are not those of the first of all, with which it could not be paired."""
    sentences = [[answer["sentence"] for answer, *_ in answers] for _, answers in asked]
    unlike = (asked[place][0] for place, own in enumerate(sentences) if own != sentences[0])
    return next(unlike, None)


def answers_of(section: Path) -> Iterator[tuple[str, Answers]]:
    """The answers of each model to each way of asking, as `model, way`, in the order of their evaluation."""
    for path in sorted(section.glob("*/samples.jsonl"), key=lambda path: path.stat().st_mtime):
        lines = path.read_text(encoding="utf-8").splitlines()
        rows = [row for row in map(json.loads, lines) if "formula" in row]
        parts = {part: [row for row in rows if row.get("part") == part] for part in WAYS}
        sentences = len(
            parts[GREEDY]
        )  # each is answered once; a sentence's samples follow one another
        for part, answers in parts.items():
            if answers:
                size = len(answers) // sentences
                groups = [answers[at : at + size] for at in range(0, len(answers), size)]
                yield f"{path.parent.name}, {WAYS[part]}", groups


def means_of_seeds(found: Found) -> Found:
    """The mean over the seeds of each method that was trained with several, sentence by sentence.

    A published score that refuses a formula is the mean over the seeds where it does not.
    """
    groups: dict[tuple[str, str], list[Columns]] = {}
    for title, columns in found.items():
        model, way = title.split(", ", 1)
        groups.setdefault((method_of(model), way), []).append(columns)
    return {
        f"{method} ({len(seeds)} seeds), {way}": {
            name: [_mean(values) for values in zip(*(one[name] for one in seeds), strict=True)]
            for name in HEAD
        }
        for (method, way), seeds in groups.items()
        if len(seeds) > 1
    }


def method_of(model: str) -> str:
    """The method of a model that is named after one, with its seed or without."""
    name = model.partition(" (")[0]
    seeded = SEED.fullmatch(name)
    return seeded[1] if seeded else name


def _mean(values: Sequence[float | None]) -> float | None:
    present = _present(values)
    return sum(present) / len(present) if present else None


def _present(values: Sequence[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def measured(asked: Answers) -> Columns:
    """What is said of each sentence's answers, in the order of HEAD; one that no judge could judge counts as 0.

    Of the published scores that refuse a formula the mean is over the others, as they are reported.
    """
    answers = [answer for group in asked for answer in group]
    candidates = [answer["formula"] or answer["completion"] for answer in answers]
    references = [answer["reference"] for answer in answers]
    exact = logic.score(
        candidates=[answer["completion"] for answer in answers],
        references=references,
        names="exact",
    )
    columns: list[list[float | None]] = [
        [float(answer["formula"] is not None) for answer in answers],
        [float(answer["score"] == 1.0) for answer in answers],
        [float(score == 1.0) for score in exact],
        [answer["score"] or 0.0 for answer in answers],
    ]
    for name in ("bleu", "le_sgrpo", "le_logicllama"):
        scores = baselines.score(name, candidates=candidates, references=references)
        columns.append(list(scores))
    return {
        name: _means(values, [len(group) for group in asked])
        for name, values in zip(HEAD, columns, strict=True)
    }


def _means(values: Sequence[float | None], sizes: Sequence[int]) -> list[float | None]:
    """The mean of each so many of the values, in turn."""
    left = iter(values)
    return [_mean(list(islice(left, size))) for size in sizes]


def _figures(name: str, found: Found) -> Any:
    rows = []
    for title, columns in found.items():
        rows.append([title, *(_percent(columns[column]) for column in HEAD)])
    count = max(len(columns["equivalent"]) for columns in found.values())
    return table_of(f"{name}: {count} sentences, in %, ± half of the 95 % interval", HEAD, rows)


def _percent(values: Sequence[float | None]) -> str:
    present = _present(values)
    if not present:
        return ""
    return f"{100 * sum(present) / len(present):.1f} ± {100 * margin_of_mean(present):.1f}"


def _leads(name: str, found: Found) -> Any:
    """How far S-GRPO, or the mean of its seeds, is ahead of each other model that was asked in the same way."""
    rows = []
    for title, theirs in found.items():
        model, way = title.split(", ", 1)
        ours = next(
            (found[key] for key in reversed(found) if _is_ours(key) and key.endswith(f", {way}")),
            None,
        )
        if method_of(model) != OURS and ours is not None:
            rows.append([title, *_lead(ours, theirs)])
    return table_of(f"{name}: lead of S-GRPO, in points", LEADS, rows)


def _is_ours(title: str) -> bool:
    return method_of(title.split(", ", 1)[0]) == OURS


def _lead(ours: Columns, theirs: Columns) -> list[str]:
    """Tests paired over the sentences: McNemar's exact one between two models, else the t-test."""
    right, other = _present(ours["equivalent"]), _present(theirs["equivalent"])
    better = sum(one > two for one, two in zip(right, other, strict=True))
    worse = sum(one < two for one, two in zip(right, other, strict=True))
    single = {*right, *other} <= {0.0, 1.0}
    tested = probability(mcnemar(right, other)) if single else _t_test(right, other)
    scores = _present(ours["mean score"]), _present(theirs["mean score"])
    return [
        f"{_difference(right, other)} ({tested})",
        f"{better} / {worse}",
        f"{_difference(*scores)} ({_t_test(*scores)})",
    ]


def _t_test(ours: Sequence[float], theirs: Sequence[float]) -> str:
    if ours == theirs:
        return "no test"
    return probability(float(stats.ttest_rel(ours, theirs).pvalue))


def _difference(ours: Sequence[float], theirs: Sequence[float]) -> str:
    return f"{100 * (sum(ours) - sum(theirs)) / len(ours):+.1f}"


if __name__ == "__main__":
    main()
