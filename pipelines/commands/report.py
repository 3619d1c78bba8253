"""`folalign report`: write the page on one or more runs."""

from __future__ import annotations

from pathlib import Path

from pipelines.commands.parser import CommandParser
from pipelines.config.domains import resolve_domain
from pipelines.errors import UsageError
from pipelines.report.markup import printable
from pipelines.report.page import FILE, is_report, write_all


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
        "--overwrite", action="store_true", help="replace an output that is there and is no report"
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
    output = arguments.output
    if output is not None and not arguments.overwrite:
        _refuse_another_file(output)
    domains = [resolve_domain(name, "--domain") for name in arguments.domain]
    path = write_all(arguments.runs, output, seed=arguments.seed, domains=domains)
    print(printable(str(path)))
    return 0


def _refuse_another_file(output: Path) -> None:
    """Raises `UsageError` for a file that is there and no report, which is written anew as a run goes on."""
    if output.is_file() and not is_report(output):
        raise UsageError(f"{output} is there already; name another file, or pass --overwrite")
