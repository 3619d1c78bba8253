"""`folalign holds`: whether a formula is true in a structure that a file describes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import logic
from pipelines.commands.formulas.lines import refuse_file
from pipelines.commands.parser import CommandParser, add_language, parsed
from pipelines.errors import UsageError


def make_parser() -> CommandParser:
    """What the command takes."""
    parser = CommandParser(
        prog="folalign holds",
        description="Whether a formula is true in a structure that a JSON file describes, as in "
        '{"elements": ["tom", "mary"], "predicates": {"Cat": ["tom"], "Likes": [["tom", "mary"]]}, '
        '"functions": {"mother": {"tom": "mary", "mary": "mary"}}, "constants": {"boss": "mary"}}.',
        epilog="A formula that begins with a dash goes last, behind --. Exit code: 0 true, 1 false, "
        "2 bad usage or a structure that does not fit.",
        allow_abbrev=False,
    )
    parser.add_argument("formula", metavar="FORMULA", help="the formula")
    parser.add_argument(
        "--model",
        type=Path,
        required=True,
        metavar="FILE",
        help="the structure, as JSON: elements (or size), predicates, functions, constants, sorts",
    )
    add_language(parser, "the notation of the formula, where it is known; its own rules then hold")
    return parser


def main(argv: list[str]) -> int:
    """Run the command: 0 true, 1 false; raises `UsageError` on bad usage."""
    arguments = parsed(make_parser(), argv)
    refuse_file(arguments.formula, "")
    structure = _structure(arguments.model)
    try:
        value = logic.holds(
            arguments.formula,
            structure,
            domain=arguments.domain,
            dialect=arguments.dialect,
        )
    except logic.ParseError as error:
        raise UsageError(str(error)) from None
    except logic.LogicError as error:
        raise UsageError(f"{arguments.model}: {error}") from None
    print("true" if value else "false")
    return 0 if value else 1


def _structure(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--model {path}: {error}") from None
    except json.JSONDecodeError as error:
        raise UsageError(f"--model {path} is not JSON: {error}") from None
