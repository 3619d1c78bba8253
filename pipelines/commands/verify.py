"""`folalign verify`: judge a formula, a class of students, or a file of pairs, for people or as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import logic
from pipelines.commands.parser import CommandParser, add_language, each_once, parsed, whole
from pipelines.errors import UsageError
from pipelines.streams import while_read

_FORMULA_OPTIONS = ("--candidate", "--reference")
_OF_PAIRS = ("split", "engine", "workers", "shard", "no_relation")
_OF_MANY = ("output", "overwrite", "column")
_OF_CLASS = ("html",)
JUDGED = ("candidate", "reference")
"""What a column can hold."""


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
    parser.add_argument(
        "--strict",
        action="store_true",
        help="repair nothing: an answer that needs a repair, such as a lost bracket, is unreadable, "
        "and a reference an error, which costs its row alone in --class and --pairs",
    )
    _add_many(parser)
    _add_class(parser)
    _add_pairs(parser)
    return parser


def _add_many(parser: CommandParser) -> None:
    """What goes with a class and with pairs."""
    group = parser.add_argument_group("a class, or many pairs")
    group.add_argument(
        "--column",
        action="append",
        type=_role,
        metavar="ROLE=NAME",
        help="another column for candidate or reference: --column candidate=answer",
    )
    group.add_argument(
        "--output",
        metavar="FILE",
        type=Path,
        help="write one result per row, with the row's other columns, as the ending says: .jsonl or "
        ".csv, of a class .tsv or .xlsx too, of pairs .parquet, or - for JSON lines on standard output",
    )
    group.add_argument(
        "--overwrite",
        action="store_true",
        help="replace an output, or the parts of another job, that are there already",
    )


def _add_class(parser: CommandParser) -> None:
    """What goes with the answers of a class."""
    group = parser.add_argument_group("a class of students")
    group.add_argument(
        "--class",
        dest="class_file",
        metavar="FILE",
        help="a .csv (with commas, semicolons or tabs), .tsv, .xlsx, .jsonl, .json or .parquet file, "
        "or - for standard input; a row for each student, with a column candidate, and a column "
        "reference where --reference is not given; other columns are kept",
    )
    group.add_argument(
        "--html",
        metavar="FILE",
        type=Path,
        help="write a page too: who made which mistake, and each answer explained",
    )


def _add_pairs(parser: CommandParser) -> None:
    """What goes with many pairs."""
    group = parser.add_argument_group("many pairs")
    group.add_argument(
        "--pairs",
        metavar="FILE",
        help="a .jsonl, .csv, .tsv, .xlsx, .json or .parquet file, a quoted pattern of them "
        "(**/*.jsonl), - for JSON lines on standard input, or the name of a data set on the hub; with "
        "columns candidate and reference; after an interruption the same command goes on from what is "
        "kept",
    )
    group.add_argument("--split", metavar="NAME", help="of a data set on the hub (train)")
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
        type=whole(0),
        metavar="N",
        help="processes that judge (one for each core; 0: this process alone)",
    )
    group.add_argument(
        "--shard",
        type=whole(1),
        metavar="ROWS",
        help="rows that are judged and kept together (10000)",
    )


def _role(text: str) -> tuple[str, str]:
    """`candidate=answer` as the role and the column, for argparse."""
    role, _, column = text.partition("=")
    if role not in JUDGED or not column:
        raise argparse.ArgumentTypeError(f"{text}: give candidate=NAME or reference=NAME")
    return role, column


def main(argv: list[str]) -> int:
    """Run the command: 0 all equivalent, 1 some are not; raises `UsageError` on bad usage."""
    arguments = parsed(make_parser(), argv, _FORMULA_OPTIONS)
    arguments.columns = each_once("--column", arguments.column or [])
    if arguments.pairs is not None:
        return _verify_pairs(arguments)
    _refuse(arguments, _OF_PAIRS, "--pairs")
    if arguments.class_file is not None:
        return _verify_class(arguments)
    _refuse(arguments, _OF_MANY, "--pairs or --class")
    _refuse(arguments, _OF_CLASS, "--class")
    if arguments.candidate is None or arguments.reference is None:
        raise UsageError("give --candidate and --reference, or --pairs FILE, or --class FILE")
    return _verify_one(arguments)


def _refuse(arguments: argparse.Namespace, options: Sequence[str], owner: str) -> None:
    """Raises `UsageError` for an option that goes with another one."""
    for name in options:
        if getattr(arguments, name):
            raise UsageError(f"--{name.replace('_', '-')} goes with {owner}")


def _verify_pairs(arguments: argparse.Namespace) -> int:
    if arguments.candidate is not None or arguments.reference is not None:
        raise UsageError("give either --pairs, or --candidate and --reference")
    if arguments.class_file is not None:
        raise UsageError("give either --pairs or --class")
    _refuse(arguments, _OF_CLASS, "--class")
    from pipelines.bulk.job import verify_pairs  # here, as below: one pair is judged at once

    return verify_pairs(arguments)


def _verify_class(arguments: argparse.Namespace) -> int:
    if arguments.candidate is not None:
        raise UsageError("give either --class or --candidate")
    from pipelines.commands.students.grade import grade_class

    return grade_class(arguments)


def _verify_one(arguments: argparse.Namespace) -> int:
    try:
        result = logic.compare(
            candidate=arguments.candidate,
            reference=arguments.reference,
            names=arguments.names,
            domain=arguments.domain,
            dialect=arguments.dialect,
            strict=arguments.strict,
        )
    except logic.ParseError as error:
        raise UsageError(f"the reference is not a formula: {error}") from None
    told = logic.explain(result)
    with while_read():
        if arguments.json:
            row = {**result.to_dict(), "answer": arguments.candidate, **told.to_dict()}
            print(json.dumps(row, ensure_ascii=False))
        else:
            from pipelines.console import terminal

            terminal().print(told)
    return 0 if result.verdict == "proved" else 1
