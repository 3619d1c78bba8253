"""Judges answers again, for what the page says of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import logic
from data.audit import from_canonical
from logic.core import CORE
from logic.domains.registry import SHIPPED
from logic.explaining.explanation import Explanation
from pipelines.report.markup import printable

# Less than an evaluation has: a page is to be there soon, and it says what was not judged.
BUDGET = logic.Budget(rlimit=1_000_000, max_size=3, max_nodes=5_000, seconds=3.0)
# What the judge raises on answers that it was not made for; anything else is a fault of ours.
FAILURES = (logic.LogicError, AssertionError, RecursionError)


class Judge:
    """Gives verdicts and explanations; what fails is counted and shown as not judged.

    `domains` are those of the user, beside the ones that ship, as `resolve_domain` gives them.
    """

    def __init__(self, domains: Sequence[str] = ()) -> None:
        self.failures: Counter[str] = Counter()
        self._domains = domains
        self._comparisons: dict[tuple[str, str, str, str | None], logic.Comparison | None] = {}

    def compare(self, row: dict[str, Any]) -> logic.Comparison | None:
        """The comparison of an answer with its reference, made once; None where it fails."""
        dialect = row.get("dialect")
        known = dialect if dialect in logic.DIALECTS else None
        key = (row["completion"], row["reference"], str(row.get("domain", CORE.spec)), known)
        if key not in self._comparisons:
            self._comparisons[key] = self._compare(*key)
        return self._comparisons[key]

    def _compare(
        self, completion: str, reference: str, name: str, dialect: str | None
    ) -> logic.Comparison | None:
        domain = trusted_domain(name, self._domains)
        if domain is None:
            self.failures[f"domain not loaded (--domain loads it): {printable(name)[:120]}"] += 1
            return None
        try:
            target = reference if dialect is None else from_canonical(reference, domain)
            return logic.compare(
                candidate=completion,
                reference=target,
                domain=domain,
                dialect=dialect,
                budget=BUDGET,
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


def trusted_domain(name: str, domains: Sequence[str]) -> str | None:
    """The domain to compare a result in that says it is of `name`; None for one to leave unloaded.

    A domain is code, and a result may come from anyone: nothing that it names is loaded unless it
    ships, or is one of the user's `domains`. Files are told apart by their names alone, since runs
    move.
    """
    parts = _file_names(name)
    if parts <= {CORE.spec, *SHIPPED}:
        return "+".join(sorted(parts))
    return next((domain for domain in domains if _file_names(domain) == parts), None)


def _file_names(domain: str) -> set[str]:
    return {Path(part.strip()).name for part in domain.split("+")}
