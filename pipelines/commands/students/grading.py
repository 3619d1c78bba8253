"""Each student's answer judged and explained, with the student's other columns kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import logic
from data.files import Columns, Row, text_of
from logic.explaining.explanation import Explanation
from logic.judging.compare import Names, Reference

RESULT = ("score", "verdict", "relation", "mistakes", "explanation", "reads", "repairs", "error")
"""The columns that a graded row has beside its own."""
BROKEN = "broken"
"""The verdict of a row that cannot be judged."""


@dataclass(frozen=True)
class Exercise:
    """What is asked of every row: which columns hold what, and how answers are judged."""

    reference: str | None = None
    """The reference of all rows; None where each has its own."""
    candidate_column: str = "candidate"
    reference_column: str = "reference"
    names: Names = "match"
    domain: str = "fol"
    dialect: str | None = None
    strict: bool = False


@dataclass(frozen=True)
class Graded:
    """A row with what was found: an explanation, or why there is none."""

    number: int
    columns: Columns
    explanation: Explanation | None
    fault: str = ""

    @property
    def mistakes(self) -> tuple[str, ...]:
        """The kinds of mistake, none of which is counted twice."""
        return () if self.explanation is None else self.explanation.error_types

    @property
    def verdict(self) -> str:
        """Of the comparison, or `BROKEN`."""
        return BROKEN if self.explanation is None else self.explanation.comparison.verdict

    def row(self) -> Columns:
        """The row's own columns, and behind them the result; one whose name is taken is `judged_NAME`."""
        result = self._result()
        named = {
            f"judged_{name}" if name in self.columns else name: result[name] for name in RESULT
        }
        return {**self.columns, **named}

    def _result(self) -> dict[str, Any]:
        told = self.explanation
        if told is None:
            return {**dict.fromkeys(RESULT), "verdict": BROKEN, "error": self.fault}
        found = told.comparison
        differences = told.differences or ()
        formula = found.answer.formula
        return {
            "score": found.score,
            "verdict": found.verdict,
            "relation": told.relation,
            "mistakes": list(told.error_types),
            "explanation": [f"{each.kind}: {each.text}" for each in differences] + told.there(),
            "reads": None if formula is None else str(formula),
            "repairs": list(found.answer.repairs),
            "error": None if found.answer.error is None else found.answer.error.reason,
        }


class Grader:
    """Grades rows; a reference is read once, and equal answers are judged once."""

    def __init__(self, exercise: Exercise, warn: Callable[[str], None]) -> None:
        self.exercise = exercise
        self.warn = warn
        self._references: dict[str, Reference | str] = {}
        self._explained: dict[tuple[str, str], Explanation | str] = {}

    def grade(self, rows: Iterable[Row]) -> list[Graded]:
        """A graded row for each, in order; `warn` hears of references that were repaired."""
        return [self._graded(number, columns) for number, columns in rows]

    def _graded(self, number: int, columns: Columns | str) -> Graded:
        if isinstance(columns, str):
            return Graded(number, {}, None, columns)
        try:
            pair = self._pair(columns)
        except ValueError as error:
            return Graded(number, columns, None, str(error))
        if pair not in self._explained:
            self._explained[pair] = self._explanation(*pair)
        told = self._explained[pair]
        if isinstance(told, str):
            return Graded(number, columns, None, told)
        return Graded(number, columns, told)

    def _pair(self, columns: Columns) -> tuple[str, str]:
        """A row's answer and reference, as with --pairs; an empty answer is one too, an unreadable one.

        Raises ValueError: why it has none.
        """
        exercise = self.exercise
        if exercise.candidate_column not in columns:
            raise ValueError(_no_column("candidate", exercise.candidate_column, columns))
        candidate = _text(columns, exercise.candidate_column)
        if exercise.reference:
            return candidate, exercise.reference
        if exercise.reference_column not in columns:
            raise ValueError(_no_column("reference", exercise.reference_column, columns))
        return candidate, _text(columns, exercise.reference_column)

    def _explanation(self, candidate: str, reference: str) -> Explanation | str:
        if reference not in self._references:
            self._references[reference] = self._reference(reference)
        target = self._references[reference]
        if isinstance(target, str):
            return target
        exercise = self.exercise
        return logic.explain(
            logic.compare(
                candidate,
                target,
                names=exercise.names,
                domain=exercise.domain,
                dialect=exercise.dialect,
                strict=exercise.strict,
            )
        )

    def _reference(self, text: str) -> Reference | str:
        """The reference, or why it is none; one that was repaired is told."""
        exercise = self.exercise
        try:
            target = Reference(text, domain=exercise.domain, dialect=exercise.dialect)
            if exercise.strict:
                target.answer.refuse_repairs()
        except logic.LogicError as error:
            return f"the reference is not a formula: {error}"
        if target.answer.repairs:
            changed = "; ".join(target.answer.repairs)
            self.warn(f"the reference {text!r} was repaired ({changed}): {target.formula}")
        return target


def _text(columns: Columns, name: str) -> str:
    """The text in a column as it is. Raises ValueError for what is none."""
    value = columns[name]
    return value if isinstance(value, str) else text_of(columns, name)


def _no_column(role: str, name: str, columns: Columns) -> str:
    """What is said of a row without a column, and what to do."""
    cure = f"--column {role}=NAME names another"
    if role == "reference":
        cure += ", and --reference FORMULA is one for all"
    return f"no column {name!r}; it has {', '.join(map(repr, columns)) or 'none'}; {cure}"
