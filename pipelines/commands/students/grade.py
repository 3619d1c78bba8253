"""`folalign verify --class`: reads the table, grades it, and writes what was asked for."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

from pipelines.commands.students.grading import Exercise, Graded, Grader
from pipelines.commands.students.page import class_page
from pipelines.commands.students.summary import summary_of
from pipelines.commands.students.table import STANDARD_INPUT, check_output, read_table, write_table
from pipelines.console import terminal
from pipelines.errors import UsageError
from pipelines.rundir.files import write_atomic
from pipelines.streams import is_same_file, while_read


def grade_class(arguments: Namespace) -> int:
    """Grade every row: 0 all equivalent, 1 some are not. Raises `UsageError`."""
    _check_targets(arguments)
    rows = read_table(arguments.class_file)
    columns = {f"{role}_column": name for role, name in arguments.columns.items()}
    exercise = Exercise(
        reference=arguments.reference,
        **columns,
        names=arguments.names,
        domain=arguments.domain,
        dialect=arguments.dialect,
        strict=arguments.strict,
    )
    graded = Grader(exercise, _warn).grade(rows)
    if all(row.explanation is None for row in graded):
        raise UsageError(f"{arguments.class_file}: none of its rows can be used; {graded[0].fault}")
    if arguments.output is not None:
        write_table(arguments.output, [row.row() for row in graded])
    if arguments.html is not None:
        write_atomic(arguments.html, class_page(_title(arguments.class_file), graded, exercise))
    with while_read():
        _print(graded, as_json=arguments.json)
    return 0 if all(row.verdict == "proved" for row in graded) else 1


def _check_targets(arguments: Namespace) -> None:
    """Raises `UsageError` for a file that is not to be written, or is to be written twice."""
    output, html = arguments.output, arguments.html
    answers = arguments.class_file
    for option, path in (("--output", output), ("--html", html)):
        if path is not None and answers != STANDARD_INPUT and is_same_file(path, Path(answers)):
            raise UsageError(f"{option} {path} is the file with the answers; name another")
        if path is not None and path.is_file() and not arguments.overwrite:
            raise UsageError(f"{path} is there already; name another file, or pass --overwrite")
    if output is not None:
        check_output(output)
    if output is not None and html is not None and is_same_file(output, html):
        raise UsageError(f"--output and --html both name {html}; one would replace the other")


def _print(graded: list[Graded], *, as_json: bool) -> None:
    """The summary; the rows that cannot be judged are named."""
    for row in graded:
        if row.explanation is None:
            _warn(f"row {row.number}: {row.fault}")
    summary = summary_of(graded)
    if as_json:
        print(json.dumps(summary.figures(), ensure_ascii=False))
        return
    out = terminal()
    out.print(summary.line(), markup=False)
    if summary.mistakes:
        out.print()
        out.print(summary.table())


def _title(name: str) -> str:
    return "A class" if name == STANDARD_INPUT else Path(name).stem


def _warn(text: str) -> None:
    terminal(stderr=True).print(text, style="yellow", markup=False, soft_wrap=True)
