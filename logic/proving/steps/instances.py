"""Which instances of quantified formulas refute them.

Z3 is asked for a model of the formulas without their quantifiers. Where there is one, instances
that it makes false, or says nothing of, are added, and Z3 is asked again; where there is none, the
instances that contradict each other, as few as can be, are what a proof needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Any

import z3

from logic import syntax as S
from logic.nodes import (
    UNIVERSE,
    ExistsOf,
    ForallOf,
    fresh_variable,
    quantified_sort,
    sort_of,
)
from logic.proving.steps.ground import Ground, GroundModel
from logic.proving.steps.lines import Rule
from logic.proving.steps.terms import Terms
from logic.substitution import names_in, numbered, rename_symbols, substitute
from logic.symbols import Symbol

_ROUNDS = 60
_MOST_LEMMAS = 250
_MOST_TUPLES = 3_000
"""Tuples of terms that are tried for one formula in one round."""
_MOST_TRIED = 60_000
"""Tuples that are tried in all: some seconds."""
_AT_ONCE = 6
"""Instances of one formula that are added in one round."""
_DEEPEST = 4
"""Functions within each other in a term that is tried."""
_RLIMIT = 400_000
"""Z3's work for one question."""


@dataclass(frozen=True, slots=True)
class Lemma:
    """That a quantified formula, or its denial, has an instance.

    `given` → `instance`: `given` is ∀, ∃ or ∃!, or such a formula denied.
    """

    given: S.Formula
    instance: S.Formula
    rule: Rule
    values: tuple[tuple[str, S.Term], ...] = ()

    @property
    def witness(self) -> str:
        """The new name of a witness."""
        return str(names_in(self.values[0][1]).pop())

    def of(self, given: S.Formula) -> Lemma:
        """The same of a formula that differs in the names of its bound variables alone."""
        if given == self.given:
            return self
        is_denied = isinstance(given, S.Not)
        formula: Any = given.operand if isinstance(given, S.Not) else given
        if self.rule == "definition":
            written = written_out(formula)
            return Lemma(
                given,
                S.Not(written) if is_denied else written,
                self.rule,
            )
        values = []
        for _, term in self.values:
            values.append((formula.variable.name, term))
            formula = substitute(formula.body, {formula.variable.name: term})
        instance = denial(formula) if is_denied else formula
        return Lemma(
            given,
            instance,
            self.rule,
            tuple(values),
        )

    def renamed(self, names: Mapping[Symbol, str]) -> Lemma:
        """The same of other constants."""
        values = []
        for variable, term in self.values:
            said = S.Equality(term, term)  # what is renamed is a formula
            values.append((variable, rename_symbols(said, names).left))
        given = rename_symbols(self.given, names)
        return Lemma(
            given,
            rename_symbols(self.instance, names),
            self.rule,
            tuple(values),
        )


