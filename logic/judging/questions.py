"""The two questions that a person asks, of texts or formulas: are they equivalent, does one follow from others?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from logic import syntax as S
from logic.deciding.side import Side
from logic.deciding.verdict import Budget, Verdict
from logic.languages import language
from logic.reading.formula import read_formula


def equivalent(
    *,
    candidate: S.Formula | str,
    reference: S.Formula | str,
    domain: str = "fol",
    budget: Budget | None = None,
) -> Verdict:
    """Whether two formulas are true in the same structures (names as they stand).

    Formulas with constructs of a domain are judged in that domain, whether it is named or not. Raises `ParseError` on
    bad text and `ValueError` for an unknown domain.
    """
    left, right = _formulas([candidate, reference], domain)
    spoken = language(domain, candidate, reference)
    return spoken.judge(Side(left, spoken), Side(right, spoken), budget or Budget()).verdict


def entails(
    *,
    premises: Iterable[S.Formula | str],
    conclusion: S.Formula | str,
    domain: str = "fol",
    budget: Budget | None = None,
) -> Verdict:
    """Whether the conclusion holds wherever all premises do. Raises `ParseError` on bad text."""
    texts = [*premises, conclusion]
    *assumed, goal = _formulas(texts, domain)
    return language(domain, *texts).entails(assumed, goal, budget or Budget())


def _formulas(texts: Sequence[S.Formula | str], domain: str) -> list[S.Formula]:
    """Formulas as they are; texts are read in the domain that is named."""
    named = language(domain)
    return [
        text if isinstance(text, S.Formula) else read_formula(text, named).formula for text in texts
    ]
