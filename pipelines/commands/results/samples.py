"""`folalign samples`: what the models of a run wrote, with references and verdicts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pipelines.commands.parser import CommandParser, whole
from pipelines.errors import UsageError
from pipelines.report.markup import printable
from pipelines.report.runs import read_run
from pipelines.report.samples import Wanted, chosen, lines_of


def make_parser() -> CommandParser:
    """What the command takes."""
    parser = CommandParser(
        prog="folalign samples",
        description="Show what the models of a run wrote: samples of S-GRPO while it trained, and "
        "answers that were evaluated.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("run", metavar="RUN", type=Path, help="a run directory, or that of one of its stages")
    add("--wrong", action="store_true", help="only what is not equivalent to its reference")
    add("--step", type=int, metavar="N", help="only what was sampled in this update")
    add("--section", metavar="NAME", help="only of this section, or of this evaluated model")
    add("--number", type=whole(1), default=10, metavar="N", help="at most so many (default 10)")
    return parser


def main(argv: list[str]) -> int:
    """Run the command: 0 where there is something to show; raises `UsageError` where not."""
    arguments = make_parser().parse_args(argv)
    if not os.path.isdir(arguments.run):  # pathlib's raises where a folder above is locked
        raise UsageError(f"{arguments.run}: no such run directory")
    run = read_run(arguments.run, arguments.run.name)
    wanted = Wanted(arguments.wrong, arguments.step, arguments.section)
    for problem in run.problems:
        if "metrics.json" not in problem:  # of logs and figures, none of which is shown here
            print(printable(problem), file=sys.stderr)
    samples = chosen(run, wanted)
    for sample in samples[: arguments.number]:
        print("\n".join([printable(line) for line in lines_of(*sample)]) + "\n")
    rest = len(samples) - arguments.number
    if rest > 0:
        print(f"and {rest:,} more (--number)")
    return 0
