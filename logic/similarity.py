"""The score: how well a candidate says what the reference says.

One road, cheap steps first: read the candidate; match its names; equal normal forms prove; a sampled structure
refutes; Z3 and complete finite search decide the rest (`logic.solver`). Proved means 1.0 times the quality of the
names; refuted means partial credit (`logic.grading`) times that quality; unreadable means 0.0; undecided within the
budget, or a reference that cannot be read, means None: not judged.
"""

from __future__ import annotations

import functools
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from logic import syntax as S
from logic.answer import Answer, read_answer
from logic.errors import ParseError
from logic.grading import Features, features, grade
from logic.matching import Matching, exact, matchings
from logic.names import NameLikeness, by_words
from logic.normal import Normal, key, normalise
from logic.parser import parse
from logic.solver import Budget, Verdict, decide, domain_of, entails
from logic.walk import Symbol, rename_symbols, signature_of, symbols

if TYPE_CHECKING:
    from logic.domains.domain import Domain
    from logic.finite import Structure

Names = Literal["match", "exact"]
Status = Literal["proved", "refuted", "unreadable", "unknown"]
_NEAR = 0.99
"""The most for a proved candidate whose names are not all the same up to spelling."""


class Reference:
    """A reference formula with what every comparison with it needs, worked out once. Raises `ParseError`."""

    def __init__(self, text: str | S.Formula, *, domain: str = "fol") -> None:
        self.answer: Answer = _read_reference(text, domain)
        if self.answer.formula is None:
            raise self.answer.error or ParseError("no formula in the reference", text=str(text))
        self.formula: S.Formula = self.answer.formula
        self.domain: str = (
            domain
            if domain == "fol" and isinstance(text, str)
            else resolved(domain_of(domain, text))
        )
        self.symbols: list[Symbol] = _symbols(self.formula, self.domain)
        if self.domain == "fol":
            self.normal: Normal = normalise(self.formula)
            self.key: str = key(self.normal)
        else:
            from logic.domains.theory import grading_form

            self.normal, self.key = grading_form(get_domain(self.domain), self.formula), ""

    @functools.cached_property
    def features(self) -> Features:
        return features(self.normal)


