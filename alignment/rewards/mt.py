"""The reward of translation between languages: half sentence BLEU, half COMET; BLEU alone without COMET.

After Jian and Zhu, arXiv 2512.14100. COMET (Rei et al., arXiv 2009.09025) is the optional package
unbabel-comet with a model from the hub; it sees the source text too.
"""

from __future__ import annotations

import functools
import importlib.util
import logging
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from alignment.messages import last_text
from alignment.rewards.registry import RewardSettingError, column, register

_NO_BLEU = 1e-9  # nltk's BLEU without common 4-grams is not quite 0
NO_COMET = "unbabel-comet is not installed: pip install unbabel-comet"
COMET_MODEL = "Unbabel/wmt22-comet-da"
_TOKEN = re.compile(r"\w+|[^\w\s]")
# Written without blanks between words: each character is a token.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_log = logging.getLogger(__name__)


def tokens(text: str) -> list[str]:
    """Words and punctuation marks; single characters of Chinese and Japanese."""
    return _TOKEN.findall(_UNSPACED.sub(r" \g<0> ", text))


def sentence_bleu(candidate: str, reference: str) -> float:
    """BLEU of one text in [0, 1], up to 4-grams or as many as the texts have, smoothed (Chen and Cherry, method 3)."""
    from nltk.translate import bleu_score

    ours, theirs = tokens(candidate), tokens(reference)
    order = min(4, len(theirs), len(ours))
    if not order:
        return 0.0
    smoothing = bleu_score.SmoothingFunction().method3
    return float(
        bleu_score.sentence_bleu(
            [theirs], ours, weights=[1 / order] * order, smoothing_function=smoothing
        )
    )


def corpus_bleu(candidates: Sequence[str], references: Sequence[str]) -> float:
    """BLEU of a corpus in [0, 1], 4-grams, unsmoothed (Papineni et al. 2002). Raises ValueError for no texts."""
    from nltk.translate import bleu_score

    if not candidates:
        raise ValueError("BLEU of no texts")
    ours = [tokens(text) for text in candidates]
    if not any(set(zip(*(row[i:] for i in range(4)), strict=False)) for row in ours):
        return 0.0
    with warnings.catch_warnings():  # it says at length that without common 4-grams BLEU is 0
        warnings.simplefilter("ignore", UserWarning)
        found = float(bleu_score.corpus_bleu([[tokens(text)] for text in references], ours))
    return found if found > _NO_BLEU else 0.0


class Comet:
    """A COMET model. Raises ImportError where unbabel-comet is missing, ValueError where the model cannot be loaded."""

    def __init__(self, model: str = COMET_MODEL) -> None:
        if not comet_installed():
            raise ImportError(NO_COMET)
        import torch
        from comet import download_model, load_from_checkpoint

        try:
            with torch.random.fork_rng():  # a resumed run draws as an uninterrupted one
                self._model = load_from_checkpoint(
                    model if model.endswith(".ckpt") else download_model(model)
                )
        except Exception as error:  # whatever the hub, the file or the framework raises
            raise ValueError(f"no COMET model {model!r}: {error}") from error

    def __call__(
        self, sources: Sequence[str], candidates: Sequence[str], references: Sequence[str]
    ) -> list[float]:
        """A score for each translation, about 0 to 1."""
        import torch

        rows = [
            {"src": source, "mt": candidate, "ref": reference}
            for source, candidate, reference in zip(sources, candidates, references, strict=True)
        ]
        gpus = 1 if torch.cuda.is_available() else 0
        return [
            float(score)
            for score in self._model.predict(
                rows, batch_size=32, gpus=gpus, progress_bar=False
            ).scores
        ]


def comet_installed() -> bool:
    """Whether the package unbabel-comet is there (it is not imported)."""
    return importlib.util.find_spec("comet") is not None


@register("mt")
@dataclass(eq=False)
class TranslationReward:
    """Half sentence BLEU against the column `reference` and half COMET, which sees the column `text` too, in [0, 1].

    `comet` is a COMET model's hub name or .ckpt file, or "none". Where absent, the usual one if
    unbabel-comet is installed; if it is not, the reward is BLEU alone, which is logged. The model
    is loaded at the first call.
    """

    comet: str | None = None

    def __post_init__(self) -> None:
        if self.comet not in (None, "none") and not comet_installed():
            raise ImportError(NO_COMET)
        if self.comet is None and not comet_installed():
            _log.warning(
                "reward mt: unbabel-comet is not installed, so the reward is sentence BLEU alone"
            )

    @functools.cached_property
    def _model(self) -> Comet | None:
        if self.comet == "none" or not comet_installed():
            return None
        try:
            return Comet(self.comet or COMET_MODEL)
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
        comet = self._model(list(column(columns, "text", "mt")), list(completions), references)
        return [(one + two) / 2 for one, two in zip(bleu, comet, strict=True)]
