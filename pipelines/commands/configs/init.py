"""`folalign init`: write a config to start from."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from pipelines.commands.parser import CommandParser
from pipelines.config.shipped import FOLDER, STARTER, find_config, shipped
from pipelines.errors import UsageError
from pipelines.rundir.files import write_atomic

_EXTENDS = re.compile(r"^extends: (\S+)$", re.MULTILINE)


def make_parser() -> CommandParser:
    """What the command takes."""
    parser = CommandParser(
        prog="folalign init",
        description="Write a commented config to start from.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "name",
        metavar="NAME",
        nargs="?",
        default=STARTER,
        help=f"one of `folalign configs`; {STARTER}, for rows of your own, where absent",
    )
    parser.add_argument(
        "--output", metavar="FILE", type=Path, help="default: NAME.yaml in this folder"
    )
    return parser


def main(argv: list[str]) -> int:
    """Run the command: 0 where the file is written; raises `UsageError` on bad usage."""
    arguments = make_parser().parse_args(argv)
    if arguments.name not in shipped():
        find_config(arguments.name)  # says what may have been meant
        raise UsageError(f"{arguments.name} is a config already; `folalign configs` lists names")
    source = shipped()[arguments.name]
    target = arguments.output or Path(f"{source.stem}.yaml")
    if target.exists():
        raise UsageError(f"{target} is there already; choose another with --output")
    write_atomic(target, _by_names(source))
    print(f"{target}: change it, then: folalign run --config {shlex.quote(str(target))}")
    return 0


def _by_names(source: Path) -> str:
    """The text of a shipped config, which extends another by its name and not by its place."""

    def named(match: re.Match[str]) -> str:
        parent = (source.parent / match.group(1)).resolve()
        return f"extends: {parent.relative_to(FOLDER.resolve()).with_suffix('').as_posix()}"

    return _EXTENDS.sub(named, source.read_text(encoding="utf-8"))
