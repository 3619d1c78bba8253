"""What a story's formulas prove: the label, from which premises, and whether it is proved for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from logic import syntax as S
from logic.deciding.verdict import Budget, Verdict
from logic.judging.questions import entails
from logic.symbols import subnodes

Finding = Literal["True", "False", "Uncertain", "Inconsistent", "not judged"]
FINDINGS: tuple[Finding, ...] = get_args(Finding)

# What follows from whether the conclusion, and whether its negation, is entailed.
_FINDING_OF: dict[tuple[str, str], Finding] = {
    ("proved", "proved"): "Inconsistent",
    ("proved", "refuted"): "True",
    ("refuted", "proved"): "False",
    ("refuted", "refuted"): "Uncertain",
}


# Over one element these are functions of truth alone; equality and counting are not.
_CONNECTIVES = frozenset(
    [S.Not, S.And, S.Or, S.Xor, S.Implies, S.Iff, S.Forall, S.Exists, S.ExistsUnique]
)


@dataclass(frozen=True, slots=True)
class StoryVerdict:
    """What premises say of a conclusion.

    A conclusion is True where the premises entail it, False where they entail its negation,
    Uncertain where countermodels refute both. Inconsistent premises entail both: they prove
    anything, and no label. `used` are the places of the premises that the proof needs, counted from
    0. `reason` says why nothing was found, and is "" where something was.
    """

    finding: Finding
    used: tuple[int, ...] = ()
    reason: str = ""


def story_verdict(
    premises: Sequence[S.Formula],
    conclusion: S.Formula,
    *,
    domain: str = "fol",
    budget: Budget | None = None,
    used: bool = True,
) -> StoryVerdict:
    """What the premises say of the conclusion; `used=False` saves asking for the premises it needs."""

    def ask(goal: S.Formula) -> Verdict:
        return entails(
            premises,
            goal,
            domain=domain,
            budget=budget,
            used=used,
        )

    yes = ask(conclusion)
    no = ask(S.Not(conclusion))
    finding = _FINDING_OF.get((yes.status, no.status))
    if finding is None:
        reason = f"undecided within the budget (follows: {yes.status}, its negation: {no.status})"
        return StoryVerdict("not judged", reason=reason)
    needed = {*(yes.used or ()), *(no.used or ())}
    return StoryVerdict(finding, tuple(sorted(needed)))


def is_trivial(formula: S.Formula, *, domain: str = "fol", budget: Budget | None = None) -> bool:
    """Whether a formula is valid or unsatisfiable, so that it says nothing, or everything."""
    if is_read_once(formula):
        return False
    for goal in (formula, S.Not(formula)):
        verdict = entails(
            [],
            goal,
            domain=domain,
            budget=budget,
            used=False,
        )
        if verdict.status == "proved":
            return True
    return False


def is_read_once(formula: S.Formula) -> bool:
    """Whether no predicate occurs twice, and nothing has a fixed truth.

    Such a formula is neither valid nor unsatisfiable: over one element, where quantifiers say
    nothing, the truth of each of its atoms can be chosen freely, so that of the whole can.
    """
    named: set[str] = set()
    for node in subnodes(formula):
        if isinstance(node, S.Atom):
            if node.predicate in named:
                return False
            named.add(node.predicate)
        elif isinstance(node, S.Formula) and type(node) not in _CONNECTIVES:
            return False
    return True
