"""Where two formulas differ: edits that turn the candidate into the reference, each needed.

Two trees are aligned at least cost. Before two nodes are compared, each is seen in the shapes it
can be written in (De Morgan, contraposition, conditional as disjunction, denied quantifier),
so a rewriting costs nothing. Every step of the alignment that costs something is an edit, and the
alignment can build the formula with any of its edits applied: all of them must give a formula
equivalent to the reference, and an edit without which the rest do so too is dropped. So what is
reported is a repair that works; where none of a few edits is found, nothing is reported.
"""

from __future__ import annotations

from dataclasses import dataclass

from logic import syntax as S
from logic.deciding.verdict import Budget
from logic.errors import UnsupportedError
from logic.explaining.alignment.aligner import MAX_WORK, Aligner
from logic.explaining.alignment.edits import Applied, Difference, Edit, Join
from logic.explaining.alignment.rewriting import narrowed, prepared
from logic.explaining.alignment.shapes import weight
from logic.judging.questions import equivalent
from logic.languages import language
from logic.substitution import apart, names_in

MAX_EDITS = 4
"""More edits than this say little: then the difference counts as not located."""
_MAX_COST = 6.0
_MIN_COST = 2.5
_COST_SHARE = 0.6
"""An alignment may cost this share of both formulas' weight, within the two limits."""
_BUDGET = Budget(rlimit=200_000, max_size=2, seconds=2.0, prover=0)


@dataclass(frozen=True, slots=True)
class _Repair:
    cost: float
    differences: tuple[Difference, ...]


def locate(
    candidate: S.Formula, reference: S.Formula, domain: str = "fol", work: int = MAX_WORK
) -> tuple[Difference, ...] | None:
    """The edits, at most `MAX_EDITS`, that turn the candidate into the reference.

    None where none are found among so many pairs of nodes (`work`). The formulas must differ in
    more than writing, and have the same names for the same things.
    """
    best: _Repair | None = None
    try:
        for view in (prepared, narrowed):
            repair = _repair(
                view(candidate),
                view(reference),
                domain,
                work,
            )
            if repair is not None and (best is None or repair.cost < best.cost):
                best = repair
            if best is not None and len(best.differences) == 1:
                break
    except (UnsupportedError, RecursionError):
        pass  # a construct that has no normal form here: the repair before it stands
    return None if best is None else best.differences


def _repair(candidate: S.Formula, reference: S.Formula, domain: str, work: int) -> _Repair | None:
    # A substitution must not capture: the candidate's variables get names of their own.
    candidate = apart(candidate, names_in(reference))
    join = _alignment(candidate, reference, work)
    if join is None or not _gives(join, join.edits, reference, domain):
        return None
    # A domain's constructs may bind variables in ways that an alignment does not know.
    if language(domain).constructs and not _gives(join, (), candidate, domain):
        return None
    edits = _needed(join, reference, domain)
    if len(edits) > MAX_EDITS:
        return None
    return _Repair(
        join.cost,
        tuple([edit.finished() for edit in edits]),
    )


def _alignment(candidate: S.Formula, reference: S.Formula, work: int) -> Join | None:
    """The cheapest alignment.

    The limit is raised step by step, so that a cheap one is found before dear ones are tried.
    """
    aligner = Aligner(work)
    share = _COST_SHARE * (weight(candidate) + weight(reference))
    most = min(_MAX_COST, max(_MIN_COST, share))
    limit = 1.0
    while aligner.work > 0 and limit < most + 1:
        join = aligner.join(
            candidate,
            reference,
            min(limit, most),
        )
        if join is not None:
            return join
        limit += 1.0
    return None


def _needed(join: Join, reference: S.Formula, domain: str) -> list[Edit]:
    """The edits without those that the rest do without."""
    edits = list(join.edits)
    for edit in join.edits:
        rest = [other for other in edits if other is not edit]
        if rest and _gives(join, rest, reference, domain):
            edits = rest
    return edits


def _gives(
    join: Join, edits: list[Edit] | tuple[Edit, ...], formula: S.Formula, domain: str
) -> bool:
    """Whether the alignment with these edits applied is proved to be the formula."""
    applied: Applied = frozenset(edits)
    verdict = equivalent(
        candidate=join.build(applied),
        reference=formula,
        domain=domain,
        budget=_BUDGET,
    )
    return verdict.status == "proved"
