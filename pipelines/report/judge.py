"""Judges answers again, for what the page says of each."""

from __future__ import annotations

from collections import Counter
from typing import Any

import logic
from logic.explaining.explanation import Explanation
from pipelines.report.markup import printable

# Less than an evaluation has: a page is to be there soon, and it says what was not judged.
BUDGET = logic.Budget(rlimit=1_000_000, max_size=3, max_nodes=5_000, seconds=3.0)
# What the judge raises on answers that it was not made for; anything else is a fault of ours.
FAILURES = (logic.LogicError, AssertionError, RecursionError)


class Judge:
    """Gives verdicts and explanations; what fails is counted and shown as not judged."""

    def __init__(self) -> None:
        self.failures: Counter[str] = Counter()
        self._comparisons: dict[tuple[str, str, str], logic.Comparison | None] = {}

    def compare(self, row: dict[str, Any]) -> logic.Comparison | None:
        """The comparison of an answer with its reference, made once; None where it fails."""
        key = (row["completion"], row["reference"], row.get("domain", "fol"))
        if key not in self._comparisons:
            self._comparisons[key] = self._compare(*key)
        return self._comparisons[key]

    def _compare(self, completion: str, reference: str, domain: str) -> logic.Comparison | None:
        try:
            return logic.compare(
                candidate=completion, reference=reference, domain=domain, budget=BUDGET
            )
        except FAILURES as error:
            self._count(error)
            return None

    def explain(self, row: dict[str, Any]) -> Explanation | None:
        """What is wrong with an answer; None where it was not judged or cannot be explained."""
        comparison = self.compare(row)
        if comparison is None:
            return None
        try:
            return logic.explain(comparison, budget=BUDGET)
        except FAILURES as error:
            self._count(error)
            return None

    def _count(self, error: BaseException) -> None:
        line = printable(str(error).splitlines()[0])[:120]
        self.failures[f"{type(error).__name__}: {line}"] += 1
