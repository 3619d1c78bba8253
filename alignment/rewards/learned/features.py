"""A reward model of ten weights: a classifier on what the judge finds out about an answer."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from alignment.preference.features import NAMES, features
from alignment.preference.judge import PreferenceJudge

if TYPE_CHECKING:
    from alignment.preference.judge import Reader

FILE = "features.json"
"""What holds the weights in a model's folder."""
_RIDGE = 0.01
"""How strongly weights are held near 0: a feature that is always right would drive them up for ever."""


class FeatureModel:
    """Scores answers by a weighted sum of the judge's features; any finite number.

    A translator reads answer and preferred answer. It is loaded at the first call.
    """

    reads_reference: ClassVar[bool] = True

    def __init__(
        self,
        translator: str,
        weights: Sequence[float] = (0.0,) * len(NAMES),
        *,
        dtype: str = "float32",
        batch_size: int = 64,
        reader: Reader | None = None,
    ) -> None:
        self.translator = translator
        self.weights = list(weights)
        self._dtype, self._batch_size = dtype, batch_size
        self._judge = None if reader is None else PreferenceJudge(reader)

    @classmethod
    def load(cls, folder: str, *, dtype: str, batch_size: int) -> FeatureModel:
        """The model that `save` left in a folder. Raises ValueError for another file's content."""
        place = Path(folder) / FILE
        try:
            known = json.loads(place.read_text(encoding="utf-8"))
            weights = [float(known["weights"][name]) for name in NAMES]
            translator = known["translator"]
        # What JSON can hold besides: a number too large, and a file without end in depth.
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise ValueError(f"{place}: no weights of the judge's features ({error})") from error
        if not all(map(math.isfinite, weights)):
            raise ValueError(f"{place}: weights must be finite numbers, got {weights}")
        if not isinstance(translator, str) or not translator:
            raise ValueError(f"{place}: translator must name a model, got {translator!r}")
        beside = Path(folder) / translator
        if beside.exists():
            translator = str(beside)
        elif translator.startswith("."):
            raise ValueError(
                f"{place}: its translator {translator} is not there; copy it along, or name another "
                "model in the file"
            )
        return cls(translator, weights, dtype=dtype, batch_size=batch_size)

    def save(self, folder: Path) -> None:
        """Write the weights, and where the translator lies: as seen from the folder, if on disk."""
        translator = self.translator
        if Path(translator).exists():
            translator = os.path.relpath(Path(translator).resolve(), folder.resolve())
        folder.mkdir(parents=True, exist_ok=True)
        content = {
            "translator": translator,
            "weights": dict(zip(NAMES, self.weights, strict=True)),
        }
        text = json.dumps(content, indent=2)
        (folder / FILE).write_text(text + "\n", encoding="utf-8")

    def fit(
        self,
        prompts: Sequence[Any],
        chosen: Sequence[str],
        rejected: Sequence[str],
        preferred: Sequence[str],
    ) -> dict[str, float]:
        """Learn the weights from pairs, as Bradley and Terry have it; what came of it.

        Raises ValueError where no pair can be judged.
        """
        # Late: scipy's optimizers take half a second to import.
        import numpy
        from scipy.optimize import minimize
        from scipy.special import expit

        ours = self._found(prompts, chosen, preferred)
        theirs = self._found(prompts, rejected, preferred)
        leads = numpy.array(
            [
                [one - two for one, two in zip(left, right, strict=True)]
                for left, right in zip(ours, theirs, strict=True)
                if left is not None and right is not None
            ]
        )
        if not len(leads):
            raise ValueError("of no pair both answers could be judged")

        def loss(weights: Any) -> tuple[float, Any]:
            margins = leads @ weights
            value = numpy.logaddexp(0.0, -margins).mean() + _RIDGE * weights @ weights
            return value, 2 * _RIDGE * weights - leads.T @ expit(-margins) / len(leads)

        found = minimize(loss, numpy.zeros(len(NAMES)), jac=True, method="L-BFGS-B")
        self.weights = [float(weight) for weight in found.x]
        margins = leads @ found.x
        right = (margins > 0).mean() + (margins == 0).mean() / 2
        return {
            "loss": float(found.fun),
            "accuracy": float(right),
            "pairs_judged": len(leads),
        }

    def scores(
        self, prompts: Sequence[Any], answers: Sequence[str], preferred: Sequence[str]
    ) -> list[float | None]:
        """The score of each answer; None where it could not be judged."""
        return [
            None
            if numbers is None
            else sum(weight * number for weight, number in zip(self.weights, numbers, strict=True))
            for numbers in self._found(prompts, answers, preferred)
        ]

    def _found(
        self, prompts: Sequence[Any], answers: Sequence[str], preferred: Sequence[str]
    ) -> list[list[float] | None]:
        findings = self._loaded().compare(prompts, answers, preferred)
        rows = zip(findings, answers, preferred, strict=True)
        return [features(*row) for row in rows]

    def _loaded(self) -> PreferenceJudge:
        if self._judge is None:
            # Late: it loads torch and transformers, which a folder of weights does not need.
            from alignment.preference.translator import Translator

            reader = Translator(self.translator, dtype=self._dtype, batch_size=self._batch_size)
            self._judge = PreferenceJudge(reader)
        return self._judge
