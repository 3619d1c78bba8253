"""A proof: its lines, and how it is printed."""

from __future__ import annotations

from dataclasses import dataclass

from logic import syntax as S
from logic.proving.steps import layout
from logic.proving.steps.lines import Branch, Line, is_direct, lines_of


@dataclass(frozen=True, slots=True)
class Proof:
    """That a conclusion follows from premises, step by step.

    Its lines are the premises that it uses, where it is indirect the conclusion denied, and what
    follows from them: the conclusion, or a contradiction in every case. `str` gives text,
    `to_latex` LaTeX, and a notebook shows it as HTML.
    """

    conclusion: S.Formula
    root: Branch

    @property
    def lines(self) -> list[Line]:
        """All lines in order."""
        return lines_of(self.root)

    @property
    def used(self) -> tuple[int, ...]:
        """The premises that are used, by their places, counted from 0."""
        return tuple([line.premise for line in self.lines if line.premise is not None])

    @property
    def is_direct(self) -> bool:
        """Whether the conclusion is derived, and not its denial refuted."""
        return is_direct(self.root)

    def __str__(self) -> str:
        return layout.text(layout.plain_rows(self.root))

    def to_latex(self) -> str:
        """An `array` of lines, for mathematical mode."""
        return layout.latex(layout.latex_rows(self.root))

    def to_html(self) -> str:
        """A table of lines."""
        return layout.html(layout.plain_rows(self.root))

    def _repr_html_(self) -> str:
        return self.to_html()
