"""SFT with a penalty on moving away from a frozen model, as in SuperHF.

Mukobi et al., arXiv 2310.16763.
"""

from __future__ import annotations

from typing import Any

import torch
from transformers import PreTrainedModel
from trl import SFTTrainer

from alignment.objective.divergence import kl_divergence
from alignment.trainers.checkpoints import ListingTrainer

IGNORED = -100
"""The label of tokens that are no part of the answer, as transformers has it."""
_MODEL_INPUTS = ("input_ids", "attention_mask", "position_ids")


class AnchoredSFTTrainer(ListingTrainer, SFTTrainer):
    """SFTTrainer whose loss is cross-entropy + kl_weight * KL(policy || anchor).

    Both terms are means over answer tokens. `anchor` is a model of the same vocabulary; it is
    frozen here. With `kl_weight` 0 the loss is SFTTrainer's and no anchor is needed. Other
    arguments are SFTTrainer's.

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
            frozen = anchor.requires_grad_(False).eval()
            self._anchor = self.accelerator.prepare_model(frozen, evaluation_mode=True)

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """SFTTrainer's loss plus the penalty, with the same count of tokens in the denominator."""
        result = super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        if self.kl_weight == 0.0:
            return result
        penalty = self.kl_weight * self._penalty(model, inputs, num_items_in_batch)
        if not return_outputs:
            return result + penalty
        loss, outputs = result
        return loss + penalty, outputs

    def _penalty(self, model: Any, inputs: Any, num_items_in_batch: Any) -> torch.Tensor:
        """Mean divergence over the answer tokens of a batch, a scalar; it is logged as `kl`."""
        arguments = {name: inputs[name] for name in _MODEL_INPUTS if name in inputs}
        with torch.no_grad():
            anchor = self._anchor(**arguments, use_cache=False)
        policy = model(**arguments, use_cache=False)
        # The logits at a position are those of the token after it.
        divergence = kl_divergence(policy.logits[:, :-1], anchor.logits[:, :-1])
        mask = inputs["labels"][:, 1:] != IGNORED
        total = (divergence * mask).sum()
        mean = total / mask.sum().clamp(min=1)
        self._log_divergence(mean.detach())
        if num_items_in_batch is None:
            return mean
        tokens = torch.as_tensor(num_items_in_batch)
        penalty = total / tokens.clamp(min=1)
        if self.args.average_tokens_across_devices:
            # DDP averages what the count of all processes' tokens has divided already.
            penalty = penalty * self.accelerator.num_processes
        return penalty

    def _log_divergence(self, mean: torch.Tensor) -> None:
        mode = "train" if self.model.training else "eval"
        everywhere = self.accelerator.gather(mean)
        self._metrics[mode]["kl"].append(everywhere.mean().item())
