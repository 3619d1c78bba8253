"""A sequence classifier with one output: a trained reward model, from a folder or the hub."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import AutoModelForSequenceClassification

from alignment import models
from alignment.rewards.learned.inputs import answered, encoded, with_preferred


class Classifier:
    """Scores answers, without gradients and without drawing random numbers.

    `reads_reference` says that it was trained to see the preferred answer beside the one it scores.

    Raises:
        FileNotFoundError: no model of that name.
        ValueError: it is no classifier with one output, or lacks weights (a model that writes has no
            head: random numbers would score), or an unknown dtype or device.
    """

    def __init__(
        self, name: str, *, dtype: str = "float32", device: str | None = None, batch_size: int = 32
    ) -> None:
        if dtype not in models.DTYPES:
            raise ValueError(f"unknown dtype {dtype!r}; allowed: {', '.join(models.DTYPES)}")
        place = models.pinned(name)
        with torch.random.fork_rng():
            try:
                model, report = AutoModelForSequenceClassification.from_pretrained(
                    place,
                    dtype=models.DTYPES[dtype],
                    trust_remote_code=False,
                    output_loading_info=True,
                )
            except (OSError, ValueError) as error:
                raise FileNotFoundError(f"no reward model {name!r}: {error}") from error
            # Weights of another shape, and a file that is cut off.
            except (RuntimeError, SafetensorError) as error:
                raise ValueError(f"{name!r} cannot be loaded: {error}") from error
        if missing := sorted(report["missing_keys"]):
            raise ValueError(
                f"{name!r} is no reward model: it lacks {', '.join(missing[:3])}, which a sequence "
                "classifier has and a model that writes has not"
            )
        if model.config.num_labels != 1:
            raise ValueError(
                f"{name!r} has {model.config.num_labels} outputs; a reward model has one"
            )
        chosen = device or ("cuda" if torch.cuda.is_available() else "cpu")
        try:
            self._model = model.to(chosen).eval().requires_grad_(False)
        except (RuntimeError, AssertionError) as error:  # torch's, where it was built without CUDA
            raise ValueError(f"device {chosen!r}: {error}") from error
        self._tokenizer = models.load_tokenizer(place)
        self._model.config.get_text_config().pad_token_id = self._tokenizer.pad_token_id
        self._context = models.context_of(place)
        self._batch_size = batch_size
        self.reads_reference = bool(getattr(model.config, "reads_reference", False))

    def scores(
        self, prompts: Sequence[Any], answers: Sequence[str], preferred: Sequence[str]
    ) -> list[float]:
        """The score of each answer to its prompt; any finite number.

        `preferred` is read only where the model `reads_reference`. Of a text too long for the model
        its end is read.
        """
        if self.reads_reference:
            rows = zip(prompts, preferred, strict=True)
            prompts = [with_preferred(prompt, best) for prompt, best in rows]
        texts = map(answered, prompts, answers)
        ids = [list(encoded(self._tokenizer, text))[-(self._context or 0) :] for text in texts]
        # Texts of one length in one batch: less padding, and the same scores.
        order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
        found = [0.0] * len(ids)
        for start in range(0, len(order), self._batch_size):
            rows_of_batch = order[start : start + self._batch_size]
            values = self._score([ids[row] for row in rows_of_batch])
            for row, value in zip(rows_of_batch, values, strict=True):
                found[row] = value
        return found

    @torch.no_grad()
    def _score(self, ids: list[list[int]]) -> list[float]:
        batch = self._tokenizer.pad({"input_ids": ids}, return_tensors="pt", padding_side="right")
        batch = batch.to(self._model.device)
        output = self._model(
            input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], use_cache=False
        )
        return output.logits[:, 0].float().tolist()
