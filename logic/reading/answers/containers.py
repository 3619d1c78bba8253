"""Formats that hold an answer: chat channels, JSON, Markdown tables, LaTeX's alignments, provers' files."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from logic.reading.answers.around.entries import FORMULA_KEY, heads_a_legend, kind_of
from logic.reading.answers.around.leads import denies_or_goes_on
from logic.reading.answers.around.records import chosen_formula, record_answers
from logic.reading.answers.around.words import Taken, presents, words
from logic.reading.answers.neighbours import takes_back
from logic.reading.answers.prose import OPEN_END, OPEN_START
from logic.reading.answers.signs import EMBEDDED, begins_with_formula
from logic.reading.escapes import has_single_backslash

_NEAR = 80
"""Characters before thinking in which it is looked for what it interrupts."""
_MOST_OBJECTS, _MOST_TRIED = 20, 100
"""Objects that are read, and places where one may begin that are tried."""

_THINK = re.compile(
    r"<(/?)(?:think|thinking|thought|thoughts|reason|reasoning|reflection|analysis|scratchpad)>",
    re.IGNORECASE,
)
_CHANNEL = re.compile(r"<\|channel\|>\s*(\w+)[^<]*<\|message\|>")
_SPEAKER = re.compile(
    r"<\|[\w ]*\|>|\b(?:assistant|model|ai|bot|thoughts?|think(?:ing)?|reasoning)\b", re.IGNORECASE
)
_CHANNEL_END = re.compile(r"<\|(?:end|return|start|call)\|>")

OBJECT_START = re.compile(r"\{\s*[\"']")
_BROKEN_ESCAPE = re.compile(r"(?<!\\)\\(?![\\\"/bfnrtu])")
# A control character that stands as itself: before a letter it is parted from it, as no escape's is.
_ADDED_TO = re.compile(rf"{_BROKEN_ESCAPE.pattern}|[\n\t\r\f\b](?=[A-Za-z])")

_ALIGNED = re.compile(
    r"\\begin\{(align|aligned|gather|gathered|equation|eqnarray|multline|split)\*?\}"
    r"(.*?)\\end\{\1\*?\}",
    re.DOTALL,
)
_LINE_BREAK = re.compile(r"\\\\(?:\[[^\]]*\])?")
_ALIGNMENT_MARK = re.compile(r"(?<!\\)&|\\(?:nonumber|notag)\b|\\(?:label|tag)\{[^}]*\}")
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
_PROVER_LIST = re.compile(
    r"[ \t]*formulas[ \t]*\([ \t]*(?:assumptions|goals|sos|usable|hints|demodulators)[ \t]*\)[ \t]*(?P<stop>\.?)[ \t]*"
)
# A list of another name, or one with a word before it, may be of what is denied.
_OTHER_LIST = re.compile(
    r".*\bformulas[ \t]*\([ \t]*\w*[ \t]*\)[ \t]*\.?[ \t]*|.*\S.*\bend_of_list\b[ \t]*\.?[ \t]*"
)
_PROVER_LIST_END = re.compile(r"[ \t]*end_of_list[ \t]*\.?[ \t]*")
_PARTED = " "
"""What stands in the place of a command."""
# Outside a list only: in one `clear(a).` is a formula.
_PROVER_COMMAND = re.compile(
    r"[ \t]*(?:(?:set|clear|assign|op|redeclare)[ \t]*\([^()\n]*\)|end_if|if[ \t]*\(\w+\))[ \t]*\.[ \t]*"
)


def without_thinking(text: str) -> str:
    """The text after the last thinking block; what was thought and never closed is dropped too.

    Of a chat with channels only the final one is left. A text before the thinking that a formula
    must follow, and thoughts behind an answer that take it back, make nothing readable.
    """
    text = _final_channel(text)
    tags = list(_THINK.finditer(text))
    if not tags:
        return text
    first, last = tags[0], tags[-1]
    before = text[: first.start()]
    if OPEN_END.search(before.rstrip()[-_NEAR:]) or denies_or_goes_on(before):
        return ""
    is_closed = last[1] == "/"
    if is_closed:
        if text[last.end() :].strip():
            return _behind(_said_before(text, tags), text[last.end() :])
        thoughts = text[first.end() : last.start()].split("\n")
        return "" if any(map(takes_back, thoughts)) else before
    # Opened and not closed: what stands between the last two tags was not thought.
    start = tags[-2].end() if len(tags) > 1 else 0
    said = _said_before(text, tags[:-1])
    return _behind(said, text[start : last.start()])


def _said_before(text: str, tags: list[re.Match[str]]) -> list[str]:
    """What stands before each opening of thoughts, outside the earlier ones."""
    said: list[str] = []
    start = 0
    for tag in tags:
        if not tag[1] and start >= 0:
            said.append(text[start : tag.start()])
        start = tag.end() if tag[1] else -1
    return said


def _behind(said: list[str], answer: str) -> str:
    """The answer behind thoughts; with what was said before them where that has a formula.

    Nothing is read where a sentence may go on in the answer.
    """
    for part in said:
        if OPEN_END.search(part.rstrip()[-_NEAR:]) or denies_or_goes_on(part) or _breaks_off(part):
            return ""
    formulas = [part for part in said if _has_formula(part)]
    return "\n\n".join([*formulas, answer])


def _breaks_off(said: str) -> bool:
    """Whether what is said before thoughts is no end of a line or a sentence, and no title of an answer."""
    last = said.rstrip().rpartition("\n")[2].strip(" \t*_#`")
    is_ended = last.endswith((".", "!", "?", "…")) or (
        said.endswith("\n") and last[-1:] not in ":："
    )
    opening = _SPEAKER.sub(" ", last)
    return not is_ended and bool(words(opening)) and not presents(opening, Taken(""))


def _has_formula(said: str) -> bool:
    if EMBEDDED.search(said) is not None:
        return True
    return any(
        map(
            begins_with_formula,
            said.split("\n"),
        )
    )


def _final_channel(text: str) -> str:
    """What a chat with channels says in its last one, if that is the final one."""
    channels = list(_CHANNEL.finditer(text))
    if not channels:
        return text
    last = channels[-1]
    if last[1].lower() != "final":
        return ""
    end = _CHANNEL_END.search(text, last.end())
    said = text[: channels[0].start()]
    return _behind([said], text[last.end() : end.start() if end else len(text)])


def plain_layout(text: str) -> str:
    """The text without LaTeX's alignments, tables of names and the commands of a prover's input file."""
    if "\\begin" in text:
        text = _ALIGNED.sub(lambda block: _unaligned(block[2]), text)
    if "--" in text and "|" in text:
        text = _with_legends(text)
    if "formulas" in text or "end_of_list" in text:
        text = _without_commands(text)
    return text


def _without_commands(text: str) -> str:
    """The text without the commands of a prover's input file, where it is one: it has a list."""
    lines = text.split("\n")
    headings = list(map(_PROVER_LIST.fullmatch, lines))
    is_file = any(map(_PROVER_LIST_END.fullmatch, lines))
    if not is_file and not any(heading is not None and heading["stop"] for heading in headings):
        return text
    kept: list[str] = []
    is_inside = False
    for line, heading in zip(lines, headings, strict=True):
        if heading is None and _OTHER_LIST.fullmatch(line):
            return ""
        is_end = _PROVER_LIST_END.fullmatch(line) is not None
        is_command = heading is not None or is_end
        if is_command:
            is_inside = not is_end
        elif not is_inside:
            is_command = _PROVER_COMMAND.fullmatch(line) is not None
        if _is_joined(line, kept, is_command=is_command):
            return ""  # no formula goes on across the beginning or the end of a list
        kept.append(_PARTED if is_command else line)
    return "\n".join(kept)


