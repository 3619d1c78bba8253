"""`folalign prove`: whether a conclusion follows, or premises are consistent, with what shows it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import logic
from logic.explaining.sheet import sheet
from logic.judging.questions import formulas_of
from logic.proving.results import Consistency, Demonstration
from pipelines.commands.formulas.lines import formula_lines
from pipelines.commands.parser import CommandParser, add_language, parsed
from pipelines.errors import UsageError
from pipelines.report.markup import standalone
from pipelines.rundir.files import write_atomic

_FORMULA_OPTIONS = ("--premise", "--conclusion")


def make_parser() -> CommandParser:
    """What the command takes."""
    parser = CommandParser(
        prog="folalign prove",
        description="Whether a conclusion follows from premises: a proof that can be read, with the "
        "premises that it needs, or a world in which they are true and the conclusion is false. "
        "Without a conclusion: whether the premises can all be true, or the fewest that cannot.",
        epilog="exit code: 0 it follows (or the premises are consistent), 1 it does not or is "
        "unknown, 2 bad usage",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--premise",
        metavar="FORMULA",
        action="append",
        default=[],
        help="what is assumed; several times for several premises",
    )
    parser.add_argument(
        "--premises",
        metavar="FILE",
        type=Path,
        help="more premises, one a line; empty lines and lines that begin with # are passed over",
    )
    parser.add_argument("--conclusion", metavar="FORMULA", help="what is asked")
    add_language(parser, "the notation of the formulas, where it is known; its own rules then hold")
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="print JSON instead of text")
    shown.add_argument("--latex", action="store_true", help="print the proof alone, as LaTeX")
    parser.add_argument(
        "--html", metavar="FILE", type=Path, help="write the answer too as a page, with a drawing"
    )
    parser.add_argument(
        "--svg", metavar="FILE", type=Path, help="write the world, where there is one, as a picture"
    )
    return parser


def main(argv: list[str]) -> int:
    """Run the command: 0 it follows, 1 it does not; raises `UsageError` on bad usage."""
    arguments = parsed(make_parser(), argv, _FORMULA_OPTIONS)
    premises = list(arguments.premise)
    if arguments.premises is not None:
        premises += [line for _, line in formula_lines(arguments.premises, "--premises")]
    if not premises and arguments.conclusion is None:
        raise UsageError("give --premise and --conclusion, or one of them")
    answer = _answer(premises, arguments)
    if arguments.html is not None:
        write_atomic(arguments.html, standalone("folalign prove", answer._repr_html_()))
    if arguments.svg is not None and answer.world is not None:
        write_atomic(arguments.svg, sheet([answer.world.svg()]))
    if arguments.json:
        print(json.dumps(answer.to_dict(), ensure_ascii=False))
    elif arguments.latex:
        if answer.proof is None:
            raise UsageError(f"there is no proof to print: {answer.says}")
        print(answer.proof.to_latex())
    else:
        print(answer)
    if isinstance(answer, Consistency):
        return 0 if answer.status == "consistent" else 1
    return 0 if answer.verdict.status == "proved" else 1


def _answer(premises: list[str], arguments: argparse.Namespace) -> Demonstration | Consistency:
    _check(premises, arguments)
    settings = {"domain": arguments.domain, "dialect": arguments.dialect}
    try:
        if arguments.conclusion is None:
            return logic.consistent(premises, **settings)
        return logic.prove(premises=premises, conclusion=arguments.conclusion, **settings)
    except logic.LogicError as error:
        raise UsageError(str(error)) from None


def _check(premises: list[str], arguments: argparse.Namespace) -> None:
    """Raises `UsageError`, which says which formula it is, for a text that is none."""
    named = [(f"premise {number}", text) for number, text in enumerate(premises, start=1)]
    if arguments.conclusion is not None:
        named.append(("the conclusion", arguments.conclusion))
    for name, text in named:
        try:
            formulas_of([text], arguments.domain, arguments.dialect, for_prover=True)
        except logic.LogicError as error:
            raise UsageError(f"{name} is not a formula: {error}") from None
