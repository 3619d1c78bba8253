"""The core's questions, over plain structures: are two formulas equivalent, does one follow from others?"""

from __future__ import annotations

import functools
from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

from logic import syntax as S
from logic.deciding.keys import key
from logic.deciding.ladder import Limits, Question
from logic.deciding.normal import FALSE, join, negate, normal_form
from logic.deciding.side import Side
from logic.deciding.verdict import Agreement, Status
from logic.symbols import Signature, signature, signature_of

if TYPE_CHECKING:
    from logic.deciding.structure import Structure


class _PlainQuestion(Question):
    """Whether one formula has a model."""

    @property
    @abstractmethod
    def against(self) -> S.Formula:
        """What no structure may satisfy, if the answer is to be a proof."""

    @property
    @abstractmethod
    def signature(self) -> Signature:
        """The symbols of the question."""

    def ask_z3(self, rlimit: int, limits: Limits) -> Status:
        from logic.deciding import (
            search,  # here and below: Z3 takes 0.2 s to load and is seldom asked
        )

        return search.ask_z3(self.against, self.signature, rlimit, limits)

    def small_countermodel(self, limits: Limits) -> Structure | None:
        from logic.deciding import search

        model = search.small_model(self.against, self.signature, limits)
        if model is not None:
            check_countermodel(model, self.against, S.Truth(False))
        return model


class Equivalence(_PlainQuestion):
    """Are two formulas true in the same structures? Against it speaks a structure in which they differ."""

    def __init__(self, left: Side, right: Side) -> None:
        self.left = left
        self.right = right

    @functools.cached_property
    def against(self) -> S.Formula:
        return difference(self.left.formula, self.right.formula)

    @functools.cached_property
    def signature(self) -> Signature:
        return signature_of(frozenset([*self.left.symbols, *self.right.symbols]))

    @functools.cached_property
    def agreement(self) -> Agreement:
        """How far the formulas agree over sampled structures."""
        from logic.deciding.samples import (
            agreement,  # here and below: numpy is not needed to read formulas
        )

        return agreement(self.left.formula, self.right.formula, self.signature)

    def has_equal_forms(self) -> bool:
        return self.left is self.right or self.left.key == self.right.key

    def sampled_countermodel(self) -> Structure | None:
        difference = self.agreement.difference
        if difference is not None:
            check_countermodel(difference, self.left.formula, self.right.formula)
        return difference


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
        self.premises = premises
        self.conclusion = conclusion

    @functools.cached_property
    def against(self) -> S.Formula:
        denial = S.Not(self.conclusion)
        return S.And((*self.premises, denial)) if self.premises else denial

    @functools.cached_property
    def signature(self) -> Signature:
        return signature(self.against)

    def has_equal_forms(self) -> bool:
        forms = [normal_form(premise) for premise in self.premises]
        denial = negate(normal_form(self.conclusion))
        return key(join("and", [*forms, denial])) == key(FALSE)

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
