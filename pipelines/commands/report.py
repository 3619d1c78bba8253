"""`folalign report`: write the page on one or more runs."""

from __future__ import annotations

from pathlib import Path

from pipelines.commands.parser import CommandParser
from pipelines.config.domains import resolve_domain
from pipelines.report.markup import printable
from pipelines.report.page import FILE, write_all


def make_parser() -> CommandParser:
    """What the command takes."""
    parser = CommandParser(
        prog="folalign report",
        description="Show runs, finished or in progress, on one HTML page: results, "
        "learning curves, errors, answers.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "runs",
        metavar="RUN",
        nargs="+",
        type=Path,
        help="run directory; several are shown together",
    )
    parser.add_argument(
        "--output", metavar="FILE", type=Path, help=f"default: {FILE} in the first run directory"
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="seed of the sample of answers (default 0)"
    )
    parser.add_argument(
        "--domain",
        metavar="NAME",
        action="append",
        default=[],
        help="a domain of the answers that does not ship with folalign: a name, or the path of a "
        ".py file, whose code is run; once for each",
    )
    return parser


def main(argv: list[str]) -> int:
    """Run the command: 0 when the report is written; raises `UsageError` on bad usage."""
    arguments = make_parser().parse_args(argv)
    domains = [resolve_domain(name, "--domain") for name in arguments.domain]
    path = write_all(arguments.runs, arguments.output, seed=arguments.seed, domains=domains)
    print(printable(str(path)))
    return 0