@dataclass
class Search:
    """The lemmas found so far for closed formulas that are to be refuted."""

    facts: Sequence[S.Formula]
    terms: Terms
    lemmas: dict[tuple[S.Formula, S.Formula], Lemma] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ground = Ground()
        self._solver = z3.SimpleSolver(ctx=self.ground.context)
        self._solver.set("rlimit", _RLIMIT)
        self._solver.set("random_seed", 0)
        self._marks: list[Any] = []
        self._depth = 1
        self._tried = 0
        self._witnessed: set[S.Formula] = set()
        for fact in self.facts:
            self._add(self.ground.formula(fact))

    def _add(self, formula: Any) -> None:
        mark = z3.Bool(f"mark {len(self._marks)}", self.ground.context)
        self._marks.append(mark)
        self._solver.add(z3.Implies(mark, formula))

    def run(self) -> list[Lemma] | None:
        """The lemmas that a proof needs, none of them without need; None where none is found."""
        for _ in range(_ROUNDS):
            answer = self._solver.check(self._marks)
            if answer == z3.unsat:
                return self._needed()
            is_over = len(self.lemmas) > _MOST_LEMMAS or self._tried > _MOST_TRIED
            if answer != z3.sat or is_over:
                return None
            model = GroundModel(self.ground, self._solver.model())
            if not self._extend(model) and not self._deepen():
                return None
        return None

    def _deepen(self) -> bool:
        """Longer terms, where there are any."""
        self._depth += 1
        return self._depth <= _DEEPEST and self.terms.has_functions

    # ---- what to add ----

    def _extend(self, model: GroundModel) -> bool:
        """Adds what the model does not respect; whether there was anything."""
        for term in self.ground.terms:
            self.terms.add(term)
        universal: list[tuple[S.Formula, S.Quantified]] = []
        added = False
        for key, (formula, _) in list(self.ground.quantified.items()):
            holds = model.says(key)
            if isinstance(formula, S.ExistsUnique):
                added |= self._define(formula, holds)
            elif isinstance(formula, S.Forall) is holds:
                universal.append((formula if holds else S.Not(formula), formula))
            else:
                added |= self._witness(formula if holds else S.Not(formula), formula)
        for wanted in (False, None):  # what the model makes false comes first
            for given, formula in universal:
                added |= self._instances(
                    given,
                    formula,
                    model,
                    wanted,
                )
            if added:
                return True
        return False

    def _instances(
        self, given: S.Formula, formula: S.Quantified, model: GroundModel, wanted: bool | None
    ) -> bool:
        """Instances that the model makes false, or (None) says nothing of."""
        variables, body = block(formula)
        is_denied = isinstance(given, S.Not)
        pools = [self.terms.of_sort(sort, self._depth) for _, sort in variables]
        names = [name for name, _ in variables]
        added = 0
        for chosen in islice(_small_first(pools), _MOST_TUPLES):
            values = dict(
                zip(
                    names,
                    chosen,
                    strict=True,
                )
            )
            self._tried += 1
            value = model.value(body, values)
            if is_denied and value is not None:
                value = not value
            if value is not wanted:
                continue
            added += self._instance(
                given,
                values,
                body,
            )
            if added == _AT_ONCE:
                break
        return added > 0

    def _instance(self, given: S.Formula, values: dict[str, S.Term], body: S.Formula) -> bool:
        instance = substitute(body, values)
        if isinstance(given, S.Not):
            instance = denial(instance)
        return self._lemma(
            Lemma(
                given,
                instance,
                "instance",
                tuple(values.items()),
            )
        )

    def _witness(self, given: S.Formula, formula: S.Quantified) -> bool:
        key = numbered(given)
        if key in self._witnessed:
            return False
        self._witnessed.add(key)
        variable = formula.variable.name
        name = self.terms.fresh(sort_of(formula) or UNIVERSE)
        instance = substitute(formula.body, {variable: name})
        if isinstance(given, S.Not):
            instance = denial(instance)
        return self._lemma(
            Lemma(
                given,
                instance,
                "witness",
                ((variable, name),),
            )
        )

    def _define(self, formula: S.ExistsUnique, holds: bool) -> bool:
        given = formula if holds else S.Not(formula)
        written = written_out(formula)
        return self._lemma(
            Lemma(
                given,
                written if holds else S.Not(written),
                "definition",
            )
        )

    def _lemma(self, lemma: Lemma) -> bool:
        """Adds a lemma; whether it is new."""
        key = (numbered(lemma.given), lemma.instance)
        if key in self.lemmas:
            return False
        self.lemmas[key] = lemma
        given = self.ground.formula(lemma.given)
        self._add(z3.Implies(given, self.ground.formula(lemma.instance)))
        return True

    # ---- what is needed ----

    def _needed(self) -> list[Lemma]:
        """The lemmas of a core in which none can be left out."""
        core = self._core(self._marks)
        for mark in reversed(self._marks[len(self.facts) :]):
            if mark in core:
                others = [other for other in core if not other.eq(mark)]
                if self._solver.check(others) == z3.unsat:
                    core = self._core(others)
        lemmas = list(self.lemmas.values())
        marks = self._marks[len(self.facts) :]
        return [
            lemma
            for mark, lemma in zip(
                marks,
                lemmas,
                strict=True,
            )
            if mark in core
        ]

    def _core(self, marks: list[Any]) -> list[Any]:
        self._solver.check(marks)
        return list(self._solver.unsat_core())


def block(formula: S.Quantified) -> tuple[list[tuple[str, str]], S.Formula]:
    """The variables that quantifiers of one kind bind together, with their sorts, and what is below."""
    kind: Any = S.Forall if isinstance(formula, S.Forall) else S.Exists
    variables: dict[str, str] = {}
    body: S.Formula = formula
    while isinstance(body, kind) and body.variable.name not in variables:
        variables[body.variable.name] = sort_of(body) or UNIVERSE
        body = body.body
    return list(variables.items()), body


def denial(formula: S.Formula) -> S.Formula:
    """The formula denied; what is denied already without its ¬."""
    return formula.operand if isinstance(formula, S.Not) else S.Not(formula)


def written_out(formula: S.ExistsUnique) -> S.Formula:
    """∃!x φ(x) as ∃x (φ(x) ∧ ∀y (φ(y) → y = x))."""
    other = fresh_variable(formula)
    same = S.Implies(
        substitute(formula.body, {formula.variable.name: other}),
        S.Equality(other, formula.variable),
    )
    if sort_of(formula) is None:
        return S.Exists(formula.variable, S.And((formula.body, S.Forall(other, same))))
    sort = quantified_sort(formula)
    alone = ForallOf(
        other,
        same,
        sort,
    )
    return ExistsOf(
        formula.variable,
        S.And((formula.body, alone)),
        sort,
    )


def _small_first(pools: Sequence[Sequence[S.Term]]) -> Iterator[tuple[S.Term, ...]]:
    """Tuples of terms, those of early terms first."""
    most = max([len(pool) for pool in pools], default=0)
    for size in range(1, most + 1):
        heads = [pool[:size] for pool in pools]
        for chosen in product(*heads):
            is_new = any(
                len(pool) >= size and term == pool[size - 1]
                for pool, term in zip(
                    pools,
                    chosen,
                    strict=True,
                )
            )
            if is_new:
                yield chosen
