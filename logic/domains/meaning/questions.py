"""A domain's questions: lowered, sorted, and decided over structures with several sorts.

The steps are the ladder's. Equal normal forms prove; a sampled structure that satisfies the
domain's theory refutes, as long as nothing in the formulas ranges over all numbers; Z3 proves or
refutes over its own sorts and arithmetic; a search of small universes, every other sort grounded,
refutes. Formulas that say nothing beyond the core, in a domain without a theory, are the core's to
decide.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from logic import syntax as S
from logic.core import CORE
from logic.deciding.ladder import FIRST_SHARE, Limits, Question, climb
from logic.deciding.plain import difference
from logic.deciding.side import Side
from logic.deciding.verdict import (
    Agreement,
    Budget,
    Judgement,
    Status,
    Verdict,
    is_just_one_constant,
)
from logic.domains.kit.domain import Domain
from logic.domains.meaning import search
from logic.domains.meaning.keys import proof_key
from logic.domains.meaning.sorts import SortError, Sorts
from logic.domains.meaning.structures import SortedStructure, free_symbols
from logic.domains.meaning.tally import Tally, tally
from logic.nodes import sort_of
from logic.symbols import subnodes

_SAME = Agreement(
    models=1.0,
    countermodels=1.0,
    constant=False,
    difference=None,
)
_APART = Agreement(
    models=0.0,
    countermodels=0.0,
    constant=False,
    difference=None,
)


class _SortedQuestion(Question):
    """Whether formulas, and the theory that holds of them, have a common model."""

    domain: Domain
    sorts: Sorts
    axioms: Sequence[S.Formula]
    """The theory, sorted."""
    against: S.Formula
    """What no model of the theory may satisfy, if the answer is to be a proof."""

    @property
    def formulas(self) -> list[S.Formula]:
        """All that a countermodel satisfies."""
        return [*self.axioms, self.against]

    def ask_z3(self, rlimit: int, limits: Limits, *, again: bool = False) -> Status:
        return search.ask_z3(
            self.sorts,
            self.formulas,
            rlimit,
            limits,
        )

    def small_countermodel(self, limits: Limits) -> SortedStructure | None:
        return search.small_model(self.sorts, self.formulas, limits)


class SortedEquivalence(_SortedQuestion):
    """Are two lowered formulas true in the same structures of the theory?

    Raises `SortError` where two sorts meet.
    """

    def __init__(
        self, domain: Domain, left: S.Formula, right: S.Formula, theory: Sequence[S.Formula]
    ) -> None:
        self.domain = domain
        self.theory = theory
        self.lowered = (left, right)
        self.sorts = Sorts(domain.symbols, [left, right, *theory])
        left, right, *axioms = self.sorts.formulas
        self.left = left
        self.right = right
        self.axioms = axioms
        self.against = difference(left, right)

    @functools.cached_property
    def tally(self) -> Tally:
        """In how many sampled structures of the theory each formula is true."""
        return tally(
            self.sorts,
            self.domain.interpretation,
            self.left,
            self.right,
            self.axioms,
        )

    @functools.cached_property
    def equal_forms(self) -> bool:
        left = proof_key(self.left, self.sorts)
        right = proof_key(self.right, self.sorts)
        return left == right

    def has_equal_forms(self) -> bool:
        return self.equal_forms

    def sampled_countermodel(self) -> SortedStructure | None:
        return self.tally.difference

    def agreement(self) -> Agreement:
        """How far the formulas agree over sampled structures of the theory."""
        if self.equal_forms:
            return _SAME
        return Agreement(
            models=self.tally.models(),
            countermodels=self.tally.countermodels(),
            constant=is_just_one_constant(
                (self.left, self.right),
                self.tally.values(),
                self._is_constant,
            ),
            difference=self.tally.difference,
        )

    def _is_constant(self, formula: S.Formula, value: bool) -> bool:
        """Whether a formula has that value everywhere, and not only in the few that were sampled."""
        if isinstance(formula, S.Truth):
            return True
        against = S.Not(formula) if value else formula
        budget = Budget()
        status = search.ask_z3(
            self.sorts,
            [*self.axioms, against],
            budget.rlimit // FIRST_SHARE,
            Limits.starting_now(budget),
        )
        return status == "proved"

    def lends_sorts(self) -> bool:
        """Whether one formula gives the other sorts that it has not by itself.

        Else a candidate could make numbers of a reference's individuals, and so make it say
        something else.
        """
        together = (self.left, self.right)
        for formula, sorted_formula in zip(self.lowered, together, strict=True):
            alone = Sorts(self.domain.symbols, [formula, *self.theory])
            if alone.formulas[0] != sorted_formula:
                return True
            for symbol in free_symbols(formula):
                own_sorts = alone.of_symbol(*symbol)
                if own_sorts != self.sorts.of_symbol(*symbol):
                    return True
        return False


class SortedEntailment(_SortedQuestion):
    """Do lowered formulas have no common model in the theory?

    Raises `SortError` where two sorts meet.
    """

    def __init__(
        self, domain: Domain, formulas: Sequence[S.Formula], theory: Sequence[S.Formula]
    ) -> None:
        self.domain = domain
        self.sorts = Sorts(domain.symbols, [*formulas, *theory])
        count = len(formulas)
        parts = self.sorts.formulas[:count]
        self.axioms = self.sorts.formulas[count:]
        self.against = S.And(tuple(parts)) if count > 1 else parts[0]

    def has_equal_forms(self) -> bool:
        return False  # no form of a whole theory is at hand

    def sampled_countermodel(self) -> SortedStructure | None:
        # A structure in which they are true tells them from ⊥.
        sampled = tally(
            self.sorts,
            self.domain.interpretation,
            self.against,
            S.Truth(False),
            self.axioms,
        )
        return sampled.difference


def judge(
    domain: Domain, candidate: S.Formula, reference: S.Formula, budget: Budget | None = None
) -> Judgement:
    """Whether two formulas are equivalent in the domain, and how far they agree."""
    budget = budget or Budget()
    left = domain.lower(candidate)
    right = domain.lower(reference)
    theory = domain.theory([left, right])
    if not theory and _is_core(left) and _is_core(right):
        return CORE.judge(
            Side(left, CORE),
            Side(right, CORE),
            budget,
        )
    try:
        question = SortedEquivalence(domain, left, right, theory)
    except SortError:
        # Each has sorts of its own, or it could not have been read; a symbol of two sorts is two.
        return Judgement(Verdict("refuted", "sorts"), _APART)
    verdict = climb(question, budget)
    if verdict.status == "proved" and question.lends_sorts():
        verdict = Verdict("refuted", "sorts", seconds=verdict.seconds)
    if verdict.status != "refuted":
        return Judgement(verdict, None)
    return Judgement(verdict, question.agreement())


def entails(
    domain: Domain, premises: Sequence[S.Formula], conclusion: S.Formula, budget: Budget
) -> Verdict:
    """Whether the conclusion holds wherever the domain's theory and all premises do."""
    assumed = [domain.lower(premise) for premise in premises]
    against = [*assumed, domain.lower(S.Not(conclusion))]
    theory = domain.theory(against)
    if not theory and all(map(_is_core, against)):
        return CORE.entails(assumed, domain.lower(conclusion), budget)
    try:
        question = SortedEntailment(domain, against, theory)
    except SortError:
        return Verdict("unknown", "sorts", reason="sorts")
    return climb(question, budget)


