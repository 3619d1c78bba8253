"""Closed formulas in Z3 without quantifiers: each quantified one is a proposition of its own.

What contradicts itself so, with the instances that quantified formulas are said to have, is proved
by the connectives and equality alone; and what does not has a model over the terms that were named,
which tells which instances to try next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import z3

from logic import syntax as S
from logic.deciding.z3_lowering import lower_connective
from logic.errors import UnsupportedError
from logic.proving.truth import connective, parts_of
from logic.substitution import numbered

Classes = tuple[int, ...]
"""Classes of equal terms, one for each argument."""


class Ground:
    """Z3 terms of closed formulas, and of all that they are made of."""

    def __init__(self) -> None:
        self.context = z3.Context()
        self._universe = z3.DeclareSort("U", self.context)
        self._boolean = z3.BoolSort(self.context)
        self._symbols: dict[tuple[str, str, int], Any] = {}
        self.terms: dict[S.Term, Any] = {}
        """Ground terms, by first occurrence."""
        self.atoms: dict[S.Atom, Any] = {}
        self.quantified: dict[S.Formula, tuple[S.Quantified, Any]] = {}
        """By the formula with its variables numbered: the formula, and its proposition."""

    def formula(self, formula: S.Formula) -> Any:
        """Raises `UnsupportedError` for what is beyond the core."""
        match formula:
            case S.Atom(name, args):
                if formula not in self.atoms:
                    symbol = self._symbol(
                        "p",
                        name,
                        len(args),
                        self._boolean,
                    )
                    self.atoms[formula] = symbol(*[self.term(arg) for arg in args])
                return self.atoms[formula]
            case S.Equality(left, right):
                return self.term(left) == self.term(right)
            case S.Quantified():
                return self._proposition(formula)
        lowered = lower_connective(
            formula,
            self.formula,
            self.context,
        )
        if lowered is None:
            raise UnsupportedError(f"{type(formula).__name__} has no steps of a proof")
        return lowered

    def term(self, term: S.Term) -> Any:
        if term not in self.terms:
            match term:
                case S.Constant(name):
                    made = z3.Const(f"c {name}", self._universe)
                case S.Function(name, args):
                    symbol = self._symbol("f", name, len(args), self._universe)
                    made = symbol(*[self.term(arg) for arg in args])
                case _:
                    raise UnsupportedError(f"{type(term).__name__} has no steps of a proof")
            self.terms[term] = made
        return self.terms[term]

    def _symbol(self, kind: str, name: str, arity: int, value: Any) -> Any:
        key = (kind, name, arity)
        if key not in self._symbols:
            places = [self._universe] * arity
            self._symbols[key] = z3.Function(f"{kind} {name} {arity}", *places, value)
        return self._symbols[key]

    def _proposition(self, formula: S.Quantified) -> Any:
        key = numbered(formula)
        if key not in self.quantified:
            proposition = z3.Bool(f"q {len(self.quantified)}", self.context)
            self.quantified[key] = (formula, proposition)
        return self.quantified[key][1]


class GroundModel:
    """What holds in a model of ground formulas, as far as they speak of it.

    A formula is true, false, or None where the model has no say.
    """

    def __init__(self, ground: Ground, model: z3.ModelRef) -> None:
        self._numbers: dict[Any, int] = {}
        self.classes: dict[S.Term, int] = {}
        self._functions: dict[tuple[str, Classes], int] = {}
        self._predicates: dict[tuple[str, Classes], bool] = {}
        for term, made in ground.terms.items():
            value = str(model.eval(made, model_completion=True))
            self.classes[term] = self._numbers.setdefault(value, len(self._numbers))
        for term, number in self.classes.items():
            if isinstance(term, S.Function):
                self._functions[term.name, self._of(term.args)] = number
        for atom, made in ground.atoms.items():
            value = model.eval(made, model_completion=True)
            self._predicates[atom.predicate, self._of(atom.args)] = z3.is_true(value)
        self._quantified: dict[S.Formula, bool] = {}
        for key, (_, made) in ground.quantified.items():
            self._quantified[key] = z3.is_true(model.eval(made, model_completion=True))

    def _of(self, terms: Sequence[S.Term]) -> Classes:
        return tuple([self.classes[term] for term in terms])

    def says(self, quantified: S.Formula) -> bool:
        """Whether a quantified formula, as `Ground.quantified` has it, is true."""
        return self._quantified[quantified]

    def value(self, formula: S.Formula, terms: Mapping[str, S.Term]) -> bool | None:
        """The truth of a formula with these terms for its free variables."""
        match formula:
            case S.Truth(value):
                return value
            case S.Atom(name, args):
                classes = [self._class(arg, terms) for arg in args]
                known = [number for number in classes if number is not None]
                if len(known) < len(classes):
                    return None
                return self._predicates.get((name, tuple(known)))
            case S.Equality(left, right):
                one, other = self._class(left, terms), self._class(right, terms)
                return None if one is None or other is None else one == other
            case S.Quantified():
                return None
        return connective([self.value(part, terms) for part in parts_of(formula)], formula)

    def _class(self, term: S.Term, terms: Mapping[str, S.Term]) -> int | None:
        match term:
            case S.Variable(name):
                return self.classes.get(terms[name])
            case S.Function(name, args):
                classes = [self._class(arg, terms) for arg in args]
                known = [number for number in classes if number is not None]
                if len(known) < len(classes):
                    return None
                return self._functions.get((name, tuple(known)))
        return self.classes.get(term)
