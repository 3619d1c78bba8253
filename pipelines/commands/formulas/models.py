"""`folalign models`: the structures of a size in which a formula is true, one of each kind."""

from __future__ import annotations

import json
from pathlib import Path

import logic
from logic.explaining.sheet import sheet
from logic.explaining.world import world
from pipelines.commands.formulas.lines import refuse_file
from pipelines.commands.parser import CommandParser, add_language, parsed
from pipelines.errors import UsageError
from pipelines.rundir.files import write_atomic


def make_parser() -> CommandParser:
    """What the command takes."""
    parser = CommandParser(
        prog="folalign models",
        description="Count and show the structures with so many elements in which a formula is "
        "true. Of those that differ only in which element is which, one is shown.",
        epilog="A formula that begins with a dash goes last, behind --. Exit code: 0 there is a "
        "model, 1 there is none of that size, 2 bad usage.",
        allow_abbrev=False,
    )
    parser.add_argument("formula", metavar="FORMULA", help="the formula")
    parser.add_argument(
        "--size",
        type=int,
        required=True,
        metavar="N",
        help="elements of the structures; in a domain with sorts, of each sort",
    )
    parser.add_argument(
        "--limit",
        type=int,
        default=20,
        metavar="N",
        help="the most that are listed (default: 20)",
    )
    add_language(parser, "the notation of the formula, where it is known; its own rules then hold")
    parser.add_argument(
        "--json",
        action="store_true",
        help="print JSON; each model in it is one that `folalign holds` reads",
    )
    parser.add_argument(
        "--svg", metavar="FILE", type=Path, help="write the models too as one picture"
    )
    return parser


def main(argv: list[str]) -> int:
    """Run the command: 0 there is a model, 1 there is none; raises `UsageError` on bad usage."""
    arguments = parsed(make_parser(), argv)
    refuse_file(arguments.formula, "")
    try:
        found = logic.models(
            arguments.formula,
            size=arguments.size,
            limit=arguments.limit,
            domain=arguments.domain,
            dialect=arguments.dialect,
        )
    except (logic.LogicError, ValueError) as error:
        raise UsageError(str(error)) from None
    if arguments.svg is not None:
        drawings = [world(structure).svg() for structure in found]
        write_atomic(arguments.svg, sheet(drawings))
    print(json.dumps(found.to_dict(), ensure_ascii=False) if arguments.json else found)
    return 0 if found else 1
