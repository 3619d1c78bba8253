"""The reward of translation between languages: half sentence BLEU, half COMET.

After Jian and Zhu, arXiv 2512.14100; BLEU alone where there is no COMET.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from alignment.messages import last_text
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
        references = [last_text(answer) for answer in column(columns, "reference", "mt")]
        bleu = [
            sentence_bleu(text, reference)
            for text, reference in zip(completions, references, strict=True)
        ]
        if self._model is None:
            return list(bleu)
        sources = list(column(columns, "text", "mt"))
        grades = self._model(sources, list(completions), references)
        return [(one + two) / 2 for one, two in zip(bleu, grades, strict=True)]
