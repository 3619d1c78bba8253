"""`folalign verify`: judge a formula, or a file of pairs, for people or as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

import logic
from logic.judging.compare import Comparison
from pipelines.commands.parser import CommandParser, add_language, parsed
from pipelines.errors import UsageError

_FORMULA_OPTIONS = ("--candidate", "--reference")
_OF_PAIRS = ("output", "column", "split", "engine", "workers", "shard", "overwrite", "no_relation")


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
        "--names",
        choices=("match", "exact"),
        default="match",
        help="may names differ (default) or not",
    )
    add_language(
        parser, "the notation of the candidates, where it is known; its own rules then hold"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    _add_pairs(parser)
    return parser


def _add_pairs(parser: CommandParser) -> None:
    """What goes with many pairs."""
    group = parser.add_argument_group("many pairs")
    group.add_argument(
        "--pairs",
        metavar="FILE",
        help="a .jsonl, .csv, .json or .parquet file, a quoted pattern of them (**/*.jsonl), - for "
        "JSON lines on standard input, or the name of a data set on the hub; with columns candidate "
        "and reference",
    )
    group.add_argument(
        "--column",
        action="append",
        metavar="ROLE=NAME",
        help="another column for candidate or reference: --column candidate=answer",
    )
    group.add_argument("--split", metavar="NAME", help="of a data set on the hub (train)")
    group.add_argument(
        "--output",
        metavar="FILE",
        type=Path,
        help="write one result per row, with the row's other columns, as the ending says: .jsonl, "
        ".csv or .parquet, or - for JSON lines on standard output; after an interruption the same "
        "command goes on from what is kept",
    )
    group.add_argument(
        "--overwrite",
        action="store_true",
        help="replace an output, or the parts of another job, that are there already",
    )
    group.add_argument(
        "--no-relation",
        action="store_true",
        help="do not tell how refuted formulas stand to their references (stronger, weaker, ...): "
        "several times as fast",
    )
    group.add_argument(
        "--engine",
        choices=("local", "ray"),
        help="who judges: processes of this machine (default), or the Ray cluster of RAY_ADDRESS",
    )
    group.add_argument(
        "--workers",
        type=_whole(0),
        metavar="N",
        help="processes that judge (one for each core; 0: this process alone)",
    )
    group.add_argument(
        "--shard",
        type=_whole(1),
        metavar="ROWS",
        help="rows that are judged and kept together (10000)",
    )


def _whole(least: int) -> Callable[[str], int]:
    """A whole number of at least so much, for argparse."""

    def number(text: str) -> int:
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"{value} is less than {least}")
        return value

    return number


def main(argv: list[str]) -> int:
    """Run the command: 0 all equivalent, 1 some are not; raises `UsageError` on bad usage."""
    arguments = parsed(make_parser(), argv, _FORMULA_OPTIONS)
    if arguments.pairs is not None:
        if arguments.candidate is not None or arguments.reference is not None:
            raise UsageError("give either --pairs, or --candidate and --reference")
        from pipelines.bulk.job import verify_pairs  # here: one pair is judged at once

        return verify_pairs(arguments)
    if arguments.candidate is None or arguments.reference is None:
        raise UsageError("give --candidate and --reference, or --pairs FILE")
    for name in _OF_PAIRS:
        if getattr(arguments, name):
            raise UsageError(f"--{name.replace('_', '-')} goes with --pairs")
    return _verify_one(arguments)


def _verify_one(arguments: argparse.Namespace) -> int:
    try:
        result = logic.compare(
            candidate=arguments.candidate,
            reference=arguments.reference,
            names=arguments.names,
            domain=arguments.domain,
            dialect=arguments.dialect,
        )
    except logic.ParseError as error:
        raise UsageError(f"the reference is not a formula: {error}") from None
    if arguments.json:
        row = {
            **_row(arguments.candidate, result),
            **logic.explain(result).to_dict(),
        }
        print(json.dumps(row, ensure_ascii=False))
    else:
        Console(highlight=False).print(logic.explain(result))
    return 0 if result.verdict == "proved" else 1


def _row(candidate: str, result: Comparison) -> dict[str, Any]:
    return {**result.to_dict(), "answer": candidate, "relation": result.relation()}
