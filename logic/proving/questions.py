"""The questions of this room, of texts or formulas: `prove`, `consistent`, `models`, `holds`."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from logic import syntax as S
from logic.deciding.ladder import Limits
from logic.deciding.structure import Structure
from logic.deciding.verdict import Budget
from logic.errors import LogicError, UnsupportedError
from logic.explaining.picture import Picture, picture
from logic.judging.questions import entails, formulas_of, several
from logic.language import Language
from logic.languages import language
from logic.proving.cores import Premises, smallest
from logic.proving.finite.enumeration import models_of
from logic.proving.finite.evaluation import check_work
from logic.proving.finite.evaluation import holds as is_true
from logic.proving.finite.structures import GivenStructure, structure_values
from logic.proving.refutation import Refutation, find_refutation
from logic.proving.results import Consistency, Demonstration, Models
from logic.proving.steps.proof import Proof
from logic.proving.steps.prover import find_proof

FALSEHOOD = S.Truth(False)
MOST_MODELS = 100
"""Models that are listed where no other limit is given."""


def prove(
    premises: Iterable[S.Formula | str],
    conclusion: S.Formula | str,
    *,
    domain: str = "fol",
    dialect: str | None = None,
    budget: Budget | None = None,
) -> Demonstration:
    """Whether the conclusion holds wherever all premises do, with a proof or a countermodel to show.

    The arguments are those of `logic.entails`. Raises `ParseError` on bad text, `TypeError` for
    premises that are one text.
    """
    texts = [*several(premises), conclusion]
    *assumed, goal = formulas_of(
        texts,
        domain,
        dialect,
        for_prover=True,
    )
    spoken = language(domain, *texts)
    limits = Limits.starting_now(budget or Budget())
    verdict = entails(
        premises=assumed,
        conclusion=goal,
        domain=domain,
        budget=limits.budget,
    )
    proof = None
    if verdict.used is not None:
        proof = _proof(
            spoken,
            [*assumed, goal],
            verdict.used,
            limits,
        )
    shown = _picture(
        spoken,
        verdict.countermodel,
        assumed,
        goal,
    )
    found = Demonstration(
        tuple(assumed),
        goal,
        verdict,
        proof,
    )
    if shown is None:
        return found
    return replace(
        found,
        structure=shown.structure,
        world=shown.world,
        because=shown.because,
    )


def consistent(
    premises: Iterable[S.Formula | str],
    *,
    domain: str = "fol",
    dialect: str | None = None,
    budget: Budget | None = None,
) -> Consistency:
    """Whether formulas can all be true together: a structure that shows it, or the fewest that cannot.

    Raises `ParseError` on bad text, `TypeError` for premises that are one text.
    """
    start = time.perf_counter()
    texts = list(several(premises))
    formulas = formulas_of(
        texts,
        domain,
        dialect,
        for_prover=True,
    )
    spoken = language(domain, *texts)
    found = _consistency(spoken, formulas, budget or Budget())
    return replace(found, seconds=time.perf_counter() - start)


def _consistency(spoken: Language, formulas: Sequence[S.Formula], budget: Budget) -> Consistency:
    limits = Limits.starting_now(budget)
    verdict = spoken.entails(formulas, FALSEHOOD, budget)
    answer = Consistency(tuple(formulas), "unknown")
    if verdict.status == "unknown":
        return answer
    if verdict.status == "refuted":
        shown = _picture(
            spoken,
            verdict.countermodel,
            formulas,
            FALSEHOOD,
        )
        return replace(
            answer,
            status="consistent",
            witness=None if shown is None else shown.structure,
            world=None if shown is None else shown.world,
        )
    asked = Premises(
        spoken,
        formulas,
        FALSEHOOD,
        limits.budget_left(),
    )
    places, is_smallest = smallest(asked, len(formulas))
    return replace(
        answer,
        status="contradictory",
        contradictory=places,
        is_smallest=is_smallest,
        proof=_proof(spoken, [*formulas, FALSEHOOD], places, limits),
    )


def models(
    formula: S.Formula | str,
    size: int,
    *,
    limit: int = MOST_MODELS,
    domain: str = "fol",
    dialect: str | None = None,
    budget: Budget | None = None,
) -> Models:
    """The structures with so many elements in which a formula is true, none being another renamed.

    In a domain with sorts each has as many elements. At most `limit` are listed. Raises
    `ParseError` on bad text, `ValueError` for a size or limit below 1, and `UnsupportedError` where
    the structures are too large to be listed, or numbers have a part in them.
    """
    for name, value in (("size", size), ("limit", limit)):
        if value < 1:
            raise ValueError(f"{name} must be above 0, got {value}")
    (read,) = formulas_of(
        [formula],
        domain,
        dialect,
    )
    meaning = language(domain, formula).first_order([read])
    sizes = dict.fromkeys(meaning.sorts, size)
    listing = models_of(
        meaning,
        sizes,
        limit,
        Limits.starting_now(budget or Budget()),
    )
    found = [meaning.structure(tables, meaning.sorts_of) for tables in listing.tables]
    return Models(
        read,
        size,
        tuple(found),
        listing.is_complete,
    )


def holds(
    formula: S.Formula | str,
    structure: Structure | Mapping[str, Any],
    *,
    domain: str = "fol",
    dialect: str | None = None,
) -> bool:
    """Whether a formula is true in a structure, given as plain values or as `Verdict.countermodel`.

    The values are those of the file that `folalign holds` takes. Raises `ParseError` on bad text,
    `StructureError` (a `ValueError`) for a structure that says too little or says it wrongly, and
    `UnsupportedError` for a formula that no finite structure decides, or that takes too long.
    """
    (read,) = formulas_of(
        [formula],
        domain,
        dialect,
    )
    meaning = language(domain, formula).first_order([read])
    values = structure_values(structure) if isinstance(structure, Structure) else structure
    tables = GivenStructure(values).tables(meaning)
    for asked in (*meaning.formulas, *meaning.axioms):
        check_work(asked, tables)
    for axiom in meaning.axioms:
        if not is_true(axiom, tables):
            raise UnsupportedError(
                f"this is no structure of the domain {domain}, where it holds that "
                f"{meaning.shown(axiom)}"
            )
    return is_true(meaning.formulas[0], tables)


def _proof(
    spoken: Language, formulas: Sequence[S.Formula], used: Sequence[int], limits: Limits
) -> Proof | Refutation | None:
    """The steps of a proof of the last formula, where there are any to show."""
    try:
        proof = find_proof(spoken.first_order(formulas), used)
    except LogicError:  # what has no translation has no steps
        return None
    if proof is None and spoken.any_structure:
        return find_refutation(formulas, used, limits)
    return proof


def _picture(
    spoken: Language,
    countermodel: Structure | None,
    premises: Sequence[S.Formula],
    conclusion: S.Formula,
) -> Picture | None:
    """A world in which the premises are true and the conclusion is not, and why they are."""
    if countermodel is None:
        return None
    denial = S.Not(conclusion)
    against = S.And((*premises, denial)) if premises else denial
    asked = [*premises, conclusion] if conclusion != FALSEHOOD else premises
    return picture(
        spoken,
        countermodel,
        (against, FALSEHOOD),
        asked,
    )
