"""The judge as a reward of translation into first-order logic, and the reward of the format.

Each but `readable` reads the column `reference`, a formula.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import logic
from alignment.checking import remarked
from alignment.judging import BegunScores, Judge
from alignment.rewards.registry import column, register
from data.audit import from_canonical
from logic.languages import language
from logic.reading.notations.dialects import check_dialect
from logic.syntax import Formula

WORTH_WORKERS = 32
"""Completions of a batch from which workers are worth their start."""


@dataclass(eq=False)
class InDomain:
    """A reward on formulas of a domain (docs/domains.md), by name or path.

    A stage fills in its own domain. `dialect` is the notation of the completions, one of
    `logic.DIALECTS`, where it is known; its conventions then hold.
    """

    domain: str = "fol"
    dialect: str | None = None

    def __post_init__(self) -> None:
        self.domain = language(self.domain).spec
        check_dialect(self.dialect)


@dataclass(eq=False)
class AgainstReference(InDomain):
    """A reward that compares with the column `reference`, a formula.

    It is in the `dialect` of the completions where one is named, but for `canonical_references`:
    those that `data.load` gives are in the canonical notation whatever theirs was. A stage sets it.
    """

    canonical_references: bool = False
    text_columns: ClassVar[tuple[str, ...]] = ("reference",)

    def targets(self, references: Sequence[str | Formula]) -> Sequence[str | Formula]:
        """The references, as formulas where their notation is not that of the completions."""
        if self.dialect is None or not self.canonical_references:
            return references
        return [
            from_canonical(reference, self.domain) if isinstance(reference, str) else reference
            for reference in references
        ]


@register("logic")
@dataclass(eq=False)
class Logic(AgainstReference):
    """The judge's graded score in [0, 1].

    1 only for a proved equivalence; None where it could not judge.
    """

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        references = column(columns, "reference", "logic")
        return _scores(completions, references, self)

    def begin(self, completions: Sequence[str], **columns: Any) -> None:
        """Have workers judge the completions of a call to come, meanwhile."""
        _begin(completions, column(columns, "reference", "logic"), self)


@register("equivalence")
@dataclass(eq=False)
class Equivalence(AgainstReference):
    """1 if the completion is proved equivalent to the reference, else 0.

    None where it could not be judged.
    """

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        references = column(columns, "reference", "equivalence")
        scores = _scores(completions, references, self)
        return [None if score is None else float(score == 1.0) for score in scores]

    def begin(self, completions: Sequence[str], **columns: Any) -> None:
        """Have workers judge the completions of a call to come, meanwhile."""
        _begin(completions, column(columns, "reference", "equivalence"), self)


Batch = tuple[tuple[str, ...], tuple[str | Formula, ...], str, str | None]
"""Completions, references, domain and dialect."""
_begun: dict[Batch, BegunScores] = {}
"""What workers judge meanwhile: the last batch that was begun, as long as nobody has asked for it."""


def _scores(
    completions: Sequence[str], references: Sequence[str], reward: AgainstReference
) -> list[float | None]:
    """The judge's scores; `logic` and `equivalence` together judge a batch once."""
    return _last_scores(_batch(completions, references, reward))


def _batch(
    completions: Sequence[str], references: Sequence[str], reward: AgainstReference
) -> Batch:
    targets = reward.targets(references)
    return tuple(completions), tuple(targets), reward.domain, reward.dialect


def _begin(completions: Sequence[str], references: Sequence[str], reward: AgainstReference) -> None:
    """Have workers judge a batch that is asked for later, if it is worth theirs."""
    batch = _batch(completions, references, reward)
    # Workers are asked in texts, and formulas stand for references of another notation than theirs.
    in_texts = all(isinstance(reference, str) for reference in batch[1])
    if len(completions) < WORTH_WORKERS or batch in _begun or not in_texts:
        return
    judge = Judge(domain=reward.domain, dialect=reward.dialect)
    while _begun:
        _begun.popitem()[1].cancel()
    _begun[batch] = judge.begin(completions, batch[1])


@functools.lru_cache(maxsize=1)
def _last_scores(batch: Batch) -> list[float | None]:
    begun = _begun.pop(batch, None)
    if begun is not None:
        return begun.result()
    completions, references, domain, dialect = batch
    return logic.score(
        candidates=completions,
        references=references,
        names="match",
        domain=domain,
        dialect=dialect,
        workers=0,
    )


@functools.lru_cache(maxsize=4096)
@register("readable")
@dataclass(eq=False)
class Readable(InDomain):
    """The format reward: 1 if a formula can be read from the completion, else 0."""

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        answers = [
            logic.read_answer(text, domain=self.domain, dialect=self.dialect)
            for text in completions
        ]
        return [float(answer.formula is not None) for answer in answers]


@register("checked")
@dataclass(eq=False)
class Checked(InDomain):
    """1 if a solver has nothing against the completion's formula that needs no reference, else 0.

    It can be read, is neither true nor false whatever the facts are, has the names of the column
    `signature` where there is one, and does not contradict the column `premise_formulas` where
    there is one. None where that could not be found out.
    """

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        absent = [None] * len(completions)
        signatures = columns.get("signature", absent)
        premises = columns.get("premise_formulas", absent)
        found = remarked(completions, signatures, premises, domain=self.domain)
        return [None if remark is None else float(not remark) for remark in found]