def _ends_open(lines: list[str]) -> bool:
    """Whether the last line with something in it is one that a formula must follow."""
    last = next(filter(str.strip, reversed(lines)), "").strip(" \t*_`$")
    if last.startswith("|"):
        last = last.removesuffix("|")  # the row of another table
    return OPEN_END.search(last.rstrip()[-_NEAR:]) is not None


def _is_joined(line: str, above: list[str], *, is_command: bool) -> bool:
    """Whether a formula above a command, or above one that was the last thing there, goes on below it."""
    if is_command:
        return _ends_open(above)
    if OPEN_START.match(line.lstrip()) is None:
        return False
    last = next((each for each in reversed(above) if each == _PARTED or each.strip()), "")
    return last == _PARTED


def _unaligned(block: str) -> str:
    """The lines of an alignment as plain lines of math."""
    lines = _LINE_BREAK.split(block)
    plain = [_ALIGNMENT_MARK.sub(" ", line).strip() for line in lines]
    shown = "\n".join(line for line in plain if line)
    return f"\n{shown}\n"


def json_answers(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """The formulas that the JSON objects in a text hold, the last object first, with its span."""
    objects: list[tuple[int, int, Any]] = []
    place = 0
    for _ in range(_MOST_TRIED):
        opening = OBJECT_START.search(text, place)
        if opening is None or len(objects) == _MOST_OBJECTS:
            break
        value, place = _decoded(text, opening.start())
        if value is not None:
            objects.append((opening.start(), place, value))
    for start, end, value in reversed(objects):
        is_latex = has_single_backslash(text[start:end])
        answers = list(dict.fromkeys(record_answers(value, is_latex=is_latex)))
        if len(answers) == 1:  # of several, nothing tells which
            yield start, end, answers


def _decoded(text: str, start: int) -> tuple[Any, int]:
    """The JSON value at a place, and where it ends; backslashes that JSON does not know are kept."""
    decoder = json.JSONDecoder(strict=False, object_pairs_hook=_entries)
    try:
        value, length = decoder.raw_decode(text, start)
    except (ValueError, RecursionError):
        length = -1
    if length >= 0 and _ADDED_TO.search(text, start, length) is None:
        return value, length
    changed = _ADDED_TO.sub(_with_one_more, text[start:])
    try:
        value, length = decoder.raw_decode(changed)
    except (ValueError, RecursionError):
        return _python_literal(text, start)
    added = 0
    for place in _ADDED_TO.finditer(text, start):
        if place.start() - start + added >= length:
            break
        added += 1
    return value, start + length - added


def _with_one_more(found: re.Match[str]) -> str:
    """A backslash doubled, or a blank behind a control character."""
    return "\\\\" if found[0] == "\\" else f"{found[0]} "


def _entries(pairs: list[tuple[str, Any]]) -> dict[str, Any] | None:
    """The entries of an object; None where two have one key, of which nothing tells which is meant."""
    entries = dict(pairs)
    return entries if len(entries) == len(pairs) else None


def _python_literal(text: str, start: int) -> tuple[Any, int]:
    """The same for an object as Python prints it, with single quotes."""
    end = text.find("}", start) + 1
    try:
        return ast.literal_eval(text[start:end]), end
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None, start + 1


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


def _with_legends(text: str) -> str:
    """The text with a line `name: meaning` for each row of the tables that say what names stand for."""
    lines = text.split("\n")
    for rule in range(1, len(lines)):
        if not _RULE.match(lines[rule]):
            continue
        heading = _cells(lines[rule - 1])
        if len(heading) < 2 or not heads_a_legend(heading):
            continue
        if _ends_open(lines[: rule - 1]):
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
