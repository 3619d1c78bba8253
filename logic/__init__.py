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
    from logic.deciding.structure import Structure
    from logic.decoding.grammar import decoding_grammar
    from logic.english.verbalising import verbalise
    from logic.explaining.explanation import Explanation, explain
    from logic.forms.normal_forms import cnf, nnf, prenex
    from logic.forms.tree import Tree, tree
    from logic.proving.questions import consistent, holds, models, prove
    from logic.reading.answers.story import StoryFormula, read_story
    from logic.signatures.reading import read_signature
    from logic.signatures.signature import Signature

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
    "Signature",
    "StoryFormula",
    "Structure",
    "Term",
    "Tree",
    "UnsupportedError",
    "Verdict",
    "cnf",
    "compare",
    "consistent",
    "decoding_grammar",
    "entails",
    "equivalent",
    "explain",
    "holds",
    "models",
    "nnf",
    "parse",
    "prenex",
    "prove",
    "read_answer",
    "read_signature",
    "read_story",
    "score",
    "to_text",
    "tree",
    "verbalise",
]


_LATER = {
    **dict.fromkeys(["Explanation", "explain"], "logic.explaining.explanation"),
    **dict.fromkeys(["StoryFormula", "read_story"], "logic.reading.answers.story"),
    **dict.fromkeys(["consistent", "holds", "models", "prove"], "logic.proving.questions"),
    **dict.fromkeys(["cnf", "nnf", "prenex"], "logic.forms.normal_forms"),
    **dict.fromkeys(["Tree", "tree"], "logic.forms.tree"),
    "Structure": "logic.deciding.structure",
    "decoding_grammar": "logic.decoding.grammar",
    "read_signature": "logic.signatures.reading",
    "Signature": "logic.signatures.signature",
    "verbalise": "logic.english.verbalising",
}
"""Public names that are loaded when first used, and where they are."""


def __getattr__(name: str) -> object:
    """One of `_LATER` (PEP 562).

    A reward judges without them, and they are a quarter of what there is to load.
    """
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_LATER[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
