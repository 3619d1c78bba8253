"""COMET (Rei et al., arXiv 2009.09025): a model's grade of a translation; it sees the source too.

It is the optional package unbabel-comet with a model from the hub.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence

NO_COMET = "unbabel-comet is not installed: pip install unbabel-comet"
COMET_MODEL = "Unbabel/wmt22-comet-da"


def comet_installed() -> bool:
    """Whether the package unbabel-comet is there (it is not imported)."""
    return importlib.util.find_spec("comet") is not None


class Comet:
    """A COMET model: a hub name, or a .ckpt file.

    Raises ImportError where unbabel-comet is missing, ValueError where the model cannot be loaded.
    """

    def __init__(self, model: str = COMET_MODEL) -> None:
        if not comet_installed():
            raise ImportError(NO_COMET)
        import torch
        from comet import download_model, load_from_checkpoint

        try:
            with torch.random.fork_rng():  # a resumed run draws as an uninterrupted one
                checkpoint = model if model.endswith(".ckpt") else download_model(model)
                self._model = load_from_checkpoint(checkpoint)
        except Exception as error:  # whatever the hub, the file or the framework raises
            raise ValueError(f"no COMET model {model!r}: {error}") from error

    def __call__(
        self, sources: Sequence[str], candidates: Sequence[str], references: Sequence[str]
    ) -> list[float]:
        """A score for each translation, about 0 to 1."""
        import torch

        triples = zip(sources, candidates, references, strict=True)
        rows = [
            {"src": source, "mt": candidate, "ref": reference}
            for source, candidate, reference in triples
        ]
        prediction = self._model.predict(
            rows,
            batch_size=32,
            gpus=1 if torch.cuda.is_available() else 0,
            progress_bar=False,
        )
        return [float(score) for score in prediction.scores]