def _read_reference(text: str | S.Formula, domain: str) -> Answer:
    """A reference is a formula, even where an answer that says no more (`Rains`, `⊤`) would not count as one."""
    if isinstance(text, S.Formula):
        return Answer(str(text), text)
    try:
        return Answer(text.strip(), parse(text, domain=domain))
    except ParseError as error:
        answer = read_answer(text, domain=domain)
        return answer if answer.formula is not None else Answer(text, error=error)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the judge found.

    `score` in [0, 1], or None where not judged; `verdict` "proved" (equivalent under `matching`), "refuted",
    "unreadable" or "unknown"; `decided_by` the step that decided; `countermodel` a structure that tells the formulas
    apart (its symbols named as in the reference), where one is known; `seconds` the time it took.
    """

    answer: Answer
    reference: S.Formula
    score: float | None
    verdict: Status
    decided_by: str
    matching: Matching | None = None
    candidate: S.Formula | None = None
    """The candidate's formula, its symbols renamed to the reference's."""
    countermodel: Structure | None = None
    seconds: float = 0.0
    domain: str = "fol"

    def relation(self, budget: Budget | None = None) -> str:
        """ "equivalent", "stronger", "weaker", "contradictory", "independent" or "unknown", each proved or refuted."""
        if self.candidate is None or self.verdict in ("unknown", "unreadable"):
            return "unknown"
        if self.verdict == "proved":
            return "equivalent"
        for name, premises, conclusion in (
            ("stronger", [self.candidate], self.reference),
            ("weaker", [self.reference], self.candidate),
            ("contradictory", [self.candidate], S.Not(self.reference)),
        ):
            status = entails(
                premises=premises, conclusion=conclusion, domain=self.domain, budget=budget
            ).status
            if status != "refuted":
                return name if status == "proved" else "unknown"
        return "independent"

    def _repr_html_(self) -> str:
        from logic.explain import explain

        return explain(self)._repr_html_()

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "score": self.score,
            "verdict": self.verdict,
            "decided_by": self.decided_by,
            "reference": str(self.reference),
            "candidate": None if self.answer.formula is None else str(self.answer.formula),
            "repairs": list(self.answer.repairs),
            "error": None if self.answer.error is None else str(self.answer.error),
            "matching": None if self.matching is None else [
                {
                    "candidate": match.candidate and match.candidate[1],
                    "reference": match.reference and match.reference[1],
                    "likeness": round(match.likeness, 4),
                }
                for match in self.matching.matches
            ],
            "countermodel": None if self.countermodel is None else str(self.countermodel),
            "seconds": self.seconds,
        }  # fmt: skip


def compare(
    *,
    candidate: str | S.Formula,
    reference: str | S.Formula | Reference,
    names: Names = "match",
    domain: str = "fol",
    budget: Budget | None = None,
    likeness: NameLikeness = by_words,
) -> Comparison:
    """Judge one candidate (a formula, or raw model output) against one reference.

    `names="match"` lets the candidate spell or choose names differently, as far as `likeness` vouches for them;
    `names="exact"` does not. Never raises on a candidate, whatever it says. Raises `ParseError` for a reference
    that is no formula and `ValueError` for an unknown `names`.
    """
    start = time.perf_counter()
    if names not in ("match", "exact"):
        raise ValueError(f"unknown names={names!r}; allowed: 'match', 'exact'")
    for name, given in (("candidate", candidate), ("reference", reference)):
        if not isinstance(given, (str, S.Formula, Reference)):
            raise TypeError(
                f"{name} must be text or a formula, got {type(given).__name__}: {given!r:.80}"
            )
    target = reference if isinstance(reference, Reference) else Reference(reference, domain=domain)
    if (
        target.domain == "fol"
        and not isinstance(candidate, str)
        and (own := domain_of("fol", candidate)) != "fol"
    ):
        target = Reference(target.formula, domain=own)  # the candidate was built in a domain
    answer = _answer(candidate, target, target.domain)
    if answer.formula is None:
        elapsed = time.perf_counter() - start
        return Comparison(
            answer,
            target.formula,
            0.0,
            "unreadable",
            "reading",
            seconds=elapsed,
            domain=target.domain,
        )
    if target.domain != "fol":
        likeness = get_domain(target.domain).likeness(likeness)
    ours = target.symbols if answer is target.answer else _symbols(answer.formula, target.domain)
    choices = (
        [exact(ours, target.symbols)]
        if names == "exact"
        else matchings(ours, target.symbols, likeness)
    )
    best: Comparison | None = None
    for matching in choices:
        found = _judge(answer, ours, target, matching, budget or Budget(), start)
        if best is None or (found.score or 0.0) > (best.score or 0.0):
            best = found
        if found.verdict == "proved":
            break
    if best is None:
        raise AssertionError("matchings() yields at least one")
    return best


def _answer(candidate: str | S.Formula, target: Reference, domain: str) -> Answer:
    if isinstance(candidate, S.Formula):
        return Answer(str(candidate), candidate)
    if candidate.strip() == target.answer.text:  # word for word the reference: read already
        return target.answer
    return read_answer(candidate, domain=domain)


def _judge(
    answer: Answer,
    ours: list[Symbol],
    target: Reference,
    matching: Matching,
    budget: Budget,
    start: float,
) -> Comparison:
    """The comparison under one matching of names."""
    formula = answer.formula
    assert formula is not None  # an unreadable answer does not come here
    renaming = matching.renaming()
    candidate = (
        rename_symbols(formula, renaming)
        if any(s[1] != name for s, name in renaming.items())
        else formula
    )
    if target.domain != "fol":
        return _judge_in_domain(answer, candidate, target, matching, budget, start)
    normal = target.normal if candidate is target.formula else normalise(candidate)
    quality = matching.quality
    score: float | None
    if normal is target.normal or key(normal) == target.key:
        verdict = Verdict("proved", "canonical")
        score = 1.0 if quality == 1.0 else min(quality, _NEAR)
    else:
        from logic.samples import agreement  # here, since it loads numpy

        renamed = [
            (kind, renaming.get((kind, name, arity), name), arity) for kind, name, arity in ours
        ]
        truth = agreement(
            candidate, target.formula, signature_of(frozenset(renamed + target.symbols))
        )
        verdict = decide(candidate, target.formula, truth.difference, budget, time.perf_counter())
        if verdict.status == "proved":
            score = 1.0 if quality == 1.0 else min(quality, _NEAR)
        elif verdict.status == "refuted":
            score = grade(features(normal), target.features, truth) * quality
        else:
            score = None
    return Comparison(
        answer, target.formula, score, verdict.status, verdict.method, matching, candidate, verdict.countermodel,
        time.perf_counter() - start,
    )  # fmt: skip


def _judge_in_domain(
    answer: Answer,
    candidate: S.Formula,
    target: Reference,
    matching: Matching,
    budget: Budget,
    start: float,
) -> Comparison:
    """The same where a domain says what formulas mean."""
    from logic.domains.theory import grading_form, judge

    domain = get_domain(target.domain)
    verdict, truth = judge(domain, candidate, target.formula, budget)
    quality = matching.quality
    score: float | None = None
    if verdict.status == "proved":
        score = 1.0 if quality == 1.0 else min(quality, _NEAR)
    elif verdict.status == "refuted":
        score = grade(features(grading_form(domain, candidate)), target.features, truth) * quality
    return Comparison(
        answer, target.formula, score, verdict.status, verdict.method, matching, candidate, verdict.countermodel,
        time.perf_counter() - start, target.domain,
    )  # fmt: skip


def _symbols(formula: S.Formula, domain: str) -> list[Symbol]:
    """The symbols to match: all but those whose meaning a domain fixes."""
    if domain == "fol":
        return symbols(formula)
    from logic.domains.structures import symbols_of

    free = set(symbols_of(formula))
    return [symbol for symbol in symbols(formula) if symbol in free]


def get_domain(name: str) -> Domain:
    """The domain, its package loaded only now. Raises `ValueError` for an unknown one."""
    from logic.domains.registry import get

    return get(name)


def resolved(name: str) -> str:
    """A domain's name, or the absolute path of its file. Raises `ValueError` for an unknown one."""
    return name if name == "fol" else get_domain(name).spec
