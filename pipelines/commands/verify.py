"""`folalign verify`: judge a formula, or a file of pairs, for people or as JSON."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

import logic
from data.files import read_rows, text_of
from data.records import DataError
from logic.judging.compare import Comparison, Names
from pipelines.commands.parser import CommandParser, add_language, parsed
from pipelines.errors import UsageError
from pipelines.rundir.files import write_jsonl

_FORMULA_OPTIONS = ("--candidate", "--reference")
EQUIVALENT = "proved"
ALWAYS_SHOWN = ("rows", "equivalent")  # of the summary, be it 0


def make_parser() -> CommandParser:
    """What the command takes."""
    parser = CommandParser(
        prog="folalign verify",
        description="Judge whether a formula says the same as a reference.",
        epilog="exit code: 0 all equivalent, 1 some are not, 2 bad usage, 3 a fault of folalign",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--candidate",
        metavar="FORMULA",
        help="the formula to judge, or a model's answer with one in it",
    )
    parser.add_argument(
        "--reference", metavar="FORMULA", help="the formula it should be equivalent to"
    )
    parser.add_argument(
        "--pairs",
        metavar="FILE",
        type=Path,
        help=".jsonl or .csv with columns candidate and reference",
    )
    parser.add_argument(
        "--output",
        metavar="FILE",
        type=Path,
        help="with --pairs: write one result per row, as JSON lines",
    )
    parser.add_argument(
        "--names",
        choices=("match", "exact"),
        default="match",
        help="may names differ (default) or not",
    )
    add_language(
        parser, "the notation of the candidates, where it is known; its own rules then hold"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    return parser


def main(argv: list[str]) -> int:
    """Run the command: 0 all equivalent, 1 some are not; raises `UsageError` on bad usage."""
    arguments = parsed(make_parser(), argv, _FORMULA_OPTIONS)
    if arguments.pairs is not None:
        _check_file(arguments)
        return _verify_file(arguments)
    if arguments.candidate is None or arguments.reference is None:
        raise UsageError("give --candidate and --reference, or --pairs FILE")
    if arguments.output is not None:
        raise UsageError("--output goes with --pairs")
    return _verify_one(arguments)


def _check_file(arguments: argparse.Namespace) -> None:
    if arguments.candidate is not None or arguments.reference is not None:
        raise UsageError("give either --pairs, or --candidate and --reference")
    output = arguments.output
    if output is not None and output.resolve() == arguments.pairs.resolve():
        raise UsageError(f"--output {output} is the file with the pairs; name another")


def compare(
    candidate: str,
    reference: str,
    names: Names,
    domain: str = "fol",
    dialect: str | None = None,
) -> Comparison:
    """Judge one pair; raises `UsageError` where the reference is not a formula."""
    try:
        return logic.compare(
            candidate=candidate, reference=reference, names=names, domain=domain, dialect=dialect
        )
    except logic.ParseError as error:
        raise UsageError(f"the reference is not a formula: {error}") from None


def _verify_one(arguments: argparse.Namespace) -> int:
    result = compare(
        arguments.candidate,
        arguments.reference,
        arguments.names,
        arguments.domain,
        arguments.dialect,
    )
    if arguments.json:
        row = {
            **_row(arguments.candidate, result),
            **logic.explain(result).to_dict(),
        }
        print(json.dumps(row, ensure_ascii=False))
    else:
        Console(highlight=False).print(logic.explain(result))
    return 0 if result.verdict == EQUIVALENT else 1


def _row(candidate: str, result: Comparison) -> dict[str, Any]:
    return {**result.to_dict(), "answer": candidate, "relation": result.relation()}


def _verify_file(arguments: argparse.Namespace) -> int:
    """Judge every row; rows that cannot be used are reported with their numbers and counted."""
    try:
        rows = list(read_rows(arguments.pairs))
    except DataError as error:
        raise UsageError(str(error)) from None
    notes = Console(stderr=True, highlight=False)
    results, broken = _judge(
        track(rows, description="judging", console=notes, transient=True), arguments
    )
    if not results:
        first = f"; row {broken[0][0]}: {broken[0][1]}" if broken else ""
        raise UsageError(f"{arguments.pairs}: none of its {len(rows)} rows can be used{first}")
    if arguments.output is not None:
        write_jsonl(arguments.output, results)
    for number, reason in broken:
        notes.print(
            f"{arguments.pairs}, row {number}: {reason}",
            style="yellow",
            markup=False,
            soft_wrap=True,
        )
    summary = summarise(results, broken=len(broken))
    if arguments.json:
        print(json.dumps(summary))
    else:
        Console(highlight=False).print(_summary_table(summary))
    return 0 if summary["equivalent"] == len(rows) else 1


def _judge(
    rows: Iterable[tuple[int, dict[str, Any] | str]], arguments: argparse.Namespace
) -> tuple[list[dict[str, Any]], list[tuple[int, str]]]:
    """The result of each numbered row, and the rows that cannot be used with the reason."""
    results: list[dict[str, Any]] = []
    broken: list[tuple[int, str]] = []
    for number, row in rows:
        try:
            if isinstance(row, str):
                raise ValueError(row)
            candidate, reference = _candidate(row), text_of(row, "reference")
            result = compare(
                candidate, reference, arguments.names, arguments.domain, arguments.dialect
            )
            judged = {"row": number, **_row(candidate, result)}
        except (ValueError, UsageError) as error:
            broken.append((number, str(error)))
        except Exception as error:  # a fault of ours costs the one row, and is told
            broken.append((number, f"cannot be judged: {type(error).__name__}: {error}"))
        else:
            results.append(judged)
    return results, broken


def _candidate(row: dict[str, Any]) -> str:
    """A row's candidate; an empty one is a model's empty answer, which is judged (unreadable)."""
    value = row.get("candidate")
    return value if isinstance(value, str) else text_of(row, "candidate")


def summarise(results: list[dict[str, Any]], *, broken: int) -> dict[str, Any]:
    """Counts of verdicts and the mean score of what was judged."""
    verdicts = Counter(result["verdict"] for result in results)
    relations = Counter(result["relation"] for result in results if result["verdict"] == "refuted")
    scores = [result["score"] for result in results if result["score"] is not None]
    return {
        "rows": len(results) + broken,
        "equivalent": verdicts[EQUIVALENT],
        "refuted": verdicts["refuted"],
        "refuted_as": dict(relations),
        "unreadable": verdicts["unreadable"],
        "not_judged": verdicts["unknown"],
        "broken": broken,
        "mean_score": sum(scores) / len(scores) if scores else None,
    }


def _summary_table(summary: dict[str, Any]) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    relations = sorted(summary["refuted_as"].items())
    for key in ("rows", "equivalent", "refuted", "unreadable", "not_judged", "broken"):
        count = summary[key]
        if not count and key not in ALWAYS_SHOWN:
            continue
        note = ""
        if key == "refuted":
            note = ", ".join(f"{number} {relation}" for relation, number in relations)
        table.add_row(
            key.replace("_", " "),
            f"{count:,}",
            note,
        )
    if summary["mean_score"] is not None:
        table.add_row("mean score", f"{summary['mean_score']:.3f}", "")
    return table
