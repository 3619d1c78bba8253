"""Formats that hold an answer: chat channels, JSON, Markdown tables, LaTeX's alignments, provers' files."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from logic.reading.answers.around.entries import FORMULA_KEY, is_known_key
from logic.reading.answers.around.records import chosen_formula, neutral_entries

_NEAR = 80
"""Characters before thinking in which it is looked for what it interrupts."""
_MOST_OBJECTS = 20
_DEEPEST = 3
"""Levels of a JSON object that are searched."""

_THINK = re.compile(
    r"<(/?)(?:think|thinking|thought|thoughts|reason|reasoning|reflection|analysis|scratchpad)>",
    re.IGNORECASE,
)
_CHANNEL = re.compile(r"<\|channel\|>\s*(\w+)[^<]*<\|message\|>")
_CHANNEL_END = re.compile(r"<\|(?:end|return|start|call)\|>")

_OBJECT_START = re.compile(r"\{\s*[\"']")
# JSON's escapes eat the first letter of LaTeX's commands (`\forall`, `\to`, `\neg`, `\rightarrow`).
_EATEN = {"\f": "\\f", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_EATEN_COMMAND = re.compile(
    r"[\f\b\t\n\r](?=(?:orall|o\b|op\b|ext|imes|eg\b|eq?\b|ightarrow|ot\b|ar\b))"
)
_BROKEN_ESCAPE = re.compile(r"(?<!\\)\\(?![\\\"/bfnrtu])")

_ALIGNED = re.compile(
    r"\\begin\{(align|aligned|gather|gathered|equation|eqnarray|multline|split)\*?\}"
    r"(.*?)\\end\{\1\*?\}",
    re.DOTALL,
)
_LINE_BREAK = re.compile(r"\\\\(?:\[[^\]]*\])?")
_ALIGNMENT_MARK = re.compile(r"(?<!\\)&|\\(?:nonumber|notag)\b|\\(?:label|tag)\{[^}]*\}")
_RULE = re.compile(r"\s*\|?(?:\s*:?-{3,}:?\s*\|)+\s*(?::?-{3,}:?\s*)?\|?\s*\Z")

_NAMES_COLUMNS = re.compile(r"[\w\s|#./*-]*\w[\w\s|#./*-]*")
_PROVER_COMMAND = re.compile(
    r"^[ \t]*(?:(?:formulas|sos|usable|goals|set|clear|assign|op|redeclare)\s*\([^()\n]*\)"
    r"|end_of_list|end_if|if\s*\(\w+\))\s*\.?[ \t]*$",
    re.MULTILINE,
)


def without_thinking(text: str, is_open: re.Pattern[str]) -> str:
    """The text after the last thinking block; what was thought and never closed is dropped too.

    Of a chat with channels only the final one is left. `is_open` finds the end of a text that a
    formula must follow: such a text before the thinking makes nothing readable.
    """
    text = _final_channel(text)
    tags = list(_THINK.finditer(text))
    if not tags:
        return text
    first, last = tags[0], tags[-1]
    before = text[: first.start()]
    if is_open.search(before.rstrip()[-_NEAR:]):
        return ""
    is_closed = last[1] == "/"
    if is_closed:
        return text[last.end() :] or before
    # Opened and not closed: what stands between the last two tags was not thought.
    start = tags[-2].end() if len(tags) > 1 else 0
    return text[start : last.start()]


def _final_channel(text: str) -> str:
    """What a chat with channels says in its last one, if that is the final one."""
    channels = list(_CHANNEL.finditer(text))
    if not channels:
        return text
    last = channels[-1]
    if last[1].lower() != "final":
        return ""
    end = _CHANNEL_END.search(text, last.end())
    return text[last.end() : end.start() if end else len(text)]


def plain_layout(text: str) -> str:
    """The text without LaTeX's alignments and without the commands of a prover's input file."""
    if "\\begin" in text:
        text = _ALIGNED.sub(lambda block: _unaligned(block[2]), text)
    if "(" in text or "end_of_list" in text:
        text = _PROVER_COMMAND.sub("", text)
    return text


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
    while len(objects) < _MOST_OBJECTS:
        opening = _OBJECT_START.search(text, place)
        if opening is None:
            break
        value, place = _decoded(text, opening.start())
        if value is not None:
            objects.append((opening.start(), place, value))
    for start, end, value in reversed(objects):
        answers = list(dict.fromkeys(_answers(value, 0)))
        if len(answers) == 1:  # of several, nothing tells which
            yield start, end, answers


def _decoded(text: str, start: int) -> tuple[Any, int]:
    """The JSON value at a place, and where it ends; backslashes that JSON does not know are kept."""
    decoder = json.JSONDecoder(strict=False, object_pairs_hook=_entries)
    try:
        return decoder.raw_decode(text, start)
    except (ValueError, RecursionError):
        pass  # below, with its backslashes doubled
    doubled = _BROKEN_ESCAPE.sub(r"\\\\", text[start:])
    try:
        value, length = decoder.raw_decode(doubled)
    except (ValueError, RecursionError):
        return _python_literal(text, start)
    added = 0
    for escape in _BROKEN_ESCAPE.finditer(text, start):
        if escape.start() - start + added >= length:
            break
        added += 1
    return value, start + length - added


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


def _answers(value: Any, depth: int) -> Iterator[str]:
    """The formulas that a record and those inside it hold."""
    if not isinstance(value, dict) or depth > _DEEPEST:
        return
    formulas: dict[str, str] = {}
    inner: list[Any] = []
    others: dict[str, Any] = {}
    for key, item in value.items():
        name = str(key).strip()
        single = item[0] if isinstance(item, list) and len(item) == 1 else item
        if isinstance(single, str) and _is_formula_key(name):
            formulas[name] = _with_commands(single)
        elif isinstance(single, dict) and (_is_formula_key(name) or is_known_key(name)):
            inner.append(single)
        else:
            others[name] = item
    chosen = chosen_formula(formulas, others)
    if chosen is not None:
        yield chosen
    elif not formulas and neutral_entries(others, ""):
        for item in inner:
            yield from _answers(item, depth + 1)


def _is_formula_key(name: str) -> bool:
    """Whether a key names a formula, or a list of formulas that may have one item."""
    return any(map(FORMULA_KEY.fullmatch, (name, name.rstrip("s"))))


def _with_commands(text: str) -> str:
    """The text with the commands that JSON's escapes have eaten.

    A line break before the word "exists" is one, unless the rest is LaTeX.
    """
    restored = _EATEN_COMMAND.sub(_restored, text)
    return restored.replace("\nexists", "\\nexists") if "\\" in restored else restored


def _restored(eaten: re.Match[str]) -> str:
    return _EATEN[eaten[0]]


def table_answer(text: str, takes_back: Callable[[str], bool]) -> str | None:
    """The cell of a table's last row below a heading that names the formula; "" where there is none.

    None where the text has no table. What follows the table may take it back.
    """
    lines = text.strip().split("\n")
    rules = [row for row, line in enumerate(lines) if row and _RULE.match(line)]
    if rules:
        first = rules[-1] + 1
        heading = _cells(lines[rules[-1] - 1])
    else:
        row = next(filter(lambda row: _is_heading(lines, row), range(len(lines) - 1)), None)
        if row is None:
            return None
        first = row + 1
        heading = _cells(lines[row])
    last = first
    while last < len(lines) and "|" in lines[last]:
        last += 1
    if last == first or takes_back("\n".join(lines[last:])):
        return None if rules else ""
    return _answer_of_row(heading, _cells(lines[last - 1])) or ""


def _is_heading(lines: list[str], row: int) -> bool:
    """Whether a line is the heading of a table without a rule: words between bars, and bars below."""
    bars = lines[row].count("|")
    if not bars or not _NAMES_COLUMNS.fullmatch(lines[row]):
        return False
    if any(FORMULA_KEY.fullmatch(cell) for cell in _cells(lines[row])):
        return "|" in lines[row + 1]
    return lines[row + 1].count("|") == bars and not _NAMES_COLUMNS.fullmatch(lines[row + 1])


def _answer_of_row(heading: list[str], cells: list[str]) -> str | None:
    """The formula of a row, by the names of its columns."""
    entries = {
        name.strip("*_` "): cell
        for name, cell in zip(
            heading,
            cells,
            strict=False,
        )
    }
    if not len(heading) == len(cells) == len(entries):
        return None  # a bar inside a cell is a sign: which cell is which, nothing tells
    formulas = {name: cell for name, cell in entries.items() if FORMULA_KEY.fullmatch(name)}
    others = {name: cell for name, cell in entries.items() if name not in formulas}
    return chosen_formula(formulas, others)


def _cells(line: str) -> list[str]:
    """The cells of a table's row; an escaped bar is part of its cell."""
    parts = re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|"))
    return [part.strip().replace("\\|", "|") for part in parts]
