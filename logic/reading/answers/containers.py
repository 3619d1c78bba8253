"""Formats that hold an answer: chat channels, JSON, Markdown tables, LaTeX's alignments, provers' files."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

_THINK = re.compile(
    r"<(/?)(?:think|thinking|thought|thoughts|reason|reasoning|reflection|analysis|scratchpad)>",
    re.IGNORECASE,
)
_CHANNEL = re.compile(r"<\|channel\|>\s*(\w+)[^<]*<\|message\|>")
_CHANNEL_END = re.compile(r"<\|(?:end|return|start|call)\|>")

_KEY = re.compile(
    r"""
    (?: final[\s_-]? | predicted[\s_-]? )?
    (?: fol | formula | answer | translation | logic(?:al[\s_-]?form|al[\s_-]?expression)? | output
      | result | response | conclusion | expression | first[\s_-]?order[\s_-]?logic | prediction )
    (?: [\s_-]? (?: fol | formula | translation | expression | string ) )?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_OBJECT_START = re.compile(r"\{\s*[\"']")
# JSON's escapes eat the first letter of LaTeX's commands (`\forall`, `\to`, `\neg`, `\rightarrow`).
_EATEN = {"\f": "\\f", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_EATEN_COMMAND = re.compile(
    r"[\f\b\t\n\r](?=(?:orall|o\b|op\b|ext|imes|eg\b|eq?\b|exists|ightarrow|ot\b|ar\b))"
)
_BROKEN_ESCAPE = re.compile(r"(?<!\\)\\(?![\\\"/bfnrtu])")

_ALIGNED = re.compile(
    r"\\begin\{(align|aligned|gather|gathered|equation|eqnarray|multline|split)\*?\}"
    r"(.*?)\\end\{\1\*?\}",
    re.DOTALL,
)
_ALIGNMENT_MARK = re.compile(r"(?<!\\)&|\\(?:nonumber|notag)\b|\\(?:label|tag)\{[^}]*\}")
_RULE = re.compile(r"\s*\|?(?:\s*:?-{3,}:?\s*\|)+\s*(?::?-{3,}:?\s*)?\|?\s*\Z")

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
    channels = list(_CHANNEL.finditer(text))
    if channels:
        final = channels[-1]
        if final[1].lower() != "final":
            return ""
        end = _CHANNEL_END.search(text, final.end())
        text = text[final.end() : end.start() if end else len(text)]
    tags = list(_THINK.finditer(text))
    if not tags:
        return text
    first, last = tags[0], tags[-1]
    if is_open.search(text[: first.start()].rstrip()[-80:]):
        return ""
    if not last[1]:  # opened and not closed
        return text[: last.start()] if len(tags) == 1 else text[tags[-2].end() : last.start()]
    return text[last.end() :] or text[: first.start()]


def plain_layout(text: str) -> str:
    """The text without LaTeX's alignments and without the commands of a prover's input file."""
    if "\\begin" in text:
        text = _ALIGNED.sub(lambda block: _unaligned(block[2]), text)
    if "(" in text or "end_of_list" in text:
        text = _PROVER_COMMAND.sub("", text)
    return text


def _unaligned(block: str) -> str:
    """The lines of an alignment as plain lines of math."""
    lines = [line.strip() for line in re.split(r"\\\\(?:\[[^\]]*\])?", block)]
    plain = [_ALIGNMENT_MARK.sub(" ", line).strip() for line in lines if line]
    return "\n" + "\n".join(plain) + "\n"


def json_answers(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """The formulas that the JSON objects in a text hold, the last object first, with its span."""
    spans: list[tuple[int, int, Any]] = []
    place = 0
    while found := _OBJECT_START.search(text, place):
        value, end = _decoded(text, found.start())
        if value is not None:
            spans.append((found.start(), end, value))
        place = end
        if len(spans) > 20:
            break
    for start, end, value in reversed(spans):
        answers = list(dict.fromkeys(_answers(value, 0)))
        if answers:
            yield start, end, answers


def _decoded(text: str, start: int) -> tuple[Any, int]:
    """The JSON value at a place, and where it ends; backslashes that JSON does not know are kept."""
    decoder = json.JSONDecoder(strict=False)
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


def _python_literal(text: str, start: int) -> tuple[Any, int]:
    """The same for an object as Python prints it, with single quotes."""
    end = text.find("}", start) + 1
    try:
        return ast.literal_eval(text[start:end]), end
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None, start + 1


def _answers(value: Any, depth: int) -> Iterator[str]:
    if not isinstance(value, dict) or depth > 3:
        return
    for key, item in value.items():
        if isinstance(item, str) and _KEY.fullmatch(key.strip()):
            yield _EATEN_COMMAND.sub(lambda eaten: _EATEN[eaten[0]], item)
        elif isinstance(item, list) and len(item) == 1 and _KEY.match(key.strip()):
            yield from _answers({key.rstrip("s"): item[0]}, depth + 1)
        else:
            yield from _answers(item, depth + 1)


def table_answer(text: str) -> str | None:
    """The cell of the last row of a Markdown table below a heading that names the formula."""
    lines = text.strip().split("\n")
    rules = [row for row, line in enumerate(lines) if row and _RULE.match(line)]
    if not rules:
        return None
    heading, last = _cells(lines[rules[-1] - 1]), rules[-1] + 1
    while last < len(lines) and "|" in lines[last]:
        last += 1
    cells = _cells(lines[last - 1])
    columns = [place for place, name in enumerate(heading) if _KEY.fullmatch(name.strip("*_` "))]
    if last == rules[-1] + 1 or len(cells) != len(heading) or len(columns) != 1:
        return None  # a bar inside a cell is a sign: which cell is which, nothing tells
    return cells[columns[0]]


def _cells(line: str) -> list[str]:
    """The cells of a table's row; an escaped bar is part of its cell."""
    parts = re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|"))
    return [part.strip().replace("\\|", "|") for part in parts]
