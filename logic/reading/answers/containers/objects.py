"""JSON objects in a text, and the formulas that they hold."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

from logic.reading.answers.around.records import record_answers
from logic.reading.escapes import has_single_backslash

_MOST_OBJECTS, _MOST_TRIED = 20, 100
"""Objects that are read, and places where one may begin that are tried."""
OBJECT_START = re.compile(r"\{\s*[\"']")
_BROKEN_ESCAPE = re.compile(r"(?<!\\)\\(?![\\\"/bfnrtu])")
# A control character that stands as itself: before a letter it is parted from it, as no escape's is.
_ADDED_TO = re.compile(rf"{_BROKEN_ESCAPE.pattern}|[\n\t\r\f\b](?=[A-Za-z])")


def json_answers(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """The formulas that the JSON objects in a text hold, the last object first, with its span."""
    for start, end, value in reversed(json_objects(text)):
        is_latex = has_single_backslash(text[start:end])
        answers = list(dict.fromkeys(record_answers(value, is_latex=is_latex)))
        if len(answers) == 1:  # of several, nothing tells which
            yield start, end, answers


def json_objects(text: str) -> list[tuple[int, int, Any]]:
    """The JSON objects in a text, with the spans where they stand."""
    objects: list[tuple[int, int, Any]] = []
    place = 0
    for _ in range(_MOST_TRIED):
        opening = OBJECT_START.search(text, place)
        if opening is None or len(objects) == _MOST_OBJECTS:
            break
        value, place = _decoded(text, opening.start())
        if value is not None:
            objects.append((opening.start(), place, value))
    return objects


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
