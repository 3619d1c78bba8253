"""First-order logic for language models: read it, decide it, grade it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logic.deciding.verdict import Budget, Verdict
from logic.errors import LogicError, ParseError, UnsupportedError
from logic.judging.batch import score
from logic.judging.compare import Comparison, Reference, compare
from logic.judging.questions import entails, equivalent
from logic.reading.answers.answer import Answer, read_answer
from logic.reading.notations.dialects import DIALECTS
from logic.reading.parse import parse
from logic.syntax import Formula, Term
from logic.writing.to_text import to_text

if TYPE_CHECKING:
    from types import ModuleType

    from logic.decoding.grammar import decoding_grammar
    from logic.decoding.signatures import read_signature
    from logic.explaining.explanation import Explanation, explain
    from logic.proving.questions import consistent, holds, models, prove
    from logic.reading.answers.story import StoryFormula, read_story

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


def __getattr__(name: str) -> object:
    """A public name that is loaded when first used (PEP 562).

    A reward judges without them, and they are a quarter of what there is to load.
    """
    room: ModuleType
    if name in ("Explanation", "explain"):
        from logic.explaining import explanation as room
    elif name in ("StoryFormula", "read_story"):
        from logic.reading.answers import story as room
    elif name in ("consistent", "holds", "models", "prove"):
        from logic.proving import questions as room
    elif name == "decoding_grammar":
        from logic.decoding import grammar as room
    elif name == "read_signature":
        from logic.decoding import signatures as room
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(room, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
