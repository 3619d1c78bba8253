"""One side of a comparison: a formula, and what deciding and grading need of it, each worked out once."""

from __future__ import annotations

import functools

from logic import syntax as S
from logic.deciding.keys import key
from logic.deciding.normal import Normal
from logic.language import Language
from logic.symbols import Symbol


class Side:
    """A formula of a language; `symbols` are those to match, worked out here unless they are known already."""

    def __init__(
        self, formula: S.Formula, language: Language, symbols: list[Symbol] | None = None
    ) -> None:
        self.formula = formula
        self.language = language
        if symbols is None:
            symbols = language.symbols(formula)
        self.symbols: list[Symbol] = symbols
        """The distinct symbols whose meaning the language leaves open."""

    @functools.cached_property
    def normal(self) -> Normal:
        """The normal form whose parts are compared for partial credit."""
        return self.language.grading_form(self.formula)

    @functools.cached_property
    def key(self) -> str:
        """The normal form as text."""
        return key(self.normal)
