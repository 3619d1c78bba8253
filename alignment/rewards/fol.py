"""The judge as a reward of translation into first-order logic, and the reward of the format.

Each but `readable` reads the column `reference`, a formula.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import logic
from alignment.rewards.registry import column, register
from logic.languages import language


@dataclass(eq=False)
class InDomain:
    """A reward on formulas of a domain (docs/domains.md), by name or path.

    A stage fills in its own domain.
    """

    domain: str = "fol"

    def __post_init__(self) -> None:
        self.domain = language(self.domain).spec


@dataclass(eq=False)
class AgainstReference(InDomain):
    """A reward that compares with the column `reference`, a formula."""

    required_columns: ClassVar[tuple[str, ...]] = ("reference",)


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
        return _scores(completions, references, self.domain)


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
        scores = _scores(completions, references, self.domain)
        return [None if score is None else float(score == 1.0) for score in scores]


def _scores(
    completions: Sequence[str], references: Sequence[str], domain: str
) -> list[float | None]:
    """The judge's scores; `logic` and `equivalence` together judge a batch once."""
    return _last_scores(tuple(completions), tuple(references), domain)


@functools.lru_cache(maxsize=1)
def _last_scores(
    completions: tuple[str, ...], references: tuple[str, ...], domain: str
) -> list[float | None]:
    return logic.score(
        candidates=completions,
        references=references,
        names="match",
        domain=domain,
        workers=0,
    )


@register("readable")
@dataclass(eq=False)
class Readable(InDomain):
    """The format reward: 1 if a formula can be read from the completion, else 0."""

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        answers = [logic.read_answer(text, domain=self.domain) for text in completions]
        return [float(answer.formula is not None) for answer in answers]
