"""First-order logic for language models: read it, decide it, grade it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from logic.deciding.verdict import Budget, Verdict
from logic.decoding.grammar import decoding_grammar
from logic.decoding.signatures import read_signature
from logic.errors import LogicError, ParseError, UnsupportedError
from logic.explaining.explanation import Explanation, explain
from logic.judging.batch import score
from logic.judging.compare import Comparison, Reference, compare
from logic.judging.questions import entails, equivalent
from logic.reading.answers.answer import Answer, read_answer
from logic.reading.answers.story import StoryFormula, read_story
from logic.reading.notations.dialects import DIALECTS
from logic.reading.parse import parse
from logic.syntax import Formula, Term
from logic.writing.to_text import to_text

if TYPE_CHECKING:
    from logic.proving.questions import consistent, holds, models, prove

_QUESTIONS = ("consistent", "holds", "models", "prove")
"""Found in `logic.proving.questions` when first asked for: it loads Z3, and reading does without."""


def __getattr__(name: str) -> Any:
    if name not in _QUESTIONS:
        raise AttributeError(f"module 'logic' has no attribute {name!r}")
    return getattr(import_module("logic.proving.questions"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_QUESTIONS])


__all__ = [
    "DIALECTS",
    "Answer",
    "Budget",
    "Comparison",
    "Explanation",
    "Formula",
    "LogicError",
    "ParseError",
    "Reference",
    "StoryFormula",
    "Term",
    "UnsupportedError",
    "Verdict",
    "compare",
    "consistent",
    "decoding_grammar",
    "entails",
    "equivalent",
    "explain",
    "holds",
    "models",
    "parse",
    "prove",
    "read_answer",
    "read_signature",
    "read_story",
    "score",
    "to_text",
]
