"""Deciding climbs one ladder of named steps, cheap to dear: each decides or abstains.

Equal normal forms prove; a sampled finite structure in which the formulas differ refutes; Z3 under
an eighth of the work limit proves or refutes; a search of small universes, complete for each size,
refutes, and proves where no larger one can matter; Z3 once more with all of the limit or in other ways;
the prover E, where it is installed. Only a proof or a countermodel decides, a sample never proves.
Work is counted (Z3's `rlimit`), not timed, and every query gets a Z3 context of its own, so that a
verdict does not depend on the machine, the load or what was asked before. The wall-clock limit is a
safety net far above the work limit; a verdict that it left open says so (`reason="wall"`).

A new step is a function here and a line in `LADDER`; what it needs to know of a question is a
method of `Question`, which the core (`logic.deciding.plain`) and the domains
(`logic.domains.meaning.questions`) answer each in its own way.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from logic.deciding.verdict import Budget, Reason, Status, Verdict
from logic.errors import UnsupportedError

if TYPE_CHECKING:
    from logic.deciding.structure import Structure

FIRST_SHARE = 8
"""Z3 is first asked with this part of the work limit: what it proves at all, it mostly proves soon."""


class Limits(NamedTuple):
    """The budget of a question, and when its time is up (as `time.perf_counter` counts)."""

    budget: Budget
    deadline: float
    reached: list[Reason]
    """The limits that ended an attempt, in order."""

    @classmethod
    def starting_now(cls, budget: Budget) -> Limits:
        return cls(budget, time.perf_counter() + budget.seconds, [])

    def reason(self) -> Reason:
        """Why nothing was decided: time if it ever ran out, else what ended the last attempt."""
        if "wall" in self.reached or not self.reached:
            return "wall" if self.reached else "size"
        return self.reached[-1]

    def is_over(self) -> bool:
        return time.perf_counter() > self.deadline

    def ended(self) -> bool:
        """Whether the time is up, which is then noted as what ended an attempt."""
        is_over = self.is_over()
        if is_over:
            self.reached.append("wall")
        return is_over

    def budget_left(self) -> Budget:
        """The budget of one more question that shares the time."""
        return replace(self.budget, seconds=self.milliseconds_left() / 1000)

    def milliseconds_left(self) -> int:
        """At least 1."""
        seconds = self.deadline - time.perf_counter()
        return max(1, int(1000 * seconds))


class Decision(NamedTuple):
    """What a step has decided, with a countermodel where one is at hand."""

    status: Status
    countermodel: Structure | None = None


class Question(ABC):
    """Whether some formulas have a common model: to have none is a proof."""

    @abstractmethod
    def has_equal_forms(self) -> bool:
        """Whether normal forms alone prove it."""

    @abstractmethod
    def sampled_countermodel(self) -> Structure | None:
        """A sampled structure that refutes."""

    @abstractmethod
    def ask_z3(self, rlimit: int, limits: Limits, *, again: bool = False) -> Status:
        """What Z3 finds within at most so many of its resource units, without a structure to show.

        `again` where it was asked before, in vain: it is then asked in other ways.
        """

    @abstractmethod
    def small_countermodel(self, limits: Limits) -> Structure | None:
        """The smallest structure that refutes, where the universes are small enough to be searched."""

    def has_no_larger(self) -> bool:
        """Whether what that search has ruled out is all: no larger structure can refute either."""
        return False

    def ask_prover(self, limits: Limits) -> Status:
        """What the extra prover finds, where it is installed and reads such questions."""
        return "unknown"


QuestionT = TypeVar("QuestionT", bound=Question, contravariant=True)


@dataclass(frozen=True, slots=True)
class Step(Generic[QuestionT]):
    """A step of the ladder: the name that a verdict bears, and what decides (None: it abstains)."""

    name: str
    decide: Callable[[QuestionT, Limits], Decision | None]


def _compare_forms(question: Question, limits: Limits) -> Decision | None:
    try:
        is_proved = question.has_equal_forms()
    except UnsupportedError:  # a formula too large for a normal form
        return None
    return Decision("proved") if is_proved else None


def _sample(question: Question, limits: Limits) -> Decision | None:
    countermodel = question.sampled_countermodel()
    if countermodel is None:
        return None
    return Decision("refuted", countermodel)


def _search(question: Question, limits: Limits) -> Decision | None:
    countermodel = question.small_countermodel(limits)
    if countermodel is not None:
        return Decision("refuted", countermodel)
    return Decision("proved") if question.has_no_larger() else None


def _ask_z3_first(question: Question, limits: Limits) -> Decision | None:
    rlimit = limits.budget.rlimit // FIRST_SHARE
    return _ask(question, question.ask_z3(rlimit, limits), limits)


def _ask_z3(question: Question, limits: Limits) -> Decision | None:
    status = question.ask_z3(limits.budget.rlimit, limits, again=True)
    return _ask(question, status, limits)


def _ask_prover(question: Question, limits: Limits) -> Decision | None:
    if not limits.budget.prover:
        return None
    status = question.ask_prover(limits)
    return None if status == "unknown" else Decision(status)


def _ask(question: Question, status: Status, limits: Limits) -> Decision | None:
    if status == "unknown":
        return None
    if status == "proved":
        return Decision(status)
    # Z3's own model may be infinite or hard to read: a small one is shown where there is one.
    return Decision(status, question.small_countermodel(limits))


LADDER: tuple[Step[Question], ...] = (
    Step("canonical", _compare_forms),
    Step("structures", _sample),
    Step("z3", _ask_z3_first),
    Step("search", _search),
    Step("z3", _ask_z3),
    Step("e", _ask_prover),
)
"""The steps of every question, in order."""


def climb(
    question: QuestionT, budget: Budget, steps: Sequence[Step[QuestionT]] = LADDER
) -> Verdict:
    """The verdict of the first step that decides; "unknown" by "budget" where none does.

    No step is begun once the time is up, but for the first, which is cheap.
    """
    start = time.perf_counter()
    limits = Limits.starting_now(budget)
    for step in steps:
        decision = step.decide(question, limits)
        if decision is not None:
            return Verdict(
                decision.status,
                step.name,
                decision.countermodel,
                time.perf_counter() - start,
            )
        if limits.ended():
            break
    seconds = time.perf_counter() - start
    return Verdict("unknown", "budget", seconds=seconds, reason=limits.reason())
