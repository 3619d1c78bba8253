"""The two questions that a person asks, of texts or formulas: are they equivalent, does one follow from others?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from logic import syntax as S
from logic.deciding.side import Side
from logic.deciding.verdict import Budget, Verdict
from logic.languages import language
from logic.proving.cores import Premises
from logic.reading.formula import read_formula


def equivalent(
    *,
    candidate: S.Formula | str,
    reference: S.Formula | str,
    domain: str = "fol",
    dialect: str | None = None,
    budget: Budget | None = None,
) -> Verdict:
    """Whether two formulas are true in the same structures (names as they stand).

    Formulas with constructs of a domain are judged in that domain, whether it is named or not. Raises `ParseError` on
    bad text and `ValueError` for an unknown domain.
    """
    left, right = formulas_of([candidate, reference], domain, dialect)
    spoken = language(domain, candidate, reference)
    return spoken.judge(Side(left, spoken), Side(right, spoken), budget or Budget()).verdict


def entails(
    *,
    premises: Iterable[S.Formula | str],
    conclusion: S.Formula | str,
    domain: str = "fol",
    dialect: str | None = None,
    budget: Budget | None = None,
    used: bool = True,
) -> Verdict:
    """Whether the conclusion holds wherever all premises do.

    Where it is proved, `Verdict.used` says from which premises, none of them without need;
    `used=False` saves asking for them. `dialect` names the notation of the texts. With "prover9",
    or "nltk", which hands its formulas to Prover9, free variables are closed universally, as
    Prover9 does. Raises `ParseError` on bad text.
    """
    texts = [*premises, conclusion]
    *assumed, goal = formulas_of(texts, domain, dialect, for_prover=True)
    spoken = language(domain, *texts)
    budget = budget or Budget()
    verdict = spoken.entails(assumed, goal, budget)
    if not used or verdict.status != "proved":
        return verdict
    needed = Premises(spoken, assumed, goal, budget).needed() if assumed else ()
    return replace(verdict, used=needed)


def formulas_of(
    texts: Sequence[S.Formula | str],
    domain: str,
    dialect: str | None,
    *,
    for_prover: bool = False,
) -> list[S.Formula]:
    """Formulas as they are; texts are read in the domain and the dialect that are named."""
    named = language(domain)
    return [
        text
        if isinstance(text, S.Formula)
        else read_formula(text, named, dialect=dialect, for_prover=for_prover).formula
        for text in texts
    ]
