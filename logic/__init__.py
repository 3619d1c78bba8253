"""First-order logic for language models: read it, decide it, grade it."""

from __future__ import annotations

from importlib import import_module
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

# Loaded when first used: a reward judges without them, and they are a quarter of what there is to load.
_LOADED_LATER = {
    "Explanation": "logic.explaining.explanation",
    "StoryFormula": "logic.reading.answers.story",
    "consistent": "logic.proving.questions",
    "decoding_grammar": "logic.decoding.grammar",
    "explain": "logic.explaining.explanation",
    "holds": "logic.proving.questions",
    "models": "logic.proving.questions",
    "prove": "logic.proving.questions",
    "read_signature": "logic.decoding.signatures",
    "read_story": "logic.reading.answers.story",
}


def __getattr__(name: str) -> object:
    """A public name that is loaded when first used (PEP 562)."""
    if name not in _LOADED_LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_LOADED_LATER[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