def contradiction(
    domain: Domain, formulas: Sequence[S.Formula], budget: Budget
) -> list[int] | None:
    """The places of formulas that contradict each other in the domain; None where none are found."""
    lowered = [domain.lower(formula) for formula in formulas]
    theory = domain.theory(lowered)
    try:
        sorts = Sorts(domain.symbols, [*lowered, *theory])
    except SortError:
        return None
    core = search.contradiction(sorts, sorts.formulas, Limits.starting_now(budget))
    return None if core is None else [place for place in core if place < len(formulas)]


def check_sorts(domain: Domain, formula: S.Formula) -> None:
    """Raises `SortError` for a formula in which two sorts meet."""
    lowered = domain.lower(formula)
    theory = domain.theory([lowered])
    if theory or not _is_core(lowered):
        Sorts(domain.symbols, [lowered, *theory])


def consistent(domain: Domain, formulas: Sequence[S.Formula]) -> bool:
    """Whether the theory of these formulas has a model, found or known to Z3."""
    lowered = [domain.lower(formula) for formula in formulas]
    theory = domain.theory(lowered)
    if not theory:
        return True
    sorts = Sorts(domain.symbols, [*lowered, *theory])
    axioms = sorts.formulas[len(lowered) :]
    verdict = climb(SortedEntailment(domain, axioms, ()), Budget())
    return verdict.status == "refuted"


def _is_core(formula: S.Formula) -> bool:
    """Whether a lowered formula says nothing beyond the core."""
    return not any(map(_is_beyond_core, subnodes(formula)))


def _is_beyond_core(node: S.Node) -> bool:
    return isinstance(node, S.Construct) or sort_of(node) is not None
