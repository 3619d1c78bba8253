"""The score: how well a candidate says what the reference says.

One road: read the candidate; match its names; climb the ladder (`logic.deciding.ladder`). Proved
means 1.0 times the quality of the names; refuted means partial credit (`logic.judging.grading`)
times that quality; unreadable means 0.0; undecided within the budget, or a reference that cannot be
read, means None: not judged.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from logic import syntax as S
from logic.deciding.side import Side
from logic.deciding.verdict import Budget, Judgement, Status
from logic.errors import ParseError, UnsupportedError
from logic.judging.grading import Features, features, grade
from logic.judging.matching import Matching, exact, matchings
from logic.judging.names import NameLikeness, by_words
from logic.judging.questions import entails
from logic.language import Language
from logic.languages import language
from logic.reading.answers.answer import Answer, answer_of, find_formula
from logic.reading.formula import read_formula
from logic.reading.notations.dialects import check_dialect
from logic.substitution import rename_symbols
from logic.symbols import Symbol

if TYPE_CHECKING:
    from logic.deciding.structure import Structure

Names = Literal["match", "exact"]
NAMES: tuple[Names, ...] = ("match", "exact")
ComparisonStatus = Status | Literal["unreadable"]
_NEAR = 0.99
"""The most for a proved candidate whose names are not all the same up to spelling."""


class Reference(Side):
    """A reference formula with what every comparison with it needs, worked out once.

    Raises `ParseError` for a text that is no formula.
    """

    def __init__(
        self, text: str | S.Formula, *, domain: str = "fol", dialect: str | None = None
    ) -> None:
        check_dialect(dialect)
        spoken = language(domain, text)
        self.dialect = dialect
        self.answer: Answer = _read_reference(text, spoken, dialect)
        if self.answer.formula is None:
            raise self.answer.error or ParseError("no formula in the reference", text=str(text))
        super().__init__(self.answer.formula, spoken)
        # Now, and not when first asked for: what has no normal form is refused as a reference.
        self.normal = spoken.grading_form(self.formula)

    @property
    def domain(self) -> str:
        """The name of the formula's language."""
        return self.language.spec

    @functools.cached_property
    def features(self) -> Features:
        return features(self.normal)


def _read_reference(text: str | S.Formula, spoken: Language, dialect: str | None) -> Answer:
    """A reference is a formula, even where such an answer (`Rains`, `⊤`) would not count as one.

    Where it is not in the dialect that the candidates are in, it is read as any other text.
    """
    if isinstance(text, S.Formula):
        return Answer(str(text), text)
    error: ParseError | None = None
    for notation in dict.fromkeys((dialect, None)):
        try:
            reading = read_formula(text, spoken, dialect=notation)
        except ParseError as first:
            error = error or first
        else:
            return answer_of(text.strip(), reading)
    answer = find_formula(text, spoken)
    return answer if answer.formula is not None else Answer(text, error=error)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the judge found.

    `score` in [0, 1], or None where not judged; `verdict` "proved" (equivalent under `matching`),
    "refuted", "unreadable" or "unknown"; `decided_by` the step that decided; `countermodel` a
    structure that tells the formulas apart (its symbols named as in the reference), where one is
    known; `seconds` the time it took.
    """

    answer: Answer
    reference: S.Formula
    score: float | None
    verdict: ComparisonStatus
    decided_by: str
    matching: Matching | None = None
    candidate: S.Formula | None = None
    """The candidate's formula, its symbols renamed to the reference's."""
    countermodel: Structure | None = None
    seconds: float = 0.0
    domain: str = "fol"
    reference_repairs: tuple[str, ...] = ()
    """What was changed in reading the reference, as `answer.repairs` says of the candidate."""

    def relation(self, budget: Budget | None = None) -> str:
        """How the candidate stands to the reference, each answer proved or refuted.

        "equivalent", "stronger", "weaker", "contradictory", "independent" or "unknown".
        """
        if self.candidate is None or self.verdict in ("unknown", "unreadable"):
            return "unknown"
        if self.verdict == "proved":
            return "equivalent"
        for name, premises, conclusion in (
            ("stronger", [self.candidate], self.reference),
            ("weaker", [self.reference], self.candidate),
            ("contradictory", [self.candidate], S.Not(self.reference)),
        ):
            verdict = entails(
                premises=premises,
                conclusion=conclusion,
                domain=self.domain,
                budget=budget,
                used=False,
            )
            if verdict.status != "refuted":
                return name if verdict.status == "proved" else "unknown"
        return "independent"

    def _repr_html_(self) -> str:
        from logic.explaining.explanation import explain  # here: an explanation is of a comparison

        return explain(self)._repr_html_()

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        answer, matching = self.answer, self.matching
        return {
            "score": self.score,
            "verdict": self.verdict,
            "decided_by": self.decided_by,
            "reference": str(self.reference),
            "candidate": None if answer.formula is None else str(answer.formula),
            "repairs": list(answer.repairs),
            "reference_repairs": list(self.reference_repairs),
            "error": None if answer.error is None else str(answer.error),
            "matching": None if matching is None else _plain_matches(matching),
            "countermodel": None if self.countermodel is None else str(self.countermodel),
            "seconds": self.seconds,
        }


def _plain_matches(matching: Matching) -> list[dict[str, Any]]:
    return [
        {
            "candidate": match.candidate and match.candidate[1],
            "reference": match.reference and match.reference[1],
            "likeness": round(match.likeness, 4),
        }
        for match in matching.matches
    ]


def compare(
    candidate: str | S.Formula,
    reference: str | S.Formula | Reference,
    *,
    names: Names = "match",
    domain: str = "fol",
    dialect: str | None = None,
    budget: Budget | None = None,
    likeness: NameLikeness = by_words,
    strict: bool = False,
) -> Comparison:
    """Judge one candidate (a formula, or raw model output) against one reference.

    `names="match"` lets the candidate spell or choose names differently, as far as `likeness`
    vouches for them; `names="exact"` does not. `dialect` names the notation of the candidate, and of
    the reference where that is in it. `strict` repairs nothing: a candidate that needs a repair is
    unreadable then, and a reference an error. Never raises on a candidate, whatever it says. Raises
    `ParseError` for a reference that is no formula and `ValueError` for an unknown `names`, domain
    or dialect.
    """
    start = time.perf_counter()
    check_names(names)
    check_dialect(dialect)
    _check_sides(candidate, reference)
    target = _target(candidate, reference, domain, dialect)
    answer = _answer(candidate, target, dialect or target.dialect)
    if strict:
        target.answer.refuse_repairs()
        answer = answer.unrepaired()
    if answer.formula is None:
        return Comparison(
            answer,
            target.formula,
            score=0.0,
            verdict="unreadable",
            decided_by="reading",
            seconds=time.perf_counter() - start,
            domain=target.domain,
            reference_repairs=target.answer.repairs,
        )
    side: Side = target
    if answer is not target.answer:
        side = Side(answer.formula, target.language)
    best: Comparison | None = None
    for matching in _matchings(side, target, names, likeness):
        comparison = _judge(
            answer,
            side,
            target,
            matching,
            budget or Budget(),
            start,
        )
        if best is None or _value(comparison) > _value(best):
            best = comparison
        if comparison.verdict == "proved":
            break
    if best is None:
        raise AssertionError("matchings() yields at least one")
    return best


def _value(comparison: Comparison) -> float:
    return comparison.score or 0.0


def _matchings(
    side: Side, target: Reference, names: Names, likeness: NameLikeness
) -> Iterable[Matching]:
    """What the candidate's names may stand for, the likeliest first."""
    if names == "exact":
        return [exact(side.symbols, target.symbols)]
    return matchings(
        side.symbols,
        target.symbols,
        target.language.likeness(likeness),
    )


