"""The reward of RLSR: how near a completion's sentence embedding is to the reference answer's."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, ClassVar

from alignment.messages import given_text
from alignment.rewards.registry import RewardSettingError, column, register
from logic.errors import installs

MAX_CACHED = 20_000
"""Reference embeddings kept."""


@contextlib.contextmanager
def loading(reward: str, model: str) -> Iterator[None]:
    """Load a reward's model, with the random state as it was before.

    A resumed run, which loads it later, so draws as an uninterrupted one.

    Raises:
        RewardSettingError: the model cannot be loaded.
    """
    import torch

    with torch.random.fork_rng():
        try:
            yield
        except (OSError, ValueError, RuntimeError) as error:
            raise RewardSettingError(
                f"the reward {reward!r} cannot load the sentence-transformers model {model!r}: "
                f"{error}"
            ) from error


@register("embedding")
@dataclass(eq=False)
class Embedding:
    """Cosine in [-1, 1] of the sentence embeddings of completion and reference answer.

    RLSR, arXiv 2510.14200.
    `model` is a sentence-transformers folder or hub name, loaded at the first call; `device` such
    as "cpu" or "cuda", chosen by sentence-transformers where absent. Reads the column `reference`,
    any text. An empty completion gets 0, an empty reference None. Each distinct completion of a
    call is embedded once, each reference once in a run.
    """

    text_columns: ClassVar[tuple[str, ...]] = ("reference",)
    is_rate: ClassVar[bool] = False

    model: str
    device: str | None = None
    batch_size: int = 64
    _vectors: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if find_spec("sentence_transformers") is None:
            raise ImportError(f"sentence-transformers is not installed: {installs('embed')}")
        if self.batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, got {self.batch_size}")

    @functools.cached_property
    def _encoder(self) -> Any:
        from sentence_transformers import SentenceTransformer

        with loading("embedding", self.model):
            return SentenceTransformer(self.model, device=self.device)

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        texts = column(columns, "reference", "embedding")
        references = [(given_text(text) or "").strip() for text in texts]
        answers = [text.strip() for text in completions]
        if len(self._vectors) > MAX_CACHED:
            self._vectors.clear()
        new = [text for text in references if text not in self._vectors]
        self._vectors |= self._embed(new)
        vectors = self._embed(answers)
        return [
            self._grade(vectors.get(answer), self._vectors.get(reference))
            for answer, reference in zip(answers, references, strict=True)
        ]

    def _grade(self, answer: Any, reference: Any) -> float | None:
        """The cosine of two vectors of length 1; an empty text has none."""
        if reference is None:
            return None
        return 0.0 if answer is None else float(answer @ reference)

    def _embed(self, texts: Sequence[str]) -> dict[str, Any]:
        """Vectors of length 1 of the distinct texts."""
        distinct = [text for text in dict.fromkeys(texts) if text]
        if not distinct:
            return {}
        vectors = self._encoder.encode(
            distinct,
            batch_size=self.batch_size,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return dict(zip(distinct, vectors, strict=True))
