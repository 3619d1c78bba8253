"""Completions that end at a stop text, in a GRPO trainer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from alignment.messages import last_text
from alignment.sampling import stopping
from alignment.trainers.resume import ExactResumeTrainer


class StoppingTrainer(ExactResumeTrainer):
    """GRPOTrainer whose completions, as text, end before the first of the texts in `stop`.

    Rewards and logs see that text. The loss sees all tokens that were sampled, those of the stop
    text too: they are what the policy did.
    """

    stop: tuple[str, ...] = ()

    def _generate_single_turn(self, *words: Any, **settings: Any) -> tuple[Any, Any]:
        """TRL's, without the padding behind a stop text, which is no part of the completion."""
        completion_ids, log_probs = super()._generate_single_turn(*words, **settings)
        if self.stop and not self.use_vllm:
            completion_ids = [
                stopping.without_padding(ids, self._tokenizer, self.stop, self.eos_token_ids)
                for ids in completion_ids
            ]
        return completion_ids, log_probs

    def _generate(self, prompts: list[Any]) -> tuple[Any, ...]:
        """TRL's, its completions as text (the fourth part) cut before the first stop text."""
        output = list(super()._generate(prompts))
        if self.stop:
            before = output[3]
            output[3] = [_cut(completion, self.stop) for completion in before]
            stopped = [
                last_text(old) != last_text(new) for old, new in zip(before, output[3], strict=True)
            ]
            flags = torch.tensor(stopped, device=self.accelerator.device).float()
            share = self.accelerator.gather(flags).mean().item()
            metrics = self._metrics["train" if self.model.training else "eval"]
            metrics["completions/stopped_ratio"].append(share)
            # To TRL what does not end with the end of text was cut off at the limit.
            metrics["completions/clipped_ratio"][-1] -= share
        return tuple(output)


def _cut(completion: Any, stop: Sequence[str]) -> Any:
    """A completion, text or messages, cut before the first stop text in what the model said last."""
    if isinstance(completion, str):
        return stopping.cut_before(completion, stop)
    *turns, last = completion
    if not isinstance(last.get("content"), str):
        return completion
    return [*turns, last | {"content": stopping.cut_before(last["content"], stop)}]
