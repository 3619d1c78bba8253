"""Markdown's tables: those of names with what they stand for, and those that hold an answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from logic.reading.answers.around.entries import FORMULA_KEY, heads_a_legend, kind_of
from logic.reading.answers.around.records import chosen_formula
from logic.reading.answers.prose import ends_open

_DASHES = r"\s*:?-+:?\s*"
# A single dash alone may be a cell of a table of one column.
_RULE = re.compile(
    rf"\s*\|?(?:(?!\s*-\s*\|?\s*\Z)(?:{_DASHES}\|)+(?:{_DASHES})?\|?|{_DASHES}(?:\|{_DASHES})+\|?)\s*\Z"
)
_NAMED = re.compile(r"[`$*]*(?:'[^'\n]+'|\w+)(?:\([^()]*\))?[`$*]*")
_SIGN = re.compile(r"[∀∃¬∧∨→↔⊕](?:\s?[a-z]\d?)?")
_STEPS = re.compile(r"step|stage|#|no\.?|nr\.?|number", re.IGNORECASE)
"""The name of a column that numbers the steps by which a formula is built."""

_NAMES_COLUMNS = re.compile(r"[\w\s|#./*-]*\w[\w\s|#./*-]*")


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a text: where it stands, the names of its columns, and its rows."""

    start: int
    end: int
    heading: list[str]
    rows: list[list[str]]

    def formula(self) -> tuple[str, str]:
        """The formula of the column that is named so, with that name; "" where nothing tells which."""
        found: list[tuple[str, str]] = []
        for cells in self.rows:
            if any(cells):
                found.append(_formula_of_row(self.heading, cells))
        if not found:
            return "", ""
        *earlier, last = found
        is_of_steps = any(map(_STEPS.fullmatch, self.heading))
        for name, formula in earlier:
            is_part = is_of_steps and _bare(formula) in _bare(last[1])
            if not name or not (is_part or _bare(formula) == _bare(last[1])):
                return "", ""
        return last


def with_legends(text: str) -> str:
    """The text with a line `name: meaning` for each row of the tables that say what names stand for."""
    lines = text.split("\n")
    for rule in range(1, len(lines)):
        if not _RULE.match(lines[rule]):
            continue
        heading = _cells(lines[rule - 1])
        if len(heading) < 2 or not heads_a_legend(heading):
            continue
        if ends_open(lines[: rule - 1]):
            continue  # what goes on below the table would lose its beginning
        last = rule + 1
        while last < len(lines) and "|" in lines[last]:
            last += 1
        rows = list(map(_cells, lines[rule + 1 : last]))
        if all(len(cells) == len(heading) and _is_gloss(cells) for cells in rows):
            # What a sign means must be what it always does.
            glosses: list[str] = []
            for name, *_, meaning in rows:
                says = ": " if _NAMED.fullmatch(name) else " means "
                glosses.append(f"{name}{says}{meaning}")
            lines[rule - 1 : last] = ["", "", *glosses]
    return "\n".join(lines)


def _is_gloss(cells: list[str]) -> bool:
    """Whether a row gives a name or a sign with what it stands for, and no label."""
    name = cells[0].strip("`$* ")
    is_name = _NAMED.fullmatch(name) is not None and kind_of(name) is None
    return is_name or _SIGN.fullmatch(name) is not None


def last_table(text: str) -> Table | None:
    """The last table of a text, or its first one without a line below the heading; None without any."""
    lines = text.split("\n")
    rules: list[int] = []
    for row in range(1, len(lines)):
        if lines[row - 1] and _RULE.match(lines[row]):
            rules.append(row)
    if rules:
        top, first = rules[-1] - 1, rules[-1] + 1
    else:
        headings = (row for row in range(len(lines) - 1) if _is_heading(lines, row))
        top = next(headings, -1)
        if top < 0:
            return None
        first = top + 1
    last = first
    while last < len(lines) and "|" in lines[last]:
        last += 1
    if last == first and rules:
        return None
    if last == first or (top and "|" in lines[top - 1]):
        return Table(0, len(text), [], [])  # what stands above the heading is none of its rows
    start = sum(map(len, lines[:top])) + top
    end = start + len("\n".join(lines[top:last]))
    heading = [name.strip("*_` ") for name in _cells(lines[top])]
    return Table(start, end, heading, list(map(_cells, lines[first:last])))


def _is_heading(lines: list[str], row: int) -> bool:
    """Whether a line is the heading of a table without a rule: words between bars, and bars below."""
    bars = lines[row].count("|")
    if not bars or not _NAMES_COLUMNS.fullmatch(lines[row]):
        return False
    if any(FORMULA_KEY.fullmatch(cell) for cell in _cells(lines[row])):
        return "|" in lines[row + 1]
    return lines[row + 1].count("|") == bars and not _NAMES_COLUMNS.fullmatch(lines[row + 1])


def _formula_of_row(heading: list[str], cells: list[str]) -> tuple[str, str]:
    """The formula of a row by the names of its columns, and the name of its own; "" where it has none."""
    entries = dict(zip(heading, cells, strict=False))
    if not len(heading) == len(cells) == len(entries):
        return "", ""  # a bar inside a cell is a sign: which cell is which, nothing tells
    formulas = {name: cell for name, cell in entries.items() if FORMULA_KEY.fullmatch(name)}
    others = {name: cell for name, cell in entries.items() if name not in formulas}
    chosen = chosen_formula(formulas, others)
    if not chosen:
        return "", ""
    for name, cell in formulas.items():
        if cell == chosen:
            return name, chosen
    return "", ""


def _bare(cell: str) -> str:
    """A cell without blanks and marks of type."""
    return re.sub(r"[\s`$*]+", "", cell)


def _cells(line: str) -> list[str]:
    """The cells of a table's row; an escaped bar is part of its cell."""
    parts = re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|"))
    return [part.strip().replace("\\|", "|") for part in parts]