def _check_sides(candidate: object, reference: object) -> None:
    """Raises `TypeError` for what is neither text nor formula."""
    for name, value in (("candidate", candidate), ("reference", reference)):
        if not isinstance(value, str | S.Formula | Reference):
            kind = type(value).__name__
            raise TypeError(f"{name} must be text or a formula, got {kind}: {value!r:.80}")


def check_names(names: str) -> None:
    """Raises `ValueError` for a way of comparing names that there is not."""
    if names not in NAMES:
        allowed = ", ".join(map(repr, NAMES))
        raise ValueError(f"unknown names={names!r}; allowed: {allowed}")


def _target(
    candidate: str | S.Formula,
    reference: str | S.Formula | Reference,
    domain: str,
    dialect: str | None,
) -> Reference:
    """The reference, in the domain that the candidate was built in where nothing else says one."""
    target = reference
    if not isinstance(target, Reference):
        target = Reference(target, domain=domain, dialect=dialect)
    if isinstance(candidate, str):
        return target
    spoken = language(target.domain, candidate)
    if spoken is target.language:
        return target
    return Reference(target.formula, domain=spoken.spec)


def _answer(candidate: str | S.Formula, target: Reference, dialect: str | None) -> Answer:
    if isinstance(candidate, S.Formula):
        return Answer(str(candidate), candidate)
    known = target.answer
    if not known.repairs and candidate.strip() == known.text:  # word for word the reference
        return known
    return find_formula(candidate, target.language, dialect=dialect)


def _judge(
    answer: Answer, side: Side, target: Reference, matching: Matching, budget: Budget, start: float
) -> Comparison:
    """The comparison under one matching of names."""
    renamed = _renamed(side, matching)
    judgement = target.language.judge(renamed, target, budget)
    verdict = judgement.verdict
    return Comparison(
        answer=answer,
        reference=target.formula,
        score=_score(judgement, renamed, target, matching.quality),
        verdict=verdict.status,
        decided_by=verdict.method,
        matching=matching,
        candidate=renamed.formula,
        countermodel=verdict.countermodel,
        seconds=time.perf_counter() - start,
        domain=target.domain,
        reference_repairs=target.answer.repairs,
    )


def _renamed(side: Side, matching: Matching) -> Side:
    """The candidate with its symbols named as the reference's that they stand for."""
    names = matching.renaming()
    if all(symbol[1] == name for symbol, name in names.items()):
        return side
    # The symbols of the renamed formula are the renamed symbols: no need to look for them again.
    symbols: list[Symbol] = []
    for symbol in side.symbols:
        kind, name, arity = symbol
        symbols.append((kind, names.get(symbol, name), arity))
    formula = rename_symbols(side.formula, names)
    return Side(formula, side.language, symbols)


def _score(judgement: Judgement, side: Side, target: Reference, quality: float) -> float | None:
    status = judgement.verdict.status
    agreement = judgement.agreement
    if status == "proved":
        return 1.0 if quality == 1.0 else min(quality, _NEAR)
    if status == "unknown" or agreement is None:
        return None
    return grade(_parts(side), target.features, agreement) * quality


def _parts(side: Side) -> Features:
    """What a candidate's normal form says, part by part; nothing where it is too large to have one."""
    try:
        return features(side.normal)
    except UnsupportedError:
        return {}
