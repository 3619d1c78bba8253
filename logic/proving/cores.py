"""Which premises a verdict needs: a set in which none can be left out, and the smallest one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations

from logic import syntax as S
from logic.deciding.ladder import Limits
from logic.deciding.verdict import Budget, Status
from logic.language import Language

Places = tuple[int, ...]
"""Places of premises, counted from 0, in order."""

MAX_CHECKS = 400
"""Questions that are asked to find the smallest set."""


class Premises:
    """Premises of which some are asked about; what was answered is kept.

    All questions share the seconds of one budget.
    """

    def __init__(
        self,
        language: Language,
        premises: Sequence[S.Formula],
        conclusion: S.Formula,
        budget: Budget,
    ) -> None:
        self._language = language
        self._premises = premises
        self._conclusion = conclusion
        self._limits = Limits.starting_now(budget)
        self._answers: dict[Places, bool] = {}
        self.has_open = False
        """Whether a question was answered neither way."""

    @property
    def checks(self) -> int:
        """How many questions were asked."""
        return len(self._answers)

    def prove(self, places: Iterable[int]) -> bool:
        """Whether the conclusion is proved from these premises alone."""
        key = tuple(sorted(places))
        if key not in self._answers:
            status = self._ask(key)
            self.has_open |= status == "unknown"
            self._answers[key] = status == "proved"
        return self._answers[key]

    def _ask(self, places: Places) -> Status:
        if self._limits.is_over():
            return "unknown"
        chosen = [self._premises[place] for place in places]
        budget = self._limits.budget_left()
        return self._language.entails(chosen, self._conclusion, budget).status

    def needed(self) -> Places:
        """Premises that prove the conclusion, as they all do, and without any of which it is not proved."""
        everything = tuple(range(len(self._premises)))
        denial = S.Not(self._conclusion)
        budget = self._limits.budget_left()
        core = self._language.contradiction([*self._premises, denial], budget)
        start = everything
        if core is not None:
            start = tuple([place for place in core if place < len(self._premises)])
            if not self.prove(start):
                start = everything
        return minimal(start, self.prove)


def minimal(places: Places, holds: Callable[[Places], bool]) -> Places:
    """A part of the places for which it holds, and for no smaller part of that one.

    What holds must hold of more places too, and hold of all that are given.
    """
    kept = list(places)
    for place in reversed(places):
        others = tuple([other for other in kept if other != place])
        if holds(others):
            kept = list(others)
    return tuple(kept)


def smallest(premises: Premises, count: int) -> tuple[Places, bool]:
    """The fewest premises that prove the conclusion, and whether it is certain that no fewer do.

    Every set that proves it has one place of each set of places without which the others do not.
    So the fewest places that meet all such sets found so far are asked about: if they prove the
    conclusion, no fewer do; if not, there is one more such set.
    """
    best = premises.needed()
    to_meet: list[frozenset[int]] = []
    while premises.checks < MAX_CHECKS:
        candidate = _fewest(to_meet, len(best))
        if candidate is None or len(candidate) == len(best):
            return best, not premises.has_open
        if premises.prove(candidate):
            return candidate, not premises.has_open
        to_meet.append(
            _missing(
                candidate,
                count,
                premises,
            )
        )
    return best, False


def _missing(candidate: Places, count: int, premises: Premises) -> frozenset[int]:
    """The places outside a largest set that has the candidate and proves nothing."""
    kept = list(candidate)
    for place in range(count):
        if place not in candidate and not premises.prove([*kept, place]):
            kept.append(place)
    return frozenset(range(count)) - frozenset(kept)


def _fewest(sets: Sequence[frozenset[int]], limit: int) -> Places | None:
    """The first of the smallest sets of places that meet all these sets; None above the limit."""
    places = sorted(frozenset().union(*sets))
    for size in range(limit + 1):
        for chosen in _meeting(
            sets,
            places,
            size,
        ):
            return chosen
    return None


def _meeting(sets: Sequence[frozenset[int]], places: Sequence[int], size: int) -> Iterator[Places]:
    for chosen in combinations(places, size):
        if all(not one.isdisjoint(chosen) for one in sets):
            yield chosen
