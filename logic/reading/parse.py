"""`logic.parse`: text to formula, in a language that is named."""

from __future__ import annotations

from logic import syntax as S
from logic.languages import language
from logic.reading.formula import read_formula


def parse(text: str, *, domain: str = "fol", dialect: str | None = None) -> S.Formula:
    """Read one closed formula.

    `domain` is a name or path that `logic.domains.get` knows. `dialect` is one of `logic.DIALECTS`; None finds it
    from the text (the core notation is the union of all that a single grammar can hold). Raises `ParseError` for text
    that is no formula, a free variable, more than `MAX_LENGTH` characters or `MAX_DEPTH` levels, and `ValueError` for
    an unknown dialect or domain.
    """
    return read_formula(text, language(domain), dialect=dialect).formula
