"""Proofs as text, as LaTeX and as HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import NamedTuple

from logic import syntax as S
from logic.errors import UnsupportedError
from logic.explaining.wording import text as open_text
from logic.proving.steps.lines import Branch, Line, is_direct, lines_of
from logic.writing.write import write

Written = Callable[[S.Node], str]
_BAR = "│ "
_WIDEST = 72
"""Columns for what is said; longer lines stand out."""


class Row(NamedTuple):
    """A row: its number (none for an end), how many cases it stands in, what it says and why.

    `said` is a formula, or words.
    """

    number: str
    depth: int
    said: S.Formula | str
    why: str


def plain_rows(root: Branch) -> list[Row]:
    """The rows of a proof, for text and HTML."""
    return list(_rows(root, _plain))


def latex_rows(root: Branch) -> list[Row]:
    """The rows of a proof, for LaTeX."""
    return list(_rows(root, lambda node: f"${_latex(node)}$"))


def text(rows: Sequence[Row]) -> str:
    """A line each: number, formula, why; a bar for each case that it stands in."""
    width = max([len(row.number) for row in rows])
    shown = []
    for row in rows:
        said = row.said if isinstance(row.said, str) else _plain(row.said)
        shown.append(_BAR * row.depth + said)
    column = min(_WIDEST, max(map(len, shown)))
    lines = []
    for row, said in zip(
        rows,
        shown,
        strict=True,
    ):
        lines.append(f"{row.number:>{width}}  {said:<{column}}  {row.why}".rstrip())
    return "\n".join(lines)


def latex(rows: Sequence[Row]) -> str:
    """An `array` with a row for each line, for mathematical mode."""
    lines = [r"\begin{array}{rll}"]
    for row in rows:
        words = row.said
        said = rf"\text{{{words}}}" if isinstance(words, str) else _latex(words)
        indent = r"\quad " * row.depth
        lines.append(rf"{row.number} & {indent}{said} & \text{{{row.why}}} \\")
    lines.append(r"\end{array}")
    return "\n".join(lines)


def html(rows: Sequence[Row]) -> str:
    """A table with a row for each line."""
    lines = []
    for row in rows:
        said = row.said if isinstance(row.said, str) else _plain(row.said)
        style = f"text-align:left;padding-left:{0.5 + 1.5 * row.depth:.1f}em"
        lines.append(
            f"<tr><td style='opacity:.6'>{row.number}</td>"
            f"<td style='{style}'>{escape(said)}</td>"
            f"<td style='text-align:left;opacity:.75'>{escape(row.why)}</td></tr>"
        )
    return f"<table class='proof'>{''.join(lines)}</table>"


# ---- rows ----


def _rows(root: Branch, written: Written) -> Iterator[Row]:
    yield from _branch(
        root,
        0,
        written,
    )
    if is_direct(root):
        return
    is_denied = any(line.rule == "denied" for line in lines_of(root))
    end = "so the conclusion is true" if is_denied else "the premises contradict each other"
    yield Row(
        "",
        0,
        end,
        "",
    )


def _branch(branch: Branch, depth: int, written: Written) -> Iterator[Row]:
    for line in branch.lines:
        yield Row(
            str(line.number),
            depth,
            line.formula,
            _why(line, written),
        )
    if branch.closes:
        yield Row(
            "",
            depth,
            "contradiction",
            _listed(branch.closes),
        )
    if branch.split is None:
        return
    cites = _listed(branch.split.cites)
    for number, case in enumerate(branch.split.cases, start=1):
        count = len(branch.split.cases)
        said = f"case {number} of {count}"
        yield Row("", depth, said, f"by {cites}" if cites and number == 1 else "")
        yield from _branch(
            case,
            depth + 1,
            written,
        )


def _why(line: Line, written: Written) -> str:
    cites = _listed(line.cites)
    values = ", ".join([f"{name} = {written(term)}" for name, term in line.values])
    match line.rule:
        case "premise":
            return f"premise {(line.premise or 0) + 1}"
        case "theory":
            return "holds in the domain"
        case "denied":
            return "suppose the conclusion is false"
        case "case":
            return "suppose"
        case "instance":
            return f"{cites} with {values}"
        case "witness":
            return f"{cites}, call it {written(line.values[0][1])}"
        case "definition":
            return f"{cites}, ∃! written out"
        case "conclusion":
            return f"from {cites}, as was to be shown" if cites else "as was to be shown"
    return f"from {cites}" if cites else "always true"


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


def _plain(node: S.Node) -> str:
    return open_text(node) if isinstance(node, S.Formula) else str(node)


def _latex(node: S.Node) -> str:
    try:
        return write(node, "latex")  # type: ignore[arg-type]
    except UnsupportedError:
        return rf"\text{{{_plain(node)}}}"
