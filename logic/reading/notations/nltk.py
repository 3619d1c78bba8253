"""NLTK's own rules, as far as they differ from the core notation's.

A chain of arrows groups to the left; variables are a letter with a number or without, and are
neither predicates nor functions; the words of its operators are no names.
"""

from __future__ import annotations

import re
from typing import Any

from logic.errors import ParseError
from logic.reading.raw import Raw, nodes, position

_VARIABLE = re.compile(r"[A-Za-z]\d*", re.ASCII)
_INDIVIDUAL = re.compile(r"[a-z]\d*", re.ASCII)
_RESERVED = frozenset("all forall some exists exist iota not and or implies iff".split())
_TOKEN = re.compile(
    r"""
    (?P<quoted> '(?:[^'\\\n]|\\.)*' | "(?:[^"\\\n]|\\.)*" )
    | (?P<iff> <-> | <=> | (?<!\w)iff(?!\w) )
    | (?P<arrow> -> | => | (?<!\w)implies(?!\w) )
    | (?P<mark> [(),] )
    """,
    re.VERBOSE,
)


def grouped(text: str) -> str:
    """The text with brackets around all but the last arrow of a chain: `a -> b -> c` is `(a -> b) -> c`."""
    if len(_arrows(text)) < 2:
        return text
    inserts: list[tuple[int, str]] = []
    # The place where the part begins that arrows join, and the arrows since, in each open bracket.
    stack: list[tuple[int, list[int]]] = [(0, [])]
    for token in _TOKEN.finditer(text):
        kind, start = token.lastgroup, stack[-1][0]
        if kind == "arrow":
            arrows = stack[-1][1]
            if arrows:
                inserts += [(start, "("), (token.start(), ")")]
            arrows.append(token.start())
        elif kind == "iff" or token[0] == ",":
            stack[-1] = (token.end(), [])
        elif token[0] == "(":
            stack.append((token.end(), []))
        elif token[0] == ")" and len(stack) > 1:
            stack.pop()
    for place, bracket in sorted(inserts, reverse=True):
        text = text[:place] + bracket + text[place:]
    return text


def _arrows(text: str) -> list[str]:
    return [token[0] for token in _TOKEN.finditer(text) if token.lastgroup == "arrow"]


def check(text: str, raw: Raw) -> None:
    """Raises `ParseError` for names that NLTK does not take in their places."""
    for node in nodes(raw):
        if node[0] == "quantified":
            _check_variables(text, node)
        elif node[0] == "application":
            _check_name(text, node)


def _check_variables(text: str, node: Raw) -> None:
    sign, names = node[2]
    if sign == "∃!":
        raise _error(text, "NLTK has no quantifier for exactly one", node[4])
    for name in names:
        if not _VARIABLE.fullmatch(name):
            hint = "a variable is one letter, with a number behind it or without: x, y2"
            raise _error(text, f"{name!r} cannot be a variable in NLTK", node[4], hint)
        if name[0].isupper() and _is_applied(name, node[3]):
            hint = "first-order logic has no variables for predicates"
            raise _error(text, f"{sign}{name} ranges over predicates", node[4], hint)


def _is_applied(name: str, body: Raw) -> bool:
    """Whether a name has arguments somewhere."""
    applied = [node[2] for node in nodes(body) if node[0] == "application" and node[3]]
    return name in applied


def _check_name(text: str, node: Raw) -> None:
    name, arguments = node[2], node[3]
    if name in _RESERVED:
        raise _error(text, f"{str(name)!r} is a word of NLTK's notation and no name", name)
    if arguments and _INDIVIDUAL.fullmatch(name):
        hint = "a predicate or function has a longer name, or begins with a capital"
        raise _error(text, f"the variable {str(name)!r} is no predicate or function", name, hint)


def _error(text: str, reason: str, place: Any, hint: str | None = None) -> ParseError:
    line, column = position(place)
    return ParseError(
        reason,
        text=text,
        line=line,
        column=column,
        hint=hint,
    )
