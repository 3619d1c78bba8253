"""The two questions that a person asks, of texts or formulas: are they equivalent, does one follow from others?"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from logic import syntax as S
from logic.deciding.ladder import Limits
from logic.deciding.side import Side
from logic.deciding.verdict import Budget, Verdict
from logic.errors import UndecidedError
from logic.languages import language
from logic.proving.cores import Premises
from logic.reading.formula import Reading, read_formula
from logic.reading.notations.equations.kinds import Key
from logic.symbols import symbols


def equivalent(
    candidate: S.Formula | str,
    reference: S.Formula | str,
    *,
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
    premises: Iterable[S.Formula | str],
    conclusion: S.Formula | str,
    *,
    domain: str = "fol",
    dialect: str | None = None,
    budget: Budget | None = None,
    used: bool = True,
) -> Verdict:
    """Whether the conclusion holds wherever all premises do.

    Where it is proved, `Verdict.used` says from which premises, none of them without need;
    `used=False` saves asking for them. `dialect` names the notation of the texts. With "prover9",
    or "nltk", which hands its formulas to Prover9, free variables are closed universally, as
    Prover9 does. Raises `ParseError` on bad text, `TypeError` for premises that are one text.
    """
    texts = [*several(premises), conclusion]
    *assumed, goal = formulas_of(texts, domain, dialect, for_prover=True)
    spoken = language(domain, *texts)
    limits = Limits.starting_now(budget or Budget())
    verdict = spoken.entails(assumed, goal, limits.budget)
    if not used or verdict.status != "proved":
        return verdict
    if not assumed:
        return replace(verdict, used=())
    asked = Premises(spoken, assumed, goal, limits.budget_left())
    return replace(verdict, used=asked.needed())


def several(premises: Iterable[S.Formula | str]) -> Iterable[S.Formula | str]:
    """The premises as they are. Raises `TypeError` for one text, whose characters are no formulas."""
    if isinstance(premises, str | S.Formula):
        raise TypeError(f"premises must be a list of formulas, got one: {str(premises)!r:.80}")
    return premises


def formulas_of(
    texts: Sequence[S.Formula | str],
    domain: str,
    dialect: str | None,
    *,
    for_prover: bool = False,
) -> list[S.Formula]:
    """Formulas as they are; texts are read in the domain and the dialect that are named."""
    named = language(domain)
    read = functools.partial(read_formula, language=named, dialect=dialect, for_prover=for_prover)
    formulas: list[S.Formula | None] = []
    open_texts: list[int] = []
    for place, text in enumerate(texts):
        if isinstance(text, S.Formula):
            formulas.append(text)
            continue
        try:
            formulas.append(read(text).formula)
        except UndecidedError:
            # Where nothing in a text says what `P(a) == Q(a)` joins, the texts beside it may.
            formulas.append(None)
            open_texts.append(place)
    while open_texts:
        left = _read_by_others(texts, open_texts, formulas, read)
        if left == open_texts:
            read(str(texts[left[0]]))  # raises its error
        open_texts = left
    return [formula for formula in formulas if formula is not None]


def _read_by_others(
    texts: Sequence[S.Formula | str],
    places: Sequence[int],
    formulas: list[S.Formula | None],
    read: Callable[..., Reading],
) -> list[int]:
    """Read the texts at some places by what the formulas read so far show; those that are still open."""
    shown = _kinds_of(formulas)
    left = []
    for place in places:
        try:
            formulas[place] = read(str(texts[place]), known=shown).formula
        except UndecidedError:
            left.append(place)
    return left


def _kinds_of(formulas: Iterable[S.Formula | None]) -> dict[Key, bool]:
    """Which names are predicates and which are not, less those that are both."""
    found: dict[Key, set[bool]] = {}
    for formula in formulas:
        if formula is None:
            continue
        for kind, name, arity in symbols(formula):
            kinds = found.setdefault((name, arity), set())
            kinds.add(kind == "predicate")
    known: dict[Key, bool] = {}
    for key, kinds in found.items():
        if len(kinds) == 1:
            known[key] = kinds.pop()
    return known
