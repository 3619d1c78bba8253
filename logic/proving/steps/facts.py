"""What is known at a place of a proof, and from which lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from logic import syntax as S
from logic.proving.steps.equality import Equalities
from logic.proving.truth import connective, parts_of
from logic.substitution import names_in, numbered

Lines = frozenset[int]
NONE: Lines = frozenset()


class Known(NamedTuple):
    """A truth value, and the lines that it follows from."""

    value: bool
    lines: Lines


class Facts:
    """The formulas of the lines that are visible at one place."""

    def __init__(self, above: Facts | None = None) -> None:
        self.lines: dict[S.Formula, int] = dict(above.lines) if above else {}
        """By the formula with its variables numbered."""
        self.formulas: list[tuple[int, S.Formula]] = list(above.formulas) if above else []
        self._equalities: list[tuple[int, S.Equality]] = list(above._equalities) if above else []
        self._literals: list[tuple[int, S.Atom, bool]] = list(above._literals) if above else []
        self.names: set[str] = set(above.names) if above else set()
        """The names of constants and variables in the lines."""
        self.witnessed: set[int] = set(above.witnessed) if above else set()
        """The lines whose ∃, or denied ∀, has its witness."""

    def add(self, number: int, formula: S.Formula) -> None:
        self.lines.setdefault(numbered(formula), number)
        self.formulas.append((number, formula))
        self.names |= names_in(formula)
        atom = formula.operand if isinstance(formula, S.Not) else formula
        if isinstance(atom, S.Atom):
            self._literals.append((number, atom, atom is formula))
        elif isinstance(formula, S.Equality):
            self._equalities.append((number, formula))

    def line_of(self, formula: S.Formula) -> int | None:
        return self.lines.get(numbered(formula))

    def value(self, formula: S.Formula, without: int | None = None) -> Known | None:
        """Whether a formula is true or false by the lines, leaving out one."""
        direct = self._said(formula, without)
        if direct is not None:
            return direct
        match formula:
            case S.Truth(value):
                return Known(value, NONE)
            case S.Atom():
                return self._atom(formula, without)
            case S.Equality():
                return self._equality(formula, without)
            case S.Quantified():
                return None
        return self._connective(formula, without)

    def _said(self, formula: S.Formula, without: int | None) -> Known | None:
        for said, value in ((formula, True), (S.Not(formula), False)):
            number = self.line_of(said)
            if number is not None and number != without:
                return Known(value, frozenset([number]))
        return None

    def _connective(self, formula: S.Formula, without: int | None) -> Known | None:
        known = [self.value(part, without) for part in parts_of(formula)]
        values = [None if part is None else part.value for part in known]
        value = connective(values, formula)
        if value is None:
            return None
        return Known(
            value,
            self._reasons(
                formula,
                known,
                value,
            ),
        )

    def _reasons(self, formula: S.Formula, known: Sequence[Known | None], value: bool) -> Lines:
        """The lines of all operands that are known, or of one that decides alone."""
        for index, part in enumerate(known):
            alone: list[bool | None] = [None] * len(known)
            alone[index] = None if part is None else part.value
            if part is not None and connective(alone, formula) is value:
                return part.lines
        return together([part.lines for part in known if part is not None])

    # ---- equality ----

    def _closure(self, without: int | None) -> Equalities:
        return Equalities([said for said in self._equalities if said[0] != without])

    def _atom(self, atom: S.Atom, without: int | None) -> Known | None:
        """By a line that says it of terms that are equal to the atom's."""
        if not self._equalities:
            return None
        closure = self._closure(without)
        for number, other, value in self._literals:
            is_alike = other.predicate == atom.predicate and len(other.args) == len(atom.args)
            if number == without or not is_alike:
                continue
            reasons = closure.why_equal(
                list(
                    zip(
                        atom.args,
                        other.args,
                        strict=True,
                    )
                )
            )
            if reasons is not None:
                return Known(value, reasons | {number})
        return None

    def _equality(self, formula: S.Equality, without: int | None) -> Known | None:
        closure = self._closure(without)
        reasons = closure.why_equal([(formula.left, formula.right)])
        if reasons is not None:
            return Known(True, reasons)
        for number, said in self.formulas:
            if number == without or not isinstance(said, S.Not):
                continue
            if isinstance(said.operand, S.Equality):
                reasons = closure.why_same_pair(formula, said.operand)
                if reasons is not None:
                    return Known(False, reasons | {number})
        return None


def together(sets: Iterable[Lines]) -> Lines:
    return NONE.union(*sets)
