"""The core's questions, over plain structures: are two formulas equivalent, does one follow from others?"""

from __future__ import annotations

import functools
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from logic import syntax as S
from logic.deciding.keys import key
from logic.deciding.ladder import FIRST_SHARE, Limits, Question
from logic.deciding.normal import FALSE, Normal, exclusive, join, negate, normal_form
from logic.deciding.provers.cases import Case, cases, enough
from logic.deciding.side import Side
from logic.deciding.verdict import Agreement, Budget, Status, is_just_one_constant
from logic.errors import UnsupportedError
from logic.signatures.signature import Signature, signature, signature_of

if TYPE_CHECKING:
    from logic.deciding.samples import Compared
    from logic.deciding.structure import Structure


_FIRST: Mapping[str, bool | int] = {}
_LAST: tuple[Mapping[str, bool | int], ...] = (
    {"pull_nested_quantifiers": True},
    {"phase_selection": 0},
    {"random_seed": 2},
)
"""How Z3 is asked first, and then in turn for a part of the work limit each.

What one way of looking through instances does not find soon, another often does, and then sooner
than the first would with all of the work.
"""
_LAST_SHARE = 12
"""The part of the work limit that each of the later ways gets: what it does not find by then, it seldom finds."""


class _PlainQuestion(Question):
    """Whether one formula has a model."""

    def __init__(self) -> None:
        self.left: list[Case] | None = None
        """The cases of the form that no step has shown to be impossible, once they are looked for."""
        self._is_too_large = False
        self._ruled_out = 0

    @property
    @abstractmethod
    def against(self) -> S.Formula:
        """What no structure may satisfy, if the answer is to be a proof."""

    @property
    @abstractmethod
    def form(self) -> Normal:
        """The normal form of that formula. Raises `UnsupportedError` where it is too large to have one."""

    @property
    @abstractmethod
    def signature(self) -> Signature:
        """The symbols of the question."""

    def cases_left(self) -> list[Case] | None:
        """The cases that are left; None where the form is too large to be taken apart."""
        if self.left is None and not self._is_too_large:
            try:
                self.left = cases(self.form)
            except UnsupportedError:
                self._is_too_large = True
        return self.left

    def ask_z3(self, rlimit: int, limits: Limits, *, again: bool = False) -> Status:
        from logic.deciding import (
            search,  # here and below: Z3 takes 0.2 s to load and is seldom asked
        )

        attempts, share = (_LAST, rlimit // _LAST_SHARE) if again else ((_FIRST,), rlimit)
        for options in attempts:
            left = self.cases_left()
            if left is None:  # asked as it was written
                return search.ask_z3(self.against, self.signature, rlimit, limits)
            try:
                answer = search.ask_cases(left, share, limits, options)
            except UnsupportedError:
                self.left, self._is_too_large = None, True
                continue
            status, self.left = answer
            if status != "unknown":
                return status
        return "unknown"

    def ask_prover(self, limits: Limits) -> Status:
        from logic.deciding.provers import eprover

        left = self.cases_left()
        if left is None or eprover.program() is None:
            return "unknown"
        still: list[Case] = []
        share = limits.budget.prover // max(1, len(left))
        for case in left:
            status = eprover.derive(case, share, limits).status
            if status == "refuted":
                return status
            if status == "unknown":
                still.append(case)
        self.left = still
        return "unknown" if still else "proved"

    def small_countermodel(self, limits: Limits) -> Structure | None:
        from logic.deciding import search

        most = limits.budget.max_size
        bound = self._enough()
        model, self._ruled_out = search.small_model(
            self.against,
            self.signature,
            most if bound is None else min(bound, most),
            limits,
        )
        if model is not None:
            check_countermodel(model, self.against, S.Truth(False))
        return model

    def has_no_larger(self) -> bool:
        bound = self._enough()
        return bound is not None and bound <= self._ruled_out

    def _enough(self) -> int | None:
        """A number of elements of which a countermodel has no more, if there is any."""
        left = self.cases_left()
        if left is None:
            return None
        bounds = []
        for case in left:
            bound = enough(case)
            if bound is None:
                return None
            bounds.append(bound)
        return max(bounds, default=0)


class Equivalence(_PlainQuestion):
    """Are two formulas true in the same structures? Against it speaks a structure in which they differ."""

    def __init__(self, one: Side, other: Side) -> None:
        super().__init__()
        self.one = one
        self.other = other

    @functools.cached_property
    def against(self) -> S.Formula:
        return difference(self.one.formula, self.other.formula)

    @functools.cached_property
    def form(self) -> Normal:
        # In one order, as `difference` has them: Z3 may decide a question and not its mirror.
        sides = sorted((self.one, self.other), key=lambda side: _order(side.formula))
        return exclusive(True, [side.normal for side in sides])

    @functools.cached_property
    def signature(self) -> Signature:
        return signature_of(frozenset([*self.one.symbols, *self.other.symbols]))

    @functools.cached_property
    def compared(self) -> Compared:
        """How the formulas compare over sampled structures."""
        from logic.deciding.samples import (
            compared,  # here and below: numpy is not needed to read formulas
        )

        return compared(self.one.formula, self.other.formula, self.signature)

    def agreement(self) -> Agreement:
        """How far the formulas agree over sampled structures."""
        return Agreement(
            models=self.compared.models,
            countermodels=self.compared.countermodels,
            constant=is_just_one_constant(
                (self.one.formula, self.other.formula),
                self.compared.values,
                _is_constant,
            ),
            difference=self.compared.difference,
        )

    def has_equal_forms(self) -> bool:
        return self.one is self.other or self.one.key == self.other.key

    def sampled_countermodel(self) -> Structure | None:
        difference = self.compared.difference
        if difference is not None:
            check_countermodel(difference, self.one.formula, self.other.formula)
        return difference


def _is_constant(formula: S.Formula, value: bool) -> bool:
    """Whether a formula is proved to have a value in every structure."""
    from logic.deciding import search

    against = S.Not(formula) if value else formula
    try:
        if key(normal_form(against)) == key(FALSE):
            return True
    except UnsupportedError:  # too large for a normal form
        pass
    budget = Budget()
    status = search.ask_z3(
        against,
        signature(formula),
        budget.rlimit // FIRST_SHARE,
        Limits.starting_now(budget),
    )
    return status == "proved"


def difference(left: S.Formula, right: S.Formula) -> S.Formula:
    """What says that two formulas differ: the same whichever is the candidate.

    Z3 may decide a question and not its mirror.
    """
    shorter, longer = sorted((left, right), key=_order)
    return S.Not(S.Iff(shorter, longer))


def _order(formula: S.Formula) -> tuple[int, str]:
    text = repr(formula)
    return len(text), text


class Entailment(_PlainQuestion):
    """Does the conclusion hold wherever the premises do? Against it speaks a structure in which only they hold."""

    def __init__(self, premises: Sequence[S.Formula], conclusion: S.Formula) -> None:
        super().__init__()
        self.premises = premises
        self.conclusion = conclusion

    @functools.cached_property
    def against(self) -> S.Formula:
        denial = S.Not(self.conclusion)
        return S.And((*self.premises, denial)) if self.premises else denial

    @functools.cached_property
    def signature(self) -> Signature:
        return signature(self.against)

    @functools.cached_property
    def form(self) -> Normal:
        forms = [normal_form(premise) for premise in self.premises]
        return join("and", [*forms, negate(normal_form(self.conclusion))])

    def has_equal_forms(self) -> bool:
        return key(self.form) == key(FALSE)

    def sampled_countermodel(self) -> Structure | None:
        from logic.deciding.samples import sampled_model

        model = sampled_model(self.against, self.signature)
        if model is not None:
            check_countermodel(model, self.against, S.Truth(False))
        return model


MAX_CHECKED = 200_000
"""Steps up to which plain evaluation checks a countermodel: some tenths of a second."""


def check_countermodel(structure: Structure, left: S.Formula, right: S.Formula) -> None:
    """A countermodel is shown only after plain evaluation agrees that it is one, where that ends soon."""
    # Over one element, as most are, no formula takes more steps than it has parts.
    is_large = structure.size > 1
    if is_large and structure.steps(left) + structure.steps(right) > MAX_CHECKED:
        return
    if structure.holds(left) == structure.holds(right):
        raise AssertionError(f"not a countermodel for {left} and {right}:\n{structure}")
