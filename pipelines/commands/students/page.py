"""A class as one HTML page: the whole, the mistakes with those who made them, and each answer explained."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.commands.students.grading import Exercise, Graded
from pipelines.commands.students.summary import summary_of
from pipelines.report.markup import safe, standalone, tag

_LABEL = 60
"""Characters of a student's name that are shown."""


def class_page(title: str, rows: Sequence[Graded], exercise: Exercise) -> str:
    """The page."""
    summary = summary_of(rows)
    body = [tag("h1", safe(title)), tag("p", safe(summary.line()))]
    if exercise.reference is not None:
        body.append(tag("p", "Reference: " + tag("code", safe(exercise.reference))))
    if summary.mistakes:
        body += [tag("h2", "Mistakes"), _mistakes(rows, exercise)]
    body += [tag("h2", "Answers"), *(_answer(row, exercise) for row in rows)]
    return standalone(title, "\n".join(body))


def _mistakes(rows: Sequence[Graded], exercise: Exercise) -> str:
    """A row for each kind of mistake, with links to those who made it."""
    lines = ["<tr><th>mistake</th><th>answers</th><th>whose</th></tr>"]
    for kind, count in summary_of(rows).mistakes.most_common():
        whose = [_link(row, exercise) for row in rows if kind in row.mistakes]
        cells = (safe(kind), str(count), ", ".join(whose))
        lines.append(tag("tr", "".join(tag("td", cell) for cell in cells)))
    return tag("table", "".join(lines))


def _answer(row: Graded, exercise: Exercise) -> str:
    """One answer: its verdict in a line, which opens to the explanation."""
    told = row.explanation
    if told is None:
        verdict, inside = "not judged", tag("p", safe(row.fault))
    else:
        verdict, inside = told.verdict, told._repr_html_()
    head = tag("b", safe(_label(row, exercise), _LABEL)) + " " + safe(verdict)
    is_open = "" if row.verdict != "proved" else None
    return tag(
        "details",
        tag("summary", head) + inside,
        id=f"row-{row.number}",
        class_=row.verdict,
        open=is_open,
    )


def _link(row: Graded, exercise: Exercise) -> str:
    return tag("a", safe(_label(row, exercise), _LABEL), href=f"#row-{row.number}")


def _label(row: Graded, exercise: Exercise) -> str:
    """Whose the answer is: the first column that is neither answer nor reference, or the row's number."""
    taken = (exercise.candidate_column, exercise.reference_column)
    own = [value for name, value in row.columns.items() if name not in taken]
    return str(own[0]) if own else f"row {row.number}"
