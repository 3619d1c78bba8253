"""The reward that a policy trained on preferences implies, as DPO has it."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from alignment.rewards.learned.inputs import answered, encoded, prompt_length
from alignment.rewards.registry import RewardSettingError, register

if TYPE_CHECKING:
    import torch


@register("implicit")
@dataclass(eq=False)
class Implicit:
    """beta · (log p(answer | prompt) under `model` - under `start`); unbounded.

    DPO's implicit reward (Rafailov et al., arXiv 2305.18290, eq. 5, but for the part that depends
    on the prompt alone). Both are folders or hub names, loaded at the first call. A text that is
    too long for the model is not judged.
    """

    is_rate: ClassVar[bool] = False

    model: str
    start: str
    beta: float = 0.1
    dtype: Literal["float32", "bfloat16", "float16"] = "float32"
    device: str | None = None
    batch_size: int = 32

    def __post_init__(self) -> None:
        if not self.beta > 0.0:
            raise ValueError(f"beta must be above 0, got {self.beta}")
        if self.batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, got {self.batch_size}")

    @functools.cached_property
    def members(self) -> tuple[_Policy, _Policy]:
        """The two models, loaded when they are first asked for."""
        try:
            after, before = _Policy(self.model, self), _Policy(self.start, self)
        except (OSError, ValueError) as error:
            raise RewardSettingError(f"the reward 'implicit': {error}") from error
        if after.vocabulary != before.vocabulary:
            raise RewardSettingError(
                f"the reward 'implicit': {self.model!r} and {self.start!r} have other tokens, so that "
                "their probabilities of a text do not compare; start is what model was trained from"
            )
        return after, before

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        after, before = [policy.log_probs(prompts, completions) for policy in self.members]
        return [
            None if one is None or two is None else self.beta * (one - two)
            for one, two in zip(after, before, strict=True)
        ]


class _Policy:
    """A model that says how likely it writes an answer."""

    def __init__(self, name: str, settings: Implicit) -> None:
        # Late: they load torch and transformers, which rewards do not need otherwise.
        import torch
        from transformers import AutoModelForCausalLM

        from alignment import models

        place = models.pinned(name)
        device = settings.device or ("cuda" if torch.cuda.is_available() else "cpu")
        with torch.random.fork_rng():
            model = AutoModelForCausalLM.from_pretrained(
                place, dtype=models.DTYPES[settings.dtype], trust_remote_code=False
            )
        self._model = model.to(device).eval().requires_grad_(False)
        self._tokenizer = models.load_tokenizer(place)
        self._context = models.context_of(place)
        self._batch_size = settings.batch_size

    @property
    def vocabulary(self) -> dict[str, int]:
        """The tokens and their numbers."""
        found: dict[str, int] = self._tokenizer.get_vocab()
        return found

    def log_probs(self, prompts: Sequence[Any], answers: Sequence[str]) -> list[float | None]:
        """The logarithm of the probability of each answer with its end; None for one too long."""
        texts = map(answered, prompts, answers)
        ids = [list(encoded(self._tokenizer, text)) for text in texts]
        starts = [prompt_length(self._tokenizer, prompt) for prompt in prompts]
        longest = self._context or max(map(len, ids), default=0)
        order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
        order = [row for row in order if len(ids[row]) <= longest]
        found: list[float | None] = [None] * len(ids)
        for first in range(0, len(order), self._batch_size):
            rows = order[first : first + self._batch_size]
            log_probs = self._of_tokens([ids[row] for row in rows])
            for row, values in zip(rows, log_probs, strict=True):
                found[row] = float(values[starts[row] - 1 : len(ids[row]) - 1].sum())
        return found

    def _of_tokens(self, ids: list[list[int]]) -> torch.Tensor:
        """The logarithm of the probability of each token after the first."""
        batch = self._tokenizer.pad({"input_ids": ids}, return_tensors="pt", padding_side="right")
        batch = batch.to(self._model.device)
        output = self._model(
            input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], use_cache=False
        )
        logits = output.logits[:, :-1].float().log_softmax(-1)
        return logits.gather(-1, batch["input_ids"][:, 1:, None])[..., 0]
