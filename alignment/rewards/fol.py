"""Rewards for translation into first-order logic; each but `readable` reads the column `reference` (a formula)."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from alignment.rewards.embedding import loading
from alignment.rewards.registry import column, register


@dataclass(eq=False)
class InDomain:
    """A reward whose formulas are of a domain (docs/domains.md), by name or path; a stage fills in its own."""

    domain: str = "fol"

    def __post_init__(self) -> None:
        from logic.languages import language

        self.domain = language(self.domain).spec


@register("logic")
@dataclass(eq=False)
class Logic(InDomain):
    """The judge's graded score in [0, 1]; 1 only for a proved equivalence, None where it could not judge."""

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        return _scores(
            tuple(completions), tuple(column(columns, "reference", "logic")), self.domain
        )


@register("equivalence")
@dataclass(eq=False)
class Equivalence(InDomain):
    """1 if the completion is proved equivalent to the reference, else 0; None where it could not be judged."""

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        scores = _scores(
            tuple(completions), tuple(column(columns, "reference", "equivalence")), self.domain
        )
        return [None if score is None else float(score == 1.0) for score in scores]


@functools.lru_cache(maxsize=1)
def _scores(
    completions: tuple[str, ...], references: tuple[str, ...], domain: str
) -> list[float | None]:
    """The last batch is kept, so that `logic` and `equivalence` together judge it once."""
    import logic

    return logic.score(
        candidates=completions, references=references, names="match", domain=domain, workers=0
    )


@register("readable")
@dataclass(eq=False)
class Readable(InDomain):
    """The format reward: 1 if a formula can be read from the completion, else 0."""

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        import logic

        return [
            float(logic.read_answer(text, domain=self.domain).formula is not None)
            for text in completions
        ]


@register("bleu")
@dataclass(eq=False)
class Bleu(InDomain):
    """BLEU in [0, 1] over formula tokens; see `logic.baselines.bleu`."""

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        return _baseline("bleu", completions, columns, self.domain)


@dataclass(eq=False)
class _Published(InDomain):
    """A score that is defined for the core language alone. Raises ValueError for a domain."""

    def __post_init__(self) -> None:
        from logic.core import CORE

        super().__post_init__()
        if self.domain != CORE.spec:
            raise ValueError(
                f"LE is defined for the core language, not for the domain {self.domain}"
            )


@register("le")
@dataclass(eq=False)
class LE(_Published):
    """LE as published with S-GRPO (arXiv 2512.14100), in [0, 1]; see `logic.baselines.le_sgrpo`.

    `model` is the sentence-transformers model that matches literals (published: all-MiniLM-L6-v2),
    by letters where absent; `threshold` the cosine below which a pair of literals spoils a binding
    (published: 0.6 for preferences).
    """

    model: str | None = None
    threshold: float | None = None

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        return _baseline(
            "le_sgrpo",
            completions,
            columns,
            self.domain,
            similarity=_similarity(self.model),
            threshold=self.threshold,
        )


@register("le_bleu")
@dataclass(eq=False)
class LEBleu(_Published):
    """The reward published with S-GRPO, half LE and half BLEU; see `logic.baselines.le_bleu`; `model` as for `le`."""

    model: str | None = None

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        return _baseline(
            "le_bleu", completions, columns, self.domain, similarity=_similarity(self.model)
        )


@functools.cache
def _similarity(model: str | None) -> Any:
    """The similarity of literals, loaded once."""
    from logic import baselines

    if model is None:
        return baselines.lexical
    with loading("le", model):
        return baselines.SentenceEmbedding(model)


def _baseline(
    name: str, completions: Sequence[str], columns: dict[str, Any], domain: str, **options: Any
) -> list[float | None]:
    from logic import baselines, read_answer

    references = list(column(columns, "reference", name))
    candidates = [read_answer(text, domain=domain).text for text in completions]
    return baselines.score(name, candidates=candidates, references=references, **options)
