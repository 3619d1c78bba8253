"""`folalign rank`: how well rewards tell right answers from wrong ones, on one bench."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table

import data
from data.records import DataError
from pipelines.commands.parser import CommandParser
from pipelines.config.corpus import announce
from pipelines.config.light.mappings import mapping_of
from pipelines.console import progress, terminal
from pipelines.errors import UsageError
from pipelines.ranking.formulas import formula_rows
from pipelines.ranking.items import Item, items_of, preference_rows
from pipelines.ranking.measures import Scores, calibration, measure, unjudged, vote_calibration
from pipelines.ranking.scorers import OWN, Scorer, scorer, scores_of, voters
from pipelines.registry import need_packages
from pipelines.report.charts.intervals import Share, interval_chart
from pipelines.rundir.files import write_atomic, write_json

FILES = ("rank.json", "rank.svg")


def make_parser() -> CommandParser:
    """What the command takes."""
    own = "; ".join(f"{name}: {what}" for name, what in OWN.items())
    parser = CommandParser(
        prog="folalign rank",
        description="Rank the answers of preference rows by rewards, and say how often each is "
        "right.",
        epilog="The test is McNemar's, against the first scorer. Nothing is trained.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add(
        "--scorers",
        nargs="+",
        required=True,
        metavar="NAME",
        help=f"rewards by name, or LABEL=NAME for one with settings of its own; and {own}",
    )
    add(
        "--settings",
        metavar="JSON",
        help='settings by label, as in {"reward_model": {"models": ["runs/x/reward/model"]}}',
    )
    add("--dataset", default="preference-synthetic", help="preferences: a data set, or a place")
    add(
        "--task",
        default="preference",
        choices=("preference", "translate"),
        help="rows to rank: answers of preferences (default); or formulas (translate), where edits "
        "of a formula that change its meaning are wrong and rewritings that do not are right",
    )
    add("--dataset_path", metavar="PATH", help="a local copy of a named data set")
    add(
        "--dataset_settings",
        metavar="JSON",
        help='what rows that are made to order are like, as in {"questions": ["subset", "chain"]}',
    )
    add(
        "--split",
        default="test",
        help="which split (default test; of a file without splits a tenth of the rows; all: every row)",
    )
    add("--size", type=int, default=300, help="rows (default 300)")
    add("--seed", type=int, default=0, help="seed of the rows (default 0)")
    add("--chat", action="store_true", help="prompts as messages, for chat models")
    add("--output", type=Path, metavar="DIR", help="where rank.json and rank.svg go")
    add("--overwrite", action="store_true", help="replace those that are there already")
    return parser


def main(argv: list[str]) -> int:
    """Run the command: 0 done; raises `UsageError` for what cannot be ranked."""
    arguments = make_parser().parse_args(argv)
    need_packages("train")
    if arguments.output is not None:
        _make(arguments.output, overwrite=arguments.overwrite)  # before anything is scored
    try:
        settings = mapping_of("--settings", arguments.settings, '{"length": {"maximum": 20}}') or {}
        order = mapping_of("--dataset_settings", arguments.dataset_settings, '{"questions": []}')
        corpus = data.load(
            arguments.dataset,
            split=arguments.split,
            task=arguments.task,
            path=arguments.dataset_path,
            size=arguments.size,
            seed=arguments.seed,
            settings=order,
        )
    except (DataError, ValueError) as error:
        raise UsageError(str(error)) from None
    named = _labelled(arguments.scorers)
    if unknown := sorted(set(settings) - set(named)):
        raise UsageError(f"--settings: {unknown[0]!r} is none of the scorers, {', '.join(named)}")
    judges = {
        label: scorer(label, name, settings.get(label, {}), arguments.dataset)
        for label, name in named.items()
    }
    ensembles = {label: voters(name, settings.get(label, {})) for label, name in named.items()}
    announce(f"{arguments.dataset} {arguments.split}: {len(corpus.rows):,} rows", corpus)
    rows_of = formula_rows if arguments.task == "translate" else preference_rows
    rows = list(rows_of(corpus, chat=arguments.chat))
    if not rows:
        raise UsageError(
            f"--dataset {arguments.dataset}: no row of {arguments.split} can be ranked"
        )
    result = {
        "dataset": arguments.dataset,
        "split": arguments.split,
        "rows": len(rows),
        "left_out": len(corpus.quarantined),
        **_ranked(list(items_of(rows)), judges, ensembles),
    }
    terminal().print(_table(result, list(judges)))
    if arguments.output is not None:
        write_json(arguments.output / FILES[0], result)
        write_atomic(arguments.output / FILES[1], _chart(result["parts"]["pairs"], list(judges)))
    return 0


def _ranked(
    items: Sequence[Item], judges: dict[str, Scorer], ensembles: dict[str, list[Scorer]]
) -> dict[str, Any]:
    """What the scorers, and the members of those that are several, make of the items."""
    scores, seconds = {}, {}
    for label, judge in judges.items():
        start = time.perf_counter()
        scores[label] = _scored(items, judge, label)
        seconds[label] = time.perf_counter() - start
    pairs = [item for item in items if "pairs" in item.parts]
    votes = {
        label: vote_calibration(
            pairs,
            [_scored(pairs, model, f"{label}, vote {n}") for n, model in enumerate(models, 1)],
        )
        for label, models in ensembles.items()
        if models
    }
    return {
        "parts": measure(items, scores, first=next(iter(judges))),
        "calibration": {label: calibration(items, known) for label, known in scores.items()},
        "votes": votes,
        "not_judged": {label: unjudged(known) for label, known in scores.items()},
        "seconds": seconds,
    }


def _make(output: Path, *, overwrite: bool) -> None:
    """The folder that results go to. Raises `UsageError` where it has some, or cannot be."""
    for name in FILES:
        if (output / name).exists() and not overwrite:
            raise UsageError(
                f"{output / name} is there already; name another folder, or pass --overwrite"
            )
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--output {output}: {error.strerror or error}") from None


def _labelled(entries: Sequence[str]) -> dict[str, str]:
    """The scorers by what they are called. Raises `UsageError` for two of one label."""
    named: dict[str, str] = {}
    for entry in entries:
        label, _, name = entry.rpartition("=")
        label = label or name
        if label in named:
            raise UsageError(f"--scorers: two are called {label!r}; say LABEL={name}")
        named[label] = name
    return named


def _scored(items: Sequence[Item], judge: Scorer, label: str) -> Scores:
    """The scores of a scorer, with a progress bar."""
    with progress(terminal(stderr=True)) as bar:
        task = bar.add_task(escape(label), total=None, note="")

        def told(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        return scores_of(items, judge, label, told)


def _table(result: dict[str, Any], labels: list[str]) -> Table:
    table = Table(
        title=f"{result['rows']} rows of {result['dataset']}, {result['split']}: items told rightly "
        f"in %, with 95 % intervals; * p < 0.05, ** p < 0.01 against {escape(labels[0])}"
    )
    table.add_column("part")
    table.add_column("items", justify="right")
    for label in labels:
        table.add_column(escape(label), justify="right")
    for part, row in result["parts"].items():
        cells = [_cell(row[label]) for label in labels]
        table.add_row(part, f"{row['items']:,}", *cells)
    for kind, of in (("calibration", ""), ("votes", " of votes")):
        for name, title in (("brier", "Brier"), ("ece", "ECE")):
            found = [result[kind].get(label, {}).get(name) for label in labels]
            cells = ["" if value is None else f"{value:.3f}" for value in found]
            if any(cells):
                table.add_row(f"{title}{of}", "", *cells)
    silent = result["not_judged"]
    if any(silent.values()):
        table.add_row("answers not judged", "", *[f"{silent[label]:,}" for label in labels])
    table.add_row("seconds", "", *[f"{result['seconds'][label]:.1f}" for label in labels])
    return table


def _cell(found: dict[str, float]) -> str:
    stars = "**" if found.get("p", 1.0) < 0.01 else "*" if found.get("p", 1.0) < 0.05 else ""
    low, high = 100 * found["low"], 100 * found["high"]
    return f"{100 * found['share']:.1f} [{low:.0f}, {high:.0f}]{stars}"


def _chart(pairs: dict[str, Any], labels: list[str]) -> str:
    """The shares of pairs told rightly, with their intervals, as a picture that stands alone."""
    shares = [
        Share(label, number, *(pairs[label][end] for end in ("share", "low", "high")))
        for number, label in enumerate(labels)
    ]
    opening, _, rest = interval_chart(shares).partition(">")
    start = opening.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return f"{start}><style>{_STYLE}</style>{rest}"


_STYLE = (
    "text { font: 13px sans-serif; fill: #333 } .grid { stroke: #ddd } "
    ".line { stroke: #2a6fb0; stroke-width: 3 } .dot { fill: #2a6fb0 }"
)
