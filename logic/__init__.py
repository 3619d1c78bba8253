"""First-order logic for language models: read it, decide it, grade it."""

from __future__ import annotations

from logic.answer import Answer, read_answer
from logic.errors import LogicError, ParseError, UnsupportedError
from logic.parser import parse
from logic.printer import to_text
from logic.syntax import Formula, Term

__all__ = [
    "Answer",
    "Formula",
    "LogicError",
    "ParseError",
    "Term",
    "UnsupportedError",
    "parse",
    "read_answer",
    "to_text",
]
