"""The reward of translation between languages: half sentence BLEU, half COMET.

After Jian and Zhu, arXiv 2512.14100; BLEU alone where there is no COMET.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from alignment.messages import given_text
from alignment.metrics import comet as metric
from alignment.metrics.bleu import sentence_bleu
from alignment.rewards.registry import RewardSettingError, column, register

logger = logging.getLogger(__name__)


@register("mt")
@dataclass(eq=False)
class TranslationReward:
    """Half sentence BLEU and half COMET, in [0, 1].

    BLEU is against the column `reference`; COMET sees the column `text` too. `comet` is a COMET
    model's hub name or .ckpt file, or "none". Where absent, the usual one if unbabel-comet is
    installed; if it is not, the reward is BLEU alone, which is logged. The model is loaded at the
    first call.
    """

    comet: str | None = None

    def __post_init__(self) -> None:
        if self.comet == "none" or metric.comet_installed():
            return
        if self.comet is not None:
            raise ImportError(metric.NO_COMET)
        logger.warning(
            "reward mt: unbabel-comet is not installed, so the reward is sentence BLEU alone"
        )

    @property
    def text_columns(self) -> tuple[str, ...]:
        """The columns without whose texts a row is not judged."""
        return ("reference",) if self._model is None else ("reference", "text")

    @functools.cached_property
    def _model(self) -> metric.Comet | None:
        if self.comet == "none" or not metric.comet_installed():
            return None
        try:
            return metric.Comet(self.comet or metric.COMET_MODEL)
        except ValueError as error:
            raise RewardSettingError(f"the reward 'mt': {error}") from error

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        references = [given_text(answer) or "" for answer in column(columns, "reference", "mt")]
        pairs = zip(completions, references, strict=True)
        bleu = [sentence_bleu(completion, reference) for completion, reference in pairs]
        if self._model is None:
            return list(bleu)
        sources = column(columns, "text", "mt")
        grades = self._model(
            list(sources),
            list(completions),
            references,
        )
        return [(first + second) / 2 for first, second in zip(bleu, grades, strict=True)]
