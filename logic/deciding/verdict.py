"""What is asked for and what is answered.

The budget of a question, its verdict, and how far two formulas agree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from logic import syntax as S
    from logic.deciding.structure import Structure

Status = Literal["proved", "refuted", "unknown"]
Reason = Literal["rlimit", "memory", "nodes", "clauses", "size", "incomplete", "sorts", "wall"]
"""Why a question stays open.

A limit of work ended the last attempt: Z3's resource units, memory, the nodes of a grounding, the
clauses of the extra prover; or all structures up to the size that is searched agree and nothing else
was tried; or the prover gave up within its limits, or two sorts meet. "wall" is none of these: time
ran out first, which a slower machine does sooner.
"""


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of a question.

    Z3 resource units, largest universe searched, terms of a grounding, wall-clock seconds, and what
    the extra prover may do in each of its attempts where it is installed (terms inserted; 0: it is
    not asked). Each is a limit of work that settles an answer alone, but for the seconds, which are
    a safety net far above the others.
    """

    rlimit: int = 4_000_000
    max_size: int = 4
    max_nodes: int = 20_000
    seconds: float = 40.0
    prover: int = 2_500_000

    def __post_init__(self) -> None:
        if not self.prover >= 0:  # so that NaN is refused: it is neither
            raise ValueError(f"Budget.prover must be 0 or above, got {self.prover}")
        for name in ("rlimit", "max_size", "max_nodes", "seconds"):
            limit = getattr(self, name)
            if not limit > 0:
                raise ValueError(f"Budget.{name} must be above 0, got {limit}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one question.

    `status` is "proved", "refuted" or "unknown" (budget spent); `countermodel` a finite structure
    that refutes, where one was found (checked by plain evaluation); `method` the step of the ladder
    that decided: "canonical", "structures", "z3", "search" or "e", or "budget"; `seconds` the time it
    took; `reason` why the answer is "unknown", None where it is not; `used`, of an entailment that
    is proved, the places (from 0) of premises that suffice, and without any of which the conclusion
    is not proved.
    """

    status: Status
    method: str
    countermodel: Structure | None = None
    seconds: float = 0.0
    reason: Reason | None = None
    used: tuple[int, ...] | None = None

    def _repr_html_(self) -> str:
        """The answer and, where one was found, a drawing of the countermodel, for a notebook."""
        drawing = "" if self.countermodel is None else self.countermodel._repr_html_()
        return f"<p><b>{self.status}</b>, by {self.method} in {self.seconds:.3f} s</p>{drawing}"

    def __bool__(self) -> bool:
        raise TypeError("a Verdict is not a truth value; compare .status with 'proved'")


UNKNOWN_OVERLAP = 0.5
"""An overlap of which no sampled structure tells: in none is either formula true, or false."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two formulas compare over the sampled structures of sizes 1 to 3.

    `models` and `countermodels` are Jaccard overlaps in [0, 1] of where both are true and where
    both are false; `constant` says that just one of them is proved true everywhere or false everywhere;
    `difference` is a structure that tells them apart, where a sample (of size 4 too) does.
    """

    models: float
    countermodels: float
    constant: bool
    difference: Structure | None


def is_just_one_constant(
    formulas: tuple[S.Formula, S.Formula],
    values: tuple[bool | None, bool | None],
    is_constant: Callable[[S.Formula, bool], bool],
) -> bool:
    """Whether one of two formulas is proved to have the same value everywhere, and the other is not.

    `values` are those that they have in all sampled structures, None for both. That only suggests
    it: `∃≥4 x P(x)` is false wherever there are three elements at most.
    """
    constant: list[bool] = []
    for formula, value in zip(formulas, values, strict=True):
        constant.append(value is not None and is_constant(formula, value))
    return constant[0] != constant[1]


class Judgement(NamedTuple):
    """The verdict on two formulas, and how far they agree; None where a proof made it needless to look."""

    verdict: Verdict
    agreement: Agreement | None
