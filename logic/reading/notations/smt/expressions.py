"""The brackets and tokens of SMT-LIB: s-expressions as nested lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lark import Token

from logic.errors import ParseError
from logic.reading.raw import MAX_DEPTH, TooDeepError

_LEXEME = re.compile(
    r"""
    \s++
    | ; [^\n]*+                         # a comment
    | (?P<token>
        [()]
        | \| [^|\\]*+ \|                # a symbol between bars, which may hold almost anything
        | " [^"]*+ "                    # a string, as options have it
        | \#[bx][0-9a-fA-F]++            # a bit vector
        | [\w~!@$%^&*+=<>.?/'-]++       # any other symbol, keyword or number
      )
    """,
    re.VERBOSE,
)
# A formula's bracket may hold another for its list of variables, and a variable has its own.
_MAX_OPEN_BRACKETS = 2 * MAX_DEPTH + 4


def _tokens(text: str) -> Iterator[Token]:
    offset, line, line_start = 0, 1, 0
    while offset < len(text):
        lexeme = _LEXEME.match(text, offset)
        if lexeme is None:
            raise ParseError.at(
                offset,
                f"unexpected character {text[offset]!r}",
                text=text,
            )
        if lexeme["token"] is not None:
            yield Token(
                "NAME",
                lexeme["token"],
                offset,
                line,
                offset - line_start + 1,
            )
        breaks = text.count("\n", offset, lexeme.end())
        if breaks:
            line += breaks
            line_start = text.rfind("\n", offset, lexeme.end()) + 1
        offset = lexeme.end()


def expressions(text: str) -> list[Any]:
    """Nested lists of tokens; a list's own position is that of its first token.

    Raises `ParseError`, and `TooDeepError` for too many brackets within each other.
    """
    stack: list[list[Any]] = [[]]
    for token in _tokens(text):
        if token == "(":
            if len(stack) > _MAX_OPEN_BRACKETS:
                raise TooDeepError
            expression: list[Any] = []
            stack[-1].append(expression)
            stack.append(expression)
        elif token != ")":
            stack[-1].append(token)
        elif len(stack) > 1:
            stack.pop()
        else:
            hint = "this bracket was never opened"
            raise ParseError.at(
                token.start_pos or 0,
                "unexpected ')'",
                text=text,
                hint=hint,
            )
    if len(stack) > 1:
        reason = "the text ends in the middle of a formula"
        hint = "a bracket is opened and not closed"
        raise ParseError.at(
            len(text),
            reason,
            text=text,
            hint=hint,
        )
    return stack[0]
