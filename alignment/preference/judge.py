"""How near the logic of an answer is to that of a preferred answer.

A translator turns both into formulas, the judge compares them. After Jian and Zhu, arXiv
2512.14100, but for the threshold: names that are less alike are no match, the others stand. What is
no answer in words (`faults`) is not translated at all.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import logic
from alignment.preference.faults import fault
from alignment.preference.relations import relation
from logic.judging.compare import Comparison, Names
from logic.judging.names import NameLikeness, by_words
from logic.reading.answers.answer import Answer

THRESHOLD = 0.6
"""Likeness of names below which they are no match.

The number is the published one; there, a single pair below it voids the whole matching of names.
"""
MAX_FOUND = 16_384
"""Pairs of formulas whose findings are kept."""
UNREAD = "no formula can be read from its translation"
"""The fault of an answer in words that the translator could do nothing with."""


class Reader(Protocol):
    """What turns passages into formulas, as `alignment.preference.translator.Translator` does."""

    def read(self, passages: Sequence[str]) -> list[Answer]:
        """The answer for each passage, in order."""


@dataclass(frozen=True)
class Finding:
    """One answer: its formula, its score, and its fault.

    `score` is that of its formula against the preferred answer's, None where it could not be
    judged; `fault` says why there is no formula to judge, "" where there is one. `comparison` is what the
    score comes from.
    """

    score: float | None
    formula: str = ""
    fault: str = ""
    comparison: Comparison | None = field(default=None, compare=False, repr=False)

    @functools.cached_property
    def relation(self) -> str:
        """How it stands to the preferred answer; "unknown" where there is no formula or no decision."""
        return "unknown" if self.comparison is None else relation(self.comparison)

    @property
    def equivalent(self) -> bool:
        """Whether it is proved to say the same as the preferred answer."""
        return self.score == 1.0


class PreferenceJudge:
    """Compares answers with preferred answers.

    Args:
        translator: what turns both into formulas.
        threshold: likeness of names below which they are no match.
        likeness: how alike two names are: by their words, or `logic.judging.embedding.ByEmbedding`.
        exact: names must be the same, as those of a controlled language are.

    Raises ValueError for a threshold outside [0, 1].
    """

    def __init__(
        self,
        translator: Reader,
        *,
        threshold: float = THRESHOLD,
        likeness: NameLikeness = by_words,
        exact: bool = False,
    ) -> None:
        if not 0.0 <= threshold <= 1.0:
            raise ValueError(f"threshold must be between 0 and 1, got {threshold}")
        self._translator = translator
        self._likeness = _above(threshold, likeness)
        self._names: Names = "exact" if exact else "match"
        self._found: dict[tuple[str, str], Finding] = {}

    def compare(
        self,
        prompts: Sequence[Any],
        answers: Sequence[str],
        preferred: Sequence[str],
        formulas: Sequence[str] | None = None,
    ) -> list[Finding]:
        """The finding about each answer; one with a fault has score 0.

        The score is None where the preferred answer has no formula or the budget ran out.
        `formulas` are those of the preferred answers where they are at hand; "" is left to the
        translator.
        """
        rows = zip(prompts, answers, preferred, strict=True)
        faults = [fault(*row) for row in rows]
        graded = zip(answers, faults, strict=True)
        sound = [answer for answer, problem in graded if not problem]
        # One call for all: the translator batches what it is given.
        readings = self._translator.read([*preferred, *sound])
        references = readings[: len(preferred)]
        candidates = iter(readings[len(preferred) :])
        if formulas is not None:
            references = _replace(references, formulas)
        findings = []
        for reference, problem in zip(references, faults, strict=True):
            candidate = None if problem else next(candidates)
            finding = self._judge(candidate, reference, problem)
            findings.append(finding)
        return findings

    def _judge(self, candidate: Answer | None, reference: Answer, problem: str) -> Finding:
        formula = ""
        if candidate is not None and candidate.formula is not None:
            formula = str(candidate.formula)
        if reference.formula is None:
            return Finding(None, formula, "the preferred answer has no formula")
        if not formula:
            return Finding(0.0, fault=problem or UNREAD)
        return self._compare(formula, str(reference.formula))

    def _compare(self, formula: str, reference: str) -> Finding:
        """The finding about a formula; sampled answers often say the same, which is judged once."""
        known = self._found.get((formula, reference))
        if known is not None:
            return known
        comparison = logic.compare(
            candidate=formula,
            reference=_reference(reference),
            names=self._names,
            likeness=self._likeness,
        )
        if len(self._found) > MAX_FOUND:
            self._found.clear()
        finding = Finding(comparison.score, formula, comparison=comparison)
        self._found[formula, reference] = finding
        return finding


def counts(findings: Sequence[Finding]) -> dict[str, int]:
    """How many answers there are of each kind.

    Equivalent to the preferred one, wrong, unreadable, no answer in words, and not judged.
    """
    kinds = ("equivalent", "wrong", "unreadable", "no_answer", "not_judged")
    numbers = Counter(_kind(finding) for finding in findings)
    return {kind: numbers[kind] for kind in kinds}


def _kind(finding: Finding) -> str:
    if finding.score is None:
        return "not_judged"
    if finding.fault:
        return "unreadable" if finding.fault == UNREAD else "no_answer"
    return "equivalent" if finding.equivalent else "wrong"


def _replace(readings: Sequence[Answer], formulas: Sequence[str]) -> list[Answer]:
    """The translator's readings, or the formulas at hand where there are some."""
    pairs = zip(readings, formulas, strict=True)
    return [logic.read_answer(formula) if formula else reading for reading, formula in pairs]


@functools.lru_cache(maxsize=4096)
def _reference(formula: str) -> logic.Reference:
    """A preferred formula ready for comparison; many answers share one."""
    return logic.Reference(formula)


def _above(threshold: float, likeness: NameLikeness) -> NameLikeness:
    """The likeness, 0 where it is below the threshold: such names are not matched."""

    def graded(candidates: list[str], references: list[str]) -> list[list[float]]:
        return [
            [value if value >= threshold else 0.0 for value in row]
            for row in likeness(candidates, references)
        ]

    return graded
