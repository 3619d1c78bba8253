"""`folalign domains`: what domains there are, how one is written, and the files of a new one."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from rich.console import Console
from rich.table import Table

import logic
from logic.domains import available, get
from logic.domains.kit.skeleton import write
from pipelines.commands.parser import CommandParser
from pipelines.console import terminal
from pipelines.errors import UsageError


def make_parser() -> CommandParser:
    """What the command takes."""
    parser = CommandParser(
        prog="folalign domains",
        description="List the domains; `show NAME` says how one is written, "
        "`new NAME` writes the files of a new one.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "action", nargs="?", choices=("list", "show", "new"), default="list", help="default: list"
    )
    parser.add_argument(
        "name", nargs="?", help="with show: a name or path; with new: the name to give"
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(),
        metavar="FOLDER",
        help="where new writes its files (default: here)",
    )
    parser.add_argument(
        "--modal",
        action="store_true",
        help="with new: a domain that speaks of other worlds, as of what someone knows",
    )
    return parser


def main(argv: list[str]) -> int:
    """Run the command: 0 done.

    Raises `UsageError` on bad usage and for a domain that cannot be loaded.
    """
    arguments = make_parser().parse_args(argv)
    if (arguments.name is None) is (arguments.action != "list"):
        takes = "no name" if arguments.name else "a NAME"
        raise UsageError(f"folalign domains {arguments.action} takes {takes}")
    out = terminal(soft_wrap=True)
    try:
        if arguments.action == "new":
            return _new(arguments, out)
        if arguments.action == "show":
            domain = get(arguments.name)
            out.print(f"{domain.name}: {domain.description}\n{domain.notation()}", markup=False)
            return 0
        _list(out)
    except logic.LogicError as error:
        raise UsageError(str(error)) from None
    return 0


def _new(arguments: Namespace, out: Console) -> int:
    paths = write(arguments.name, arguments.folder, modal=arguments.modal)
    for path in paths:
        out.print(f"wrote {path}", markup=False)
    out.print(
        f"try it: pytest {paths[-1]}; "
        f"folalign verify --domain {paths[1]} --candidate … --reference …",
        markup=False,
    )
    return 0


def _list(out: Console) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for name, source in available().items():
        domain = get(name)
        example = domain.examples[0] if domain.examples else ""
        where = "" if source.startswith("logic.domains.") else source  # shipped ones need none
        table.add_row(name, domain.description, example, where)
    out.print(table)
