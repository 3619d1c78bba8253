"""`folalign configs`: the configs that ship with folalign."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from pipelines.commands.parser import CommandParser
from pipelines.config.shipped import purpose, shipped
from pipelines.console import terminal


def make_parser() -> CommandParser:
    """What the command takes."""
    return CommandParser(
        prog="folalign configs",
        description="List the configs that ship with folalign. `--config NAME` runs one, and "
        "`folalign init NAME` writes it here to change it.",
        allow_abbrev=False,
    )


def main(argv: list[str]) -> int:
    """Run the command: 0; raises `UsageError` on bad usage."""
    make_parser().parse_args(argv)
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    for name, path in shipped().items():
        table.add_row(Text(name), Text(purpose(path)))
    terminal().print(table)
    return 0
