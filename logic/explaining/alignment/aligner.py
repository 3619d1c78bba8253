"""The cheapest alignment of two formulas, node by node."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from logic import syntax as S
from logic.deciding.keys import normal_key
from logic.errors import UnsupportedError
from logic.explaining.alignment.connectives import connectives
from logic.explaining.alignment.constructs import constructs
from logic.explaining.alignment.edits import Applied, Join, atoms, other_part, unchanged
from logic.explaining.alignment.quantifiers import quantifiers, scopes
from logic.explaining.alignment.shapes import (
    ATOM,
    Shape,
    denied,
    predicates,
    shapes,
    weight_of_atoms,
)
from logic.explaining.alignment.single import added, negations, removed
from logic.substitution import numbered

MAX_WORK = 600
"""Pairs of nodes that are looked at, lest two long formulas take minutes."""
_LESS = 0.01
"""Costs are sums of tenths: what is less than another is less by more than this."""


@dataclass(frozen=True)
class Profile:
    """What tells quickly how far a formula is from another: normal form, predicates with counts.

    `number` is that of the formula among those of one alignment, and `weight` what it counts for.
    """

    formula: S.Formula
    number: int
    key: str
    predicates: Counter[str]
    weight: float

    @functools.cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """The nodes that the formula can be seen as."""
        return tuple(shapes(self.formula))


class Aligner:
    """Aligns parts of two formulas.

    The candidate's bound variables are called by the reference's once they are met.
    """

    def __init__(self, work: int = MAX_WORK) -> None:
        self.work = work
        # Parts of a formula meet again and again, in one shape or another. Kept for each pair: the
        # largest limit tried, and what came of it.
        self._memo: dict[tuple[int, int, bool], tuple[float, Join | None]] = {}
        self._least: dict[tuple[int, int], float] = {}
        self._profiles: dict[S.Formula, Profile] = {}
        # Hashing a formula walks all of it, so one that was met is known by its identity, which
        # stays its own as long as the formula is kept.
        self._met: dict[int, tuple[S.Formula, Profile]] = {}

    def profile(self, formula: S.Formula) -> Profile:
        """That of a formula, worked out once."""
        met = self._met.get(id(formula))
        if met is not None:
            return met[1]
        profile = self._profiles.get(formula)
        if profile is None:
            profile = self._profile(formula)
            self._profiles[formula] = profile
        self._met[id(formula)] = (formula, profile)
        return profile

    def _profile(self, formula: S.Formula) -> Profile:
        try:
            key = normal_key(formula)
        except UnsupportedError:  # a domain's construct stands for itself
            key = f"as written: {numbered(formula)!r}"
        named = predicates(formula)
        number = len(self._profiles)
        return Profile(formula, number, key, Counter(named), weight_of_atoms(len(named)))

    def weight(self, formula: S.Formula) -> float:
        """What a part counts for that one formula has and the other has not."""
        return self.profile(formula).weight

    def same(self, candidate: S.Formula, reference: S.Formula) -> bool:
        """Whether both have one normal form."""
        return self.profile(candidate).key == self.profile(reference).key

    def least(self, candidate: S.Formula, reference: S.Formula) -> float:
        """What any alignment of two different parts costs.

        One edit, or more for predicates that one of them lacks.
        """
        return self._least_of(self.profile(candidate), self.profile(reference))

    def _least_of(self, left: Profile, right: Profile) -> float:
        pair = (left.number, right.number)
        least = self._least.get(pair)
        if least is None:
            extra = (left.predicates - right.predicates).total()
            missing = (right.predicates - left.predicates).total()
            least = max(1.0, ATOM * extra, ATOM * missing)
            self._least[pair] = least
        return least

    def join(
        self, candidate: S.Formula, reference: S.Formula, limit: float, flip: bool = True
    ) -> Join | None:
        """The cheapest alignment of at most this cost, or None.

        With `flip` the candidate's part may be denied: not twice in a row, which would come back.
        """
        left, right = self.profile(candidate), self.profile(reference)
        pair = (left.number, right.number, flip)
        tried, join = self._memo.get(pair, (-1.0, None))
        if join is None and tried < limit:
            if left.key == right.key:
                join = unchanged(reference)
            elif self._least_of(left, right) <= limit and self.work > 0:
                self.work -= 1
                join = self._cheapest(left, right, limit, flip)
            self._memo[pair] = (limit, join)
        if join is None or join.cost > limit:
            return None
        return join

    def _cheapest(self, left: Profile, right: Profile, limit: float, flip: bool) -> Join | None:
        cheapest: Join | None = None
        least = self._least_of(left, right)
        # One part in place of the other is always possible: nothing dearer need be looked for.
        limit = min(limit, left.weight + right.weight)
        for alignments in self._options(left, right, flip):
            for option in alignments(limit):
                if option is None or option.cost > limit:
                    continue
                if cheapest is None or option.cost < cheapest.cost:
                    cheapest = option
                    limit = cheapest.cost - _LESS
                    if cheapest.cost <= least:
                        return cheapest
        return cheapest

    def _options(
        self, candidate_profile: Profile, reference_profile: Profile, flip: bool
    ) -> Iterator[Callable[[float], Iterable[Join | None]]]:
        """Alignments of at most a cost, likelier ones first.

        Each costs work, so the search stops at a cheap one, and asks the others for cheaper ones.
        """
        candidate, reference = candidate_profile.formula, reference_profile.formula
        yield lambda limit: [atoms(candidate, reference)]
        yield lambda limit: [constructs(self, candidate, reference, limit)]
        if isinstance(candidate, S.Not) and isinstance(reference, S.Not):
            yield lambda limit: [self._denials(candidate, reference, limit)]
        left_shapes, right_shapes = candidate_profile.shapes, reference_profile.shapes
        pairs = list(itertools.product(left_shapes, right_shapes))
        # Sorting is stable: pairs of one sign come first, each in the order of the shapes.
        pairs.sort(key=lambda pair: pair[0].sign != pair[1].sign)
        for left, right in pairs:
            yield functools.partial(self._shapes, left, right)
        if flip:
            yield lambda limit: [negations(self, candidate, reference, limit)]
        yield lambda limit: [scopes(self, candidate, reference, limit)]
        for right in right_shapes:
            yield functools.partial(added, self, candidate, right)
        for left in left_shapes:
            yield functools.partial(removed, self, left, reference)
        together = candidate_profile.weight + reference_profile.weight
        yield lambda limit: [other_part(candidate, reference, together)]

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
