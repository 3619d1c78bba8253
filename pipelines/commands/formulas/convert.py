"""`folalign convert`: a formula, or a file of them, in another notation, in a normal form, or as a tree."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import logic
from pipelines.commands.formulas.lines import formula_lines, refuse_file
from pipelines.commands.parser import CommandParser, add_language, parsed
from pipelines.errors import UsageError

FORMS: dict[str, Callable[[logic.Formula], logic.Formula]] = {
    "nnf": lambda formula: logic.nnf(formula),
    "prenex": lambda formula: logic.prenex(formula),
    "cnf": lambda formula: logic.cnf(formula),
}
MOST_FAULTS = 5
"""Faults of a file that are told one by one."""


def make_parser() -> CommandParser:
    """What the command takes."""
    parser = CommandParser(
        prog="folalign convert",
        description="Print formulas in another notation, in a normal form, or as trees.",
        epilog="A formula that begins with a dash goes last, behind --. Exit code: 0 done, 2 bad "
        "usage, a text that is no formula, or one that the notation has no signs for; nothing is "
        "printed then.",
        allow_abbrev=False,
    )
    parser.add_argument("formula", metavar="FORMULA", nargs="?", help="the formula")
    parser.add_argument(
        "--file",
        metavar="FILE",
        type=Path,
        help="formulas, one a line, in place of FORMULA; - is standard input; empty lines and "
        "lines that begin with # are passed over",
    )
    parser.add_argument(
        "--to",
        choices=logic.DIALECTS,
        default="unicode",
        help="the notation to write (default: unicode)",
    )
    parser.add_argument(
        "--form",
        choices=tuple(FORMS),
        help="first to negation normal form, prenex form, or prenex form over clauses (cnf); each "
        "is equivalent to the formula",
    )
    parser.add_argument("--tree", action="store_true", help="print how each formula is built")
    add_language(
        parser, "the notation of the formulas that are read, where it is known; its rules then hold"
    )
    return parser


def main(argv: list[str]) -> int:
    """Run the command: 0 done; raises `UsageError` on bad usage."""
    arguments = parsed(make_parser(), argv)
    if (arguments.formula is None) is (arguments.file is None):
        raise UsageError("give a FORMULA, or --file FILE")
    if arguments.formula is not None:
        refuse_file(arguments.formula, f"; give --file {arguments.formula}")
        try:
            print(_converted(arguments.formula, arguments))
        except logic.LogicError as error:
            raise UsageError(str(error)) from None
        return 0
    print("\n".join(_of_file(arguments)))
    return 0


def _of_file(arguments: Namespace) -> list[str]:
    """The formulas of the file, converted; raises `UsageError`, which names the faulty lines."""
    texts, faults = [], []
    for number, line in formula_lines(arguments.file, "--file"):
        try:
            texts.append(_converted(line, arguments))
        except logic.LogicError as error:
            place = str(error).removeprefix("line 1, ")  # of the line, which was read alone
            faults.append(f"line {number}, {place}")
    if faults:
        told = "\n".join(faults[:MOST_FAULTS])
        raise UsageError(
            f"{arguments.file}: {len(faults)} of its lines cannot be converted\n{told}"
        )
    return texts


def _converted(text: str, arguments: Namespace) -> str:
    formula = logic.parse(text, domain=arguments.domain, dialect=arguments.dialect)
    if arguments.form is not None:
        formula = FORMS[arguments.form](formula)
    if arguments.tree:
        return str(logic.tree(formula))
    return logic.to_text(formula, arguments.to, domain=arguments.domain)
