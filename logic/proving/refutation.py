"""The refutation that the extra prover E finds, for what this room finds no steps of its own for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from logic import syntax as S
from logic.deciding.ladder import Limits
from logic.deciding.provers import eprover
from logic.errors import LogicError
from logic.proving.steps import layout
from logic.proving.steps.layout import Row
from logic.reading.parse import parse
from logic.substitution import numbered
from logic.writing.to_text import to_text

MAX_SHOWN = 150
"""Lines of a refutation that is shown."""
_PREMISE = "premise_"
_CONCLUSION = "conclusion"
_STEP = re.compile(
    r"(fof|cnf)\(([\w']+), (\w+), (.*?), ((?:inference\(\w+,\[|file\(').*)\)\.", re.ASCII
)
"""A step in TSTP: its form, name, role, formula, and where it comes from."""
_CITED = re.compile(rf"\b(?:c_\d+_\d+|{_PREMISE}\d+|{_CONCLUSION})\b", re.ASCII)
_FROM_PREMISE = re.compile(rf"file\('[^']*', {_PREMISE}(\d+)\)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Refutation:
    """That premises and a denied conclusion contradict each other, as E derives it.

    The lines are E's clauses: each follows from those it names by resolution and rewriting. Names
    that are no symbol of the premises (`esk1_0`) stand for what one of them says to exist. E's steps
    are not checked here. `str` gives text, `to_latex` LaTeX, and a notebook shows it as HTML.
    """

    rows: tuple[Row, ...]
    used: tuple[int, ...]
    """The premises that are used, by their places, counted from 0."""

    def __str__(self) -> str:
        return layout.text(self.rows)

    def to_latex(self) -> str:
        """An `array` of lines, for mathematical mode."""
        return layout.latex(self.rows)

    def to_html(self) -> str:
        """A table of lines."""
        return layout.html(self.rows)

    def _repr_html_(self) -> str:
        return self.to_html()


def find_refutation(
    formulas: Sequence[S.Formula], used: Sequence[int], limits: Limits
) -> Refutation | None:
    """E's refutation of the last formula denied, with those before it that stand at these places.

    None where E is not installed, finds none within the budget, or finds a long one.
    """
    *premises, conclusion = formulas
    insertions = limits.budget.prover
    if not insertions or eprover.program() is None:
        return None
    try:
        lines = [_axiom(f"{_PREMISE}{place}", "axiom", premises[place]) for place in used]
        lines.append(_axiom(_CONCLUSION, "conjecture", conclusion))
        derivation = eprover.ask("".join(lines), insertions, limits)
        if derivation.status != "proved":
            return None
        rows = tuple(_rows(derivation.steps))
    except LogicError:  # what TPTP cannot say, and what is nested too deep to be read
        return None
    if len(rows) > MAX_SHOWN:
        return None
    cited = map(int, _FROM_PREMISE.findall(derivation.steps))
    return Refutation(rows, tuple(sorted(cited)))


def _axiom(name: str, role: str, formula: S.Formula) -> str:
    return f"fof({name}, {role}, {to_text(formula, 'tptp')}).\n"


def _rows(steps: str) -> Iterator[Row]:
    """The steps in order; one that only writes another one differently goes by the other's number."""
    numbers: dict[str, int] = {}
    shown: dict[S.Formula, int] = {}
    for step in _STEP.finditer(steps):
        form, name, role, text, source = step.groups()
        if role == "conjecture":
            continue
        said = _formula(form, text)
        key = numbered(said)
        if key in shown:
            numbers[name] = shown[key]
            continue
        numbers[name] = shown[key] = len(shown) + 1
        yield Row(str(numbers[name]), 0, said, _why(name, source, numbers))


def _formula(form: str, text: str) -> S.Formula:
    return parse(f"{form}(step, plain, {text}).", dialect="tptp")


def _why(name: str, source: str, numbers: dict[str, int]) -> str:
    if name.startswith(_PREMISE):
        return f"premise {int(name.removeprefix(_PREMISE)) + 1}"
    if "assume_negation" in source:
        return "suppose the conclusion is false"
    cited = sorted({numbers[each] for each in _CITED.findall(source)})
    listed = ", ".join(map(str, cited))
    return f"{listed}, with names for what exists" if "skolemize" in source else f"from {listed}"
