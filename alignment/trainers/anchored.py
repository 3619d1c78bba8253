"""SFT with a penalty on moving away from a frozen model, as SuperHF has it (Mukobi et al., arXiv 2310.16763)."""

from __future__ import annotations

from typing import Any

import torch
from transformers import PreTrainedModel
from trl import SFTTrainer

IGNORED = -100


class AnchoredSFTTrainer(SFTTrainer):
    """SFTTrainer whose loss is  cross-entropy + kl_weight * KL(policy || anchor), both means over answer tokens.

    `anchor` is a model of the same vocabulary; it is frozen here. With `kl_weight` 0 the loss is
    SFTTrainer's and no anchor is needed. Other arguments are SFTTrainer's.

    Raises:
        ValueError: `kl_weight` is negative or not finite, or there is no anchor for it.
    """

    def __init__(
        self,
        *args: Any,
        anchor: PreTrainedModel | None = None,
        kl_weight: float = 0.0,
        **kwargs: Any,
    ) -> None:
        if not 0.0 <= kl_weight < float("inf"):
            raise ValueError(f"kl_weight must be a finite number of at least 0, got {kl_weight}")
        super().__init__(*args, **kwargs)
        self.kl_weight = kl_weight
        if kl_weight > 0.0:
            if anchor is None:
                raise ValueError(f"kl_weight {kl_weight} needs an anchor")
            self._anchor = self.accelerator.prepare_model(
                anchor.requires_grad_(False).eval(), evaluation_mode=True
            )

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """SFTTrainer's loss plus the penalty, with the same count of tokens in the denominator."""
        found = super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        if self.kl_weight == 0.0:
            return found
        loss, outputs = found if return_outputs else (found, None)
        call = {
            key: inputs[key]
            for key in ("input_ids", "attention_mask", "position_ids")
            if key in inputs
        }
        with torch.no_grad():
            anchor = self._anchor(**call, use_cache=False).logits[:, :-1]
        divergence = kl_divergence(model(**call, use_cache=False).logits[:, :-1], anchor)
        mask = inputs["labels"][:, 1:] != IGNORED
        tokens = mask.sum() if num_items_in_batch is None else num_items_in_batch
        penalty = (divergence * mask).sum() / torch.as_tensor(tokens).clamp(min=1)
        if self.args.average_tokens_across_devices and num_items_in_batch is not None:
            penalty = (
                penalty * self.accelerator.num_processes
            )  # DDP averages what the count of all tokens divides
        mean = (divergence.detach() * mask).sum() / mask.sum().clamp(min=1)
        self._metrics["train" if self.model.training else "eval"]["kl"].append(
            self.accelerator.gather(mean).mean().item()
        )
        loss = loss + self.kl_weight * penalty
        return (loss, outputs) if return_outputs else loss


def kl_divergence(policy: torch.Tensor, anchor: torch.Tensor) -> torch.Tensor:
    """KL(policy || anchor) in nats at each position, (B, T), from logits (B, T, V); exact, over all tokens."""
    log_policy = policy.float().log_softmax(-1)
    log_anchor = anchor.float().log_softmax(-1)
    return (log_policy.exp() * (log_policy - log_anchor)).sum(-1)
