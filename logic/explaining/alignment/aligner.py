"""The cheapest alignment of two formulas, node by node."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from logic import syntax as S
from logic.deciding.keys import normal_key
from logic.errors import UnsupportedError
from logic.explaining.alignment.connectives import connectives
from logic.explaining.alignment.constructs import constructs
from logic.explaining.alignment.edits import Applied, Join, atoms, other_part, unchanged
from logic.explaining.alignment.quantifiers import quantifiers, scopes
from logic.explaining.alignment.shapes import ATOM, Shape, denied, predicates, shapes
from logic.explaining.alignment.single import added, negations, removed
from logic.substitution import numbered

_MAX_WORK = 600
"""Pairs of nodes that are looked at, lest two long formulas take minutes."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What tells quickly how far two formulas are apart: normal form, predicates with counts."""

    key: str
    predicates: Counter[str]


class Aligner:
    """Aligns parts of two formulas.

    The candidate's bound variables are called by the reference's once they are met.
    """

    def __init__(self) -> None:
        self.work = _MAX_WORK
        # Parts of a formula meet again and again, in one shape or another. Kept for each pair: the
        # largest limit tried, and what came of it.
        self._memo: dict[tuple[S.Formula, S.Formula, bool], tuple[float, Join | None]] = {}
        self._profiles: dict[S.Formula, Profile] = {}

    def profile(self, formula: S.Formula) -> Profile:
        profile = self._profiles.get(formula)
        if profile is None:
            try:
                key = normal_key(formula)
            except UnsupportedError:  # a domain's construct stands for itself
                key = f"as written: {numbered(formula)!r}"
            profile = Profile(key, Counter(predicates(formula)))
            self._profiles[formula] = profile
        return profile

    def same(self, candidate: S.Formula, reference: S.Formula) -> bool:
        """Whether both have one normal form."""
        return self.profile(candidate).key == self.profile(reference).key

    def least(self, candidate: S.Formula, reference: S.Formula) -> float:
        """What any alignment of two different parts costs.

        One edit, or more for predicates that one of them lacks.
        """
        left = self.profile(candidate).predicates
        right = self.profile(reference).predicates
        extra = (left - right).total()
        missing = (right - left).total()
        return max(
            1.0,
            ATOM * extra,
            ATOM * missing,
        )

    def join(
        self, candidate: S.Formula, reference: S.Formula, limit: float, flip: bool = True
    ) -> Join | None:
        """The cheapest alignment of at most this cost, or None.

        With `flip` the candidate's part may be denied: not twice in a row, which would come back.
        """
        pair = (candidate, reference, flip)
        tried, join = self._memo.get(pair, (-1.0, None))
        if join is None and tried < limit:
            if self.same(candidate, reference):
                join = unchanged(reference)
            elif self.least(candidate, reference) <= limit and self.work > 0:
                self.work -= 1
                join = self._cheapest(candidate, reference, limit, flip)
            self._memo[pair] = (limit, join)
        if join is None or join.cost > limit:
            return None
        return join

    def _cheapest(
        self, candidate: S.Formula, reference: S.Formula, limit: float, flip: bool
    ) -> Join | None:
        cheapest: Join | None = None
        least = self.least(candidate, reference)
        for option in self._options(candidate, reference, limit, flip):
            if option is None or option.cost > limit:
                continue
            if cheapest is None or option.cost < cheapest.cost:
                cheapest = option
                if cheapest.cost <= least:
                    break
        return cheapest

    def _options(
        self, candidate: S.Formula, reference: S.Formula, limit: float, flip: bool
    ) -> Iterator[Join | None]:
        """Alignments, likelier ones first: each costs work, and the search stops at a cheap one."""
        yield atoms(candidate, reference)
        yield constructs(self, candidate, reference, limit)
        if isinstance(candidate, S.Not) and isinstance(reference, S.Not):
            yield self._denials(candidate, reference, limit)
        left_shapes = list(shapes(candidate))
        right_shapes = list(shapes(reference))
        pairs = list(itertools.product(left_shapes, right_shapes))
        # Sorting is stable: pairs of one sign come first, each in the order of the shapes.
        pairs.sort(key=lambda pair: pair[0].sign != pair[1].sign)
        for left, right in pairs:
            yield from self._shapes(left, right, limit)
        if flip:
            yield negations(self, candidate, reference, limit)
        yield scopes(self, candidate, reference, limit)
        for right in right_shapes:
            yield from added(self, candidate, right, limit)
        for left in left_shapes:
            yield from removed(self, left, reference, limit)
        yield other_part(candidate, reference)

    def _denials(self, candidate: S.Not, reference: S.Not, limit: float) -> Join | None:
        inner = self.join(
            candidate.operand,
            reference.operand,
            limit,
        )
        if inner is None:
            return None

        def build(applied: Applied) -> S.Formula:
            return denied(inner.build(applied))

        return replace(inner, build=build)

    def _shapes(self, left: Shape, right: Shape, limit: float) -> Iterator[Join | None]:
        """Two nodes with something below them; a quantifier is aligned with a quantifier alone."""
        if left.variable is None and right.variable is None:
            yield from connectives(self, left, right, limit)
        elif left.variable is not None and right.variable is not None:
            yield from quantifiers(self, left, right, limit)
